//! From a request to an endpoint: reading the body, opening the books, choosing the path.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;

use crate::books::{Ended, Entry};
use crate::clock;
use crate::endpoint::{self, Call};
use crate::limits;
use crate::refusal::Refusal;
use crate::respond;
use crate::server::{ServedBody, Wire};
use crate::world::World;

/// Answers a request; an error drops the connection without an answer.
pub(crate) async fn answer(
    world: Arc<World>,
    wire: Arc<Wire>,
    request: Request<Incoming>,
) -> io::Result<Response<ServedBody>> {
    let (head, body) = request.into_parts();
    let law = world.law();
    let body = read(body, law.profile.limits.body_bytes).await?;
    if head.uri.path().starts_with("/_sim/") {
        let body = body.unwrap_or_default();
        return Ok(endpoint::control(&world, &head, &body).into_response(wire));
    }
    let entry = entry_of(&head, body.clone().unwrap_or_default());
    let ticket = world.books().open(entry);
    let request_id = respond::request_id(&law, world.settings.seed, ticket.seq());
    world.books().note(ticket, |entry| entry.request_id.clone_from(&request_id));
    let call = Call { world, law, wire, ticket, request_id, head, body: Bytes::new() };
    let Some(body) = body else {
        let text = "Request exceeds the maximum size";
        return Ok(call.refuse(&Refusal::with_status("body-too-large", 413, text)));
    };
    let call = Call { body, ..call };
    match endpoint::route(&call).await {
        Ok(response) => Ok(response),
        Err(endpoint::Stop::Refused(refusal)) => Ok(call.refuse(&refusal)),
        Err(endpoint::Stop::Dropped(error)) => Err(error),
    }
}

/// The whole body; `None` when it is larger than the upstream takes.
async fn read(body: Incoming, bytes_max: usize) -> io::Result<Option<Bytes>> {
    match Limited::new(body, bytes_max.min(limits::BODY_BYTES_MAX)).collect().await {
        Ok(collected) => Ok(Some(collected.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn entry_of(head: &http::request::Parts, body: Bytes) -> Entry {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Entry {
        seq: 0,
        time_unix_ms: clock::unix_ms(),
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body_bytes: body.len() as u64,
        body,
        model: None,
        stream: false,
        request_id: String::new(),
        status: None,
        refused: None,
        fault: None,
        message_id: None,
        stop_reason: None,
        usage: None,
        ended: Ended::Open,
        answer: Bytes::new(),
        answer_bytes: 0,
        body_dropped: false,
    }
}

/// Whether the request reads, as `GET` does; `HEAD` is answered alike, without a body.
pub(crate) fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
