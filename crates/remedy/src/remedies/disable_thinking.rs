//! disable-thinking: a request whose history lacks the thinking that must be there does not think.
//!
//! While a model thinks, the turn that began a loop of tool calls must begin with its thinking.
//! Where that was lost only this helps; the next turn that a person begins thinks again.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node};

use super::give_thinking_back::{self, BACK, BLANK};
use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{thinking, turns};

/// See the module.
pub struct DisableThinking;

const ID: &str = "disable-thinking";
/// The turn that began the loop must begin with thinking.
const FIRST: &str = "thinking-expected";
/// Every turn of the loop must, or at least its last.
const LAST: &str = "thinking-expected:last-turn";

impl Remedy for DisableThinking {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.refuses(FIRST) || known.refuses(LAST) {
            prepare_for_loop(request, known);
        }
        if known.refuses(BLANK) && known.says(BACK) == Some(&Says::Needs) {
            prepare_for_vendor(request);
        }
    }

    fn react(&self, request: &mut Outbound, _refusal: &Refusal<'_>) -> bool {
        if give_thinking_back::has_acted(request) {
            give_thinking_back::take_back(request);
            request.learn(BLANK, Says::Refuses);
            return disable(request);
        }
        let bare = bare_turns(&mut request.body);
        if thinking::is_on(&mut request.body) && thinking::switch_off(request) {
            let feature = if bare.first { Some(FIRST) } else { bare.last.then_some(LAST) };
            if let Some(feature) = feature {
                request.learn(feature, Says::Refuses);
            }
            request.note(ID, "");
            return true;
        }
        // The model thinks although nobody asked it to.
        disable(request)
    }
}

fn prepare_for_loop(request: &mut Outbound, known: &Known<'_>) {
    if !thinking::is_on(&mut request.body) {
        return;
    }
    let bare = bare_turns(&mut request.body);
    let is_refused = (bare.first && known.refuses(FIRST)) || (bare.last && known.refuses(LAST));
    if is_refused && thinking::switch_off(request) {
        request.note(ID, "");
    }
}

/// A vendor that wants thinking back and takes no blank one.
fn prepare_for_vendor(request: &mut Outbound) {
    let Some(messages) = request.body.get("messages") else { return };
    if messages.items().any(|message| give_thinking_back::lacks(message, false)) {
        disable(request);
    }
}

/// Says that no thinking is wanted, to those who think unasked.
fn disable(request: &mut Outbound) -> bool {
    if thinking::mode(&mut request.body).is_some_and(|mode| mode == "disabled") {
        return false;
    }
    thinking::drop_clearing(request);
    request.body.set("thinking", r#"{"type":"disabled"}"#);
    request.note(ID, "");
    true
}

/// Which turns of the current loop of tool calls do not begin with thinking.
#[derive(Default)]
struct Bare {
    first: bool,
    last: bool,
}

fn bare_turns(body: &mut Document) -> Bare {
    let mut bare = Bare::default();
    let Some(messages) = body.get("messages") else { return bare };
    let mut is_last = true;
    for message in messages.items().rev() {
        if turns::is_role(message, "assistant") {
            bare.first = is_bare(message);
            if std::mem::take(&mut is_last) {
                bare.last = bare.first;
            }
        } else if turns::is_role(message, "user") && !turns::has_block(message, "tool_result") {
            break;
        }
    }
    bare
}

/// A turn that calls tools and does not begin with thinking.
fn is_bare(message: &mut Node) -> bool {
    turns::has_block(message, "tool_use")
        && message
            .get("content")
            .and_then(|content| content.item(0))
            .is_some_and(|block| !thinking::is_block(block))
}
