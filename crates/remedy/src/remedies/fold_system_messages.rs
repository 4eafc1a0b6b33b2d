//! fold-system-messages: what is said as `system` between the turns is said in the user's turn.
//!
//! Each text stands there as a reminder, which is how Claude Code itself says it to models that
//! know no such role: in the turn before where that is the user's, else in the one after, behind
//! its tool results. The turn before comes first because it is there already when the reminder
//! is the last message, so that the next turn changes nothing of what was sent.

#[cfg(test)]
mod tests;

use salve_wire::{Node, NodeKind, quoted};
use serde_json::Value;

use super::{Refusal, Remedy};
use crate::known::Says;
use crate::outbound::Outbound;
use crate::{blocks, pairs};

/// See the module.
pub struct FoldSystemMessages;

const ID: &str = "fold-system-messages";
const FEATURE: &str = "role:system";
/// Refused are only those that stand where none may stand.
const ORDER: &str = "body:system-order";
/// What such messages alone may have, with betas of their own.
const IDLE: [&str; 3] = [FEATURE, "field:messages[].clear_at", "field:messages[].output_config"];

impl Remedy for FoldSystemMessages {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            FEATURE => fold(request, &|_| true),
            ORDER => fold(request, &is_misplaced),
            _ => false,
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let message = refusal.message().to_ascii_lowercase();
        if message.contains("must precede") && fold(request, &is_misplaced) {
            request.learn(ORDER, Says::Refuses);
            return true;
        }
        let is_changed = fold(request, &|_| true);
        if is_changed {
            request.learn(FEATURE, Says::Refuses);
        }
        is_changed
    }
}

/// Whether a system message may not stand before what follows it. The rule: it precedes an
/// assistant's message or ends the list.
fn is_misplaced(next: Option<&mut Node>) -> bool {
    next.is_some_and(|next| !is_of(next, "assistant"))
}

/// Folds the system messages of which `is_folded` says so, by the message after each.
fn fold(request: &mut Outbound, is_folded: &dyn Fn(Option<&mut Node>) -> bool) -> bool {
    let messages = request.body.get("messages").filter(|list| list.mentions(b"\"system\""));
    let Some(messages) = messages else { return false };
    let (mut index, mut count) = (0, 0_usize);
    while let Some(message) = messages.item(index) {
        if is_of(message, "system") && is_folded(messages.item(index + 1)) {
            fold_at(messages, index);
            count += 1;
        } else {
            index += 1;
        }
    }
    if count == 0 {
        return false;
    }
    for feature in IDLE {
        pairs::drop_idle_betas(request, feature);
    }
    request.note(ID, format!("{count} messages"));
    true
}

fn is_of(message: &mut Node, role: &str) -> bool {
    message.get("role").is_some_and(|own| own.is(role))
}

fn fold_at(messages: &mut Node, index: usize) {
    let reminders = messages.item(index).map(reminders).unwrap_or_default();
    messages.remove_item(index);
    let before = index.checked_sub(1);
    let user_before = before.filter(|at| messages.item(*at).is_some_and(|it| is_of(it, "user")));
    let is_user_after = messages.item(index).is_some_and(|it| is_of(it, "user"));
    match user_before {
        Some(at) => {
            insert(messages.item(at), usize::MAX, &reminders);
            if is_user_after {
                join(messages, at);
            }
        }
        None if is_user_after => {
            let at = messages.item(index).map_or(0, after_tool_results);
            insert(messages.item(index), at, &reminders);
        }
        None if !reminders.is_empty() => {
            let content = reminders.join(",");
            messages.insert(index, format!(r#"{{"role":"user","content":[{content}]}}"#));
        }
        None => {}
    }
}

/// The texts of a system message as blocks for a user's turn. What adds or removes tools goes.
fn reminders(message: &mut Node) -> Vec<String> {
    let Some(content) = message.get("content") else { return Vec::new() };
    if let Some(text) = content.text() {
        return reminder(&text, None).into_iter().collect();
    }
    content.items().filter_map(reminder_of).collect()
}

fn reminder_of(block: &mut Node) -> Option<String> {
    let kind = block.get("type").and_then(|kind| kind.text().map(|kind| kind.into_owned()));
    match kind.as_deref() {
        Some("text") => {
            let text = block.get("text")?.text()?.into_owned();
            let cache = block.get("cache_control");
            let cache = cache.and_then(|own| serde_json::from_slice::<Value>(&own.raw()).ok());
            reminder(&text, cache.as_ref())
        }
        Some("tool_addition" | "tool_removal") | None => None,
        Some(_) => String::from_utf8(block.raw().into_owned()).ok(),
    }
}

fn reminder(text: &str, cache_control: Option<&Value>) -> Option<String> {
    const TAG: &str = "<system-reminder>";
    if text.trim().is_empty() {
        return None;
    }
    if text.trim_start().starts_with(TAG) {
        return Some(blocks::text_block(text, cache_control));
    }
    let text = format!("{TAG}\n{text}\n</system-reminder>");
    Some(blocks::text_block(&text, cache_control))
}

/// Where the tool results at the head of a turn end.
fn after_tool_results(message: &mut Node) -> usize {
    let Some(content) = message.get("content") else { return 0 };
    let last = content.items().rposition(|block| blocks::is_of_type(block, "tool_result"));
    last.map_or(0, |at| at + 1)
}

/// Puts blocks into a message's content so that the first of them stands at `at`.
fn insert(message: Option<&mut Node>, at: usize, blocks: &[String]) {
    let Some(message) = message.filter(|_| !blocks.is_empty()) else { return };
    let Some(content) = listed(message) else { return };
    let at = at.min(content.count());
    for (offset, block) in blocks.iter().enumerate() {
        content.insert(at + offset, block.clone());
    }
}

/// A message's content as a list of blocks.
fn listed(message: &mut Node) -> Option<&mut Node> {
    let text = match message.get("content") {
        Some(content) if content.kind() == NodeKind::Array => None,
        Some(content) => Some(content.text().unwrap_or_default().into_owned()),
        None => Some(String::new()),
    };
    match text {
        None => {}
        Some(text) if text.is_empty() => message.set("content", "[]"),
        Some(text) => {
            let block = format!(r#"[{{"type":"text","text":{}}}]"#, quoted(&text));
            message.set("content", block);
        }
    }
    message.get("content")
}

/// Makes one turn of two of the user's that only a system message held apart.
fn join(messages: &mut Node, first: usize) {
    let Some(second) = messages.item(first + 1).and_then(listed) else { return };
    let raw = |block: &mut Node| String::from_utf8(block.raw().into_owned()).ok();
    let moved: Vec<_> = second.items().filter_map(raw).collect();
    messages.remove_item(first + 1);
    insert(messages.item(first), usize::MAX, &moved);
}
