//! pair-tools: every call of a tool has its one result at the head of the next user's message.
//!
//! An interrupt, a crash or a compaction leaves calls without results, results without calls,
//! something between them, or a result twice. What is missing is supplied and says so; a result
//! without its call stays as text; what stands in between moves behind. Calls that the service
//! runs itself, and those of MCP connectors, answer within one message and are left alone.

mod orphan;
#[cfg(test)]
mod tests;

use salve_wire::{Node, quoted};

use super::{Refusal, Remedy};
use crate::history::{self, TOOL_RESULT, TOOL_USE, is_role_at};
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct PairTools;

const ID: &str = "pair-tools";
/// Calls and results that do not belong together are refused.
const PAIRS: &str = "body:tool-pairs";
const INTERRUPTED: &str = "[no result recorded: the tool call was interrupted]";

impl Remedy for PairTools {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == PAIRS && repair(request)
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let is_changed = repair(request);
        if is_changed {
            request.learn(PAIRS, Says::Refuses);
        }
        is_changed
    }
}

fn repair(request: &mut Outbound) -> bool {
    let Some(messages) = history::messages(&mut request.body) else { return false };
    if !messages.mentions(TOOL_USE) && !messages.mentions(TOOL_RESULT) {
        return false;
    }
    let mut count = 0;
    let mut at = 0;
    while at < messages.count() {
        let (next, mended) = pair_from(messages, at);
        count += mended;
        at = next;
    }
    if count > 0 {
        request.note(ID, history::counted(count, "repair"));
    }
    count > 0
}

/// Pairs the calls of the assistant's messages at `at` with the results behind; gives where to
/// go on and how much was mended.
fn pair_from(messages: &mut Node, at: usize) -> (usize, usize) {
    let mut end = at;
    let mut calls = Vec::new();
    let mut count = 0;
    // Messages in a row are one turn.
    while is_role_at(messages, end, "assistant") {
        if let Some(content) = messages.item(end).and_then(history::blocks) {
            count += orphan::to_text(content, &[]);
            add_calls(content, &mut calls);
        }
        end = end.saturating_add(1);
    }
    if !calls.is_empty() {
        count += bring_user(messages, end) + join_results(messages, end);
    }
    if is_role_at(messages, end, "user") {
        count += messages.item(end).map_or(0, |user| settle(user, &calls));
        end = end.saturating_add(1);
    }
    (end.max(at.saturating_add(1)), count)
}

fn add_calls(content: &mut Node, calls: &mut Vec<String>) {
    for block in content.items() {
        if !history::is_type(block, "tool_use") {
            continue;
        }
        let id = history::text_of(block, "id");
        if !calls.contains(&id) {
            calls.push(id);
        }
    }
}

/// Sees to it that a user's message stands at `at`: one from behind a system message, else a new
/// one.
fn bring_user(messages: &mut Node, at: usize) -> usize {
    if is_role_at(messages, at, "user") {
        return 0;
    }
    let between = (at..messages.count()).find(|index| !is_role_at(messages, *index, "system"));
    let found = between.filter(|index| is_role_at(messages, *index, "user"));
    let moved = found.and_then(|index| {
        let raw = messages.item(index)?.raw().into_owned();
        messages.remove_item(index).then_some(raw)
    });
    messages.insert(at, moved.unwrap_or_else(|| br#"{"role":"user","content":[]}"#.to_vec()));
    1
}

/// Joins user's messages behind the one at `at`, as long as they hold results.
fn join_results(messages: &mut Node, at: usize) -> usize {
    let behind = at.saturating_add(1);
    let mut count = 0;
    while is_role_at(messages, behind, "user") && messages.item(behind).is_some_and(has_result) {
        history::join_next(messages, at);
        count += 1;
    }
    count
}

fn has_result(message: &mut Node) -> bool {
    message.mentions(TOOL_RESULT)
        && history::blocks(message).is_some_and(|content| content.items().any(is_result))
}

fn is_result(block: &mut Node) -> bool {
    history::is_type(block, "tool_result")
}

/// Makes the results in a user's message those of `calls`.
fn settle(user: &mut Node, calls: &[String]) -> usize {
    if calls.is_empty() && !user.mentions(TOOL_RESULT) {
        return 0;
    }
    let Some(content) = history::to_blocks(user) else { return 0 };
    let mut count = orphan::to_text(content, calls) + drop_repeated(content);
    let has: Vec<_> = content.items().filter_map(result_id).collect();
    let missing = calls.iter().filter(|id| !has.contains(id)).count();
    if missing > 0 || !is_at_head(content) {
        count += missing.max(1);
        lead_with_results(content, calls);
    }
    count
}

fn result_id(block: &mut Node) -> Option<String> {
    is_result(block).then(|| history::text_of(block, "tool_use_id"))
}

/// Of the results of one call the first stays.
fn drop_repeated(content: &mut Node) -> usize {
    let before = content.count();
    let mut seen = Vec::new();
    let left = content.retain(|block| match result_id(block) {
        Some(id) if seen.contains(&id) => false,
        Some(id) => {
            seen.push(id);
            true
        }
        None => true,
    });
    before.saturating_sub(left)
}

fn is_at_head(content: &mut Node) -> bool {
    let mut results = content.items().map(is_result).skip_while(|is_result| *is_result);
    !results.any(|is_result| is_result)
}

/// Puts the results of `calls` at the head, in their order; those that are not there are made.
fn lead_with_results(content: &mut Node, calls: &[String]) {
    let mut found = Vec::new();
    content.retain(|block| match result_id(block) {
        Some(id) => {
            found.push((id, block.raw().into_owned()));
            false
        }
        None => true,
    });
    for (index, id) in calls.iter().enumerate() {
        let own = found.iter().position(|(of, _)| of == id).map(|at| found.swap_remove(at).1);
        content.insert(index, own.unwrap_or_else(|| interrupted(id).into_bytes()));
    }
}

fn interrupted(id: &str) -> String {
    let id = quoted(id);
    format!(
        r#"{{"type":"tool_result","tool_use_id":{id},"is_error":true,"content":"{INTERRUPTED}"}}"#
    )
}
