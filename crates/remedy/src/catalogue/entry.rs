//! One entry of the catalogue, as its file spells it.

use serde::Deserialize;

use super::recogniser::{Place, Recogniser};
use crate::dialect::Dialect;

/// A recognised way to fail: what `faults/<family>/<id>.toml` says. Unknown fields are errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The stable name, equal to the file's; it is the label in logs, headers and help pages.
    pub id: String,
    /// The folder the file lies in.
    #[serde(skip)]
    pub family: String,
    /// What a person would look up, without a final dot.
    pub title: String,
    /// What the user sees.
    pub symptom: String,
    /// Whose fault it is.
    pub whose: Whose,
    /// Why it happens.
    pub cause: String,
    /// The remedies that may cure it, by id, in the order in which they are tried: the first
    /// that changes something wins. None for a fault that no edit of the request cures.
    #[serde(default, rename = "remedy")]
    pub remedies: Vec<String>,
    /// What becomes of the request, where no remedy cures it.
    pub verdict: Policy,
    /// What the fault says about the channel it was seen on.
    #[serde(default)]
    pub cools: Scope,
    /// For how long, in seconds, where the upstream does not say; for `model` and `channel`.
    pub cools_secs: Option<u64>,
    /// The shape in which the fault is told.
    pub told: ShapeTold,
    /// What to do now.
    pub fix: Fix,
    /// How not to meet it again.
    pub prevention: Option<String>,
    /// Settings of Salve or of the client that matter here.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
    /// How it is recognised in an upstream's answer; none for faults found by Salve itself.
    #[serde(default, rename = "recogniser")]
    pub recognisers: Vec<Recogniser>,
    /// Real answers that are this fault and no other.
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// Whose fault a fault is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The agent program's or its user's.
    Client,
    /// This gateway's or its configuration's.
    Salve,
    /// The account behind a channel: its credential, credit or plan.
    Account,
    /// The service behind a channel.
    Upstream,
}

/// What becomes of a request that met the fault before any content reached the client.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// The next candidate is tried.
    Next,
    /// The refusal is passed on with its status and words: the client acts on them.
    Pass,
    /// It is told in the fault's own shape.
    Tell,
}

/// What a fault says about the channel.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Nothing: it is the request's shape.
    #[default]
    Nothing,
    /// This channel does not serve this model for a while; others it may.
    Model,
    /// The channel is better left alone for a while.
    Channel,
    /// The channel's credential is refused until somebody renews it.
    Credential,
    /// The channel's account is out of credit until somebody pays.
    Account,
}

/// The shape in which a fault is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeTold {
    /// The HTTP status.
    pub status: u16,
    /// Anthropic's error type, from which the other dialects' are derived.
    pub error_type: String,
    /// One plain sentence: whose, and what to do now. `{name}` stands for a detail.
    pub message: String,
    /// The sentence used instead where every `{name}` in it is known, because the pattern that
    /// matched captured it.
    pub exact: Option<String>,
    /// `retry-after` in seconds, where nobody knows better. Its presence says that the fault
    /// passes with time.
    pub retry_after: Option<u64>,
    /// `x-should-retry`, where the client would decide wrongly from the status alone.
    pub should_retry: Option<bool>,
}

/// What to do now, and the commands for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// What to do, on every platform.
    pub any: String,
    /// Commands for a POSIX shell.
    pub posix: Option<String>,
    /// Commands for PowerShell.
    pub powershell: Option<String>,
}

/// An answer seen in the field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The dialect of the upstream that sent it; Anthropic's unless stated.
    #[serde(default = "anthropic")]
    pub dialect: Dialect,
    /// The HTTP status.
    pub status: u16,
    /// The body, or the data of the error event.
    #[serde(default)]
    pub body: String,
    /// The `content-type`.
    pub content_type: Option<String>,
    /// The error type in a header or frame.
    pub headers_error_type: Option<String>,
    /// `retry-after`, in seconds.
    pub retry_after: Option<u64>,
    /// Where it was seen; the head unless stated.
    #[serde(default)]
    pub place: Place,
    /// The sentence it is told with, where that is worth pinning.
    pub told: Option<String>,
}

fn anthropic() -> Dialect {
    Dialect::Anthropic
}
