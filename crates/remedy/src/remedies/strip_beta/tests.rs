use serde_json::json;

use crate::Says;
use crate::remedies::tests::{
    betas, done, lessons, prepared_by_lessons, refused, refused_knowing, request, sent,
};

const SET: &str = "claude-code-20250219,context-management-2025-06-27,effort-2025-11-24,new-x";

#[test]
fn each_beta_the_upstream_names_goes_with_its_fields_and_no_other() {
    let body = json!({"model": "m", "context_management": {}, "output_config": {"effort": "high"}});
    let mut first = request(&body, SET);
    let message = "Unexpected value(s) `context-management-2025-06-27`, `new-x` for the \
                   `anthropic-beta` header. Please consult our documentation.";
    assert!(refused(&mut first, message));
    assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219,effort-2025-11-24"));
    assert_eq!(sent(&mut first), json!({"model": "m", "output_config": {"effort": "high"}}));
    let known = lessons(&first);
    assert_eq!(known.len(), 2);
    assert!(known.contains(&("beta:new-x".to_owned(), Says::Refuses)));
    let mut later = request(&body, SET);
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
}

#[test]
fn betas_in_the_body_are_of_the_same_set() {
    let body = json!({"model": "m", "anthropic_beta": ["effort-2025-11-24", "odd-2027-01-01"]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, "Unsupported beta header: odd-2027-01-01"));
    assert_eq!(sent(&mut first), json!({"model": "m", "anthropic_beta": ["effort-2025-11-24"]}));
    assert_eq!(done(&first), ["strip-beta:odd-2027-01-01"]);
}

#[test]
fn a_beta_that_the_channel_needs_stays() {
    let mut first = request(&json!({"model": "m"}), "oauth-2025-04-20");
    let needs = [("beta:oauth-2025-04-20", Says::Needs)].into_iter().collect();
    let message = "Unexpected value(s) `oauth-2025-04-20` for the `anthropic-beta` header";
    assert!(!refused_knowing(&mut first, message, &needs));
    assert_eq!(betas(&first), None);
}

#[test]
fn a_beta_is_found_in_every_wording() {
    for message in [
        "Unexpected value(s) `new-x` for the `anthropic-beta` header.",
        "Unsupported beta header: new-x",
        "invalid beta flag: NEW-X",
        "Invalid beta flag 'new-x'. Supported betas: claude-code-20250219, effort-2025-11-24",
        "anthropic-beta header value 'new-x' is not supported",
    ] {
        let mut first = request(&json!({"model": "m"}), SET);
        assert!(refused(&mut first, message), "{message}");
        let left = "claude-code-20250219,context-management-2025-06-27,effort-2025-11-24";
        assert_eq!(betas(&first).as_deref(), Some(left), "{message}");
        assert_eq!(lessons(&first), [("beta:new-x".to_owned(), Says::Refuses)], "{message}");
    }
}

#[test]
fn a_beta_named_without_its_date_is_meant() {
    let mut first = request(&json!({"model": "m"}), SET);
    assert!(refused(&mut first, "Unsupported beta header: context-management"));
    let left = "claude-code-20250219,effort-2025-11-24,new-x";
    assert_eq!(betas(&first).as_deref(), Some(left));
}

#[test]
fn what_two_betas_open_stays_with_the_second() {
    let body = json!({"model": "m", "output_config": {"format": {}}});
    let set = "structured-outputs-2025-11-13,structured-outputs-2025-12-15";
    let mut first = request(&body, set);
    assert!(refused(&mut first, "Unsupported beta header: structured-outputs-2025-11-13"));
    assert_eq!(sent(&mut first), body);
    assert!(refused(&mut first, "Unsupported beta header: structured-outputs-2025-12-15"));
    assert_eq!(sent(&mut first), json!({"model": "m"}));
}

#[test]
fn features_go_with_the_beta_that_opens_them() {
    let body = json!({"model": "m", "safeguards": [{}], "messages": [
        {"role": "user", "content": "a"}, {"role": "system", "content": "b"}]});
    let set = "dangerous-tool-use-2026-09-03,mid-conversation-system-2026-04-07";
    let mut first = request(&body, set);
    let message = "Unexpected value(s) `dangerous-tool-use-2026-09-03`, \
                   `mid-conversation-system-2026-04-07` for the `anthropic-beta` header";
    assert!(refused(&mut first, message));
    let content = json!([{"type": "text", "text": "a"},
        {"type": "text", "text": "<system-reminder>\nb\n</system-reminder>"}]);
    let left = json!({"model": "m", "messages": [{"role": "user", "content": content}]});
    assert_eq!(sent(&mut first), left);
    let mut later = request(&body, set);
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (left, betas(&first)));
}
