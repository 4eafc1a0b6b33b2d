//! alternate-roles: turns of the same role become one, and the first is the user's.
//!
//! Anthropic joins such turns itself; old builds and some vendors refuse them.

#[cfg(test)]
mod tests;

use salve_wire::{Node, NodeKind};

use super::{Refusal, Remedy};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::turns;

/// See the module.
pub struct AlternateRoles;

const ID: &str = "alternate-roles";
/// Roles must alternate.
const ALTERNATE: &str = "body:roles-repeated";
/// The first turn must be the user's.
const FIRST: &str = "body:first-role";

const OPENING: &str = r#"{"role":"user","content":"(conversation continues)"}"#;

impl Remedy for AlternateRoles {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            ALTERNATE => merge(request),
            FIRST => open(request),
            _ => false,
        }
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let is_opened = open(request);
        if is_opened {
            request.learn(FIRST, Says::Refuses);
        }
        let is_merged = merge(request);
        if is_merged {
            request.learn(ALTERNATE, Says::Refuses);
        }
        is_opened || is_merged
    }
}

fn open(request: &mut Outbound) -> bool {
    let Some(messages) = request.body.get("messages") else { return false };
    if !messages.item(0).is_some_and(|first| turns::is_role(first, "assistant")) {
        return false;
    }
    messages.insert(0, OPENING);
    request.note(ID, "opening");
    true
}

/// Joins neighbours of the same role, the last into the one before it first.
fn merge(request: &mut Outbound) -> bool {
    let Some(messages) = request.body.get("messages") else { return false };
    let roles: Vec<_> = messages.items().map(role).collect();
    let mut merged = 0;
    for (at, pair) in roles.windows(2).enumerate().rev() {
        let is_same = matches!(pair, [Some(one), Some(other)] if one == other);
        if is_same && join(messages, at) {
            merged += 1;
        }
    }
    if merged > 0 {
        request.note(ID, format!("{merged} {}", if merged == 1 { "turn" } else { "turns" }));
    }
    merged > 0
}

fn role(message: &mut Node) -> Option<String> {
    message.get("role")?.text().map(|role| role.into_owned())
}

/// Joins the message behind `at` into the one there.
fn join(messages: &mut Node, at: usize) -> bool {
    let behind = at.saturating_add(1);
    if ![at, behind].into_iter().all(|at| messages.item(at).is_some_and(has_content)) {
        return false;
    }
    let Some(next) = messages.item(behind) else { return false };
    turns::to_blocks(next);
    let mut blocks = Vec::new();
    let mut others = Vec::new();
    for (name, node) in next.fields() {
        match &*name {
            "role" => {}
            "content" => blocks.extend(node.items().map(|block| block.raw().into_owned())),
            _ => others.push((name.into_owned(), node.raw().into_owned())),
        }
    }
    if let Some(message) = messages.item(at) {
        take_over(message, blocks, others);
    }
    messages.remove_item(behind)
}

fn has_content(message: &mut Node) -> bool {
    let content = message.get("content");
    content.is_some_and(|node| matches!(node.kind(), NodeKind::Array | NodeKind::String))
}

/// Puts what a later turn holds into an earlier one; of its settings the later ones hold.
fn take_over(message: &mut Node, blocks: Vec<Vec<u8>>, others: Vec<(String, Vec<u8>)>) {
    turns::to_blocks(message);
    for (name, raw) in others {
        message.set(&name, raw);
    }
    let Some(content) = message.get("content") else { return };
    for block in blocks {
        content.push(block);
    }
    results_first(content);
}

/// Results of tools stand before everything else in a turn.
fn results_first(content: &mut Node) {
    const RESULT: &[u8] = b"\"tool_result\"";
    if !content.mentions(RESULT) {
        return;
    }
    let is_result = |block: &mut Node| block.get("type").is_some_and(|kind| kind.is("tool_result"));
    let mut is_behind = false;
    let mut late = Vec::new();
    content.retain(|block| {
        let is_late = is_behind && is_result(block);
        is_behind |= !is_result(block);
        if is_late {
            late.push(block.raw().into_owned());
        }
        !is_late
    });
    let first = content.items().position(|block| !is_result(block)).unwrap_or(0);
    for (offset, block) in late.into_iter().enumerate() {
        content.insert(first.saturating_add(offset), block);
    }
}
