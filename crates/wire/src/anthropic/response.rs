//! What Salve reads of a whole (non-streaming) answer.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;

use super::usage::Usage;
use crate::body::{Body, object_fields};

/// An answer's bytes with what was read of it.
#[derive(Debug, Clone)]
pub struct Response {
    /// The body with its spans.
    pub body: Body,
    /// The value of `type`: "message" where all is well.
    pub kind: Option<String>,
    /// Reported usage.
    pub usage: Option<Usage>,
    /// Why the model stopped.
    pub stop_reason: Option<String>,
}

impl Response {
    /// Reads a scanned body.
    #[must_use]
    pub fn read(body: Body) -> Self {
        let text = |name| body.string(name).ok().flatten().map(Cow::into_owned);
        let usage = body.raw("usage").and_then(|raw| serde_json::from_slice(raw).ok());
        Self { kind: text("type"), usage, stop_reason: text("stop_reason"), body }
    }

    /// Where the model's name stands, quotes included.
    #[must_use]
    pub fn model_span(&self) -> Option<Range<usize>> {
        self.body.span("model")
    }
}

/// Where `message.model` stands in the data of a `message_start` event, quotes included.
#[must_use]
pub fn model_span_in_start(data: &[u8]) -> Option<Range<usize>> {
    let message = field(data, "message")?;
    let model = field(data.get(message.clone())?, "model")?;
    Some(message.start + model.start..message.start + model.end)
}

fn field(object: &[u8], name: &str) -> Option<Range<usize>> {
    let quoted = |key: &[u8]| {
        key.strip_prefix(b"\"").and_then(|key| key.strip_suffix(b"\"")) == Some(name.as_bytes())
    };
    let fields = object_fields(object).ok()?;
    let found = fields.into_iter().rev().find(|f| object.get(f.key.clone()).is_some_and(quoted));
    found.map(|field| field.value)
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
