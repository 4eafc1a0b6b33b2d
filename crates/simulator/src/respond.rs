//! Making answers: envelopes, standing headers, media types.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use serde_json::json;

use crate::clock;
use crate::ids;
use crate::law::Law;
use crate::profile::RequestIds;
use crate::server::{ServedBody, Wire};

/// The made-up organisation all keys of a simulator belong to.
const ORGANIZATION: &str = "5a1ce000-0000-4000-8000-000000000001";

const JSON: &str = "application/json";

/// What is answered, before it is tied to a connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let mut answer = Self { status, headers: HeaderMap::new(), body: body.into() };
        answer.set_content_type(JSON);
        answer
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Sets a header; a name or value that HTTP does not allow is left out.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
    }

    /// Sets the media type.
    pub(crate) fn set_content_type(&mut self, value: &str) {
        self.set(CONTENT_TYPE.as_str(), value);
    }

    /// Ties the answer to a connection.
    pub(crate) fn into_response(self, wire: Arc<Wire>) -> Response<ServedBody> {
        let Self { status, headers, body } = self;
        with_body(status, headers, ServedBody::whole(body, wire))
    }
}

/// A response of a status, headers and any body.
pub(crate) fn with_body(status: u16, headers: HeaderMap, body: ServedBody) -> Response<ServedBody> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}

/// `{"type":"error","error":{…},"request_id":…}`
pub(crate) fn envelope(kind: &str, message: &str, request_id: &str) -> String {
    let (kind, message, id) = (json!(kind), json!(message), json!(request_id));
    format!(
        "{{\"type\":\"error\",\"error\":{{\"type\":{kind},\"message\":{message}}},\
         \"request_id\":{id}}}"
    )
}

/// The id of the `seq`-th request.
pub(crate) fn request_id(law: &Law, seed: u64, seq: u64) -> String {
    let parts = [seed, seq];
    match law.profile.request_ids {
        RequestIds::Prefixed => ids::id(&law.id_prefix("req"), &parts),
        RequestIds::Uuid => ids::uuid(&parts),
        // The time counts requests: answers stay the same from run to run.
        RequestIds::Timed => {
            let letters = ids::id("", &parts);
            format!("20261101{seq:015}{}", letters.get(3..11).unwrap_or_default())
        }
    }
}

/// Headers of every answer.
pub(crate) fn standing_headers(answer: &mut Answer, law: &Law, request_id: &str) {
    answer.set(&law.profile.request_id_header, request_id);
    if law.profile.service_headers {
        answer.set("anthropic-organization-id", ORGANIZATION);
    }
}

/// Rate-limit headers of an answer that spent `input` and `output` tokens: those of a tier that
/// is renewed every minute and of which this request is the first.
pub(crate) fn rate_limit_headers(answer: &mut Answer, input: u64, output: u64) {
    let reset = clock::rfc3339_after(60);
    let limits = [
        ("requests", 1_000, 1),
        ("input-tokens", 2_000_000, input),
        ("output-tokens", 400_000, output),
        ("tokens", 2_400_000, input.saturating_add(output)),
    ];
    for (name, limit, spent) in limits {
        let left: u64 = u64::saturating_sub(limit, spent);
        // Tokens are told in thousands.
        let left = if name == "requests" { left } else { left / 1_000 * 1_000 };
        answer.set(&format!("anthropic-ratelimit-{name}-limit"), &limit.to_string());
        answer.set(&format!("anthropic-ratelimit-{name}-remaining"), &left.to_string());
        answer.set(&format!("anthropic-ratelimit-{name}-reset"), &reset);
    }
}
