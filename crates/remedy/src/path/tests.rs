use bytes::Bytes;
use salve_wire::{Body, Document};
use serde_json::{Value, json};

use super::{has, remove, resolve, resolve_name};

fn document(value: &Value) -> Document {
    Document::of(&Body::scan(Bytes::from(value.to_string())).expect("a body"))
}

#[test]
fn a_path_is_found_however_the_upstream_writes_it() {
    let body = json!({
        "thinking": {"type": "adaptive", "display": "updates"},
        "tools": [{"name": "a"}, {"name": "b", "defer_loading": true}],
        "messages": [{"role": "user", "output_config": {}, "content": [
            {"type": "tool_result", "content": [{"type": "text", "odd": 1}]}]}],
    });
    for (path, pattern) in [
        ("tools.1.custom.defer_loading", "tools[].defer_loading"),
        ("tools[1].defer_loading", "tools[].defer_loading"),
        ("/tools/1/defer_loading", "tools[].defer_loading"),
        ("body.tools.1.defer_loading", "tools[].defer_loading"),
        ("tools.custom.defer_loading", "tools[].defer_loading"),
        ("thinking.adaptive.display", "thinking.display"),
        ("messages.0.output_config", "messages[].output_config"),
        (
            "messages.0.content.0.tool_result.content.0.text.odd",
            "messages[].content[].content[].odd",
        ),
    ] {
        let found = resolve(&mut document(&body), path).map(|place| place.pattern);
        assert_eq!(found.as_deref(), Some(pattern), "{path}");
    }
    for path in ["tools.7.name", "nothing", "", "tools.0.defer_loading", "thinking.budget_tokens"] {
        assert_eq!(resolve(&mut document(&body), path), None, "{path}");
    }
}

#[test]
fn a_tag_that_is_a_fields_name_too_is_no_way_to_anything() {
    let block = json!({"type": "text", "text": "a", "tide": 1});
    let body = json!({"messages": [{"content": [block]}]});
    let found = |path| resolve(&mut document(&body), path).map(|place| place.pattern);
    let tide = found("messages.0.content.0.text.tide");
    assert_eq!(tide.as_deref(), Some("messages[].content[].tide"));
    let text = found("messages.0.content.0.text.text");
    assert_eq!(text.as_deref(), Some("messages[].content[].text"));
    assert_eq!(found("messages.0.content.0.text.absent"), None);
}

#[test]
fn a_bare_name_is_found_where_such_fields_stand() {
    let body = json!({"output_config": {"effort": "low"}, "tools": [{"strict": true}]});
    let name = |name: &str| resolve_name(&mut document(&body), name).map(|place| place.pattern);
    assert_eq!(name("effort").as_deref(), Some("output_config.effort"));
    assert_eq!(name("strict").as_deref(), Some("tools[].strict"));
    assert_eq!(name("absent"), None);
    assert_eq!(name("a.b"), None);
}

#[test]
fn removing_a_pattern_removes_every_such_place() {
    let mut body = document(&json!({"tools": [{"strict": 1}, {"a": 2}, {"strict": 3}]}));
    assert!(has(&mut body, "tools[].strict"));
    assert_eq!(remove(&mut body, "tools[].strict"), 2);
    assert!(!has(&mut body, "tools[].strict"));
}
