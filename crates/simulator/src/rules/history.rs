//! What a conversation brings back: thinking and hosted search results, signed when they left.

use serde_json::Value;

use super::checked::thinking_mode;
use super::walk::{Spot, blocks};
use super::{Broken, Case, Purpose, Rule, broken, text_of};
use crate::model::ThinkingMode;
use crate::prompt::list;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "redacted-thinking-foreign",
        says: "{}: Invalid `data` in `redacted_thinking` block",
        check: |case| {
            let redacted = find(case, |spot| spot.kind == "redacted_thinking")?;
            broken([redacted.path()])
        },
    },
    Rule {
        id: "thinking-signature",
        says: "{}: Invalid `signature` in `thinking` block",
        check: foreign_signature,
    },
    Rule {
        id: "thinking-modified",
        says: "{}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot \
               be modified. These blocks must remain as they were in the original response.",
        check: modified,
    },
    Rule {
        id: "thinking-bound-elsewhere",
        says: "{}: `thinking` block is bound to a different conversation. A thinking block must be \
               returned with the `system`, `tools` and earlier `messages` that produced it.",
        check: bound_elsewhere,
    },
    Rule {
        id: "thinking-not-returned",
        says: "The content[].thinking in the thinking mode must be passed back to the API",
        check: not_returned,
    },
    Rule {
        id: "search-content-foreign",
        says: "{}: Invalid `encrypted_content` in `search_result` block",
        check: foreign_search,
    },
];

/// The first block to be checked that meets a condition; counting looks at none.
fn find<'a>(case: &Case<'a>, wanted: impl Fn(&Spot<'a>) -> bool) -> Option<Spot<'a>> {
    if case.purpose == Purpose::Count {
        return None;
    }
    blocks(case).find(wanted)
}

fn foreign_signature(case: &Case<'_>) -> Broken {
    let latest = latest_assistant(case);
    let foreign = find(case, |spot| {
        spot.kind == "thinking"
            && match case.mint.open(text_of(spot.block, "signature")) {
                None => true,
                Some(seal) => {
                    Some(spot.message) != latest && !seal.fits(text_of(spot.block, "thinking"))
                }
            }
    })?;
    broken([foreign.path()])
}

fn modified(case: &Case<'_>) -> Broken {
    let latest = latest_assistant(case);
    let modified = find(case, |spot| {
        spot.kind == "thinking"
            && Some(spot.message) == latest
            && case
                .mint
                .open(text_of(spot.block, "signature"))
                .is_some_and(|seal| !seal.fits(text_of(spot.block, "thinking")))
    })?;
    broken([modified.path()])
}

fn bound_elsewhere(case: &Case<'_>) -> Broken {
    let binding = case.body.get("thinking").and_then(|thinking| thinking.get("block_binding"));
    let drops =
        binding.is_some_and(|binding| text_of(binding, "prefix_mismatch_behavior") == "drop_block");
    if !case.model.binds_thinking || drops {
        return None;
    }
    let elsewhere = find(case, |spot| {
        spot.kind == "thinking"
            && case.mint.open(text_of(spot.block, "signature")).is_some_and(|seal| {
                case.prompt.prefix_of(spot.message, spot.index) != Some(seal.prefix)
            })
    })?;
    broken([elsewhere.path()])
}

/// Every turn that called tools must come back with the thinking it began with.
fn not_returned(case: &Case<'_>) -> Broken {
    if case.purpose == Purpose::Count
        || thinking_mode(case.body, case.model) == ThinkingMode::Disabled
    {
        return None;
    }
    let has = |message: &Value, kind: &str| {
        list(message.get("content")).iter().any(|block| text_of(block, "type") == kind)
    };
    let lacks = |message: &&Value| has(message, "tool_use") && !has(message, "thinking");
    case.messages().iter().find(lacks).map(|_| Vec::new())
}

fn foreign_search(case: &Case<'_>) -> Broken {
    let foreign = find(case, |spot| {
        spot.kind == "web_search_tool_result"
            && list(spot.block.get("content")).iter().any(|result| {
                let seal = case.mint.open(text_of(result, "encrypted_content"));
                seal.is_none_or(|seal| !seal.fits(text_of(result, "url")))
            })
    })?;
    broken([foreign.path()])
}

fn latest_assistant(case: &Case<'_>) -> Option<usize> {
    let speaks = |message: &Value| text_of(message, "role") == "assistant";
    case.messages().iter().rposition(speaks)
}
