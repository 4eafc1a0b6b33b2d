//! The form in which errors leave: the service's, other platforms', and relays around both.

use serde_json::{Value, json};

use crate::law::{Law, numbered};
use crate::profile::{Envelope, Relay, RelayKind, Telling};
use crate::refusal::Refusal;
use crate::respond::{Answer, envelope};

/// What an error says of the request it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub request_id: &'a str,
    pub model: &'a str,
    pub stream: bool,
}

/// The answer to a request that is refused, in the form of the profile in force.
pub(crate) fn answer(law: &Law, refusal: &Refusal, asked: Asked<'_>) -> Answer {
    let profile = &law.profile;
    let form = if profile.google_statuses.contains(&refusal.status) {
        Envelope::Google
    } else {
        profile.envelope
    };
    let inner = enveloped(form, refusal, asked);
    match &profile.relay {
        Some(relay) => relayed(relay, refusal, &inner, asked),
        None => inner,
    }
}

fn enveloped(form: Envelope, refusal: &Refusal, asked: Asked<'_>) -> Answer {
    let Refusal { status, kind, message, code, .. } = refusal;
    match form {
        Envelope::Anthropic => Answer::json(*status, envelope(kind, message, asked.request_id)),
        Envelope::Aws => {
            let mut answer = Answer::json(*status, json!({ "message": message }).to_string());
            answer.set("x-amzn-errortype", aws_exception(*status, kind));
            answer
        }
        Envelope::Google => {
            let state = code.as_deref().unwrap_or_else(|| google_state(*status));
            let error = json!({ "error": { "code": status, "message": message, "status": state } });
            let body = if asked.stream { json!([error]) } else { error };
            Answer::json(*status, body.to_string())
        }
        Envelope::OpenAi => {
            let code = code.as_deref().unwrap_or(kind);
            let error = json!({ "message": message, "type": kind, "param": null, "code": code });
            Answer::json(*status, json!({ "error": error }).to_string())
        }
    }
}

fn relayed(relay: &Relay, refusal: &Refusal, inner: &Answer, asked: Asked<'_>) -> Answer {
    let by_status = || relay.own.get(&refusal.status.to_string());
    if let Some(own) = relay.own.get(&*refusal.rule).or_else(by_status) {
        return own_words(relay.kind, own, refusal, asked);
    }
    let status = relay.statuses.get(&inner.status.to_string()).copied();
    let status = status.unwrap_or(inner.status);
    let text = String::from_utf8_lossy(&inner.body);
    let body = match relay.kind {
        RelayKind::NewApi => new_api(&text, "bad_response_status_code", asked.request_id),
        RelayKind::Litellm => {
            let model = asked.model;
            let told = format!(
                "{text}. Received Model Group={model}\nAvailable Model Group Fallbacks=None"
            );
            litellm(&told, status)
        }
    };
    Answer::json(status, body.to_string())
}

/// What a relay says itself.
fn own_words(kind: RelayKind, own: &Telling, refusal: &Refusal, asked: Asked<'_>) -> Answer {
    let status = own.status.unwrap_or(refusal.status);
    let says = own.says.as_deref().map(|says| numbered(says, &refusal.blanks));
    let says = says.unwrap_or_else(|| refusal.message.clone());
    let code = own.code.as_deref().unwrap_or_default();
    let mut body = match kind {
        RelayKind::NewApi => new_api(&says, code, asked.request_id),
        RelayKind::Litellm => litellm(&says, status),
    };
    let error = body.get_mut("error").and_then(Value::as_object_mut);
    if let (Some(kind), Some(error)) = (&own.kind, error) {
        error.insert("type".to_owned(), json!(kind));
    }
    Answer::json(status, body.to_string())
}

fn new_api(message: &str, code: &str, request_id: &str) -> Value {
    let message = format!("{message} (request id: {request_id})");
    json!({ "error": { "message": message, "type": "new_api_error", "code": code } })
}

fn litellm(message: &str, status: u16) -> Value {
    let code = status.to_string();
    json!({ "error": { "message": message, "type": "None", "param": "None", "code": code } })
}

/// The exception of a status, unless the refusal names one.
fn aws_exception(status: u16, kind: &str) -> &str {
    if kind.ends_with("Exception") {
        return kind;
    }
    match status {
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 | 529 => "ServiceUnavailableException",
        500..=599 => "InternalServerException",
        _ => "ValidationException",
    }
}

fn google_state(status: u16) -> &'static str {
    match status {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        500..=599 => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}
