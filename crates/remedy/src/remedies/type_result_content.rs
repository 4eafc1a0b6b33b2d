//! type-result-content: every item in a tool's result has its type.
//!
//! Relays and old clients leave it out; what the item holds says what it is.

#[cfg(test)]
mod tests;

use salve_wire::{Node, NodeKind};

use super::{Refusal, Remedy};
use crate::history::{self, TOOL_RESULT};
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct TypeResultContent;

const ID: &str = "type-result-content";
/// Items of results without a type are refused.
const UNTYPED: &str = "body:untyped-result";

impl Remedy for TypeResultContent {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == UNTYPED && repair(request)
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let is_changed = repair(request);
        if is_changed {
            request.learn(UNTYPED, Says::Refuses);
        }
        is_changed
    }
}

fn repair(request: &mut Outbound) -> bool {
    let Some(messages) = history::messages(&mut request.body) else { return false };
    let mut count = 0;
    for message in messages.items().filter(|message| message.mentions(TOOL_RESULT)) {
        let Some(content) = history::blocks(message) else { continue };
        for block in content.items() {
            if history::is_type(block, "tool_result") {
                count += block.get("content").map_or(0, type_content);
            }
        }
    }
    if count > 0 {
        request.note(ID, history::counted(count, "item"));
    }
    count > 0
}

fn type_content(content: &mut Node) -> usize {
    match content.kind() {
        NodeKind::String | NodeKind::Null => 0,
        NodeKind::Array => content.items().map(type_item).sum(),
        NodeKind::Object | NodeKind::Number | NodeKind::Boolean => {
            let raw = content.raw().into_owned();
            content.replace([b"[".as_slice(), &raw, b"]"].concat());
            let typed: usize = content.items().map(type_item).sum();
            typed.max(1)
        }
    }
}

fn type_item(item: &mut Node) -> usize {
    if item.get("type").is_some_and(|own| own.kind() == NodeKind::String) {
        return 0;
    }
    let tag = match item.kind() {
        NodeKind::Object if is_string(item, "text") => Some(r#""text""#),
        NodeKind::Object if is_string(item, "tool_name") => Some(r#""tool_reference""#),
        NodeKind::Object if item.has("source") => Some(r#""image""#),
        _ => None,
    };
    match tag {
        Some(tag) => item.set("type", tag),
        None => {
            let own = item.text().map(|text| text.into_owned());
            let text = own.unwrap_or_else(|| String::from_utf8_lossy(&item.raw()).into_owned());
            item.replace(history::text_block(&text));
        }
    }
    1
}

fn is_string(item: &mut Node, field: &str) -> bool {
    item.get(field).is_some_and(|own| own.kind() == NodeKind::String)
}
