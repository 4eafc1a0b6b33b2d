//! The form in which errors leave: the service's, other platforms', and relays around both.

use serde_json::json;

use crate::law::Law;
use crate::profile::{Envelope, Relay};
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
    let inner = match &profile.error_body {
        Some(template) => Answer::json(refusal.status, filled(template, refusal, "", asked)),
        None => enveloped(form, refusal, asked),
    };
    let answer = match &profile.relay {
        Some(relay) => relayed(relay, refusal, inner, asked),
        None => inner,
    };
    if profile.errors_in_stream && asked.stream { in_stream(answer) } else { answer }
}

/// An error as the only event of a stream that began well.
fn in_stream(error: Answer) -> Answer {
    let told = String::from_utf8_lossy(&error.body);
    let mut answer = Answer::json(200, format!("event: error\ndata: {told}\n\n"));
    answer.set_content_type("text/event-stream; charset=utf-8");
    answer
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
            let state = json!(code.as_deref().unwrap_or_else(|| google_state(*status)));
            let message = json!(message);
            let error = format!(
                "{{\"error\":{{\"code\":{status},\"message\":{message},\"status\":{state}}}}}"
            );
            Answer::json(*status, if asked.stream { format!("[{error}]") } else { error })
        }
        Envelope::OpenAi => {
            let code = json!(code.as_deref().unwrap_or(kind));
            let (message, kind) = (json!(message), json!(kind));
            let error = format!(
                "{{\"error\":{{\"message\":{message},\"type\":{kind},\"param\":null,\
                 \"code\":{code}}}}}"
            );
            Answer::json(*status, error)
        }
    }
}

/// What a relay makes of an error behind it: its own words, or the error wrapped.
fn relayed(relay: &Relay, refusal: &Refusal, inner: Answer, asked: Asked<'_>) -> Answer {
    let by_status = || relay.own.get(&refusal.status.to_string());
    let mut told = refusal.clone();
    let template = match relay.own.get(&*refusal.rule).or_else(by_status) {
        Some(own) => {
            own.retell(&mut told);
            relay.own_body.as_ref().unwrap_or(&relay.body)
        }
        None => {
            let changed = relay.statuses.get(&refusal.status.to_string());
            told.status = changed.copied().unwrap_or(refusal.status);
            &relay.body
        }
    };
    let behind = String::from_utf8_lossy(&inner.body);
    let mut answer = Answer::json(told.status, filled(template, &told, &behind, asked));
    if let Some(media) = &relay.content_type {
        answer.set_content_type(media);
    }
    answer
}

/// Fills a template from the left; what is put in is not looked at again.
fn filled(template: &str, refusal: &Refusal, behind: &str, asked: Asked<'_>) -> String {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let blank = after.split_once('}');
        let value = blank.and_then(|(name, _)| value_of(name, refusal, behind, asked));
        if let (Some(value), Some((_, left))) = (value, blank) {
            filled.push_str(&value);
            rest = left;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}

/// What stands for a name in a template; nothing for a brace that only looks like one.
fn value_of(name: &str, refusal: &Refusal, behind: &str, asked: Asked<'_>) -> Option<String> {
    Some(match name {
        "inner" => inside(behind),
        "raw" => behind.to_owned(),
        "message" => inside(&refusal.message),
        "status" => refusal.status.to_string(),
        "kind" => inside(&refusal.kind),
        "code" => inside(refusal.code.as_deref().unwrap_or_default()),
        "model" => inside(asked.model),
        "request_id" => asked.request_id.to_owned(),
        _ => return None,
    })
}

/// A text as it stands inside a JSON string.
fn inside(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
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
