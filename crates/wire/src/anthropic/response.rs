//! What Salve reads of a whole (non-streaming) answer.
//!
//! An answer is read more leniently than a request: it goes to a client that can judge it, and
//! one that is refused for an odd escape or its depth has been paid for all the same.

mod restore;

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::usage::Usage;
use crate::body::field_in;

pub use restore::restore_edits;

/// What a whole answer says, as far as it tells an answer from none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing: no block, or a text without a word, and no reason for that but an ended turn.
    Nothing,
    /// One text and nothing else.
    Text(String),
    /// Anything else.
    More,
}

/// An answer longer than this says more than a sentence, and is not read again.
const SAID_BYTES_MAX: usize = 4_096;

/// Whether a turn that stopped for `reason` ended by itself. A refusal, a limit or a tool call
/// explains an answer without text.
#[must_use]
pub fn is_ended_turn(reason: Option<&str>) -> bool {
    matches!(reason, None | Some("end_turn" | "stop" | ""))
}

/// An answer's bytes with what was read of it.
#[derive(Debug, Clone)]
pub struct Response {
    /// The body as it came.
    pub bytes: Bytes,
    /// The value of `type`: "message" where all is well.
    pub kind: Option<String>,
    /// Reported usage.
    pub usage: Option<Usage>,
    /// Why the model stopped.
    pub stop_reason: Option<String>,
    /// Whether there is a `content`.
    pub has_content: bool,
    /// Whether there is an `input_tokens`, as in a count of tokens.
    pub has_input_tokens: bool,
    /// Whether there is an `error`.
    pub has_error: bool,
}

/// The top level of an answer, as far as it is read.
#[derive(Deserialize)]
struct Top {
    #[serde(rename = "type")]
    kind: Option<String>,
    usage: Option<Usage>,
    stop_reason: Option<String>,
    content: Option<IgnoredAny>,
    input_tokens: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
}

impl Response {
    /// Reads a body; `None` where it is no JSON object.
    #[must_use]
    pub fn read(bytes: Bytes) -> Option<Self> {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let top: Top = serde_json::from_slice(text).ok()?;
        Some(Self {
            kind: top.kind,
            usage: top.usage,
            stop_reason: top.stop_reason,
            has_content: top.content.is_some(),
            has_input_tokens: top.input_tokens.is_some(),
            has_error: top.error.is_some(),
            bytes,
        })
    }

    /// What the answer says. Read on demand, and only of short answers.
    #[must_use]
    pub fn said(&self) -> Said {
        let is_short = self.bytes.len() <= SAID_BYTES_MAX;
        if !is_short || !self.has_content || !is_ended_turn(self.stop_reason.as_deref()) {
            return Said::More;
        }
        let text = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes);
        let Ok(Content { content }) = serde_json::from_slice(text) else {
            return Said::More;
        };
        match content.as_slice() {
            [] => Said::Nothing,
            [Block { kind, text: Some(text) }] if kind == "text" => match text.trim().is_empty() {
                true => Said::Nothing,
                false => Said::Text(text.clone()),
            },
            _ => Said::More,
        }
    }

    /// What thinking blocks were signed with, and what redacted ones hold. Read on demand.
    #[must_use]
    pub fn signatures(&self) -> Vec<String> {
        let is_there = |name: &[u8]| memchr::memmem::find(&self.bytes, name).is_some();
        if !is_there(b"\"signature\"") && !is_there(b"\"redacted_thinking\"") {
            return Vec::new();
        }
        let text = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes);
        let Ok(Signed { content }) = serde_json::from_slice(text) else {
            return Vec::new();
        };
        let of_block = content.into_iter().filter_map(|block| block.signature.or(block.data));
        of_block.filter(|signature| !signature.is_empty()).collect()
    }

    /// Where the model's name stands, quotes included.
    #[must_use]
    pub fn model_span(&self) -> Option<Range<usize>> {
        field_in(&self.bytes, "model")
    }
}

/// Where `message.model` stands in the data of a `message_start` event, quotes included.
#[must_use]
pub fn model_span_in_start(data: &[u8]) -> Option<Range<usize>> {
    let message = field_in(data, "message")?;
    let model = field_in(data.get(message.clone())?, "model")?;
    Some(message.start + model.start..message.start + model.end)
}

/// The `data` of `message_start`, as far as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct StartData {
    pub message: StartMessage,
}

#[derive(Debug, Deserialize)]
pub(super) struct StartMessage {
    pub usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Signed {
    content: Vec<SignedBlock>,
}

#[derive(Deserialize)]
struct SignedBlock {
    signature: Option<String>,
    data: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    content: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

#[cfg(test)]
mod tests;
