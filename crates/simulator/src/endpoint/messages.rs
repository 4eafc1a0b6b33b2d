//! `POST /v1/messages`: admit, look for faults, check, answer.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response};

use super::{Call, Stop, auth, faulty};
use crate::betas::Betas;
use crate::fault::{Faults, framed, on_events, on_json};
use crate::json;
use crate::refusal::Refusal;
use crate::reply::{self, Reply};
use crate::respond::{self, Answer};
use crate::rules::{self, Checked, Purpose};
use crate::server::{ServedBody, Step};

/// A request that was admitted and read.
pub(super) struct Prepared {
    /// Whose credential it carries.
    pub owner: u64,
    /// The faults that apply to it.
    pub faults: Faults,
    /// What a fault answers in place of everything else.
    pub instead: Option<Response<ServedBody>>,
    /// The request if every rule is kept, else why not.
    pub checked: Result<Checked, Refusal>,
}

/// Admits a request, applies the faults that come before its reply, and checks it.
pub(super) async fn prepare(call: &Call, purpose: Purpose) -> Result<Prepared, Stop> {
    let owner = auth::admit(call)?;
    let parsed = json::parse_object(&call.body);
    let asked = |key: &str| parsed.as_ref().ok().and_then(|body| body.get(key));
    let model = asked("model").and_then(|model| model.as_str()).map(str::to_owned);
    let stream = asked("stream").and_then(|stream| stream.as_bool()).unwrap_or(false);
    let noted = model.clone();
    call.world.books().note(call.ticket, |entry| {
        entry.model = noted;
        entry.stream = stream;
    });
    let faults = faulty::choose(call, model.as_deref(), stream)?;
    let instead = faulty::instead(call, &faults, stream).await?;
    let betas = Betas::read(&call.head.headers);
    let checked =
        parsed.and_then(|body| rules::check(&call.world, &call.law, body, betas, purpose));
    Ok(Prepared { owner, faults, instead, checked })
}

/// Answers a request for a message.
pub(super) async fn answer(call: &Call) -> Result<Response<ServedBody>, Stop> {
    let prepared = prepare(call, Purpose::Serve).await?;
    if let Some(response) = prepared.instead {
        return Ok(response);
    }
    let checked = prepared.checked?;
    let cache = {
        let tokens_min = checked.model.cacheable_tokens_min;
        // Caches are kept per credential and model, as organisations and models do not share them.
        let owner = prepared.owner ^ crate::prompt::digest_of(&checked.model.id);
        call.world.cache().account(owner, &checked.prompt, tokens_min)
    };
    let reply = reply::compose(&checked, cache, &call.world.mint, &call.law);
    call.world.books().note(call.ticket, |entry| {
        entry.message_id = Some(reply.id.clone());
        entry.stop_reason = Some(reply.stop.reason.clone());
        entry.usage = Some(reply.usage.clone());
    });
    let faults = &prepared.faults;
    Ok(if checked.stream { stream(call, &reply, faults) } else { whole(call, &reply, faults) })
}

/// Sends a reply as a stream of events.
fn stream(call: &Call, reply: &Reply, faults: &Faults) -> Response<ServedBody> {
    let parts = on_events(reply::events(reply, call.law.profile.pings), &faults.0);
    let pace = reply.pace.unwrap_or(call.world.settings.pace);
    let steps = framed(parts, &faults.0, pace);
    let headers = head(call, reply, faults, "text/event-stream; charset=utf-8");
    call.send_body(200, headers, ServedBody::stepwise(steps, Arc::clone(&call.wire)))
}

/// Sends a reply as one JSON message.
fn whole(call: &Call, reply: &Reply, faults: &Faults) -> Response<ServedBody> {
    let body = Bytes::from(reply::message_json(reply));
    let headers = head(call, reply, faults, "application/json");
    let wire = Arc::clone(&call.wire);
    if faults.0.is_empty() {
        return call.send_body(200, headers, ServedBody::whole(body, wire));
    }
    let length = body.len() as u64;
    let steps = framed(on_json(body, &faults.0), &faults.0, Duration::ZERO);
    let cut_short = steps.iter().any(|step| matches!(step, Step::Reset | Step::Cut));
    let served = ServedBody::stepwise(steps, wire);
    let served = if cut_short { served.announcing(length) } else { served };
    call.send_body(200, headers, served)
}

fn head(call: &Call, reply: &Reply, faults: &Faults, media: &str) -> HeaderMap {
    let mut answer = Answer::empty(200);
    respond::standing_headers(&mut answer, &call.law, &call.request_id);
    if call.law.profile.service_headers {
        let input = reply.usage.input_tokens + reply.usage.cache_creation_input_tokens;
        respond::rate_limit_headers(&mut answer, input, reply.usage.output_tokens);
    }
    answer.set_content_type(faulty::content_type(faults).unwrap_or(media));
    answer.set("cache-control", "no-cache");
    answer.headers
}
