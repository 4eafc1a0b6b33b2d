//! The log entry: what the ledger knows of a request once it has ended.
//!
//! The names of the fields are a contract: they are what `salve log --json` prints. What is
//! unknown is null.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::money::NanoUsd;
use crate::usage::Usage;

/// A request's id at this gateway, `req_…`. Unique for ever; settling is idempotent by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// The id with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `POST /v1/messages`.
    Messages,
    /// `POST /v1/messages/count_tokens`. Free: it never has usage or cost.
    CountTokens,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered without a change.
    Passed,
    /// Answered after at least one remedy.
    Cured,
    /// Ended with an error that the client was told.
    Told,
    /// Ended without an answer: the client left, or the gateway did.
    Abandoned,
}

impl Outcome {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Cured => "cured",
            Self::Told => "told",
            Self::Abandoned => "abandoned",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Passed, Self::Cured, Self::Told, Self::Abandoned];
        all.into_iter().find(|outcome| outcome.name() == name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Endpoint {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::CountTokens => "count_tokens",
        }
    }

    /// The endpoint of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Messages, Self::CountTokens].into_iter().find(|endpoint| endpoint.name() == name)
    }
}

/// One try at one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The channel's name.
    pub channel: String,
    /// The status the upstream answered with; none where it did not answer.
    pub status: Option<u16>,
    /// The fault it was found to be, by its id in the catalogue.
    pub fault: Option<String>,
    /// How long the try took, in milliseconds.
    pub ms: u64,
}

/// One place of a request's body or head that a remedy changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The remedy, `remedy:detail`.
    pub remedy: String,
    /// Where: a dotted path into the body, or a header field's name.
    pub path: String,
    /// What was there, as JSON or a header's value; none where there was nothing.
    pub was: Option<String>,
    /// What is there now; none where it was taken out.
    pub now: Option<String>,
}

/// A channel of the group that the request was not sent to, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The channel's name.
    pub channel: String,
    /// Why, in words.
    pub reason: String,
}

/// How one request ended and what it cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The request's id here.
    pub request_id: RequestId,
    /// When it was admitted.
    pub time: Timestamp,
    /// What it asked for.
    pub endpoint: Endpoint,
    /// The key's name.
    pub key: String,
    /// Who owns the key.
    pub user: Option<String>,
    /// The group whose channels it could use.
    pub group: String,
    /// The conversation it belongs to.
    pub session: String,
    /// The agent program as it names itself.
    pub agent: Option<String>,
    /// The model the client asked for.
    pub model: String,
    /// Whether the price book knows that model; where not, a rule priced it.
    pub model_known: bool,
    /// Whether the client asked for a stream.
    pub stream: bool,
    /// The channel that answered, or the last one tried.
    pub channel: Option<String>,
    /// The model's id there.
    pub upstream_model: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status the client got.
    pub status: Option<u16>,
    /// The fault it ended with or was cured of, by its id in the catalogue.
    pub fault: Option<String>,
    /// What was done about it, `remedy:detail` each.
    pub remedies: Vec<String>,
    /// What the remedies changed in the request that was answered, in the order of the changes.
    /// Empty in entries of versions that did not note it.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The channels that were left out, each with its reason. Empty as above.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// Every try, in order.
    pub attempts: Vec<Attempt>,
    /// Why the model stopped, as the upstream says.
    pub stop_reason: Option<String>,
    /// What it used.
    pub usage: Usage,
    /// What it cost.
    pub cost_nano_usd: NanoUsd,
    /// The price it was charged at: the book's version and the row, `*` and the group's multiplier
    /// where that is not 1.
    pub price_version: String,
    /// Whether the usage is an estimate because the upstream's final word is missing, be it that
    /// only a part of an answer came, or none from an upstream that may have worked on one. What
    /// was refused is known to cost nothing, so it is not estimated.
    pub estimated: bool,
    /// Milliseconds spent waiting for a place.
    pub queue_ms: u64,
    /// Milliseconds until the first byte of the answer went to the client.
    pub first_byte_ms: Option<u64>,
    /// Milliseconds from admission to the end.
    pub total_ms: u64,
    /// Bytes of the request's body as the client sent it.
    pub request_bytes: u64,
    /// Bytes of the answer's body that went to the client.
    pub response_bytes: u64,
}
