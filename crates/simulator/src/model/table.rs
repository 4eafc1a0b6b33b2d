//! The rows.

use super::Sampling::{Deprecated, OneOf};
use super::SystemMessages::{Accepted, Refused, WithBeta};
use super::ThinkingMode::{Adaptive, BetweenTools, Disabled, Enabled};
use super::{Model, Sampling, SystemMessages, ThinkingMode};

/// One row: what differs between the models, the rest follows from it.
#[derive(Clone, Copy)]
struct Row {
    id: &'static str,
    alias: Option<&'static str>,
    name: &'static str,
    /// Day of release.
    released: &'static str,
    window: u64,
    output: u64,
    thinking: &'static [ThinkingMode],
    system: SystemMessages,
    binds: bool,
    sampling: Sampling,
    forced: bool,
    cacheable: u64,
}

const M1: u64 = 1_000_000;
const K200: u64 = 200_000;
const ALWAYS: &[ThinkingMode] = &[Adaptive];
const OPTIONAL: &[ThinkingMode] = &[Adaptive, Disabled];
const EITHER: &[ThinkingMode] = &[Adaptive, Disabled, Enabled];
const BUDGET: &[ThinkingMode] = &[Disabled, Enabled];
const BETWEEN: &[ThinkingMode] = &[Adaptive, BetweenTools, Disabled];

/// What the fifth generation has in common.
const FIVE: Row = Row {
    id: "",
    alias: None,
    name: "",
    released: "",
    window: M1,
    output: 128_000,
    thinking: OPTIONAL,
    system: Accepted,
    binds: false,
    sampling: Deprecated,
    forced: true,
    cacheable: 1_024,
};
/// The models that always think and bind their thinking to its prefix. Their cacheable minimum is
/// assumed.
const BOUND: Row = Row { thinking: ALWAYS, binds: true, forced: false, cacheable: 512, ..FIVE };
/// The first generation that thinks adaptively.
const FOUR_SIX: Row = Row { thinking: EITHER, system: Refused, sampling: OneOf, ..FIVE };
/// The last one with a small window.
const FOUR_FIVE: Row = Row { window: K200, output: 64_000, thinking: BUDGET, ..FOUR_SIX };

/// Newest first, the order of `/v1/models`.
const ROWS: &[Row] = &[
    Row { id: "claude-fable-5-2", name: "Claude Fable 5.2", released: "2026-11-03", ..BOUND },
    Row { id: "claude-haiku-5-5", name: "Claude Haiku 5.5", released: "2026-10-07", ..FIVE },
    Row {
        id: "claude-sonnet-5-5",
        name: "Claude Sonnet 5.5",
        released: "2026-10-07",
        thinking: BETWEEN,
        forced: false,
        ..FIVE
    },
    Row { id: "claude-opus-5-5", name: "Claude Opus 5.5", released: "2026-10-07", ..BOUND },
    Row { id: "claude-fable-5-1", name: "Claude Fable 5.1", released: "2026-08-18", ..BOUND },
    Row { id: "claude-sonnet-5", name: "Claude Sonnet 5", released: "2026-07-01", ..FIVE },
    Row { id: "claude-opus-5", name: "Claude Opus 5", released: "2026-07-01", ..FIVE },
    Row {
        id: "claude-fable-5",
        name: "Claude Fable 5",
        released: "2026-06-01",
        thinking: ALWAYS,
        ..FIVE
    },
    Row {
        id: "claude-opus-4-8",
        name: "Claude Opus 4.8",
        released: "2026-05-28",
        system: WithBeta,
        ..FIVE
    },
    Row {
        id: "claude-opus-4-7",
        name: "Claude Opus 4.7",
        released: "2026-04-16",
        system: Refused,
        ..FIVE
    },
    Row { id: "claude-sonnet-4-6", name: "Claude Sonnet 4.6", released: "2026-02-17", ..FOUR_SIX },
    Row { id: "claude-opus-4-6", name: "Claude Opus 4.6", released: "2026-02-04", ..FOUR_SIX },
    Row {
        id: "claude-opus-4-5",
        name: "Claude Opus 4.5",
        released: "2025-11-24",
        alias: Some("claude-opus-4-5-20251101"),
        cacheable: 4_096,
        ..FOUR_FIVE
    },
    Row {
        id: "claude-haiku-4-5",
        name: "Claude Haiku 4.5",
        released: "2025-10-15",
        alias: Some("claude-haiku-4-5-20251001"),
        cacheable: 4_096,
        ..FOUR_FIVE
    },
    Row {
        id: "claude-sonnet-4-5",
        name: "Claude Sonnet 4.5",
        released: "2025-09-29",
        alias: Some("claude-sonnet-4-5-20250929"),
        ..FOUR_FIVE
    },
];

/// The models of the public list, newest first.
#[must_use]
pub fn builtin_models() -> Vec<Model> {
    ROWS.iter().map(Row::model).collect()
}

impl Row {
    fn model(&self) -> Model {
        Model {
            id: self.id.to_owned(),
            aliases: self.alias.map(str::to_owned).into_iter().collect(),
            display_name: self.name.to_owned(),
            created_at: format!("{}T00:00:00Z", self.released),
            window_tokens: self.window,
            window_1m_tokens: (self.id == "claude-sonnet-4-5").then_some(M1),
            output_tokens_max: self.output,
            thinking: self.thinking.to_vec(),
            // Sonnet 4.5 and Haiku 4.5 predate the parameter; Opus 4.5 introduced it.
            effort: !matches!(self.id, "claude-sonnet-4-5" | "claude-haiku-4-5"),
            effort_needs_thinking: self.id == "claude-opus-5",
            system_messages: self.system,
            binds_thinking: self.binds,
            sampling: self.sampling,
            // Prefill ended with the 4.6 generation, the first to think adaptively.
            prefill: !self.thinking.contains(&Adaptive),
            forced_tools: self.forced,
            cacheable_tokens_min: self.cacheable,
        }
    }
}
