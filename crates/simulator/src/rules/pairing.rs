//! Tool calls and their results: every call answered, every answer called for, ids unique.
//!
//! Messages of the same role in a row count as one turn, as the service combines them.

use std::collections::HashSet;

use super::walk::{Spot, blocks};
use super::{Broken, Case, Rule, broken, text_of};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "tool-use-id-repeated",
        says: "messages.{}.content.{}: `tool_use` ids must be unique",
        check: repeated_use,
    },
    Rule {
        id: "tool-result-orphan",
        says: "messages.{}.content.{}: unexpected `tool_use_id` found in `tool_result` blocks: {}. \
               Each `tool_result` block must have a corresponding `tool_use` block in the previous \
               message.",
        check: orphan,
    },
    Rule {
        id: "tool-result-repeated",
        says: "messages.{}.content.{}: each tool_use must have a single result. \
               Found multiple `tool_result` blocks with id: {}",
        check: repeated_result,
    },
    Rule {
        id: "tool-use-unanswered",
        says: "messages.{}: `tool_use` ids were found without `tool_result` blocks immediately \
               after: {}. Each `tool_use` block must have a corresponding `tool_result` block in \
               the next message.",
        check: unanswered,
    },
];

fn repeated_use(case: &Case<'_>) -> Broken {
    let mut seen = HashSet::new();
    let spot = blocks(case)
        .filter(|spot| spot.kind == "tool_use")
        .find(|spot| !seen.insert(text_of(spot.block, "id")))?;
    broken([spot.message.to_string(), spot.index.to_string()])
}

fn orphan(case: &Case<'_>) -> Broken {
    let turns = turns(case);
    turns.iter().enumerate().find_map(|(index, turn)| {
        let before = index.checked_sub(1).and_then(|before| turns.get(before));
        let uses = before.into_iter().flatten().filter(|spot| spot.kind == "tool_use");
        let called: HashSet<&str> = uses.map(|spot| text_of(spot.block, "id")).collect();
        let orphan = turn
            .iter()
            .find(|spot| spot.kind == "tool_result" && !called.contains(result_id(spot)))?;
        broken([orphan.message.to_string(), orphan.index.to_string(), result_id(orphan).to_owned()])
    })
}

fn repeated_result(case: &Case<'_>) -> Broken {
    turns(case).iter().find_map(|turn| {
        let mut seen = HashSet::new();
        let mut results = turn.iter().filter(|spot| spot.kind == "tool_result");
        let spot = results.find(|spot| !seen.insert(result_id(spot)))?;
        broken([spot.message.to_string(), spot.index.to_string(), result_id(spot).to_owned()])
    })
}

/// Only results that open the next turn count: text before a result hides it.
fn unanswered(case: &Case<'_>) -> Broken {
    let turns = turns(case);
    turns.iter().enumerate().find_map(|(index, turn)| {
        let next = turns.get(index + 1);
        let answered: HashSet<&str> = next
            .into_iter()
            .flatten()
            .take_while(|spot| spot.kind == "tool_result")
            .map(result_id)
            .collect();
        let missing = turn.iter().filter(|spot| {
            spot.kind == "tool_use" && !answered.contains(text_of(spot.block, "id"))
        });
        let missing: Vec<&Spot<'_>> = missing.collect();
        let message = missing.first()?.message;
        let ids: Vec<&str> = missing.iter().map(|spot| text_of(spot.block, "id")).collect();
        broken([message.to_string(), ids.join(", ")])
    })
}

fn result_id<'a>(spot: &Spot<'a>) -> &'a str {
    text_of(spot.block, "tool_use_id")
}

/// The blocks of each turn.
fn turns<'a>(case: &Case<'a>) -> Vec<Vec<Spot<'a>>> {
    let mut turns: Vec<Vec<Spot<'a>>> = Vec::new();
    let mut role = "";
    let mut spots = blocks(case).peekable();
    for (index, message) in case.messages().iter().enumerate() {
        let speaker = text_of(message, "role");
        if speaker != role || turns.is_empty() {
            turns.push(Vec::new());
            role = speaker;
        }
        let Some(turn) = turns.last_mut() else {
            continue;
        };
        while let Some(spot) = spots.next_if(|spot| spot.message == index) {
            turn.push(spot);
        }
    }
    turns
}
