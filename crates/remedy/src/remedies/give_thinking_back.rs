//! give-thinking-back: turns of the model that call tools get a thinking block again.
//!
//! Some vendors refuse a conversation whose earlier turns lack their thinking (DeepSeek, Kimi),
//! the opposite of what Anthropic refuses. What was lost elsewhere cannot be restored; a blank
//! one is taken. From then on nothing is dropped on the way to that channel.

#[cfg(test)]
mod tests;

use salve_wire::Node;

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{thinking, turns};

/// See the module.
pub struct GiveThinkingBack;

const ID: &str = "give-thinking-back";
/// The channel wants thinking back, in turns that call tools at least.
pub(super) const BACK: &str = "thinking-back";
/// It wants it in every turn of the model.
const EVERY: &str = "thinking-back:every-turn";
/// It does not take a blank one for it.
pub(super) const BLANK: &str = "thinking-back:blank";

/// A space, because some vendors take an empty text for a missing one.
const BLOCK: &str = r#"{"type":"thinking","thinking":" ","signature":""}"#;

impl Remedy for GiveThinkingBack {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.says(BACK) == Some(&Says::Needs) && !known.refuses(BLANK) {
            give_back(request, known.says(EVERY) == Some(&Says::Needs));
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        request.learn(BACK, Says::Needs);
        if refusal.known.refuses(BLANK) {
            return false;
        }
        if give_back(request, false) {
            return true;
        }
        request.learn(EVERY, Says::Needs);
        let is_changed = give_back(request, true);
        if !is_changed {
            request.unlearn(EVERY);
        }
        is_changed
    }
}

/// Whether a request got blank thinking blocks.
pub(super) fn has_acted(request: &Outbound) -> bool {
    request.done().iter().any(|done| done.remedy == ID)
}

/// Whether a turn of the model lacks thinking that is wanted back.
pub(super) fn lacks(message: &mut Node, is_every: bool) -> bool {
    turns::is_role(message, "assistant")
        && (is_every || turns::has_block(message, "tool_use"))
        && !["thinking", "redacted_thinking"].iter().any(|tag| turns::has_block(message, tag))
}

fn give_back(request: &mut Outbound, is_every: bool) -> bool {
    if thinking::mode(&mut request.body).is_some_and(|mode| mode == "disabled") {
        return false;
    }
    let Some(messages) = request.body.get("messages") else { return false };
    let mut count = 0;
    for message in messages.items() {
        if lacks(message, is_every) {
            turns::to_blocks(message);
            if let Some(content) = message.get("content") {
                content.insert(0, BLOCK);
                count += 1;
            }
        }
    }
    if count > 0 {
        request.note(ID, format!("{count} {}", if count == 1 { "turn" } else { "turns" }));
    }
    count > 0
}

/// Takes the blank blocks out again.
pub(super) fn take_back(request: &mut Outbound) {
    let Some(messages) = request.body.get("messages") else { return };
    for message in messages.items().filter(|message| message.mentions(BLOCK.as_bytes())) {
        if let Some(content) = message.get("content") {
            content.retain(|block| *block.raw() != *BLOCK.as_bytes());
        }
    }
}
