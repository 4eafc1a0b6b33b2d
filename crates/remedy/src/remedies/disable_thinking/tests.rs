use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{lessons, prepared_by_lessons, refused, refused_as, request, sent};

const EXPECTED: &str = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but \
    found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a \
    thinking block.";

fn call() -> Value {
    json!({"type": "tool_use", "id": "t1", "name": "n", "input": {}})
}

fn body(first: &[Value], more: &[Value]) -> Value {
    let result = json!({"type": "tool_result", "tool_use_id": "t1", "content": "r"});
    let mut messages = vec![
        json!({"role": "user", "content": "go"}),
        json!({"role": "assistant", "content": first}),
        json!({"role": "user", "content": [result]}),
    ];
    messages.extend_from_slice(more);
    json!({"model": "m", "max_tokens": 9000, "messages": messages,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "context_management": {"edits": [{"type": "clear_thinking_20251015"}]}})
}

#[test]
fn a_loop_of_tools_that_lost_its_thinking_goes_on_without() {
    let mut first = request(&body(&[call()], &[]), "context-management-2025-06-27");
    assert!(refused(&mut first, EXPECTED));
    let mut expected = body(&[call()], &[]);
    for field in ["thinking", "context_management"] {
        expected.as_object_mut().expect("an object").remove(field);
    }
    assert_eq!(sent(&mut first), expected);
    assert_eq!(lessons(&first), [("thinking-expected".to_owned(), Says::Refuses)]);
    let mut later = request(&body(&[call()], &[]), "context-management-2025-06-27");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn other_requests_of_the_channel_think_on() {
    let mut first = request(&body(&[call()], &[]), "");
    assert!(refused(&mut first, EXPECTED));
    let thought = json!({"type": "thinking", "thinking": "t", "signature": "s"});
    let new_turn = json!({"role": "user", "content": "and now?"});
    let inner = [
        json!({"role": "assistant", "content": [call()]}),
        json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1"}]}),
    ];
    for other in [
        body(&[thought.clone(), call()], &[]),
        body(&[thought, call()], &inner),
        body(&[call()], &[new_turn]),
        body(&[json!({"type": "text", "text": "hi"})], &[]),
    ] {
        let mut later = request(&other, "");
        prepared_by_lessons(&mut later, &first);
        assert!(!later.body.is_changed(), "{other}");
    }
}

#[test]
fn a_model_that_thinks_unasked_is_told_not_to() {
    let mut first = request(&json!({"messages": []}), "");
    assert!(refused(&mut first, "The final assistant message must start with a thinking block"));
    assert_eq!(sent(&mut first)["thinking"], json!({"type": "disabled"}));
    assert!(!refused_as("disable-thinking", &mut first, EXPECTED));
}
