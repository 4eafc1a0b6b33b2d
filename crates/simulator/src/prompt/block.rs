//! What one content block weighs, and where it asks to be cached.

use serde_json::Value;

use super::{Ttl, list};
use crate::tokens;

/// The tokens of a content block.
pub(super) fn block_tokens(block: &Value) -> u64 {
    let text = |field: &str| block.get(field).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "text" => tokens::count_text(text("text")),
        "thinking" => tokens::count_text(text("thinking")),
        "redacted_thinking" => tokens::count_text(text("data")),
        "image" => tokens::IMAGE,
        "document" => document_tokens(block.get("source")),
        "tool_use" | "server_tool_use" => {
            tokens::count_text(text("name")) + block.get("input").map_or(0, tokens::count_json)
        }
        "tool_result" => match block.get("content") {
            Some(Value::String(text)) => tokens::count_text(text),
            content => list(content).iter().map(block_tokens).sum(),
        },
        _ => tokens::count_json(block),
    }
}

/// The tokens of a tool definition.
pub(super) fn tool_tokens(tool: &Value) -> u64 {
    let text = |field: &str| tool.get(field).and_then(Value::as_str).unwrap_or_default();
    let words = ["type", "name", "description"].map(|field| tokens::count_text(text(field)));
    words.iter().sum::<u64>() + tool.get("input_schema").map_or(0, tokens::count_json)
}

fn document_tokens(source: Option<&Value>) -> u64 {
    let Some(source) = source else { return 0 };
    let data = source.get("data").and_then(Value::as_str).unwrap_or_default();
    match source.get("type").and_then(Value::as_str) {
        Some("base64") => tokens::count_pdf(data),
        Some("text") => tokens::count_text(data),
        Some("content") => list(source.get("content")).iter().map(block_tokens).sum(),
        _ => tokens::IMAGE,
    }
}

/// The lifetime a `cache_control` asks for.
pub(super) fn breakpoint_of(control: Option<&Value>) -> Option<Ttl> {
    let control = control?.as_object()?;
    match control.get("ttl").and_then(Value::as_str) {
        Some("1h") => Some(Ttl::OneHour),
        _ => Some(Ttl::FiveMinutes),
    }
}

/// The breakpoint of a block: its own, or that of the last block nested in it.
pub(super) fn breakpoint_in(block: &Value) -> Option<Ttl> {
    let nested = list(block.get("content")).iter().rev();
    let mut inner = nested.filter_map(|inner| breakpoint_of(inner.get("cache_control")));
    breakpoint_of(block.get("cache_control")).or_else(|| inner.next())
}

/// Whether it is thinking, shown or redacted.
pub(super) fn is_thinking(block: &Value) -> bool {
    matches!(block.get("type").and_then(Value::as_str), Some("thinking" | "redacted_thinking"))
}

/// The text of a text block.
pub(super) fn plain_text(block: &Value) -> Option<&str> {
    let is_text = block.get("type").and_then(Value::as_str) == Some("text");
    is_text.then(|| block.get("text").and_then(Value::as_str))?
}
