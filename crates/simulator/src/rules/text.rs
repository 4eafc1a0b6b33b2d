//! Texts that say nothing.

use serde_json::Value;

use super::walk::all_blocks;
use super::{Broken, Case, Rule, broken, text_of};
use crate::prompt::list;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "cache-on-empty-text",
        says: "{}.text: cache_control cannot be set for empty text blocks",
        check: cached_empty,
    },
    Rule {
        id: "cache-on-empty-system",
        says: "system.{}: cache_control cannot be set for empty text blocks",
        check: cached_empty_system,
    },
    Rule {
        id: "content-empty",
        says: "messages.{}: all messages must have non-empty content except for the optional \
               final assistant message",
        check: content_empty,
    },
    Rule {
        id: "text-empty",
        says: "messages: text content blocks must be non-empty",
        check: |case| has_text(case, str::is_empty).then(Vec::new),
    },
    Rule {
        id: "text-blank",
        says: "messages: text content blocks must contain non-whitespace text",
        check: |case| has_text(case, |text| text.trim().is_empty()).then(Vec::new),
    },
    Rule {
        id: "system-text-empty",
        says: "system: text content blocks must be non-empty",
        check: |case| has_system_text(case, str::is_empty).then(Vec::new),
    },
    Rule {
        id: "system-text-blank",
        says: "system: text content blocks must contain non-whitespace text",
        check: |case| has_system_text(case, |text| text.trim().is_empty()).then(Vec::new),
    },
    Rule {
        id: "prefill-ends-blank",
        says: "messages: final assistant content cannot end with trailing whitespace",
        check: prefill_ends_blank,
    },
];

fn cached_empty(case: &Case<'_>) -> Broken {
    let found = all_blocks(case).find(|spot| {
        spot.kind == "text" && is_cached(spot.block) && text_of(spot.block, "text").is_empty()
    })?;
    broken([found.path()])
}

fn cached_empty_system(case: &Case<'_>) -> Broken {
    let mut blocks = list(case.body.get("system")).iter();
    let place = blocks.position(|block| is_cached(block) && text_of(block, "text").is_empty())?;
    broken([place.to_string()])
}

fn is_cached(block: &Value) -> bool {
    block.get("cache_control").is_some_and(Value::is_object)
}

fn content_empty(case: &Case<'_>) -> Broken {
    let messages = case.messages();
    let last = messages.len().saturating_sub(1);
    let empty = messages.iter().enumerate().position(|(index, message)| {
        let optional = index == last && text_of(message, "role") == "assistant";
        message.get("content").and_then(Value::as_array).is_some_and(Vec::is_empty) && !optional
    })?;
    broken([empty.to_string()])
}

fn has_text(case: &Case<'_>, wanted: impl Fn(&str) -> bool) -> bool {
    let plain = case.messages().iter().filter_map(|message| message.get("content")?.as_str());
    let mut plain = plain;
    plain.any(&wanted)
        || all_blocks(case).any(|spot| spot.kind == "text" && wanted(text_of(spot.block, "text")))
}

/// An empty `system` string is the same as none; an empty block is a mistake.
fn has_system_text(case: &Case<'_>, wanted: impl Fn(&str) -> bool) -> bool {
    list(case.body.get("system")).iter().any(|block| wanted(text_of(block, "text")))
}

fn prefill_ends_blank(case: &Case<'_>) -> Broken {
    let last = case.messages().last()?;
    if text_of(last, "role") != "assistant" {
        return None;
    }
    let text = match last.get("content") {
        Some(Value::String(text)) => text.as_str(),
        content => text_of(list(content).last()?, "text"),
    };
    text.ends_with(char::is_whitespace).then(Vec::new)
}
