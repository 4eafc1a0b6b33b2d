use salve_ledger::Timestamp;
use salve_remedy::{Facts, Lesson, Says};

use super::{Capabilities, FACTS_MAX, PROVEN_MS, SUSPECTED_MS};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn lesson(feature: &str, is_suspicion: bool) -> Lesson {
    Lesson { feature: feature.to_owned(), says: Says::Refuses, is_suspicion }
}

fn refuses(capabilities: &Capabilities, feature: &str) -> bool {
    let view = capabilities.view("c", "m", NOW, Facts::default);
    view.facts.get(feature) == Some(&Says::Refuses)
}

fn due(capabilities: &Capabilities, after_ms: i64) -> Vec<String> {
    let view = capabilities.view("c", "m", NOW.saturating_add_millis(after_ms), Facts::default);
    view.due.into_iter().map(|due| due.feature).collect()
}

#[test]
fn what_was_learned_holds_for_its_channel_and_model_alone() {
    let capabilities = Capabilities::default();
    let taught = capabilities.learn("c", "m", &[lesson("beta:x", false)], NOW);
    assert_eq!(taught.len(), 1);
    assert!(refuses(&capabilities, "beta:x"));
    let facts = |channel: &str, model: &str| {
        capabilities.view(channel, model, NOW, Facts::default).facts.is_empty()
    };
    assert!(facts("c", "other") && facts("other", "m"));
}

#[test]
fn a_fact_is_tried_again_after_its_end_by_one_request_at_a_time() {
    let capabilities = Capabilities::default();
    capabilities.learn("c", "m", &[lesson("beta:sure", false)], NOW);
    capabilities.learn("c", "m", &[lesson("beta:maybe", true)], NOW);
    assert!(due(&capabilities, 0).is_empty());
    assert_eq!(due(&capabilities, SUSPECTED_MS), ["beta:maybe"]);
    assert_eq!(due(&capabilities, PROVEN_MS).len(), 2);
    let later = NOW.saturating_add_millis(SUSPECTED_MS);
    let mut first = capabilities.view("c", "m", later, Facts::default).due;
    let mut second = capabilities.view("c", "m", later, Facts::default).due;
    let trial = first.pop().and_then(super::Due::begin);
    assert!(trial.is_some());
    assert!(second.pop().and_then(super::Due::begin).is_none(), "one at a time");
    drop(trial);
    let mut third = capabilities.view("c", "m", later, Facts::default).due;
    assert!(third.pop().and_then(super::Due::begin).is_some(), "the first has ended");
}

#[test]
fn what_is_taken_after_all_is_forgotten_and_overrules_the_table() {
    let capabilities = Capabilities::default();
    let seeds = || Facts::from_iter([("beta:seeded", Says::Refuses)]);
    assert!(!capabilities.view("c", "m", NOW, seeds).facts.is_empty());
    capabilities.learn("c", "m", &[lesson("beta:x", false)], NOW);
    capabilities.taken("c", "m", "beta:x", NOW);
    capabilities.taken("c", "m", "beta:seeded", NOW);
    assert!(!refuses(&capabilities, "beta:x") && !refuses(&capabilities, "beta:seeded"));
}

#[test]
fn seeds_hold_also_where_something_was_recalled_before_they_were_asked_for() {
    let capabilities = Capabilities::default();
    capabilities.learn("c", "m", &[lesson("beta:x", false)], NOW);
    let seeds = || Facts::from_iter([("beta:seeded", Says::Refuses)]);
    let view = capabilities.view("c", "m", NOW, seeds);
    assert_eq!(view.facts.get("beta:seeded"), Some(&Says::Refuses));
    assert_eq!(view.facts.get("beta:x"), Some(&Says::Refuses));
}

#[test]
fn forgetting_names_a_channel_a_feature_or_nothing() {
    let capabilities = Capabilities::default();
    capabilities.learn("c", "m", &[lesson("beta:x", false), lesson("beta:y", false)], NOW);
    capabilities.forget(Some("c"), Some("beta:x"));
    assert!(!refuses(&capabilities, "beta:x") && refuses(&capabilities, "beta:y"));
    capabilities.forget(Some("other"), None);
    assert!(refuses(&capabilities, "beta:y"));
    capabilities.forget(None, None);
    assert!(!refuses(&capabilities, "beta:y"));
}

#[test]
fn there_is_a_bound_and_the_newest_stay_below_it() {
    let capabilities = Capabilities::default();
    for number in 0..=FACTS_MAX {
        let at = NOW.saturating_add_millis(i64::try_from(number).unwrap_or(0));
        capabilities.learn("c", "m", &[lesson(&format!("beta:{number}"), false)], at);
    }
    assert!(!refuses(&capabilities, "beta:0"));
    assert!(refuses(&capabilities, &format!("beta:{FACTS_MAX}")));
}
