//! A request of 100 KB as Claude Code sends it with everything switched on that some upstream
//! refuses, and the betas that belong to it.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{Fault, body};

/// Bytes of the request.
pub(super) const BYTES: usize = 102_400;

/// The betas that it asks for. The last one exists nowhere.
pub(super) const BETAS: &str = "claude-code-20250219,interleaved-thinking-2025-05-14,\
    context-management-2025-06-27,prompt-caching-scope-2026-01-05,per-turn-control-2026-07-01,\
    mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,\
    advanced-tool-use-2025-11-20,effort-2025-11-24,thinking-display-updates-2026-08-18,\
    never-seen-2031-01-01";

/// The body.
///
/// # Errors
/// Never in practice: the values all have a JSON form.
pub(super) fn request() -> Result<Bytes, Fault> {
    let plain = body::request(BYTES, true)?;
    let mut body: Map<String, Value> = serde_json::from_slice(&plain)?;
    if let Some(Value::Array(tools)) = body.get_mut("tools") {
        tools.push(deferred("tool_looked_for"));
        tools.push(json!({
            "type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex",
        }));
    }
    if let Some(Value::Array(system)) = body.get_mut("system") {
        let cache = json!({"type": "ephemeral", "scope": "global"});
        system.push(json!({"type": "text", "text": "Be brief.", "cache_control": cache}));
    }
    if let Some(Value::Array(messages)) = body.get_mut("messages") {
        blank_one(messages);
    }
    let thinking = json!({"type": "adaptive", "display": "updates"});
    body.insert("thinking".to_owned(), thinking);
    let edits = json!([{"type": "clear_thinking_20251015", "keep": "all"}]);
    body.insert("context_management".to_owned(), json!({"edits": edits}));
    body.insert("output_config".to_owned(), json!({"effort": "medium"}));
    body.insert("max_tokens".to_owned(), json!(128_000));
    Ok(Bytes::from(serde_json::to_vec(&body)?))
}

fn deferred(name: &str) -> Value {
    json!({
        "name": name, "description": "Found when it is looked for.",
        "input_schema": {"type": "object", "properties": {}}, "defer_loading": true,
    })
}

/// A turn in the middle gets an empty text beside what it holds.
fn blank_one(messages: &mut [Value]) {
    let middle = messages.len() / 2;
    let content = messages.get_mut(middle).and_then(|message| message.get_mut("content"));
    if let Some(Value::Array(blocks)) = content {
        blocks.push(json!({"type": "text", "text": ""}));
    }
}

#[cfg(test)]
mod tests;
