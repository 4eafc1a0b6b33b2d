//! What a profile says of models.

use serde::{Deserialize, Serialize};

use crate::model::{Sampling, SystemMessages, ThinkingMode};

/// The models an upstream serves, made from those of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsProfile {
    /// Only these, as patterns; all when empty.
    pub offers: Vec<String>,
    /// Every id is served with each of these before it as well.
    pub prefixes: Vec<String>,
    /// Ids that are not in the table and served all the same.
    pub served_as: Vec<ServedAs>,
    /// Ids refused in words of their own.
    pub refused: Vec<RefusedModel>,
    /// Changes of rows, in their order.
    pub patches: Vec<ModelPatch>,
}

/// Ids served as another model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedAs {
    /// The ids, as a pattern.
    pub ids: String,
    /// The id of the model.
    pub model: String,
}

/// Ids refused in words of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedModel {
    /// The ids, as patterns.
    pub ids: Vec<String>,
    /// The name of the rule in the books.
    pub rule: String,
    /// HTTP status.
    pub status: u16,
    /// The sentence; `{model}` is the id.
    pub says: String,
}

/// What differs in the rows of some models; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelPatch {
    /// Which models, as patterns.
    pub models: Vec<String>,
    /// Context window in tokens; the beta for a longer one then no longer helps.
    pub window_tokens: Option<u64>,
    /// Largest `max_tokens`.
    pub output_tokens_max: Option<u64>,
    /// The `thinking.type` values taken.
    pub thinking: Option<Vec<ThinkingMode>>,
    /// Whether `output_config.effort` is taken.
    pub effort: Option<bool>,
    /// Whether effort above `high` is refused while thinking is disabled.
    pub effort_needs_thinking: Option<bool>,
    /// Whether `role: "system"` is taken inside `messages`.
    pub system_messages: Option<SystemMessages>,
    /// Whether thinking is bound to its prefix.
    pub binds_thinking: Option<bool>,
    /// What of the sampling parameters is taken.
    pub sampling: Option<Sampling>,
    /// Whether the last message may be the assistant's.
    pub prefill: Option<bool>,
    /// Whether `tool_choice` may force a tool.
    pub forced_tools: Option<bool>,
}
