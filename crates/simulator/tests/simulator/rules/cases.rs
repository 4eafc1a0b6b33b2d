//! One case a rule.

mod amounts;
mod caching;
mod media;
mod pairing;
mod shapes;
mod speaking;
mod thinking;
mod tools;

use serde_json::{Value, json};

use crate::client::{request, tool};

/// A request that breaks a rule, and the same without the fault.
pub struct Case {
    pub rule: &'static str,
    pub betas: &'static [&'static str],
    pub refused: Value,
    pub says: &'static str,
    pub accepted: Option<(&'static [&'static str], Value)>,
}

const OPUS: &str = "claude-opus-5";
const OLD: &str = "claude-sonnet-4-5";
const SEARCH: &[&str] = &["advanced-tool-use-2025-11-20"];
const TTL: &[&str] = &["extended-cache-ttl-2025-04-11"];

/// A case from a base request, the fault put into it, and the mending of that.
fn case(
    rule: &'static str,
    betas: &'static [&'static str],
    refused: Value,
    says: &'static str,
    accepted: Value,
) -> Case {
    Case { rule, betas, refused, says, accepted: Some((betas, accepted)) }
}

/// A base request with fields replaced.
fn with(model: &str, fields: Value) -> Value {
    let mut body = request(model, "hello");
    for (key, value) in fields.as_object().expect("fields") {
        body[key] = value.clone();
    }
    body
}

fn said(blocks: Value) -> Value {
    json!([{ "role": "user", "content": blocks }])
}

fn call(id: &str) -> Value {
    json!({ "type": "tool_use", "id": id, "name": "Bash", "input": {} })
}

fn result(id: &str) -> Value {
    json!({ "type": "tool_result", "tool_use_id": id, "content": "ok" })
}

/// prompt, calls, answers
fn round(calls: Value, answers: Value) -> Value {
    json!([{ "role": "user", "content": "go" }, { "role": "assistant", "content": calls },
        { "role": "user", "content": answers }])
}

fn schema(schema: Value) -> Value {
    with(OPUS, json!({ "tools": [tool("a"), { "name": "b", "input_schema": schema }] }))
}

fn good_schema() -> Value {
    schema(json!({ "type": "object", "properties": { "a.b-c": { "type": ["string", "null"] } } }))
}

fn png(width: u32, height: u32) -> Value {
    use base64::Engine;
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    image("image/png", &base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn image(media_type: &str, data: &str) -> Value {
    let source = json!({ "type": "base64", "media_type": media_type, "data": data });
    json!({ "type": "image", "source": source })
}

fn pdf(pages: usize) -> Value {
    use base64::Engine;
    let text = format!("%PDF-1.4 /Type /Pages {}", "/Type /Page ".repeat(pages));
    let data = base64::engine::general_purpose::STANDARD.encode(text);
    let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
    json!({ "type": "document", "source": source })
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn cached(text: &str, ttl: &str) -> Value {
    json!({ "type": "text", "text": text, "cache_control": { "type": "ephemeral", "ttl": ttl } })
}

pub fn all() -> Vec<Case> {
    [
        shapes::all(),
        tools::all(),
        caching::all(),
        speaking::all(),
        pairing::all(),
        thinking::all(),
        amounts::all(),
        media::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
