//! Thinking in a request: whether it is asked for, how much of it, and which blocks hold it.
//!
//! `thinking` may be `adaptive`, `enabled` with a budget below `max_tokens`, `disabled` or a mode
//! of later models. Without it the edits of `context_management` that clear thinking are refused,
//! so both go together.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node};

use crate::outbound::Outbound;
use crate::pairs;

/// The smallest budget that is taken, in tokens.
pub(crate) const BUDGET_TOKENS_MIN: u64 = 1024;

/// What is left for the answer itself where a budget is set, in tokens, if there is so much.
pub(crate) const ANSWER_TOKENS_MIN: u64 = 1024;

/// The budget that stands for an effort where a model knows budgets alone: those that Claude Code
/// sent before there was an effort.
#[rustfmt::skip]
const BUDGETS: &[(&str, u64)] =
    &[("low", 4096), ("medium", 10_240), ("high", 16_384), ("xhigh", 31_999), ("max", 31_999)];

/// The budget where no effort is asked for, or one that nobody has heard of.
const BUDGET_TOKENS_DEFAULT: u64 = 16_384;

/// The mode asked for: `thinking.type`.
pub(crate) fn mode(body: &mut Document) -> Option<String> {
    body.at(&["thinking", "type"])?.text().map(|mode| mode.into_owned())
}

/// Whether thinking is asked for, in whatever mode.
pub(crate) fn is_on(body: &mut Document) -> bool {
    mode(body).is_some_and(|mode| mode != "disabled")
}

/// `thinking.budget_tokens`.
pub(crate) fn budget(body: &mut Document) -> Option<u64> {
    body.at(&["thinking", "budget_tokens"])?.unsigned()
}

/// Sets `thinking.budget_tokens`.
pub(crate) fn set_budget(body: &mut Document, tokens: u64) {
    if let Some(thinking) = body.get("thinking") {
        thinking.set("budget_tokens", tokens.to_string());
    }
}

/// The budget that means the same as the effort asked for, below `max_tokens`. `None` where that
/// leaves no room for one.
pub(crate) fn budget_by_effort(body: &mut Document) -> Option<u64> {
    let effort = body.at(&["output_config", "effort"]);
    let effort = effort.and_then(|effort| effort.text()).unwrap_or_default();
    let known = BUDGETS.iter().find(|(name, _)| *name == effort);
    let wanted = known.map_or(BUDGET_TOKENS_DEFAULT, |(_, tokens)| *tokens);
    let room = max_tokens(body).map_or(u64::MAX, |max| max.saturating_sub(1));
    (room >= BUDGET_TOKENS_MIN).then(|| wanted.min(room))
}

/// `max_tokens`.
pub(crate) fn max_tokens(body: &mut Document) -> Option<u64> {
    body.get("max_tokens")?.unsigned()
}

/// Brings a budget below `max_tokens`; where that leaves none, thinking goes.
pub(crate) fn fit_budget(request: &mut Outbound) -> bool {
    let (Some(budget), Some(max)) = (budget(&mut request.body), max_tokens(&mut request.body))
    else {
        return false;
    };
    if budget < max {
        return false;
    }
    if max <= BUDGET_TOKENS_MIN {
        return switch_off(request);
    }
    let fitting = max.saturating_sub(ANSWER_TOKENS_MIN).max(BUDGET_TOKENS_MIN);
    set_budget(&mut request.body, fitting);
    true
}

/// Takes `thinking` out of a request, and what is refused without it.
pub(crate) fn switch_off(request: &mut Outbound) -> bool {
    let is_changed = request.body.remove("thinking");
    if is_changed {
        drop_clearing(request);
    }
    is_changed
}

/// Takes out the edits that clear thinking; with the last of them the field and its beta.
pub(crate) fn drop_clearing(request: &mut Outbound) {
    let Some(edits) = request.body.at(&["context_management", "edits"]) else { return };
    let before = edits.count();
    let left = edits.retain(|edit| {
        let kind = edit.get("type").and_then(|kind| kind.text());
        !kind.is_some_and(|kind| kind.starts_with("clear_thinking"))
    });
    if left > 0 || before == 0 {
        return;
    }
    request.body.remove("context_management");
    for beta in pairs::betas_of("field:context_management") {
        request.betas.remove(&mut request.body, beta);
    }
}

/// Whether a content block holds thinking.
pub(crate) fn is_block(block: &mut Node) -> bool {
    let kind = block.get("type");
    kind.is_some_and(|kind| kind.is("thinking") || kind.is("redacted_thinking"))
}
