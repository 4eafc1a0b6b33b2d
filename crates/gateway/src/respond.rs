//! The one place where statuses, header fields and wire shapes are made.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use salve_remedy::Told;
use salve_wire::anthropic::error::Envelope;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream; charset=utf-8");

/// What is known of a request when its answer's head is written.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The request's id here.
    pub request_id: String,
    /// The channel that answered.
    pub channel: Option<String>,
    /// How many attempts it took.
    pub attempts: usize,
    /// What was changed, `remedy:detail` each.
    pub remedies: Vec<String>,
}

/// A told error as an answer of its own.
#[must_use]
pub fn told(told: &Told, marks: &Marks) -> Response<Bytes> {
    let body = Envelope::new(told.error_type, &told.message, Some(&marks.request_id)).to_json();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() =
        StatusCode::from_u16(told.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    mark(headers, marks);
    set(headers, "salve-fault", &told.fault.id);
    set(headers, "request-id", &marks.request_id);
    if let Some(seconds) = told.retry_after {
        headers.insert("retry-after", HeaderValue::from(seconds));
    }
    if let Some(should_retry) = told.should_retry {
        let text = if should_retry { "true" } else { "false" };
        headers.insert("x-should-retry", HeaderValue::from_static(text));
    }
    response
}

/// An answer as it goes over the wire, for a connection that no server speaks HTTP on any more.
#[must_use]
pub fn on_the_wire(response: &Response<Bytes>) -> Vec<u8> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(
            &[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat(),
        );
    }
    let length = response.body().len();
    bytes.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").bytes());
    bytes.extend_from_slice(response.body());
    bytes
}

/// A whole answer of the upstream, its body as it came.
#[must_use]
pub fn whole(
    status: StatusCode,
    upstream: &HeaderMap,
    body: Bytes,
    marks: &Marks,
) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = relayed(upstream, marks);
    response.headers_mut().entry(CONTENT_TYPE).or_insert(JSON);
    response
}

/// The head of a stream of the upstream.
#[must_use]
pub fn stream(upstream: &HeaderMap, marks: &Marks) -> Response<()> {
    let mut headers = relayed(upstream, marks);
    let media = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    // Its events were read as such, whatever the upstream calls them.
    if !media.to_ascii_lowercase().starts_with(b"text/event-stream") {
        headers.insert(CONTENT_TYPE, EVENT_STREAM);
    }
    as_stream(headers)
}

/// The head of a stream that begins before any upstream has answered, to keep its client.
#[must_use]
pub fn early_stream(marks: &Marks) -> Response<()> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, EVENT_STREAM);
    set(&mut headers, "salve-request-id", &marks.request_id);
    as_stream(headers)
}

fn as_stream(mut headers: HeaderMap) -> Response<()> {
    // Proxies between must neither keep nor collect what is meant for now.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    let mut response = Response::new(());
    *response.headers_mut() = headers;
    response
}

/// The upstream's header fields that clients act on. An allow-list: cookies, server names and
/// framing are the upstream's own business.
fn relayed(upstream: &HeaderMap, marks: &Marks) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(upstream.len().saturating_add(4));
    for (name, value) in upstream {
        let is_relayed = matches!(
            name.as_str(),
            "content-type" | "request-id" | "retry-after" | "x-should-retry"
        );
        if is_relayed || name.as_str().starts_with("anthropic-") {
            headers.append(name.clone(), value.clone());
        }
    }
    mark(&mut headers, marks);
    headers
}

fn mark(headers: &mut HeaderMap, marks: &Marks) {
    set(headers, "salve-request-id", &marks.request_id);
    if let Some(channel) = &marks.channel {
        set(headers, "salve-channel", channel);
    }
    headers.insert("salve-attempts", HeaderValue::from(marks.attempts));
    if !marks.remedies.is_empty() {
        set(headers, "salve-remedies", &marks.remedies.join(", "));
    }
}

/// Sets a field whose text may come from a configuration; one that no header may carry is
/// left out rather than failing the answer.
fn set(headers: &mut HeaderMap, name: &'static str, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
