//! What Salve reads of a whole (non-streaming) answer.
//!
//! An answer is read more leniently than a request: it goes to a client that can judge it, and
//! one that is refused for an odd escape or its depth has been paid for all the same.

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::usage::Usage;
use crate::body::field_in;

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

#[cfg(test)]
mod tests;
