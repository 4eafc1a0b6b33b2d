//! Content blocks as text, for upstreams that do not know their type.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node, quoted};
use serde_json::Value;

/// Calls `on` with every content block of messages that mention `needle`, and with every block
/// inside a tool's result there.
pub fn each(body: &mut Document, needle: &[u8], on: &mut dyn FnMut(&mut Node)) {
    let Some(messages) = body.get("messages").filter(|list| list.mentions(needle)) else { return };
    for message in messages.items().filter(|message| message.mentions(needle)) {
        let Some(content) = message.get("content") else { continue };
        for block in content.items().filter(|block| block.mentions(needle)) {
            on(block);
            let Some(inner) = block.get("content") else { continue };
            inner.items().for_each(&mut *on);
        }
    }
}

/// Whether a block is of this type.
pub fn is_of_type(block: &mut Node, kind: &str) -> bool {
    block.get("type").is_some_and(|own| own.is(kind))
}

/// Puts a text block in the place of `block`, with the text that the block holds and with its
/// cache breakpoint.
pub fn make_text(block: &mut Node) {
    let Ok(value) = serde_json::from_slice::<Value>(&block.raw()) else { return };
    block.replace(text_block(&text_of(&value), value.get("cache_control")));
}

/// A text block's JSON.
#[must_use]
pub fn text_block(text: &str, cache_control: Option<&Value>) -> String {
    let cache = cache_control.filter(|value| value.is_object());
    let cache = cache.map(|value| format!(r#","cache_control":{value}"#)).unwrap_or_default();
    format!(r#"{{"type":"text","text":{}{cache}}}"#, quoted(text))
}

/// The text that a block holds, or a note that it was removed. Never empty.
#[must_use]
pub fn text_of(block: &Value) -> String {
    let kind = block.get("type").and_then(Value::as_str).unwrap_or("block");
    let held = match kind {
        "tool_reference" => tool_name(block).map(|name| format!("Loaded tool: {name}")),
        "tool_addition" => {
            block.get("tool").and_then(tool_name).map(|name| format!("Tool added: {name}"))
        }
        "tool_removal" => {
            block.get("tool").and_then(tool_name).map(|name| format!("Tool removed: {name}"))
        }
        "server_tool_use" => Some(call(block)),
        _ => held_text(block),
    };
    let held = held.filter(|text| !text.trim().is_empty());
    held.unwrap_or_else(|| format!("[{kind} removed: not supported by this upstream]"))
}

fn tool_name(block: &Value) -> Option<&str> {
    let name = block.get("tool_name").or_else(|| block.get("name"));
    name.and_then(Value::as_str)
}

/// A call of a tool that the service itself ran: its name and what it was asked.
fn call(block: &Value) -> String {
    let name = tool_name(block).unwrap_or("server tool");
    match block.get("input") {
        Some(input) if input.as_object().is_some_and(|fields| !fields.is_empty()) => {
            format!("[{name} {input}]")
        }
        Some(_) | None => format!("[{name}]"),
    }
}

/// The lines of text anywhere in a block, in their order.
fn held_text(block: &Value) -> Option<String> {
    let mut lines = Vec::new();
    collect(block, &mut lines);
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Where blocks keep text that people and models read. Not `id`, `data`, `signature` and
/// whatever is encrypted or encoded.
const READ: [&str; 8] =
    ["title", "url", "context", "text", "stdout", "stderr", "error_code", "tool_name"];
/// Where blocks keep further blocks.
const DEEPER: [&str; 3] = ["source", "content", "tool_references"];

fn collect<'a>(value: &'a Value, lines: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => lines.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, lines)),
        Value::Object(fields) => {
            let read = READ.iter().filter_map(|name| fields.get(*name)?.as_str());
            lines.extend(read.filter(|text| !text.is_empty()));
            if is_plain_text(value) {
                lines.extend(fields.get("data").and_then(Value::as_str));
            }
            DEEPER.iter().filter_map(|name| fields.get(*name)).for_each(|inner| {
                collect(inner, lines);
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether an object is the source of a plain text document.
fn is_plain_text(source: &Value) -> bool {
    let is = |name: &str, text: &str| source.get(name).and_then(Value::as_str) == Some(text);
    is("type", "text") && source.get("data").is_some() || is("media_type", "text/plain")
}
