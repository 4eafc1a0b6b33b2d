//! What a call or a result of a hosted tool says, in words.

use salve_wire::{Node, NodeKind};

use crate::history;

/// `[web search: QUERY]`
pub(super) fn call(block: &mut Node) -> String {
    let name = history::text_of(block, "name").replace('_', " ");
    let name = if name.is_empty() { "tool" } else { &name };
    let Some(input) = block.get("input") else { return format!("[{name}]") };
    let fields = ["query", "url", "code", "command"];
    let found = fields.iter().map(|field| history::text_of(input, field));
    let asked = found.into_iter().find(|text| !text.is_empty());
    let asked = asked.unwrap_or_else(|| String::from_utf8_lossy(&input.raw()).into_owned());
    format!("[{name}: {asked}]")
}

/// `[results: TITLE – URL; …]`
pub(super) fn result(block: &mut Node) -> String {
    let Some(content) = block.get("content") else { return "[results: none]".to_owned() };
    let told: Vec<_> = match content.kind() {
        NodeKind::Array => content.items().map(one).filter(|text| !text.is_empty()).collect(),
        NodeKind::Object => vec![one(content)],
        NodeKind::String => content.text().map(|text| text.into_owned()).into_iter().collect(),
        NodeKind::Number | NodeKind::Boolean | NodeKind::Null => Vec::new(),
    };
    let told = if told.is_empty() { "none".to_owned() } else { told.join("; ") };
    format!("[results: {told}]")
}

/// One result: what of it is written for people.
fn one(item: &mut Node) -> String {
    let fields = ["title", "url", "error_code", "text", "stdout", "stderr"];
    let mut told: Vec<_> = fields.iter().map(|field| history::text_of(item, field)).collect();
    if let Some(document) = item.get("content") {
        told.push(history::text_of(document, "title"));
        if let Some(source) = document.get("source") {
            let is_text = history::is_type(source, "text");
            told.extend(is_text.then(|| history::text_of(source, "data")));
        }
    }
    told.retain(|text| !text.is_empty());
    told.join(" – ")
}
