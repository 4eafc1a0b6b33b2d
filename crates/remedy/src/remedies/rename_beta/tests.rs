use serde_json::json;

use crate::remedies::tests::{
    betas, done, lessons, prepared, prepared_by_lessons, refused, request, sent,
};
use crate::{Outbound, Says};

const OLD: &str = "advanced-tool-use-2025-11-20";
const NEW: &str = "tool-search-tool-2025-10-19";

fn deferred(set: &str) -> Outbound {
    let tools = json!([{"name": "a"}, {"name": "b", "defer_loading": true, "input_examples": []}]);
    request(&json!({"model": "m", "tools": tools}), set)
}

#[test]
fn a_beta_known_by_another_name_is_asked_for_by_it_and_the_others_go_in_the_same_trip() {
    let set = format!("claude-code-20250219,{OLD},prompt-caching-scope-2026-01-05,odd-x");
    let mut first = deferred(&set);
    let message = format!(
        "Unexpected value(s) `{OLD}`, `prompt-caching-scope-2026-01-05`, `odd-x` for the \
         `anthropic-beta` header. Please consult our documentation."
    );
    assert!(refused(&mut first, &message));
    assert_eq!(betas(&first), Some(format!("claude-code-20250219,{NEW}")));
    // The new name does not open examples.
    let tools = json!([{"name": "a"}, {"name": "b", "defer_loading": true}]);
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": tools}));
    assert!(done(&first).contains(&format!("rename-beta:{OLD}")));
    assert!(lessons(&first).contains(&(format!("beta:{OLD}"), Says::Instead(NEW.to_owned()))));
    let mut later = deferred(&set);
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
}

#[test]
fn where_the_new_name_is_refused_too_neither_is_asked_for_again() {
    let set = format!("claude-code-20250219,{OLD}");
    let mut first = deferred(&set);
    assert!(refused(&mut first, &format!("Unsupported beta header: {OLD}")));
    assert!(refused(&mut first, &format!("Unsupported beta header: {NEW}")));
    assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"));
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": [{"name": "a"}, {"name": "b"}]}));
    let refused = |beta: &str| (format!("beta:{beta}"), Says::Refuses);
    for beta in [OLD, NEW] {
        assert!(lessons(&first).contains(&refused(beta)), "{beta}");
    }
    let mut later = deferred(&set);
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
}

#[test]
fn a_new_name_known_to_be_refused_is_not_tried() {
    let mut first = deferred(OLD);
    let facts = [
        (&*format!("beta:{OLD}"), Says::Instead(NEW.to_owned())),
        (&*format!("beta:{NEW}"), Says::Refuses),
    ];
    prepared(&mut first, &facts);
    assert_eq!(betas(&first).as_deref(), Some(""));
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": [{"name": "a"}, {"name": "b"}]}));
}

#[test]
fn a_beta_in_the_body_is_renamed_there() {
    let mut first = request(&json!({"model": "m", "anthropic_beta": ["x", OLD]}), "");
    prepared(&mut first, &[(&*format!("beta:{OLD}"), Says::Instead(NEW.to_owned()))]);
    assert_eq!(sent(&mut first), json!({"model": "m", "anthropic_beta": ["x", NEW]}));
}

#[test]
fn a_beta_that_has_no_other_name_is_left_to_others() {
    let mut first = request(&json!({"model": "m"}), "odd-x");
    assert!(refused(&mut first, "Unsupported beta header: odd-x"));
    assert_eq!(done(&first), ["strip-beta:odd-x"]);
}
