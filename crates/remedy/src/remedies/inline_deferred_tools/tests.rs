use serde_json::{Value, json};

use crate::remedies::tests::{
    betas, done, lessons, prepared, prepared_by_lessons, refused, refused_knowing, request, sent,
};
use crate::{Facts, Says};

const OLD: &str = "advanced-tool-use-2025-11-20";
const NEW: &str = "tool-search-tool-2025-10-19";
const DEFER: &str = "tools.1.custom.defer_loading: Extra inputs are not permitted";
const TAG: &str = "Input tag 'tool_search_tool_regex_20251119' found using 'type' does not match \
                   any of the expected tags: 'bash_20250124', 'custom', 'memory_20250818'";
const REFERENCE: &str = "messages.2.content.0.tool_result.content.0: Input tag 'tool_reference' \
                         found using 'type' does not match any of the expected tags: 'document', \
                         'image', 'search_result', 'text'";

/// A conversation of Claude Code in which a tool was looked for.
fn body() -> Value {
    let reference = json!({"type": "tool_reference", "tool_name": "WebFetch"});
    json!({"model": "m",
    "tools": [{"name": "Bash", "input_schema": {}},
        {"name": "WebFetch", "defer_loading": true, "input_schema": {}},
        {"name": "DeferredToolPlaceholder", "defer_loading": true, "input_schema": {}},
        {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex",
            "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "x"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "t", "name": "ToolSearch", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t", "content": [reference]},
            {"type": "text", "text": "Tool loaded."}]}]})
}

fn inlined() -> Value {
    let mut body = body();
    body["tools"] = json!([{"name": "Bash", "input_schema": {}},
        {"name": "WebFetch", "input_schema": {}, "cache_control": {"type": "ephemeral"}}]);
    body["messages"][2]["content"][0]["content"] =
        json!([{"type": "text", "text": "Loaded tool: WebFetch"}]);
    body
}

fn keeps_the_rules(body: &Value) {
    for tool in body["tools"].as_array().into_iter().flatten() {
        let is_both = tool.get("defer_loading").is_some() && tool.get("cache_control").is_some();
        assert!(!is_both, "{tool}");
    }
}

#[test]
fn the_other_name_is_tried_before_tools_are_inlined() {
    for message in [DEFER, TAG] {
        let mut first = request(&body(), OLD);
        assert!(refused(&mut first, message), "{message}");
        assert_eq!((sent(&mut first), betas(&first).as_deref()), (body(), Some(NEW)));
        assert_eq!(lessons(&first), [(format!("beta:{OLD}"), Says::Instead(NEW.to_owned()))]);
        assert!(refused(&mut first, message), "{message}");
        assert_eq!(sent(&mut first), inlined());
        assert_eq!(betas(&first).as_deref(), Some(""));
        keeps_the_rules(&sent(&mut first));
        assert!(!refused(&mut first, message), "nothing is left to change");
        let mut later = request(&body(), OLD);
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
    }
}

#[test]
fn a_search_tool_without_any_beta_gets_it() {
    let mut first = request(&body(), "");
    assert!(refused(&mut first, TAG));
    assert_eq!(betas(&first).as_deref(), Some(NEW));
    assert_eq!(done(&first), [format!("inline-deferred-tools:{NEW}")]);
    let mut later = request(&body(), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(betas(&later), betas(&first));
    let mut plain = request(&json!({"model": "m", "tools": [{"name": "a"}]}), "");
    prepared_by_lessons(&mut plain, &first);
    assert_eq!(betas(&plain), None);
    assert!(refused(&mut first, TAG));
    assert_eq!((sent(&mut first), betas(&first).as_deref()), (inlined(), Some("")));
    assert_eq!(lessons(&first), [("deferred-tools".to_owned(), Says::Refuses)]);
}

#[test]
fn a_beta_known_to_be_refused_is_not_tried() {
    let facts: Facts = [(format!("beta:{NEW}"), Says::Refuses)].into_iter().collect();
    let mut first = request(&body(), OLD);
    assert!(refused_knowing(&mut first, DEFER, &facts));
    assert_eq!((sent(&mut first), betas(&first).as_deref()), (inlined(), Some("")));
}

#[test]
fn a_reference_in_a_result_becomes_text_at_once() {
    let mut first = request(&body(), OLD);
    assert!(refused(&mut first, REFERENCE));
    assert_eq!(sent(&mut first), inlined());
}

#[test]
fn the_same_history_is_inlined_alike_in_every_turn() {
    let facts = [("deferred-tools", Says::Refuses)];
    let mut now = request(&body(), OLD);
    prepared(&mut now, &facts);
    let mut longer = body();
    let messages = longer["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "assistant", "content": "y"}));
    let mut then = request(&longer, OLD);
    prepared(&mut then, &facts);
    let (now, then) = (sent(&mut now), sent(&mut then));
    assert_eq!(now["tools"], then["tools"]);
    assert_eq!(now["messages"][2], then["messages"][2]);
}

#[test]
fn a_search_by_the_service_is_told_as_text() {
    let search = json!({"type": "server_tool_use", "id": "s", "name": "tool_search_tool_regex",
        "input": {"pattern": "w"}});
    let found = json!({"type": "tool_search_tool_result", "tool_use_id": "s", "content": {
        "type": "tool_search_tool_search_result",
        "tool_references": [{"type": "tool_reference", "tool_name": "WebFetch"}]}});
    let mut body = body();
    body["messages"][1]["content"] = json!([search, found]);
    let mut first = request(&body, "");
    prepared(&mut first, &[("deferred-tools", Says::Refuses)]);
    let told = json!([{"type": "text", "text": "[tool_search_tool_regex {\"pattern\":\"w\"}]"},
        {"type": "text", "text": "WebFetch"}]);
    assert_eq!(sent(&mut first)["messages"][1]["content"], told);
}

#[test]
fn requests_without_deferred_tools_are_left_alone() {
    for body in [json!({}), json!({"tools": null}), json!({"tools": [], "messages": "x"})] {
        let mut first = request(&body, "a-2026-01-01");
        assert!(!refused(&mut first, DEFER) && !refused(&mut first, TAG));
        prepared(&mut first, &[("deferred-tools", Says::Refuses)]);
        assert!(!first.body.is_changed() && betas(&first).is_none());
    }
}
