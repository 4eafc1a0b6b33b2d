//! The bodies that most tests send.

use serde_json::{Value, json};

/// A small request for a whole answer.
pub fn ask(model: &str, text: &str) -> Value {
    json!({ "model": model, "max_tokens": 1000, "messages": [{ "role": "user", "content": text }] })
}

/// The same for a stream.
pub fn streamed(model: &str, text: &str) -> Value {
    let mut body = ask(model, text);
    body["stream"] = json!(true);
    body
}

/// A tool that the simulator may be told to call.
pub fn tool(name: &str) -> Value {
    json!({ "name": name, "description": "does it",
        "input_schema": { "type": "object", "properties": { "command": { "type": "string" } } } })
}
