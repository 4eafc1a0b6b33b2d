use super::{Facts, Known, NoProvenance, Says};

fn facts() -> Facts {
    Facts::from_iter([
        ("beta:a", Says::Refuses),
        ("beta:b", Says::Takes),
        ("beta:c", Says::Refuses),
        ("field:x", Says::Refuses),
        ("limit:max_tokens", Says::Limit(8_192)),
    ])
}

#[test]
fn refused_features_are_found_by_their_prefix() {
    let facts = facts();
    let known = Known::new(&facts, None, &NoProvenance);
    assert_eq!(known.refused("beta:").collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(known.limit("limit:max_tokens"), Some(8_192));
    assert!(known.refuses("field:x") && !known.refuses("beta:b"));
}

#[test]
fn a_feature_on_trial_is_as_good_as_unknown() {
    let facts = facts();
    let known = Known::new(&facts, Some("beta:a"), &NoProvenance);
    assert_eq!(known.refused("beta:").collect::<Vec<_>>(), ["c"]);
    assert_eq!(known.says("beta:a"), None);
}
