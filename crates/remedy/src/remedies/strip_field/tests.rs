use serde_json::json;

use crate::Says;
use crate::remedies::tests::{betas, done, lessons, prepared_by_lessons, refused, request, sent};

const MANAGED: &str = "claude-code-20250219,context-management-2025-06-27";

#[test]
fn a_field_that_is_not_permitted_goes_with_its_beta() {
    let body = json!({"model": "m", "messages": [], "context_management": {"edits": []}});
    let mut first = request(&body, MANAGED);
    assert!(refused(&mut first, "context_management: Extra inputs are not permitted"));
    assert_eq!(sent(&mut first), json!({"model": "m", "messages": []}));
    assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"));
    assert_eq!(done(&first), ["strip-field:context_management"]);
    assert_eq!(lessons(&first), [("field:context_management".to_owned(), Says::Refuses)]);
    let mut later = request(&body, MANAGED);
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    assert_eq!(betas(&later), betas(&first));
}

#[test]
fn a_tools_field_goes_from_every_tool_whatever_tag_the_upstream_writes_between() {
    let tool = |name: &str| json!({"name": name, "input_schema": {}, "flavour": "x"});
    let mut first = request(&json!({"model": "m", "tools": [tool("a"), tool("b")]}), "");
    assert!(refused(&mut first, "tools.1.custom.flavour: Extra inputs are not permitted"));
    let plain = |name: &str| json!({"name": name, "input_schema": {}});
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": [plain("a"), plain("b")]}));
    assert_eq!(lessons(&first), [("field:tools[].flavour".to_owned(), Says::Refuses)]);
}

#[test]
fn a_cache_scope_goes_wherever_it_stands() {
    let scoped = json!({"type": "ephemeral", "scope": "global"});
    let block = json!({"type": "text", "text": "x", "cache_control": scoped});
    let body = json!({"model": "m", "system": [block], "messages": [
        {"role": "user", "content": [block]}]});
    let mut first = request(&body, "prompt-caching-scope-2026-01-05");
    let message = "system.0.cache_control.ephemeral.scope: Extra inputs are not permitted";
    assert!(refused(&mut first, message));
    let plain = json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}});
    let expected = json!({"model": "m", "system": [plain], "messages": [
        {"role": "user", "content": [plain]}]});
    assert_eq!(sent(&mut first), expected);
    assert_eq!(betas(&first).as_deref(), Some(""));
    assert_eq!(done(&first), ["strip-field:cache_control.scope"]);
}

#[test]
fn what_makes_a_request_is_never_taken_out_of_it() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    for path in ["messages", "messages.0.content", "model", "messages.0.role"] {
        let mut first = request(&body, "");
        assert!(!refused(&mut first, &format!("{path}: Extra inputs are not permitted")));
        assert_eq!(sent(&mut first), body);
    }
}

#[test]
fn a_config_that_lost_its_last_field_goes_too() {
    let body = json!({"model": "m", "output_config": {"effort": "high"}});
    let mut first = request(&body, "effort-2025-11-24");
    assert!(
        refused(&mut first, "output_config.task_budget: Extra inputs are not permitted") || {
            refused(&mut first, "output_config.effort: Extra inputs are not permitted")
        }
    );
    assert_eq!(sent(&mut first), json!({"model": "m"}));
}
