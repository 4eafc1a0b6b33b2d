//! Parsing a body, with the service's words when it is not JSON.

use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::refusal::Refusal;

const RULE: &str = "body-not-json";

/// The top-level object of a request body.
pub(crate) fn parse_object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::invalid(
            "body-not-object",
            "Input should be a valid dictionary or object to extract fields from",
        )),
        Err(error) => Err(Refusal::invalid(RULE, not_json(body, &error))),
    }
}

/// `The request body is not valid JSON: WHAT: line L column C (char N)`, counted in characters.
fn not_json(body: &[u8], error: &serde_json::Error) -> String {
    let what = describe(body, error);
    let line = error.line().max(1);
    let start: usize =
        body.split_inclusive(|byte| *byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
    let offset = start.saturating_add(error.column().saturating_sub(1)).min(body.len());
    let column = characters(body.get(start..offset).unwrap_or_default()) + 1;
    let place = characters(body.get(..offset).unwrap_or_default());
    let at = format!("line {line} column {column} (char {place})");
    format!("The request body is not valid JSON: {what}: {at}")
}

fn describe(body: &[u8], error: &serde_json::Error) -> &'static str {
    if body.is_empty() {
        return "Input is a zero-length, empty document";
    }
    if std::str::from_utf8(body).is_err() {
        return "str is not valid UTF-8: surrogates not allowed";
    }
    let text = error.to_string();
    if text.starts_with("lone leading surrogate")
        || text.starts_with("unexpected end of hex escape")
    {
        return "no low surrogate in string";
    }
    if text.starts_with("recursion limit") {
        return "Recursion limit reached";
    }
    match error.classify() {
        Category::Eof => "unexpected end of data",
        Category::Syntax | Category::Data | Category::Io => "unexpected character",
    }
}

/// Characters in a slice of UTF-8: every byte that does not continue a character.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}
