//! translate: the client's dialect → the candidate's. Pure.
//!
//! Today both speak the Anthropic dialect, so what is left is the address, the header fields
//! and the body's slices.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use salve_wire::Edits;

use crate::vocabulary::{Candidate, Endpoint, Incoming, Outgoing};

const BETAS: HeaderName = HeaderName::from_static("anthropic-beta");

/// The client's query cannot stand in a URL.
#[derive(Debug, thiserror::Error)]
#[error("the request's query string cannot be sent on: {0}")]
pub struct BadQuery(#[from] http::Error);

/// Writes `incoming` for `candidate` with `edits` in its body and `betas` as the value of
/// `anthropic-beta`, where that was changed; an empty one goes.
///
/// # Errors
/// [`BadQuery`].
pub fn outgoing(
    incoming: &Incoming,
    candidate: &Candidate,
    edits: &Edits,
    betas: Option<&str>,
) -> Result<Outgoing, BadQuery> {
    let path = match incoming.endpoint {
        Endpoint::Messages => "/v1/messages",
        Endpoint::CountTokens => "/v1/messages/count_tokens",
    };
    let uri = candidate.channel.base.join(path, incoming.query.as_deref())?;
    let slices = edits.apply(incoming.request.body.bytes());
    let length: usize = slices.iter().map(Bytes::len).sum();
    let mut headers = passed_on(&incoming.headers);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // Answers are read on their way (usage, the commit point), so they must come plain.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(betas) = betas {
        headers.remove(BETAS);
        if let (false, Ok(value)) = (betas.is_empty(), HeaderValue::from_str(betas)) {
            headers.insert(BETAS, value);
        }
    }
    if let Some((name, value)) = &candidate.channel.credential {
        headers.insert(name.clone(), value.clone());
    }
    Ok(Outgoing { uri, headers, slices })
}

/// The header fields that travel on: all, known here or not, but for those that belong to
/// this connection, to the client's own credential, or to the body's packing.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let mut passed = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let is_named = named.iter().any(|connection| connection == name.as_str());
        if !is_named && travels(name) {
            passed.append(name.clone(), value.clone());
        }
    }
    passed
}

fn travels(name: &HeaderName) -> bool {
    const STAYS: &[&str] = &[
        // RFC 9110 §7.6.1: these are of the connection, not of the message.
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        // Written anew for the upstream.
        "host",
        "content-length",
        "content-encoding",
        "accept-encoding",
        "expect",
        // The client's credential here, and what identifies its user elsewhere.
        "authorization",
        "x-api-key",
        "proxy-authorization",
        "cookie",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    ];
    let name = name.as_str();
    // A field with an underscore is taken by some servers for its twin with a hyphen, so one
    // could pass as a credential that was never checked.
    !STAYS.contains(&name) && !name.contains('_') && !name.starts_with("salve-")
}
