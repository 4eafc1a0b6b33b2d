//! The error envelope and the error event.

use serde::Serialize;

/// An error as Anthropic writes it, in a body or in an `error` event.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: Detail<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Detail<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    message: &'a str,
}

impl<'a> Envelope<'a> {
    /// An envelope of `error_type` ("rate_limit_error" …) with its sentence.
    #[must_use]
    pub fn new(error_type: &'a str, message: &'a str, request_id: Option<&'a str>) -> Self {
        Self { kind: "error", error: Detail { kind: error_type, message }, request_id }
    }

    /// The envelope as a JSON body.
    #[must_use]
    pub fn to_json(self) -> Vec<u8> {
        // Strings alone always serialise; the empty body stands for the impossible rest.
        serde_json::to_vec(&self).unwrap_or_default()
    }

    /// The envelope as an `error` event of a stream.
    #[must_use]
    pub fn to_event(self) -> Vec<u8> {
        super::stream::event("error", &self.to_json())
    }
}
