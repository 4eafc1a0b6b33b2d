//! cache-breakpoints: no more marks for the prompt cache than the upstream takes, longer-lived
//! ones first, and none where none may stand.
//!
//! Of too many the ones stay that save most: the last of the messages, of the system prompt and
//! of the tools, then the later ones of the messages.

mod marks;
#[cfg(test)]
mod tests;

use super::{Refusal, Remedy, drop_empty_text, give_up};
use crate::history;
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::path;

use marks::{Mark, Part};

/// See the module.
pub struct CacheBreakpoints;

const ID: &str = "cache-breakpoints";
/// So many marks are taken.
const LIMIT: &str = "limit:cache-breakpoints";
/// Longer-lived marks behind others are refused.
const ORDER: &str = "body:cache-ttl-order";
/// Marks on blocks that carry none are refused.
const PLACE: &str = "body:cache-place";
/// What an upstream takes that does not say. Anthropic, prompt caching; Bedrock and Vertex alike.
const MARKS_TAKEN: u64 = 4;

impl Remedy for CacheBreakpoints {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        match feature {
            ORDER => order(request),
            PLACE => unmark_misplaced(request),
            _ => false,
        }
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if let Some(limit) = known.limit(LIMIT) {
            thin(request, limit);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let says = |part: &str| words.contains(part);
        if says("must not come after") {
            return learned(request, ORDER, order);
        }
        if says("empty text") && drop_empty_text::repair(request) {
            request.learn(drop_empty_text::EMPTY, Says::Refuses);
            return true;
        }
        let is_value_refused = says("cache_control.ttl") || says("ephemeral.ttl");
        if is_value_refused && give_up(request, TTL) {
            request.learn(TTL, Says::Refuses);
            return true;
        }
        let is_limit = ["maximum", "too many", "more than", "at most", "exceed"];
        if is_limit.iter().any(|part| says(part)) {
            return react_to_limit(request, refusal);
        }
        learned(request, PLACE, unmark_misplaced)
            || unmark_named(request, refusal)
            || learned(request, ORDER, order)
            || react_to_limit(request, refusal)
    }
}

/// The field that says how long a mark lives.
const TTL: &str = "field:cache_control.ttl";

fn learned(request: &mut Outbound, feature: &str, change: fn(&mut Outbound) -> bool) -> bool {
    let is_changed = change(request);
    if is_changed {
        request.learn(feature, Says::Refuses);
    }
    is_changed
}

/// Thins the marks out to what the upstream says it takes. Where it counts more than there are,
/// somebody on the way adds some: there is so much less room for the client's.
fn react_to_limit(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    let has = marks::of(&mut request.body).len() as u64;
    let taken = refusal.number("limit").unwrap_or(MARKS_TAKEN);
    let found = refusal.number("count").filter(|found| *found > taken);
    let limit = match found {
        Some(found) if found > has => has.saturating_sub(found.saturating_sub(taken)),
        Some(_) | None if has > taken => taken,
        Some(_) | None => has.saturating_sub(1),
    };
    let is_changed = thin(request, limit);
    if is_changed {
        request.learn(LIMIT, Says::Limit(limit));
    }
    is_changed
}

/// Keeps the `limit` marks that save most.
fn thin(request: &mut Outbound, limit: u64) -> bool {
    let marks = marks::of(&mut request.body);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if marks.len() <= limit {
        return false;
    }
    let kept = by_worth(&marks).into_iter().take(limit).collect::<Vec<_>>();
    let mut at = 0;
    marks::each(&mut request.body, &mut |_, block| {
        if !kept.contains(&at) {
            block.remove("cache_control");
        }
        at += 1;
    });
    let gone = marks.len().saturating_sub(limit);
    request.note(ID, history::counted(gone, "mark"));
    true
}

/// The marks, the one that saves most first.
fn by_worth(marks: &[Mark]) -> Vec<usize> {
    let latest = |part: Part| {
        let own = marks.iter().enumerate().filter(move |(_, mark)| mark.part == part);
        own.map(|(at, _)| at).rev().collect::<Vec<_>>()
    };
    let [whole, tools, system, messages] =
        [Part::Whole, Part::Tools, Part::System, Part::Messages].map(latest);
    let lasts = [&messages, &system, &tools].map(|list| list.first().copied());
    let first = whole.into_iter().chain(lasts.into_iter().flatten());
    let rest = [messages.iter(), system.iter(), tools.iter()].map(|list| list.skip(1).copied());
    first.chain(rest.into_iter().flatten()).collect()
}

/// Makes marks that live longer short-lived where they come after a short-lived one.
fn order(request: &mut Outbound) -> bool {
    let marks = marks::of(&mut request.body);
    let in_order = marks.iter().filter(|mark| mark.part != Part::Whole);
    let mut short = in_order.clone().skip_while(|mark| mark.is_long);
    let Some(first_short) = short.next() else { return false };
    let late: Vec<_> = short.filter(|mark| mark.is_long).map(|mark| mark.at).collect();
    if late.is_empty() {
        return false;
    }
    debug_assert!(late.iter().all(|at| *at > first_short.at), "marks are in order");
    let mut at = 0;
    marks::each(&mut request.body, &mut |_, block| {
        if late.contains(&at)
            && let Some(own) = block.get("cache_control")
        {
            own.remove("ttl");
        }
        at += 1;
    });
    request.note(ID, format!("ttl of {}", history::counted(late.len(), "mark")));
    true
}

fn unmark_misplaced(request: &mut Outbound) -> bool {
    let mut count = 0;
    marks::each(&mut request.body, &mut |part, block| {
        if part != Part::Whole && !marks::can_stand(block) {
            count += usize::from(block.remove("cache_control"));
        }
    });
    if count > 0 {
        request.note(ID, history::counted(count, "mark"));
    }
    count > 0
}

/// Takes the mark away that the upstream names by its place; with blocks inside others all such.
fn unmark_named(request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
    const KEY: &str = ".cache_control";
    let Some(named) = refusal.detail("path") else { return false };
    let named = named.split_once(KEY).map_or(named, |(block, _)| block);
    let own = format!("{}{KEY}", named.trim_end_matches(".text"));
    let Some(place) = path::resolve(&mut request.body, &own) else { return false };
    if place.pattern.matches("content[]").count() > 1 {
        let feature = format!("field:{}", place.pattern);
        let is_changed = give_up(request, &feature);
        if is_changed {
            request.learn(feature, Says::Refuses);
        }
        return is_changed;
    }
    let is_changed = marks::remove_at(&mut request.body, &place);
    if is_changed {
        request.note(ID, place.pattern);
    }
    is_changed
}
