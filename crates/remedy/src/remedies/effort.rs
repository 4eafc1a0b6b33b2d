//! effort: `output_config.effort` goes where a model knows none, and is lowered where it does not
//! know so high a one.

#[cfg(test)]
mod tests;

use salve_wire::{Document, Node, quoted};

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{pairs, path, thinking};

/// See the module.
pub struct Effort;

const ID: &str = "effort";
/// What is learned of a value: a lower one stands in its place.
const VALUE: &str = "effort:";
/// The same where it holds for requests that do not think.
const VALUE_UNTHINKING: &str = "effort-without-thinking:";

/// Efforts from the lowest up.
const LADDER: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];

/// The rank of the highest that every model with efforts knows.
const HIGH: usize = 2;

/// Where an effort may stand: for the whole request, or for a turn.
const PLACES: [&str; 2] = ["output_config.effort", "messages[].output_config.effort"];

impl Remedy for Effort {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature == "effort" && drop_all(request)
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        if known.of(VALUE).next().is_some() {
            prepare_with(request, known, VALUE);
        }
        if known.of(VALUE_UNTHINKING).next().is_some() && !thinking::is_on(&mut request.body) {
            prepare_with(request, known, VALUE_UNTHINKING);
        }
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let efforts = efforts(&mut request.body);
        let named = refusal.detail("value").map(str::to_ascii_lowercase);
        let quoted = efforts.iter().find(|effort| match &named {
            Some(value) => value == *effort,
            None => quotes(&words, effort),
        });
        let offered = offered(&words);
        let Some(value) = quoted.or_else(|| efforts.first()).cloned() else { return false };
        if quoted.is_none() && offered.is_empty() {
            request.learn(ID, Says::Refuses);
            return drop_all(request);
        }
        let is_unthinking = words.contains("thinking") && !thinking::is_on(&mut request.body);
        let prefix = if is_unthinking { VALUE_UNTHINKING } else { VALUE };
        let Some(lower) = lower(&value, &offered) else {
            request.learn(ID, Says::Refuses);
            return drop_all(request);
        };
        request.learn(format!("{prefix}{value}"), Says::Instead(lower.to_owned()));
        replace(request, &value, lower)
    }
}

/// Every value that is asked for, that of the whole request first.
fn efforts(body: &mut Document) -> Vec<String> {
    let mut efforts = Vec::new();
    each(body, &mut |node| efforts.extend(node.text().map(|text| text.into_owned())));
    efforts
}

fn each(body: &mut Document, on: &mut dyn FnMut(&mut Node)) {
    if let Some(effort) = body.at(&["output_config", "effort"]) {
        on(effort);
    }
    let messages = body.get("messages").filter(|list| list.mentions(b"\"effort\""));
    let Some(messages) = messages else { return };
    for message in messages.items().filter(|message| message.mentions(b"\"output_config\"")) {
        if let Some(effort) = message.get("output_config").and_then(|own| own.get("effort")) {
            on(effort);
        }
    }
}

/// Whether the words are about this value: it stands in quotes before what is offered instead.
fn quotes(words: &str, value: &str) -> bool {
    let refused = words.split(" use ").next().unwrap_or(words);
    let refused = refused.split("should be").next().unwrap_or(refused);
    let is_quoted = |quote: &str| refused.contains(&format!("{quote}{value}{quote}"));
    let is_named = |before: &str| {
        let mut behind = refused.split(before).skip(1);
        behind.any(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next() == Some(value))
    };
    ["'", "\"", "`"].into_iter().any(is_quoted)
        || ["effort ", "effort: ", "effort=", "effort level "].into_iter().any(is_named)
}

/// The efforts that the words offer.
fn offered(words: &str) -> Vec<&'static str> {
    const MARKS: [&str; 6] =
        ["should be", "must be", " use ", "one of", "supported values", "expected"];
    let rest = MARKS.iter().find_map(|mark| words.split_once(mark)).map(|(_, rest)| rest);
    let Some(rest) = rest else { return Vec::new() };
    let is_part = |c: char| !c.is_ascii_alphanumeric();
    let named: Vec<&str> = rest.split(is_part).collect();
    LADDER.into_iter().filter(|effort| named.contains(effort)).collect()
}

/// The next lower effort that is offered, or else the lowest that is. Where nothing is offered,
/// the next on the ladder for those that few models know; a model that refuses one of the others
/// knows no effort at all.
fn lower(value: &str, offered: &[&'static str]) -> Option<&'static str> {
    let rank = LADDER.iter().position(|effort| *effort == value);
    let Some(rank) = rank else {
        return Some(offered.last().copied().unwrap_or("high"));
    };
    if offered.is_empty() && rank <= HIGH {
        return None;
    }
    let below = LADDER.iter().take(rank).rev();
    let mut below = below.filter(|effort| offered.is_empty() || offered.contains(effort));
    let lowest = || offered.iter().find(|effort| **effort != value);
    below.next().or_else(lowest).copied()
}

fn prepare_with(request: &mut Outbound, known: &Known<'_>, prefix: &str) {
    for value in efforts(&mut request.body) {
        let mut now = value.clone();
        // As often as there are steps.
        for _ in LADDER {
            now = match known.says(&format!("{prefix}{now}")) {
                Some(Says::Instead(instead)) => instead.clone(),
                Some(Says::Refuses) => match lower(&now, &[]) {
                    Some(lower) => lower.to_owned(),
                    None => break,
                },
                Some(Says::Takes | Says::Needs | Says::Limit(_)) | None => break,
            };
        }
        replace(request, &value, &now);
    }
}

fn replace(request: &mut Outbound, value: &str, instead: &str) -> bool {
    if value == instead {
        return false;
    }
    let mut is_changed = false;
    each(&mut request.body, &mut |node| {
        if node.is(value) {
            node.replace(quoted(instead));
            is_changed = true;
        }
    });
    if is_changed {
        request.note(ID, format!("{value}-to-{instead}"));
    }
    is_changed
}

fn drop_all(request: &mut Outbound) -> bool {
    if efforts(&mut request.body).is_empty() {
        return false;
    }
    for place in PLACES {
        path::remove(&mut request.body, place);
    }
    drop_empty_configs(request);
    for beta in pairs::betas_of("field:output_config.effort") {
        request.betas.remove(&mut request.body, beta);
    }
    request.note(ID, "none");
    true
}

/// A config that lost its last field says nothing any more.
fn drop_empty_configs(request: &mut Outbound) {
    for place in ["output_config", "messages[].output_config"] {
        path::visit(&mut request.body, place, &mut |parent, name| {
            if parent.get(name).is_some_and(|config| config.fields().next().is_none()) {
                parent.remove(name);
            }
        });
    }
}
