//! Envelopes: where the message, the type and the code stand in each.

use serde_json::{Map, Value};

use super::python;
use crate::limits::{
    EMBEDDED_PREFIX_BYTES_MAX, LISTED_ERRORS_MAX, LOCATION_STEPS_MAX, NESTED_STRINGS_MAX,
    NESTED_VALUES_MAX,
};

/// Fields that hold another envelope, likeliest first: Anthropic, OpenAI and Google `error`,
/// JSON:API `errors`, FastAPI `detail`, OpenAI Responses `response`, LiteLLM `message`, the
/// attempts of a router, what relays keep of the error they met, MiniMax `base_resp`, and an
/// error that a relay dressed up as a completion.
const CONTAINERS: [&str; 17] = [
    "error",
    "Error",
    "errors",
    "detail",
    "response",
    "message",
    "attempts",
    "upstream_error",
    "upstreamError",
    "provider_error",
    "original_error",
    "inner_error",
    "cause",
    "base_resp",
    "data",
    "body",
    "choices",
];

/// Fields whose string is another envelope as it came, which says more than the sentence
/// beside it: OpenRouter's `metadata.raw`, what functions in the cloud call the body.
const WRAPPED: [&str; 8] = [
    "raw",
    "body",
    "response",
    "response_body",
    "responseBody",
    "upstream_body",
    "details",
    "data",
];

/// Fields that hold the sentence itself, most telling first: AWS `Message`, OAuth
/// `error_description`, FastAPI `msg`, Baidu `error_msg`, problem details `title`, MiniMax
/// `status_msg`.
const SENTENCES: [&str; 17] = [
    "message",
    "Message",
    "error_description",
    "msg",
    "error_msg",
    "error_message",
    "errorMessage",
    "errmsg",
    "errMsg",
    "status_msg",
    "statusMessage",
    "detail",
    "error",
    "description",
    "reason",
    "title",
    "content",
];

/// Fields that hold the type: AWS `__type`, Google `status`.
const TYPES: [&str; 5] = ["type", "__type", "status", "errorType", "error_type"];

/// Fields that hold the code.
const CODES: [&str; 5] = ["code", "error_code", "errorCode", "Code", "status_code"];

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
    let containers = CONTAINERS.iter().filter_map(|name| Some((*name, fields.get(*name)?)));
    let mut containers = containers.filter(|(_, value)| value.is_object() || value.is_array());
    let found = wrapped(fields, depth);
    let found = found.or_else(|| containers.find_map(|(name, value)| held(name, value, depth)));
    let found = found.or_else(|| sentence(fields, depth));
    let mut found = found.or_else(|| dig(fields.get("details")?, depth))?;
    found.error_type = found.error_type.or_else(|| own_type(fields));
    found.code = found.code.or_else(|| own_code(fields, &found.message));
    Some(found)
}

/// What a container says. Of a router's attempts the last decided.
fn held(name: &str, value: &Value, depth: Depth) -> Option<Found> {
    match value {
        Value::Array(attempts) if name == "attempts" => {
            let last = attempts.iter().rev().take(LISTED_ERRORS_MAX);
            last.filter(|attempt| attempt.is_object()).find_map(|attempt| dig(attempt, depth))
        }
        other => dig(other, depth),
    }
}

/// The envelope in a string of this object or of its `metadata`, if there is one.
fn wrapped(fields: &Map<String, Value>, depth: Depth) -> Option<Found> {
    let strings = Depth { strings: depth.strings.checked_sub(1)?, ..depth };
    let metadata = fields.get("metadata").and_then(Value::as_object);
    let objects = metadata.into_iter().chain([fields]);
    let texts = objects.flat_map(|object| WRAPPED.iter().filter_map(|name| object.get(*name)));
    let mut texts = texts.filter_map(Value::as_str).filter(|text| {
        let text = text.trim_start();
        text.starts_with('{') || text.starts_with('[')
    });
    texts.find_map(|text| dig(&embedded(text)?, strings))
}

fn sentence(fields: &Map<String, Value>, depth: Depth) -> Option<Found> {
    let text = |name: &str| fields.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    if let (Some(title), Some(detail)) = (text("title"), text("detail")) {
        return Some(Found::plain(&format!("{title}: {detail}")));
    }
    if let (Some(path), Some(problem)) = (location(fields), text("msg")) {
        return Some(Found::plain(&format!("{path}: {problem}")));
    }
    SENTENCES.iter().find_map(|name| text(name)).map(|text| within(text, depth))
}

/// Where FastAPI and Pydantic found the problem, as the dotted path Anthropic would write:
/// `["body", "messages", 0, "content"]`.
fn location(fields: &Map<String, Value>) -> Option<String> {
    let steps = fields.get("loc")?.as_array()?;
    let step = |step: &Value| match step {
        Value::String(name) => Some(name.clone()),
        Value::Number(index) => Some(index.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let steps = steps.iter().take(LOCATION_STEPS_MAX).filter_map(step).collect::<Vec<_>>();
    let path = steps.strip_prefix(&["body".to_owned()]).unwrap_or(&steps);
    (!path.is_empty()).then(|| path.join("."))
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
