use super::{fill, rule_texts};

#[test]
fn blanks_are_filled_in_order_and_never_twice() {
    assert_eq!(fill("{}: {} > {}", ["a", "{}", "c"].into_iter()), "a: {} > c");
    assert_eq!(fill("plain", std::iter::empty()), "plain");
    assert_eq!(fill("{} and {}", ["one"].into_iter()), "one and ");
}

#[test]
fn every_rule_has_a_name_in_one_form_and_a_sentence() {
    for rule in rule_texts() {
        let named = rule.id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
        assert!(named && !rule.says.trim().is_empty(), "{rule:?}");
    }
}
