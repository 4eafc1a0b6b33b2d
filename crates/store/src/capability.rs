//! What was learned of channels, as it is kept over restarts.

use salve_ledger::Timestamp;
use serde::{Deserialize, Serialize};

/// A capability: what a channel does with a feature of a model's requests. Unique by channel,
/// model and feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapabilityRecord {
    /// The channel's name in the configuration.
    pub channel: String,
    /// The model, as the channel was asked for it.
    pub model: String,
    /// The feature, such as `field:context_management`.
    pub feature: String,
    /// What is known of it.
    pub says: Says,
    /// The upstream's words that it was learned from, without secrets; 300 characters are kept.
    pub evidence: String,
    /// When it was found so. Where the same is found again, the first time stays.
    pub learned_at: Timestamp,
    /// When it has to be proved again.
    pub expires_at: Timestamp,
}

/// What a capability says of a feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// A request with it is refused.
    Refuses,
    /// A request with it is answered.
    Takes,
    /// A request without it is refused.
    Needs,
    /// It is taken up to this number, in the feature's own unit.
    Limit(u64),
    /// This is taken in its place.
    Instead(String),
}

impl Says {
    /// As the two columns that it is kept in.
    pub(crate) fn parts(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Refuses => ("refuses", None),
            Self::Takes => ("takes", None),
            Self::Needs => ("needs", None),
            Self::Limit(limit) => ("limit", Some(limit.to_string())),
            Self::Instead(other) => ("instead", Some(other.clone())),
        }
    }

    /// Out of those columns; none where they hold no capability.
    pub(crate) fn from_parts(word: &str, value: Option<String>) -> Option<Self> {
        match (word, value) {
            ("refuses", None) => Some(Self::Refuses),
            ("takes", None) => Some(Self::Takes),
            ("needs", None) => Some(Self::Needs),
            ("limit", Some(limit)) => limit.parse().ok().map(Self::Limit),
            ("instead", Some(other)) => Some(Self::Instead(other)),
            _ => None,
        }
    }
}

/// When a channel last answered for a model. Unique by both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedRecord {
    /// The channel's name in the configuration.
    pub channel: String,
    /// The model, as the channel was asked for it.
    pub model: String,
    /// When it last answered.
    pub last_served_at: Timestamp,
}
