//! The marks for the prompt cache in a request, in the order in which a prompt is made of it.

use salve_wire::{Document, Node};

use crate::history;
use crate::path::Place;

const KEY: &[u8] = b"\"cache_control\"";

/// Where in a request a mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// At the top: the service marks the end of the prompt by itself.
    Whole,
    Tools,
    System,
    Messages,
}

/// A mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub part: Part,
    /// Its number in order.
    pub at: usize,
    /// Whether it lives for an hour, not five minutes.
    pub is_long: bool,
}

/// Every mark, in order.
pub(super) fn of(body: &mut Document) -> Vec<Mark> {
    let mut marks = Vec::new();
    each(body, &mut |part, block| {
        let ttl = block.get("cache_control").map(|own| history::text_of(own, "ttl"));
        marks.push(Mark { part, at: marks.len(), is_long: ttl.as_deref() == Some("1h") });
    });
    marks
}

/// Calls `on` with every object that has a mark, in order.
pub(super) fn each(body: &mut Document, on: &mut dyn FnMut(Part, &mut Node)) {
    if body.root().has("cache_control") {
        on(Part::Whole, body.root());
    }
    for (name, part) in [("tools", Part::Tools), ("system", Part::System)] {
        if let Some(list) = body.get(name).filter(|list| list.mentions(KEY)) {
            in_list(list, part, on);
        }
    }
    let Some(messages) = history::messages(body).filter(|list| list.mentions(KEY)) else { return };
    for message in messages.items().filter(|message| message.mentions(KEY)) {
        if let Some(content) = history::blocks(message) {
            in_list(content, Part::Messages, on);
        }
    }
}

/// The blocks inside one come before it: its own mark is behind them.
fn in_list(list: &mut Node, part: Part, on: &mut dyn FnMut(Part, &mut Node)) {
    for block in list.items() {
        if let Some(inner) = history::blocks(block).filter(|inner| inner.mentions(KEY)) {
            for item in inner.items() {
                if item.has("cache_control") {
                    on(part, item);
                }
            }
        }
        if block.has("cache_control") {
            on(part, block);
        }
    }
}

/// Whether a mark may stand on this block or tool.
pub(super) fn can_stand(block: &mut Node) -> bool {
    let is_thinking = ["thinking", "redacted_thinking"];
    let is_deferred = block.get("defer_loading").is_some_and(|own| own.boolean() == Some(true));
    let is_empty = history::is_type(block, "text")
        && block.get("text").and_then(|own| own.text().map(|text| text.trim().is_empty()))
            != Some(false);
    !is_deferred && !is_empty && !is_thinking.iter().any(|tag| history::is_type(block, tag))
}

/// Removes the mark at a place that was found.
pub(super) fn remove_at(body: &mut Document, place: &Place) -> bool {
    let (mut at, mut is_removed) = (place.indices.iter(), false);
    let mut node = body.root();
    for step in place.pattern.split('.') {
        if step == "cache_control" {
            is_removed = node.remove(step);
            break;
        }
        let Some(child) = node.get(step.trim_end_matches("[]")) else { break };
        let item = match step.ends_with("[]") {
            true => at.next().and_then(|index| child.item(*index)),
            false => Some(child),
        };
        let Some(next) = item else { break };
        node = next;
    }
    is_removed
}
