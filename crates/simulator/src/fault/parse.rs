//! Reading the fault language.

mod clause;

use std::str::FromStr;

use super::{Fault, Faults, Place, StatusFault};
use clause::{Clause, Values, split};

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// The first word names no fault.
    #[error(
        "unknown fault `{0}`; known: status, html, empty, json-error, named, delay, content-type, \
         error, reset, cut, end, stall, drip, chunk, huge, event, delta, crlf, comments"
    )]
    Unknown(String),
    /// A value that the fault does not take.
    #[error("`{fault}` takes no `{key}`")]
    UnknownKey {
        /// The fault.
        fault: String,
        /// The key.
        key: String,
    },
    /// A value that is missing or cannot be read.
    #[error("`{key}` wants {wanted}, not `{found}`")]
    BadValue {
        /// The key.
        key: String,
        /// What it wants.
        wanted: &'static str,
        /// What was written.
        found: String,
    },
    /// No fault at all.
    #[error("a fault is expected, such as `status=529` or `reset;at=message_start`")]
    Nothing,
}

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let faults: Vec<Fault> = split(text, '|').map(str::parse).collect::<Result<_, _>>()?;
        if faults.is_empty() { Err(FaultError::Nothing) } else { Ok(Self(faults)) }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut clauses = split(text, ';').map(Clause::read).collect::<Result<Vec<_>, _>>()?;
        if clauses.is_empty() {
            return Err(FaultError::Nothing);
        }
        let head = clauses.remove(0);
        let mut values = Values { fault: head.key.clone(), clauses };
        let fault = build(&head, &mut values)?;
        values.finish()?;
        Ok(fault)
    }
}

fn build(head: &Clause, values: &mut Values) -> Result<Fault, FaultError> {
    let message = |values: &mut Values, kind: &str| {
        values.take("message").unwrap_or_else(|| usual_message(kind).to_owned())
    };
    Ok(match head.key.as_str() {
        "status" => Fault::Status(status_fault(head, values)?),
        "html" => Fault::Html {
            status: head.number("an HTTP status")?,
            title: values.take("title").unwrap_or_else(|| "502 Bad Gateway".to_owned()),
        },
        "empty" => Fault::Empty,
        "json-error" => {
            let kind = head.or("api_error");
            Fault::JsonError { message: message(values, &kind), kind }
        }
        "named" => Fault::Named { name: head.or("") },
        "delay" => Fault::Delay { ms: head.number("milliseconds")? },
        "content-type" => Fault::ContentType { value: head.or("text/plain") },
        "error" => {
            let kind = head.or("api_error");
            Fault::Error { message: message(values, &kind), kind, at: values.place()? }
        }
        "reset" => Fault::Reset { at: values.place()? },
        "cut" => Fault::Cut { at: values.place()? },
        "end" => Fault::End { at: values.place()? },
        "stall" => stall(head, values)?,
        "drip" => drip(head)?,
        "chunk" => Fault::Chunk { bytes: head.size()? },
        "huge" => Fault::Huge { bytes: head.size()? },
        "event" => Fault::UnknownEvent { name: head.or("future_event"), at: values.place()? },
        "delta" => Fault::UnknownDelta { name: head.or("future_delta"), at: values.place()? },
        "crlf" => Fault::Crlf,
        "comments" => Fault::Comments,
        other => return Err(FaultError::Unknown(other.to_owned())),
    })
}

fn status_fault(head: &Clause, values: &mut Values) -> Result<StatusFault, FaultError> {
    let status: u16 = head.number("an HTTP status")?;
    if !(200..=599).contains(&status) {
        return Err(head.bad("an HTTP status from 200 to 599"));
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for known in ["retry-after", "retry-after-ms", "x-should-retry", "location"] {
        headers.extend(values.take(known).map(|value| (known.to_owned(), value)));
    }
    headers.extend(values.take_prefixed("header."));
    Ok(StatusFault {
        status,
        kind: values.take("type"),
        message: values.take("message"),
        body: values.take("body"),
        content_type: values.take("content-type"),
        headers,
    })
}

fn stall(head: &Clause, values: &mut Values) -> Result<Fault, FaultError> {
    let ms = match head.value.as_deref() {
        None | Some("forever") => None,
        Some(_) => Some(head.number("milliseconds or `forever`")?),
    };
    let pings =
        values.take("pings").map(|value| Clause { key: "pings".into(), value: Some(value) });
    let pings_ms: Option<u64> = pings.map(|clause| clause.number("milliseconds")).transpose()?;
    if pings_ms == Some(0) {
        return Err(head.bad("pings at least 1 ms apart"));
    }
    Ok(Fault::Stall { ms, pings_ms, at: values.place()? })
}

fn drip(head: &Clause) -> Result<Fault, FaultError> {
    let wanted = "BYTES/MILLISECONDS";
    let value = head.value.as_deref().unwrap_or_default();
    let (bytes, ms) = value.split_once('/').ok_or_else(|| head.bad(wanted))?;
    let bytes = Clause { key: head.key.clone(), value: Some(bytes.to_owned()) }.size()?;
    let ms = ms.parse().map_err(|_| head.bad(wanted))?;
    Ok(Fault::Drip { bytes, ms })
}

/// The message the service uses for an error type.
pub(crate) fn usual_message(kind: &str) -> &'static str {
    match kind {
        "overloaded_error" => "Overloaded",
        "rate_limit_error" => {
            "This request would exceed your account's rate limit. Please try again later."
        }
        "authentication_error" => "invalid x-api-key",
        "request_too_large" => "Request exceeds the maximum size",
        "not_found_error" => "Not Found",
        "invalid_request_error" => "Invalid request",
        "timeout_error" => "Request timed out",
        "billing_error" => {
            "Your credit balance is too low to access the Anthropic API. \
             Please go to Plans & Billing to upgrade or purchase credits."
        }
        _ => "Internal server error",
    }
}

impl FromStr for Place {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let bad = || FaultError::BadValue {
            key: "at".to_owned(),
            wanted: "headers, start, message_start, block.K.J, block.K.stop or message_delta",
            found: text.to_owned(),
        };
        match text {
            "headers" => return Ok(Self::Headers),
            "start" => return Ok(Self::Start),
            "message_start" => return Ok(Self::MessageStart),
            "message_delta" => return Ok(Self::MessageDelta),
            _ => {}
        }
        let rest = text.strip_prefix("block.").ok_or_else(bad)?;
        let (block, after) = rest.split_once('.').ok_or_else(bad)?;
        let block = block.parse().map_err(|_| bad())?;
        if after == "stop" {
            return Ok(Self::BlockStop { block });
        }
        Ok(Self::Delta { block, after: after.parse().map_err(|_| bad())? })
    }
}
