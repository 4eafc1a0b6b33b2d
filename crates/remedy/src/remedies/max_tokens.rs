//! max-tokens: `max_tokens` becomes what the model, the window and the thinking budget allow.

#[cfg(test)]
mod tests;
mod window;

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{numbers, thinking};

/// See the module.
pub struct MaxTokens;

const ID: &str = "max-tokens";
/// The most that the model writes.
const CAP: &str = "limit:max_tokens";
/// Requests without it are refused.
const MISSING: &str = "max_tokens";
/// It must be above the thinking budget.
const UNDER_BUDGET: &str = "body:max-tokens-under-budget";

/// Where a client names none and no cap is known: every model writes so much.
const TOKENS_DEFAULT: u64 = 4096;

/// What is tried in turn where the refusal names no number: the caps of older models.
const TOKENS_TRIED: [u64; 2] = [8192, 4096];

/// No current model writes less, so a smaller number in a refusal is something else.
const TOKENS_CAP_MIN: u64 = 512;

impl Remedy for MaxTokens {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        // The cap is known only to `prepare`, which comes after.
        feature == UNDER_BUDGET && raise(request, None)
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.says(MISSING) == Some(&Says::Needs) {
            add(request, known.limit(CAP));
        }
        let cap = known.limit(CAP);
        if let Some(cap) = cap
            && thinking::max_tokens(&mut request.body).is_some_and(|asked| asked > cap)
        {
            lower(request, cap);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        if request.is_count {
            return false;
        }
        let cap = known_cap(request, refusal.known);
        let Some(asked) = thinking::max_tokens(&mut request.body) else {
            request.learn(MISSING, Says::Needs);
            return add(request, cap);
        };
        let budget = thinking::budget(&mut request.body);
        if budget.is_some_and(|budget| budget >= asked) && names_budget(refusal) {
            request.learn(UNDER_BUDGET, Says::Refuses);
            return raise(request, cap);
        }
        match window::room(refusal, asked) {
            Some(room) => fit_window(request, room),
            None if is_window(refusal) => {
                let fewer = if window::is_told(refusal, asked) { None } else { fewer(asked) };
                fewer.is_some_and(|fewer| fit_window(request, fewer))
            }
            None => allowed(refusal, asked).is_some_and(|allowed| {
                request.learn(CAP, Says::Limit(allowed));
                lower(request, allowed)
            }),
        }
    }
}

/// Whether it is the window that is too small, which teaches nothing of the model's cap.
fn is_window(refusal: &Refusal<'_>) -> bool {
    refusal.diagnosis.fault.id == "max-tokens-over-window"
}

fn names_budget(refusal: &Refusal<'_>) -> bool {
    refusal.message().to_ascii_lowercase().contains("budget")
}

/// The cap that is known or was just learned.
fn known_cap(request: &Outbound, known: &Known<'_>) -> Option<u64> {
    let learned = request.lessons().iter().find_map(|lesson| match lesson.says {
        Says::Limit(cap) if lesson.feature == CAP => Some(cap),
        _ => None,
    });
    learned.or_else(|| known.limit(CAP))
}

/// What the refusal allows: the number it names, else the next that is worth trying.
fn allowed(refusal: &Refusal<'_>, asked: u64) -> Option<u64> {
    let named = refusal.number("below").or_else(|| refusal.number("limit"));
    let named = named.filter(|limit| (1..asked).contains(limit));
    let words = refusal.message();
    let numbers = numbers::whole(words);
    let in_words = numbers.iter().filter(|number| (TOKENS_CAP_MIN..asked).contains(number));
    let in_words = in_words.max().copied();
    let is_below = |number: u64| words.contains(&format!("{number} (exclusive)"));
    let exact = |number: u64| if is_below(number) { number.saturating_sub(1) } else { number };
    let (named, in_words) = (named.map(exact), in_words.map(exact));
    named.or(in_words).or_else(|| just_below(refusal, asked)).or_else(|| fewer(asked))
}

/// What is tried where no number is told.
fn fewer(asked: u64) -> Option<u64> {
    let tried = TOKENS_TRIED.into_iter().find(|tokens| *tokens < asked);
    tried.or_else(|| (asked >= 2 * TOKENS_CAP_MIN).then_some(asked / 2))
}

/// "Must be less than N", where N is what was asked for.
fn just_below(refusal: &Refusal<'_>, asked: u64) -> Option<u64> {
    let words = refusal.message().to_ascii_lowercase();
    let is_strict = ["less than", "lower than", "below", "smaller than"];
    let is_strict = is_strict.iter().any(|mark| words.contains(&format!("{mark} {asked}")));
    is_strict.then(|| asked.saturating_sub(1))
}

fn set(request: &mut Outbound, tokens: u64) -> bool {
    request.body.set("max_tokens", tokens.to_string());
    request.note(ID, tokens.to_string());
    true
}

fn lower(request: &mut Outbound, tokens: u64) -> bool {
    set(request, tokens);
    thinking::fit_budget(request);
    true
}

/// Asks for no more than the window has room for, if that is enough for an answer.
fn fit_window(request: &mut Outbound, room: u64) -> bool {
    let thought = thinking::budget(&mut request.body).unwrap_or(0);
    let needed = match thought {
        0 => thinking::ANSWER_TOKENS_MIN,
        _ => thought.saturating_add(thinking::ANSWER_TOKENS_MIN),
    };
    room >= needed && set(request, room)
}

/// Adds `max_tokens` to a request for a message that has none.
fn add(request: &mut Outbound, cap: Option<u64>) -> bool {
    if request.is_count || thinking::max_tokens(&mut request.body).is_some() {
        return false;
    }
    let budget = thinking::budget(&mut request.body).unwrap_or(0);
    let tokens = cap.unwrap_or_else(|| budget.saturating_add(TOKENS_DEFAULT));
    lower(request, tokens)
}

/// Makes room for an answer above the thinking budget, or brings the budget down.
fn raise(request: &mut Outbound, cap: Option<u64>) -> bool {
    let (Some(budget), Some(max)) =
        (thinking::budget(&mut request.body), thinking::max_tokens(&mut request.body))
    else {
        return false;
    };
    if budget < max {
        return false;
    }
    let needed = budget.saturating_add(thinking::ANSWER_TOKENS_MIN);
    if cap.is_none_or(|cap| needed <= cap) {
        return set(request, needed);
    }
    // Not all of the budget fits: as much of it as the cap leaves.
    let most = cap.map_or(max, |cap| cap.max(max));
    if most > thinking::BUDGET_TOKENS_MIN + thinking::ANSWER_TOKENS_MIN {
        thinking::set_budget(&mut request.body, most - thinking::ANSWER_TOKENS_MIN);
    }
    lower(request, most)
}
