//! unique-tool-ids: every call of a tool has an id of its own, made of signs that all allow.
//!
//! Relays give ids twice, or with signs such as `:`; the results that answer a call, found by
//! where they stand, follow its id.

#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};

use salve_wire::{Node, quoted};

use super::{Refusal, Remedy};
use crate::history::{self, TOOL_RESULT, TOOL_USE};
use crate::known::Says;
use crate::outbound::Outbound;

/// See the module.
pub struct UniqueToolIds;

const ID: &str = "unique-tool-ids";
/// Repeated or odd ids of calls are refused.
const IDS: &str = "body:tool-ids";
/// The signs an id may have: Bedrock's bound; nobody's is lower.
const ID_CHARS_MAX: usize = 64;

impl Remedy for UniqueToolIds {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == IDS && repair(request)
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        let is_changed = repair(request);
        if is_changed {
            request.learn(IDS, Says::Refuses);
        }
        is_changed
    }
}

fn repair(request: &mut Outbound) -> bool {
    let Some(messages) = history::messages(&mut request.body) else { return false };
    if !messages.mentions(TOOL_USE) {
        return false;
    }
    let mut ids = Ids::default();
    for message in messages.items() {
        let is_assistant = history::is_role(message, "assistant");
        ids.turn(is_assistant);
        if !message.mentions(TOOL_USE) && !message.mentions(TOOL_RESULT) {
            continue;
        }
        let Some(content) = history::blocks(message) else { continue };
        for block in content.items() {
            match is_assistant {
                true if history::is_type(block, "tool_use") => ids.call(block),
                false if history::is_type(block, "tool_result") => ids.answer(block),
                true | false => {}
            }
        }
    }
    let count = ids.renamed;
    if count > 0 {
        request.note(ID, history::counted(count, "id"));
    }
    count > 0
}

/// The ids of a conversation, read from its beginning.
#[derive(Default)]
struct Ids {
    seen: HashSet<String>,
    /// The calls of the last turn that wait for their result: the id there was and the one now.
    waiting: VecDeque<(String, String)>,
    is_assistant: bool,
    renamed: usize,
}

impl Ids {
    fn turn(&mut self, is_assistant: bool) {
        if is_assistant && !self.is_assistant {
            self.waiting.clear();
        }
        self.is_assistant = is_assistant;
    }

    fn call(&mut self, block: &mut Node) {
        let before = history::text_of(block, "id");
        let now = self.unused(legal(&before));
        self.seen.insert(now.clone());
        self.rename(block, "id", &before, &now);
        self.waiting.push_back((before, now));
    }

    fn answer(&mut self, block: &mut Node) {
        let before = history::text_of(block, "tool_use_id");
        let at = self.waiting.iter().position(|(id, _)| *id == before);
        let own = at.and_then(|at| self.waiting.remove(at));
        let now = own.map_or_else(|| legal(&before), |(_, now)| now);
        self.rename(block, "tool_use_id", &before, &now);
    }

    fn rename(&mut self, block: &mut Node, field: &str, before: &str, now: &str) {
        if before != now {
            block.set(field, quoted(now));
            self.renamed = self.renamed.saturating_add(1);
        }
    }

    /// This id, or the next one like it that is not taken.
    fn unused(&self, id: String) -> String {
        if !self.seen.contains(&id) {
            return id;
        }
        let numbered = |number: usize| {
            let suffix = format!("-{number}");
            let room = ID_CHARS_MAX.saturating_sub(suffix.len());
            id.chars().take(room).chain(suffix.chars()).collect::<String>()
        };
        // One more than there are ids: one of them is free.
        let mut tries = (2..=self.seen.len().saturating_add(2)).map(numbered);
        tries.find(|id| !self.seen.contains(id)).unwrap_or(id.clone())
    }
}

/// An id made of letters, digits, `_` and `-`, neither empty nor too long.
fn legal(id: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let id: String = id.chars().take(ID_CHARS_MAX).map(sign).collect();
    if id.is_empty() { "toolu".to_owned() } else { id }
}
