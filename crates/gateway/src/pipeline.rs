//! One request's way through the house, room by room. Start reading here.
//!
//!     listen → identify → admit → route → attempt { mend → translate → send → diagnose }
//!            → relay → settle
//!
//! This is the only module that knows all rooms; they do not know each other.

mod attempt;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use salve_ledger::{Hold, Outcome, RequestId};
use salve_remedy::Told;
use salve_wire::anthropic::error::Envelope;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::gateway::Gateway;
use crate::house::House;
use crate::relay::{Relay, Relayed};
use crate::reply::{self, Gone, Reply, ReplyBody};
use crate::respond::{self, Marks};
use crate::vocabulary::{Admitted, Caller, Endpoint, Identified, Stream};
use crate::{admit, diagnose, identify, limits, listen, route, settle};

use attempt::Attempted;

/// Answers one request, whatever happens to it.
pub async fn serve(
    gateway: Arc<Gateway>,
    endpoint: Endpoint,
    request: Request<HttpBody>,
) -> Response<ReplyBody> {
    let id = gateway.new_request_id();
    let house = gateway.house();
    let marks = Marks {
        request_id: id.as_str().to_owned(),
        ..Marks::default()
    };
    let walked = AssertUnwindSafe(walk(&gateway, &house, endpoint, request, id)).catch_unwind();
    match walked.await {
        Ok(Ok(response)) => response,
        Ok(Err(told)) => whole(respond::told(&told.with_help(&house.public_url), &marks)),
        Err(_) => {
            tracing::error!(
                request_id = marks.request_id,
                "a room panicked; this is a bug"
            );
            whole(respond::told(
                &salve_remedy::faults::GATEWAY_BROKEN.tell(&[]),
                &marks,
            ))
        }
    }
}

fn whole(response: Response<Bytes>) -> Response<ReplyBody> {
    response.map(|bytes| ReplyBody::Whole(Some(bytes)))
}

/// From the socket to a request that is on the ledger; the rest is [`carry`]'s.
async fn walk(
    gateway: &Arc<Gateway>,
    house: &Arc<House>,
    endpoint: Endpoint,
    request: Request<HttpBody>,
    id: RequestId,
) -> Result<Response<ReplyBody>, Told> {
    let arrived = Instant::now();
    let (parts, body) = request.into_parts();
    // Before the body is read: who may not send it, and what is wrong with its head.
    let (head, caller) = match door(gateway, house, parts, endpoint, arrived) {
        Ok(found) => found,
        Err(told) => {
            gateway.tasks.spawn("discard", listen::discard(body));
            return Err(told);
        }
    };
    let incoming = head.receive(id, body).await?;
    let identified = identify::identify(incoming, caller);
    let admitted = gateway.desk.admit(identified)?;
    // From here on the request has a hold. A task carries it to its end, so that a client that
    // hangs up ends the answer but not the accounting.
    let (reply, awaited) = reply::pair();
    gateway.tasks.spawn(
        "request",
        carry(Arc::clone(gateway), Arc::clone(house), admitted, reply),
    );
    let panicked = |_| salve_remedy::faults::GATEWAY_BROKEN.tell(&[]);
    awaited.await.map_err(panicked)
}

fn door(
    gateway: &Gateway,
    house: &House,
    parts: http::request::Parts,
    endpoint: Endpoint,
    arrived: Instant,
) -> Result<(listen::Head, Caller), Told> {
    if gateway.is_draining() {
        return Err(admit::AdmitRefusal::Draining.into());
    }
    let caller = identify::caller(house, &gateway.keyring(), &gateway.pepper, &parts.headers)?;
    let head = listen::Head::read(parts, endpoint, house.body_bytes_max, arrived)?;
    Ok((head, caller))
}

/// Carries an admitted request to its one outcome.
async fn carry(gateway: Arc<Gateway>, house: Arc<House>, admitted: Admitted, mut reply: Reply) {
    let Admitted {
        identified,
        mut hold,
    } = admitted;
    let attempted = attempt(&gateway, &house, &identified, &mut hold, &mut reply).await;
    let model = identified.incoming.request.model.clone();
    let arrived = identified.incoming.arrived;
    // The request's body may be megabytes; nothing needs it once an answer has begun.
    drop(identified);
    let outcome = match attempted {
        Err(Gone) => Outcome::Abandoned,
        Ok(attempted) => {
            hold.draft().first_byte_ms = Some(elapsed_ms(arrived));
            relay(&gateway, &house, attempted, &model, &mut hold, &mut reply).await
        }
    };
    settle::settle(hold, outcome);
}

/// Routes and attempts, while the client is kept alive and watched.
async fn attempt(
    gateway: &Gateway,
    house: &House,
    identified: &Identified,
    hold: &mut Hold,
    reply: &mut Reply,
) -> Result<Attempted, Gone> {
    let early = Marks {
        request_id: hold.request_id().as_str().to_owned(),
        ..Marks::default()
    };
    let wants_stream = identified.incoming.request.is_stream;
    let attempting = async {
        let plan = {
            let caller = &identified.caller;
            let model = &identified.incoming.request.model;
            let known = || gateway.models_for(caller);
            route::plan(&caller.group, &caller.key, model, known, &mut rand::rng())
        };
        match plan {
            Ok(plan) => attempt::attempt(&gateway.upstream, plan, identified, hold.draft()).await,
            Err(refusal) => Attempted::Told(Box::new(refusal.into())),
        }
    };
    let mut attempting = std::pin::pin!(attempting);
    let mut signs = interval_at(Instant::now() + limits::KEEP_ALIVE, limits::KEEP_ALIVE);
    signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // `attempting` is polled in place and lives on; the others only watch. Leaving the loop
        // drops it, which cancels the call to the upstream.
        tokio::select! {
            attempted = &mut attempting => return Ok(with_help(attempted, house)),
            () = reply.abandoned() => return Err(Gone),
            () = gateway.cut.cancelled() => {
                let told = salve_remedy::faults::GATEWAY_DRAINING.tell(&[]);
                return Ok(with_help(Attempted::Told(Box::new(told)), house));
            }
            _ = signs.tick(), if wants_stream => {
                if !reply.is_begun() {
                    reply.begin(respond::early_stream(&early))?;
                }
                reply.send(Bytes::from_static(b": keep-alive\n\n")).await?;
            }
        }
    }
}

fn with_help(attempted: Attempted, house: &House) -> Attempted {
    match attempted {
        Attempted::Told(told) => Attempted::Told(Box::new(told.with_help(&house.public_url))),
        other => other,
    }
}

/// Gives the client what the attempts came to.
async fn relay(
    gateway: &Gateway,
    house: &House,
    attempted: Attempted,
    model: &str,
    hold: &mut Hold,
    reply: &mut Reply,
) -> Outcome {
    let marks = marks(hold);
    match attempted {
        Attempted::Whole(answer) => {
            let (status, headers, body) = answer;
            let outcome = settle::answered(hold.draft());
            hold.draft().response_bytes = body.len() as u64;
            hold.draft().status = Some(status.as_u16());
            deliver(
                reply,
                respond::whole(status, &headers, body, &marks),
                outcome,
            )
        }
        Attempted::Passed(status, headers, body) => {
            hold.draft().response_bytes = body.len() as u64;
            deliver(
                reply,
                respond::whole(status, &headers, body, &marks),
                Outcome::Told,
            )
        }
        Attempted::Told(told) if reply.is_begun() => tell_in_band(&told, &marks, reply).await,
        Attempted::Told(told) => {
            let response = respond::told(&told, &marks);
            hold.draft().response_bytes = response.body().len() as u64;
            hold.draft().status = Some(told.status);
            hold.draft().fault = Some(told.fault.id.clone());
            deliver(reply, response, Outcome::Told)
        }
        Attempted::Stream(headers, stream, rename) => {
            if !reply.is_begun() && reply.begin(respond::stream(&headers, &marks)).is_err() {
                return Outcome::Abandoned;
            }
            hold.draft().status = Some(200);
            let rename = rename.then_some(model);
            let relay = Relay::new(reply, rename);
            relay_stream(gateway, house, *stream, relay, &marks, hold).await
        }
    }
}

fn deliver(reply: &mut Reply, response: Response<Bytes>, outcome: Outcome) -> Outcome {
    if reply.whole(response).is_ok() {
        outcome
    } else {
        Outcome::Abandoned
    }
}

/// An error for a client whose stream was begun early, to keep it. It repeats the request
/// without streaming then, and is told the true status.
async fn tell_in_band(told: &Told, marks: &Marks, reply: &mut Reply) -> Outcome {
    let error = Envelope::new("api_error", &told.message, Some(&marks.request_id));
    let sent = reply.send(Bytes::from(error.to_event())).await;
    reply.end();
    if sent.is_ok() {
        Outcome::Told
    } else {
        Outcome::Abandoned
    }
}

async fn relay_stream(
    gateway: &Gateway,
    house: &House,
    stream: Stream,
    mut relay: Relay<'_>,
    marks: &Marks,
    hold: &mut Hold,
) -> Outcome {
    let relayed = relay.run(stream, &gateway.cut, |relay| {
        note(hold, relay);
        hold.checkpoint();
    });
    let relayed = relayed.await;
    let outcome = match relayed {
        Relayed::Whole => settle::answered(hold.draft()),
        Relayed::Left => Outcome::Abandoned,
        Relayed::Broke(how) => {
            let (diagnosis, told) = diagnose::midstream(&how);
            tracing::warn!(
                request_id = marks.request_id,
                fault = diagnosis.fault.id,
                ?how,
                "a stream broke after content"
            );
            let told = told.with_help(&house.public_url);
            hold.draft().fault = Some(diagnosis.fault.id.clone());
            let error = Envelope::new("api_error", &told.message, Some(&marks.request_id));
            if relay.close(error).await {
                Outcome::Cured
            } else {
                Outcome::Told
            }
        }
    };
    note(hold, &relay);
    outcome
}

/// What the ledger should know of a stream so far.
fn note(hold: &mut Hold, relay: &Relay<'_>) {
    let progress = &relay.progress;
    let draft = hold.draft();
    draft.usage = progress.usage().map(settle::counted);
    draft.usage_final = progress.is_usage_final();
    draft.estimated_output_tokens = settle::estimated_output_tokens(progress.content_bytes());
    draft.stop_reason = progress.stop_reason().map(str::to_owned);
    draft.response_bytes = relay.sent_bytes;
}

fn marks(hold: &mut Hold) -> Marks {
    let request_id = hold.request_id().as_str().to_owned();
    let draft = hold.draft();
    let (channel, attempts) = (draft.channel.clone(), draft.attempts.len());
    Marks {
        request_id,
        channel,
        attempts,
        remedies: draft.remedies.clone(),
    }
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
