//! The innermost message of an error body.
//!
//! Upstreams and the relays before them wrap errors in each other's envelopes: JSON in the
//! string of JSON, lists, SDK and Python representations, problem details, web pages, events.
//! What decides is the innermost sentence, with the type and code nearest to it. Nothing here
//! judges what the sentence means.

mod html;
mod python;
#[cfg(test)]
mod tests;
mod value;

use serde::Deserialize;

use crate::limits::BODY_READ_BYTES_MAX;

/// What an error body says, without its wrappings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The innermost message; a page's title; plain text as it is. Empty for an empty body.
    pub message: String,
    /// The error type nearest to the message, such as `overloaded_error`.
    pub error_type: Option<String>,
    /// The code nearest to the message, such as `insufficient_quota` or `400`.
    pub code: Option<String>,
    /// What the body as a whole was.
    pub shape: Shape,
}

/// What a body is, before anybody reads it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Nothing, or white space.
    Empty,
    /// A web page.
    Html,
    /// A JSON object with an `error` object, as agents expect it.
    Envelope,
    /// Any other JSON.
    Json,
    /// Anything else.
    Text,
}

/// Reads the first [`BODY_READ_BYTES_MAX`] bytes of an error body.
#[must_use]
pub fn unwrap(body: &[u8], content_type: Option<&str>) -> Inner {
    let body = body.get(..BODY_READ_BYTES_MAX).unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Inner { message: String::new(), error_type: None, code: None, shape: Shape::Empty };
    }
    if html::is_page(text, content_type) {
        let message = html::headline(text);
        return Inner { message, error_type: None, code: None, shape: Shape::Html };
    }
    let (found, shape) = match event_data(text) {
        Some(event) => (value::descend(event), Shape::Text),
        None => (value::descend(text), shape_of(text)),
    };
    Inner { message: found.message, error_type: found.error_type, code: found.code, shape }
}

fn shape_of(text: &str) -> Shape {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) if value.get("error").is_some_and(serde_json::Value::is_object) => {
            Shape::Envelope
        }
        Ok(_) => Shape::Json,
        Err(_) => Shape::Text,
    }
}

/// The data of the first event that speaks of an error, else of the first event, if the body
/// is a piece of an event stream.
fn event_data(text: &str) -> Option<&str> {
    let is_stream = ["event:", "data:", "id:", ":"].iter().any(|start| text.starts_with(start));
    let data = || text.lines().filter_map(|line| line.strip_prefix("data:"));
    let error = data().find(|line| line.contains("\"error\""));
    if is_stream { error.or_else(|| data().next()).map(str::trim) } else { None }
}
