//! The models the simulator serves and what each of them accepts: data, one row a model.
//!
//! Windows, output caps and thinking modes follow the public model pages of October 2026. Where
//! those are silent (the cacheable minimum of the newest models) the row says what is assumed.

mod table;

use serde::{Deserialize, Serialize};

pub use table::builtin_models;

/// One model and the rules that depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The id clients ask for.
    pub id: String,
    /// Other ids for the same model (dated ids).
    pub aliases: Vec<String>,
    /// Name shown in `/v1/models`.
    pub display_name: String,
    /// Release time in RFC 3339, shown in `/v1/models`.
    pub created_at: String,
    /// Context window in tokens.
    pub window_tokens: u64,
    /// Window in tokens when the request carries the beta `context-1m-2025-08-07`.
    pub window_1m_tokens: Option<u64>,
    /// Largest `max_tokens`.
    pub output_tokens_max: u64,
    /// The `thinking.type` values it takes; a model that lacks `disabled` always thinks.
    pub thinking: Vec<ThinkingMode>,
    /// Whether it takes `output_config.effort`.
    pub effort: bool,
    /// Whether effort above `high` is refused while thinking is disabled.
    pub effort_needs_thinking: bool,
    /// Whether it takes `role: "system"` inside `messages`.
    pub system_messages: SystemMessages,
    /// Whether thinking blocks are bound to the exact prefix that produced them.
    pub binds_thinking: bool,
    /// What it accepts of `temperature`, `top_p` and `top_k`.
    pub sampling: Sampling,
    /// Whether the conversation may end with an assistant message to be continued.
    pub prefill: bool,
    /// Whether `tool_choice` may force a tool.
    pub forced_tools: bool,
    /// Shortest prefix in tokens that the prompt cache keeps.
    pub cacheable_tokens_min: u64,
}

/// A value of `thinking.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThinkingMode {
    /// A fixed budget: `{type: "enabled", budget_tokens}`.
    Enabled,
    /// The model decides: `{type: "adaptive"}`.
    Adaptive,
    /// Only between tool calls: `{type: "between_tools"}`.
    BetweenTools,
    /// No thinking.
    Disabled,
}

impl ThinkingMode {
    /// The spelling on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Adaptive => "adaptive",
            Self::BetweenTools => "between_tools",
            Self::Disabled => "disabled",
        }
    }
}

/// Whether a model takes `role: "system"` inside `messages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemMessages {
    /// Never.
    Refused,
    /// With the beta `mid-conversation-system-2026-04-07` (or one that implies it).
    WithBeta,
    /// Always: Claude Code sends them to every 5.x model, even with experimental betas off.
    Accepted,
}

/// What a model accepts of the sampling parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// `temperature` or `top_p`, not both.
    OneOf,
    /// Only `temperature: 1`; `top_p` and `top_k` are refused.
    Deprecated,
}

impl Model {
    /// Whether it takes this `thinking.type`.
    #[must_use]
    pub fn takes(&self, mode: ThinkingMode) -> bool {
        self.thinking.contains(&mode)
    }

    /// Whether thinking cannot be switched off.
    #[must_use]
    pub fn always_thinks(&self) -> bool {
        !self.takes(ThinkingMode::Disabled)
    }
}
