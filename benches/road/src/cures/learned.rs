//! What a channel may have taught: features that the agent's request uses, and others.

use salve_remedy::{Facts, Says};

/// What an older build behind a cloud refuses of the agent's request.
const REFUSED: &[&str] = &[
    "beta:mid-conversation-tool-changes-2026-07-01",
    "beta:per-turn-control-2026-07-01",
    "beta:thinking-token-count-2026-05-13",
    "beta:never-seen-2031-01-01",
    "field:context_management",
    "field:cache_control.scope",
    "deferred-tools",
    "thinking.display:updates",
    "user-id",
    "body:empty-text",
];

/// What others refuse, and this request does not use.
const FOREIGN: &[&str] = &[
    "beta:skills-2025-10-02",
    "beta:fast-mode-2026-02-01",
    "field:mcp_servers",
    "field:tools[].strict",
    "field:messages[].output_config",
    "tool-type:web_search_20260101",
    "block:container_upload",
    "thinking:enabled",
    "effort:max",
    "body:tool-pairs",
];

/// The most tokens of an answer that the older build writes.
const MAX_TOKENS: u64 = 32_000;

/// Eleven facts, each of which asks for a change.
pub(super) fn all() -> Facts {
    let mut facts: Facts = REFUSED.iter().map(|feature| (*feature, Says::Refuses)).collect();
    facts.set("limit:max_tokens", Says::Limit(MAX_TOKENS));
    facts
}

/// Ten facts, none of which asks for one.
pub(super) fn foreign() -> Facts {
    FOREIGN.iter().map(|feature| (*feature, Says::Refuses)).collect()
}

/// One of the facts alone.
pub(super) fn each() -> impl Iterator<Item = (String, Facts)> {
    let one = |(feature, says): (&str, &Says)| {
        (feature.to_owned(), [(feature, says.clone())].into_iter().collect())
    };
    let all = [all(), foreign()];
    let each = |facts: &Facts| facts.iter().map(one).collect::<Vec<_>>();
    all.iter().flat_map(each).collect::<Vec<_>>().into_iter()
}
