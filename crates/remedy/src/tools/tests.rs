use bytes::Bytes;
use salve_wire::{Body, Document, Node};
use serde_json::{Value, json};

use super::remove;

fn without(body: &Value, name: &str) -> (Value, Vec<String>) {
    let mut document = Document::of(&Body::scan(Bytes::from(body.to_string())).expect("a body"));
    let mut is_gone = |tool: &mut Node| tool.get("name").is_some_and(|own| own.is(name));
    let gone = remove(&mut document, &mut is_gone);
    let text = document.root().raw().into_owned();
    (serde_json::from_slice(&text).expect("JSON"), gone)
}

#[test]
fn a_breakpoint_moves_to_the_tool_before() {
    let cache = json!({"type": "ephemeral"});
    let body = json!({"tools": [{"name": "a"}, {"name": "b", "cache_control": cache}]});
    let expected = json!({"tools": [{"name": "a", "cache_control": cache}]});
    assert_eq!(without(&body, "b"), (expected, vec!["b".to_owned()]));
    let deferred = json!({"tools": [{"name": "a"}, {"name": "d", "defer_loading": true},
        {"name": "b", "cache_control": cache}]});
    let expected = json!({"tools": [{"name": "a", "cache_control": cache},
        {"name": "d", "defer_loading": true}]});
    assert_eq!(without(&deferred, "b").0, expected);
}

#[test]
fn a_breakpoint_that_is_there_stays_as_it_is() {
    let (own, other) = (json!({"type": "ephemeral", "ttl": "1h"}), json!({"type": "ephemeral"}));
    let body = json!({"tools": [{"name": "a", "cache_control": own},
        {"name": "b", "cache_control": other}]});
    assert_eq!(without(&body, "b").0, json!({"tools": [{"name": "a", "cache_control": own}]}));
}

#[test]
fn a_choice_of_a_removed_tool_is_set_free() {
    let choice = json!({"type": "tool", "name": "b", "disable_parallel_tool_use": true});
    let body = json!({"tools": [{"name": "a"}, {"name": "b"}], "tool_choice": choice});
    let free = json!({"type": "auto", "disable_parallel_tool_use": true});
    let expected = json!({"tools": [{"name": "a"}], "tool_choice": free});
    assert_eq!(without(&body, "b").0, expected);
}

#[test]
fn no_tools_means_no_choice() {
    let body = json!({"tools": [{"name": "b"}], "tool_choice": {"type": "any"}, "model": "m"});
    assert_eq!(without(&body, "b").0, json!({"model": "m"}));
    for odd in [json!({"tools": null}), json!({"tools": []}), json!({"tools": [{"name": "a"}, 5]})]
    {
        assert_eq!(without(&odd, "b"), (odd.clone(), vec![]));
    }
}
