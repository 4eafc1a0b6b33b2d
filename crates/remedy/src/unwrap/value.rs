//! Envelopes: where the message, the type and the code stand in each.

use serde_json::{Map, Value};

use super::python;
use crate::limits::{
    EMBEDDED_PREFIX_BYTES_MAX, LISTED_ERRORS_MAX, NESTED_STRINGS_MAX, NESTED_VALUES_MAX,
};

/// Fields that hold another envelope, likeliest first: Anthropic, OpenAI and Google `error`,
/// JSON:API `errors`, FastAPI `detail`, OpenAI Responses `response`, LiteLLM `message`.
const CONTAINERS: [&str; 7] =
    ["error", "Error", "errors", "detail", "response", "message", "attempts"];

/// Fields that hold the sentence itself, most telling first: AWS `Message`, OAuth
/// `error_description`, FastAPI `msg`, Baidu `error_msg`, problem details `title`.
const SENTENCES: [&str; 10] = [
    "message",
    "Message",
    "error_description",
    "msg",
    "error_msg",
    "error_message",
    "errorMessage",
    "detail",
    "error",
    "title",
];

/// Fields that hold the type: AWS `__type`, Google `status`.
const TYPES: [&str; 4] = ["type", "__type", "status", "errorType"];

/// Fields that hold the code.
const CODES: [&str; 3] = ["code", "error_code", "Code"];

pub(super) struct Found {
    pub(super) message: String,
    pub(super) error_type: Option<String>,
    pub(super) code: Option<String>,
}

impl Found {
    fn plain(text: &str) -> Self {
        Self { message: text.trim().to_owned(), error_type: None, code: None }
    }
}

/// How much deeper one may look.
#[derive(Clone, Copy)]
struct Depth {
    strings: u8,
    values: u8,
}

/// The innermost message in a text that is, or holds, an envelope; else the text itself.
pub(super) fn descend(text: &str) -> Found {
    within(text, Depth { strings: NESTED_STRINGS_MAX + 1, values: NESTED_VALUES_MAX })
}

fn within(text: &str, depth: Depth) -> Found {
    let Some(strings) = depth.strings.checked_sub(1) else {
        return Found::plain(text);
    };
    let deeper = Depth { strings, ..depth };
    let embedded = embedded(text).and_then(|value| dig(&value, deeper));
    embedded.unwrap_or_else(|| Found::plain(text))
}

/// The JSON or Python value a text is, or holds behind a short prefix such as
/// `Error code: 400 - `. What follows the value is ignored.
fn embedded(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if text.starts_with('"') {
        return serde_json::from_str(text).ok();
    }
    let start = match text.find("[{") {
        Some(list) => list.min(text.find('{')?),
        None => text.find('{')?,
    };
    let value = text.get(start..).filter(|_| start <= EMBEDDED_PREFIX_BYTES_MAX)?;
    let mut json = serde_json::Deserializer::from_str(value).into_iter();
    match json.next() {
        Some(Ok(value)) => Some(value),
        _ => serde_json::from_str(&python::to_json(value)?).ok(),
    }
}

fn dig(value: &Value, depth: Depth) -> Option<Found> {
    let deeper = Depth { values: depth.values.checked_sub(1)?, ..depth };
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(within(text, deeper)),
        Value::Array(items) => {
            items.iter().take(LISTED_ERRORS_MAX).find_map(|item| dig(item, deeper))
        }
        Value::Object(fields) => dig_object(fields, deeper),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn dig_object(fields: &Map<String, Value>, depth: Depth) -> Option<Found> {
    let containers = CONTAINERS.iter().filter_map(|name| fields.get(*name));
    let mut containers = containers.filter(|value| value.is_object() || value.is_array());
    let found = containers.find_map(|value| dig(value, depth));
    let mut found = found.or_else(|| sentence(fields, depth))?;
    found.error_type = found.error_type.or_else(|| own_type(fields));
    found.code = found.code.or_else(|| own_code(fields, &found.message));
    Some(found)
}

fn sentence(fields: &Map<String, Value>, depth: Depth) -> Option<Found> {
    let text = |name: &str| fields.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    if let (Some(title), Some(detail)) = (text("title"), text("detail")) {
        return Some(Found::plain(&format!("{title}: {detail}")));
    }
    SENTENCES.iter().find_map(|name| text(name)).map(|text| within(text, depth))
}

/// The type this object states. `error` is the envelope's own name, and LiteLLM writes `None`.
fn own_type(fields: &Map<String, Value>) -> Option<String> {
    let stated = |name: &&str| fields.get(*name)?.as_str();
    let mut stated = TYPES.iter().filter_map(stated);
    let telling = stated.find(|text| !matches!(*text, "" | "error" | "None"))?;
    Some(telling.rsplit('#').next().unwrap_or(telling).to_owned())
}

/// The code this object states; a short `error` beside a message serves as one.
fn own_code(fields: &Map<String, Value>, message: &str) -> Option<String> {
    let stated = CODES.iter().filter_map(|name| fields.get(*name)).find_map(|code| match code {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    let short = || fields.get("error")?.as_str().filter(|text| *text != message);
    stated.or_else(|| short().map(str::to_owned))
}
