//! Histories as no client should write them, for the remedies that mend histories.

use proptest::prelude::*;
use serde_json::{Value, json};

/// A body with up to eight messages of any role, with calls and results of a few ids anywhere,
/// blank and full texts.
pub(crate) fn any_messages() -> impl Strategy<Value = Value> {
    let content = prop_oneof![
        any_text().prop_map(Value::from),
        prop::collection::vec(any_block(), 0..5).prop_map(Value::from),
    ];
    let role = prop_oneof![Just("user"), Just("assistant")];
    let message =
        (role, content).prop_map(|(role, content)| json!({"role": role, "content": content}));
    prop::collection::vec(message, 1..8).prop_map(|messages| json!({"messages": messages}))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just(" \n".to_owned()), "[a-f]{1,4}"]
}

fn any_id() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a"), Just("b"), Just("c:1"), Just("a-2"), Just("")]
}

fn any_block() -> impl Strategy<Value = Value> {
    let text = any_text().prop_map(|text| json!({"type": "text", "text": text}));
    let call =
        any_id().prop_map(|id| json!({"type": "tool_use", "id": id, "name": "Bash", "input": {}}));
    let result = (any_id(), any_text()).prop_map(|(id, text)| {
        let content = json!([{"type": "text", "text": text}]);
        json!({"type": "tool_result", "tool_use_id": id, "content": content})
    });
    prop_oneof![text, call, result]
}

/// Every text that a user or a model wrote, blank ones aside.
pub(crate) fn texts(body: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    for message in body["messages"].as_array().unwrap() {
        let content = &message["content"];
        let blocks = content.as_array().into_iter().flatten();
        let own = blocks.filter_map(|block| block["text"].as_str());
        texts.extend(own.chain(content.as_str()).map(ToOwned::to_owned));
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}
