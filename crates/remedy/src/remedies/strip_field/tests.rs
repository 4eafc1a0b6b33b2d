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
    let body = json!({"model": "m", "output_config": {"format": {"type": "json_schema"}}});
    let mut first = request(&body, "structured-outputs-2025-12-15");
    assert!(!refused(&mut first, "output_config.task_budget: Extra inputs are not permitted"));
    assert!(refused(&mut first, "output_config.format: Extra inputs are not permitted"));
    assert_eq!(sent(&mut first), json!({"model": "m"}));
    assert_eq!(betas(&first).as_deref(), Some(""));
}

#[test]
fn every_field_that_is_named_goes_in_one_trip() {
    let fields = json!({"model": "m", "context_management": {"edits": []}, "safeguards": [],
        "tools": [{"name": "a", "strict": true}], "speed": "fast"});
    for message in [
        "context_management: Extra inputs are not permitted, safeguards: Extra inputs are not \
         permitted, tools.0.custom.strict: Extra inputs are not permitted",
        "3 validation errors for Request\ncontext_management\n  Extra inputs are not permitted \
         [type=extra_forbidden, input_value={}, input_type=dict]\nsafeguards\n  Extra inputs are \
         not permitted [type=extra_forbidden]\ntools.0.strict\n  Extra inputs are not permitted",
    ] {
        let mut first = request(&fields, MANAGED);
        assert!(refused(&mut first, message), "{message}");
        let left = json!({"model": "m", "tools": [{"name": "a"}], "speed": "fast"});
        assert_eq!(sent(&mut first), left, "{message}");
        assert_eq!(lessons(&first).len(), 3);
        let mut later = request(&fields, MANAGED);
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (left, betas(&first)));
    }
}

#[test]
fn a_field_is_found_in_every_wording() {
    let body = json!({"model": "m", "context_management": {"edits": []}, "messages": []});
    for message in [
        "Unrecognized request argument supplied: context_management",
        "Unknown parameter: 'context_management'.",
        "Unsupported parameter: `context_management` is not supported with this model.",
        "json: unknown field \"context_management\"",
        "Malformed input request: #: extraneous key [context_management] is not permitted",
        "Additional properties are not allowed ('context_management' was unexpected)",
        "Invalid JSON payload received. Unknown name \"contextManagement\" at 'request': \
         Cannot find field.",
        "body.context_management: Extra inputs are not permitted",
        "context_management: Extra inputs are not permitted",
        "不支持的参数：context_management",
    ] {
        let mut first = request(&body, MANAGED);
        assert!(refused(&mut first, message), "{message}");
        assert_eq!(sent(&mut first), json!({"model": "m", "messages": []}), "{message}");
        assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"), "{message}");
    }
}

#[test]
fn an_index_that_leads_nowhere_still_means_the_field() {
    let body = json!({"model": "m", "tools": [{"name": "a", "strict": true}], "messages": [
        {"role": "user", "content": "x", "output_config": {"effort": "low"}}]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, "tools.11.custom.strict: Extra inputs are not permitted"));
    assert!(refused(&mut first, "messages.7.output_config: Extra inputs are not permitted"));
    let left = json!({"model": "m", "tools": [{"name": "a"}], "messages": [
        {"role": "user", "content": "x"}]});
    assert_eq!(sent(&mut first), left);
}

#[test]
fn a_field_named_apart_from_its_place_goes_there_and_not_elsewhere() {
    let body = json!({"model": "m", "output_config": {"effort": "low"}, "messages": [
        {"role": "user", "content": "x", "output_config": {"effort": "low"}}]});
    let mut first = request(&body, "");
    let message = "Malformed input request: #/messages/0: extraneous key [output_config] is not \
                   permitted, please reformat your input and try again.";
    assert!(refused(&mut first, message));
    let left = json!({"model": "m", "output_config": {"effort": "low"}, "messages": [
        {"role": "user", "content": "x"}]});
    assert_eq!(sent(&mut first), left);
}

#[test]
fn more_than_edits_goes_before_the_edits_do() {
    let body = json!({"model": "m", "context_management": {"edits": [], "enabled": true}});
    let mut first = request(&body, MANAGED);
    let message = "context_management: Extra inputs are not permitted";
    assert!(refused(&mut first, message));
    assert_eq!(sent(&mut first), json!({"model": "m", "context_management": {"edits": []}}));
    assert_eq!(betas(&first), None);
    assert!(refused(&mut first, message));
    assert_eq!(sent(&mut first), json!({"model": "m"}));
    assert!(!refused(&mut first, message));
}

#[test]
fn a_breakpoint_that_a_system_message_may_not_have_stays_in_the_users_turn() {
    let block = json!({"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}});
    let body = json!({"model": "m", "messages": [{"role": "user", "content": [block]},
        {"role": "system", "content": [block]}]});
    let mut first = request(&body, "");
    let message = "messages.1.content.0.cache_control: Extra inputs are not permitted";
    assert!(refused(&mut first, message));
    let mut folded = block.clone();
    folded["text"] = json!("<system-reminder>\nx\n</system-reminder>");
    let left = json!({"model": "m", "messages": [{"role": "user", "content": [block, folded]}]});
    assert_eq!(sent(&mut first), left);
}

#[test]
fn odd_bodies_and_names_change_nothing() {
    for body in [json!({}), json!({"tools": null, "messages": "x"}), json!({"tools": [null, 5]})] {
        for path in ["tools.0.custom.strict", "messages.0.content.0.x", "", "..", "a.b.c"] {
            let mut first = request(&body, "");
            assert!(!refused(&mut first, &format!("{path}: Extra inputs are not permitted")));
            assert!(!first.body.is_changed() && lessons(&first).is_empty());
        }
    }
}

#[test]
fn a_list_of_names_is_read_whole_and_what_would_be_valid_is_not() {
    let body = json!({"model": "m", "speed": "fast", "safeguards": [], "metadata": {}});
    for message in [
        "Unrecognized request arguments supplied: speed, safeguards",
        "Additional properties are not allowed ('speed', 'safeguards' were unexpected)",
    ] {
        let mut first = request(&body, "");
        assert!(refused(&mut first, message), "{message}");
        assert_eq!(sent(&mut first), json!({"model": "m", "metadata": {}}), "{message}");
    }
    let mut first = request(&body, "");
    assert!(refused(&mut first, "Unknown parameter: 'speed'. Valid parameters: metadata, model"));
    assert_eq!(sent(&mut first), json!({"model": "m", "safeguards": [], "metadata": {}}));
}
