//! JSON as a log has it: the events of `claude --output-format stream-json`, the transcripts of
//! Claude Code, the entries of `salve log --json`, error bodies, and the lines of other logs.

use serde_json::{Map, Value};

use super::paste::{Statement, of_line, plain};
use crate::catalogue::fault;
use crate::limits::NESTED_VALUES_MAX;

/// What one record says. `last` is what the assistant said last: the result repeats it.
pub(super) fn statements(value: &Value, last: &mut String) -> Vec<Statement> {
    let Value::Object(fields) = value else {
        // An array may be Google's list of errors, or a file of records.
        return match value.as_array().and_then(|items| items.first()) {
            Some(first) if is_body(first) => vec![Statement::Error(value.to_string())],
            Some(_) => elements(value).iter().flat_map(|item| statements(item, last)).collect(),
            None => value.as_str().map(line).unwrap_or_default(),
        };
    };
    if fields.contains_key("request_id") && fields.contains_key("outcome") {
        return entry(fields).into_iter().collect();
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    match (text("type"), text("subtype")) {
        (Some("system"), Some("api_retry")) => vec![retry(fields)],
        (Some("system"), Some("api_error")) => vec![transcript_error(fields)],
        (Some("system" | "stream_event"), _) => inner_event(fields, last),
        (Some("assistant"), _) => assistant(fields, last),
        (Some("user"), _) => tool_results(fields),
        (Some("result"), _) => result(fields, last),
        _ if is_body(value) => vec![Statement::Error(with_status(fields))],
        _ => generic(value, NESTED_VALUES_MAX),
    }
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Whether it is an error's body: an `error` that is an object or a sentence, or AWS's shape.
fn is_body(value: &Value) -> bool {
    let is_error = |error: &Value| error.is_object() || error.is_string();
    let is_aws = value.get("__type").is_some();
    let is_fastapi = value.get("detail").is_some() && value.as_object().map_or(0, Map::len) == 1;
    let is_bare = value.get("message").is_some() && value.as_object().map_or(0, Map::len) == 1;
    value.get("error").is_some_and(is_error) || is_aws || is_fastapi || is_bare
}

/// An entry of Salve's log: its fault, if it met one.
fn entry(fields: &Map<String, Value>) -> Option<Statement> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let fault = fault(text("fault"))?;
    let status = fields.get("status").and_then(Value::as_u64).and_then(|n| n.try_into().ok());
    let said = format!("{} {} ({})", text("outcome"), fault.id, text("model"));
    Some(Statement::Named { fault, status, said })
}

/// `{"type":"system","subtype":"api_retry","error_status":529,"error":"overloaded"}`.
fn retry(fields: &Map<String, Value>) -> Statement {
    let status = fields.get("error_status").and_then(Value::as_u64);
    let status = status.map(|status| format!("{status} ")).unwrap_or_default();
    let words = match fields.get("error") {
        Some(Value::String(words)) => words.replace('_', " "),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    Statement::Error(format!("API Error: {status}{words}"))
}

/// `{"type":"system","subtype":"api_error","error":{"status":529,"error":{…}}}`.
fn transcript_error(fields: &Map<String, Value>) -> Statement {
    let error = fields.get("error").unwrap_or(&Value::Null);
    let status = error.get("status").and_then(Value::as_u64);
    let status = status.map(|status| format!("{status} ")).unwrap_or_default();
    let body = error.get("error").unwrap_or(error);
    Statement::Error(format!("API Error: {status}{body}"))
}

fn inner_event(fields: &Map<String, Value>, last: &mut String) -> Vec<Statement> {
    let event = fields.get("event").filter(|event| is_body(event));
    event.map(|event| statements(event, last)).unwrap_or_default()
}

/// The assistant's words count only where the client put them there itself.
fn assistant(fields: &Map<String, Value>, last: &mut String) -> Vec<Statement> {
    let message = fields.get("message").unwrap_or(&Value::Null);
    let is_synthetic = message.get("model").and_then(Value::as_str) == Some("<synthetic>")
        || fields.get("isApiErrorMessage") == Some(&Value::Bool(true))
        || fields.get("error").is_some_and(|error| !error.is_null());
    let content = message.get("content").unwrap_or(&Value::Null);
    let texts = elements(content).iter().filter_map(|block| block.get("text")?.as_str());
    let ours = |text: &&str| is_synthetic || text.starts_with("API Error");
    let texts: Vec<_> = texts.filter(ours).map(plain).collect();
    if let Some(text) = texts.last() {
        last.clone_from(text);
    }
    texts.into_iter().map(Statement::Error).collect()
}

/// Results of tools that failed.
fn tool_results(fields: &Map<String, Value>) -> Vec<Statement> {
    let content = fields.get("message").and_then(|message| message.get("content"));
    let blocks = content.map(elements).unwrap_or_default();
    let is_failed = |block: &&Value| {
        let is_background = block.to_string().contains("was moved to the background");
        block.get("is_error") == Some(&Value::Bool(true)) || is_background
    };
    let texts = blocks.iter().filter(is_failed).filter_map(|block| block.get("content"));
    let texts = texts.flat_map(|content| match content {
        Value::String(text) => vec![text.as_str()],
        other => elements(other).iter().filter_map(|part| part.get("text")?.as_str()).collect(),
    });
    texts.map(|text| Statement::Tool(text.trim().to_owned())).collect()
}

/// `{"type":"result","is_error":true,"result":"API Error: …"}`.
fn result(fields: &Map<String, Value>, last: &mut String) -> Vec<Statement> {
    let is_error = fields.get("is_error") == Some(&Value::Bool(true));
    let text = fields.get("result").and_then(Value::as_str).map(plain);
    let text = text.filter(|text| is_error && text != last);
    last.clear();
    text.map(Statement::Error).into_iter().collect()
}

/// Names under which logs and SDKs keep a status.
const STATUSES: [&str; 6] =
    ["status", "statusCode", "status_code", "error_status", "http_status", "code"];

fn status(fields: &Map<String, Value>) -> Option<u64> {
    let status = STATUSES.iter().filter_map(|name| fields.get(*name)?.as_u64());
    status.into_iter().find(|status| (400..600).contains(status))
}

fn with_status(fields: &Map<String, Value>) -> String {
    let body = Value::Object(fields.clone());
    match status(fields) {
        Some(status) => format!("API Error: {status} {body}"),
        None => body.to_string(),
    }
}

/// A line of another log: objects with a status and words, and strings that are messages.
fn generic(value: &Value, depth: u8) -> Vec<Statement> {
    let Some(deeper) = depth.checked_sub(1) else { return Vec::new() };
    let Value::Object(fields) = value else {
        return elements(value).iter().flat_map(|item| generic(item, deeper)).collect();
    };
    let text = |name: &&str| fields.get(*name).and_then(Value::as_str);
    if let Some(status) = status(fields)
        && let Some(words) = ["responseBody", "body", "message", "msg"].iter().find_map(text)
    {
        return vec![Statement::Error(format!("API Error: {status} {words}"))];
    }
    if is_body(value) {
        return vec![Statement::Error(value.to_string())];
    }
    let words = ["msg", "message", "text", "line", "log", "event"];
    let spoken = words.iter().filter_map(text).flat_map(line);
    let nested = fields.values().filter(|value| value.is_object() || value.is_array());
    let nested = nested.flat_map(|value| generic(value, deeper));
    spoken.chain(nested).collect()
}

/// The lines of a text that a record holds.
fn line(text: &str) -> Vec<Statement> {
    text.lines().map(|line| of_line(plain(line), None)).collect()
}
