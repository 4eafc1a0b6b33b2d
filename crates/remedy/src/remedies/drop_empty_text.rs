//! drop-empty-text: text that is empty or white space alone goes, and messages without content.
//!
//! A breakpoint of the prompt cache on such a block moves to the block before it. A user's
//! message left empty says so; another's goes, and the messages around it become one, so that
//! roles still alternate.

mod blank;
#[cfg(test)]
mod tests;

use salve_wire::{Document, Node, NodeKind};

use super::{Refusal, Remedy};
use crate::history;
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct DropEmptyText;

const ID: &str = "drop-empty-text";
/// Empty text is refused.
pub(crate) const EMPTY: &str = "body:empty-text";
/// White space at the end of a last message of the assistant is refused.
const TRAILING: &str = "body:trailing-whitespace";
/// Empty results of tools are refused; only by services that make text blocks of them.
const RESULT: &str = "body:empty-result";

const NO_CONTENT: &str = r#"[{"type":"text","text":"(no content)"}]"#;

impl Remedy for DropEmptyText {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            EMPTY => repair(request),
            TRAILING => trim_end(request),
            RESULT => fill_results(request),
            _ => false,
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        if refusal.message().to_ascii_lowercase().contains("trailing whitespace") {
            return learned(request, TRAILING, trim_end);
        }
        learned(request, EMPTY, repair)
            || learned(request, TRAILING, trim_end)
            || learned(request, RESULT, fill_results)
    }
}

fn learned(
    request: &mut Outbound,
    feature: &str,
    repair: impl FnOnce(&mut Outbound) -> bool,
) -> bool {
    let is_changed = repair(request);
    if is_changed {
        request.learn(feature, Says::Refuses);
    }
    is_changed
}

/// Takes empty text out of a request.
pub(crate) fn repair(request: &mut Outbound) -> bool {
    let count = in_system(&mut request.body) + in_messages(&mut request.body);
    if count > 0 {
        request.note(ID, history::counted(count, "block"));
    }
    count > 0
}

fn in_system(body: &mut Document) -> usize {
    let Some(system) = body.get("system").filter(|system| blank::may_hold(&system.raw())) else {
        return 0;
    };
    let count = if is_blank(system) { 1 } else { clean(system) };
    if is_blank(system) || (count > 0 && system.count() == 0 && system.text().is_none()) {
        body.remove("system");
    }
    count
}

fn in_messages(body: &mut Document) -> usize {
    let Some(messages) = history::messages(body) else { return 0 };
    if !blank::may_hold(&messages.raw()) {
        return 0;
    }
    let mut count = 0;
    for message in messages.items().filter(|message| blank::may_hold(&message.raw())) {
        history::each_list_of(message, &mut |list| count += clean(list));
    }
    count + drop_empty_messages(messages)
}

/// Takes the blank text blocks out of a list; their breakpoints move to the block before.
fn clean(list: &mut Node) -> usize {
    let mut count = 0;
    let mut breakpoint = None;
    for index in (0..list.count()).rev() {
        let Some(block) = list.item(index) else { continue };
        if history::is_type(block, "text") && block.get("text").is_none_or(is_blank) {
            let own = block.get("cache_control").map(|own| own.raw().into_owned());
            breakpoint = breakpoint.or(own);
            count += usize::from(list.remove_item(index));
        } else if let Some(moved) = breakpoint.take()
            && can_carry(block)
        {
            block.set("cache_control", moved);
        }
    }
    count
}

/// Whether a block may be given a breakpoint.
fn can_carry(block: &mut Node) -> bool {
    let is_thinking = ["thinking", "redacted_thinking"];
    !block.has("cache_control") && !is_thinking.iter().any(|tag| history::is_type(block, tag))
}

fn drop_empty_messages(messages: &mut Node) -> usize {
    let mut count = fill_users(messages);
    for index in (0..messages.count()).rev() {
        if !messages.item(index).is_some_and(is_empty_message) {
            continue;
        }
        count += 1;
        messages.remove_item(index);
        if let Some(before) = index.checked_sub(1) {
            join_users(messages, before);
        }
    }
    if count > 0 && messages.count() == 0 {
        messages.push(format!(r#"{{"role":"user","content":{NO_CONTENT}}}"#));
    }
    count
}

fn fill_users(messages: &mut Node) -> usize {
    let mut count = 0;
    for message in messages.items() {
        if is_empty_message(message) && history::is_role(message, "user") {
            message.set("content", NO_CONTENT);
            count += 1;
        }
    }
    count
}

/// Joins the messages around one that went, where both are of one role.
fn join_users(messages: &mut Node, before: usize) {
    let behind = before.saturating_add(1);
    let is_both = |messages: &mut Node, role: &str| {
        history::is_role_at(messages, before, role) && history::is_role_at(messages, behind, role)
    };
    // One before that is empty itself goes next; then its neighbours meet.
    if messages.item(before).is_some_and(is_empty) {
        return;
    }
    if is_both(messages, "user") || is_both(messages, "assistant") {
        history::join_next(messages, before);
    }
}

/// The same as [`is_empty`], of a message, and cheaper for those that are not.
fn is_empty_message(message: &mut Node) -> bool {
    blank::may_hold(&message.raw()) && is_empty(message)
}

fn is_empty(message: &mut Node) -> bool {
    if message.kind() != NodeKind::Object {
        return false;
    }
    message.get("content").is_none_or(|content| match content.kind() {
        NodeKind::Array => content.count() == 0,
        NodeKind::String | NodeKind::Null => is_blank(content),
        NodeKind::Object | NodeKind::Number | NodeKind::Boolean => false,
    })
}

fn is_blank(text: &mut Node) -> bool {
    match text.kind() {
        NodeKind::String => text.text().is_some_and(|text| text.trim().is_empty()),
        NodeKind::Null => true,
        NodeKind::Object | NodeKind::Array | NodeKind::Number | NodeKind::Boolean => false,
    }
}

/// Takes the white space off the end of a last message that is the assistant's.
fn trim_end(request: &mut Outbound) -> bool {
    let Some(messages) = history::messages(&mut request.body) else { return false };
    let Some(last) = messages.items().next_back() else { return false };
    if !history::is_role(last, "assistant") {
        return false;
    }
    let Some(content) = last.get("content") else { return false };
    let text = match content.kind() {
        NodeKind::Array => content.items().next_back().and_then(|block| block.get("text")),
        _ => Some(content),
    };
    let Some(node) = text else { return false };
    let trimmed = node.text().and_then(|text| {
        let short = text.trim_end();
        (short.len() < text.len()).then(|| salve_wire::quoted(short))
    });
    let Some(trimmed) = trimmed else { return false };
    node.replace(trimmed);
    request.note(ID, "trailing white space");
    true
}

/// Gives results of tools without content some.
fn fill_results(request: &mut Outbound) -> bool {
    let Some(messages) = history::messages(&mut request.body) else { return false };
    let mut count = 0;
    for message in messages.items().filter(|message| message.mentions(history::TOOL_RESULT)) {
        let Some(content) = history::blocks(message) else { continue };
        for block in content.items() {
            if history::is_type(block, "tool_result") && is_empty(block) {
                block.set("content", NO_CONTENT);
                count += 1;
            }
        }
    }
    if count > 0 {
        request.note(ID, history::counted(count, "result"));
    }
    count > 0
}
