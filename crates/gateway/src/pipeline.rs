//! One request's way through the house, room by room. Start reading here.
//!
//! ```text
//! listen → identify → admit → route → attempt { mend → translate → send → diagnose }
//!        → relay → settle
//! ```
//!
//! This is the only module that knows all rooms; they do not know each other.

mod attempt;
mod deliver;
mod watch;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use futures_util::FutureExt;
use http::request::Parts;
use http::{Request, Response};
use salve_ledger::{Outcome, RequestId};
use salve_remedy::{Told, faults};
use tokio::time::Instant;

use crate::gateway::Gateway;
use crate::house::{Channel, House};
use crate::knowledge::Measure;
use crate::reply::{self, Gone, Reply, ReplyBody};
use crate::respond::{self, Marks};
use crate::vocabulary::{Admitted, Caller, Count, Endpoint, Identified, Plan};
use crate::{admit, identify, knowledge, listen, route, settle};

use attempt::{Attempted, Attempts};

/// Answers one request, whatever happens to it.
pub async fn serve(
    gateway: Arc<Gateway>,
    endpoint: Endpoint,
    request: Request<HttpBody>,
) -> Response<ReplyBody> {
    let id = gateway.new_request_id();
    let house = gateway.house();
    let marks = Marks { request_id: id.as_str().to_owned(), ..Marks::default() };
    let walked = AssertUnwindSafe(walk(&gateway, &house, endpoint, request, id)).catch_unwind();
    let told = match walked.await {
        Ok(Ok(response)) => return response,
        Ok(Err(told)) => told,
        Err(_) => {
            tracing::error!(request_id = marks.request_id, "a room panicked; this is a bug");
            faults::GATEWAY_BROKEN.tell(&[])
        }
    };
    let response = respond::told(&told.with_help(&house.public_url), &marks);
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
    let (parts, mut body) = request.into_parts();
    let awaits_continue = parts.headers.contains_key(http::header::EXPECT);
    // Before the body is read: who may not send it, and what is wrong with its head.
    let received = match door(gateway, house, parts, endpoint, arrived) {
        Ok((head, caller)) => {
            let received = head.receive(id, &mut body).await;
            received.map(|incoming| (incoming, caller)).map_err(|refusal| (refusal.into(), false))
        }
        // A client that asks before it sends has sent nothing that would have to be read.
        Err(told) => Err((told, awaits_continue)),
    };
    let (incoming, caller) = match received {
        Ok(received) => received,
        Err((told, is_unsent)) => {
            if !is_unsent {
                gateway.door.spawn("discard", listen::discard(body));
            }
            return Err(told);
        }
    };
    let identified = identify::identify(incoming, caller);
    let admitted = gateway.desk.admit(identified)?;
    // From here on the request has a hold. A client that hangs up ends the answer but not the
    // work, which goes on as a task of its own until it is settled.
    let (gateway, house) = (Arc::clone(gateway), Arc::clone(house));
    let answered =
        reply::answer(gateway.tasks.clone(), |reply| carry(gateway, house, admitted, reply));
    answered.await.map_err(|_panicked| faults::GATEWAY_BROKEN.tell(&[]))
}

fn door(
    gateway: &Gateway,
    house: &House,
    parts: Parts,
    endpoint: Endpoint,
    arrived: Instant,
) -> Result<(listen::Head, Caller), Told> {
    if gateway.is_draining() {
        return Err(admit::AdmitRefusal::Draining.into());
    }
    let caller = identify::caller(house, &gateway.keyring(), &gateway.pepper, &parts.headers)?;
    let terms = listen::Terms {
        body_bytes_max: house.body_bytes_max,
        mends_lone_surrogates: house.repairs_lone_surrogates,
    };
    let head = listen::Head::read(parts, endpoint, terms, arrived)?;
    Ok((head, caller))
}

/// Carries an admitted request to its one outcome.
async fn carry(gateway: Arc<Gateway>, house: Arc<House>, admitted: Admitted, mut reply: Reply) {
    let Admitted { identified, mut hold } = admitted;
    let early = Marks { request_id: hold.request_id().as_str().to_owned(), ..Marks::default() };
    let early = identified.wants_stream().then_some(&early);
    let floor = hold.opened().input_tokens_floor;
    let talk = talk(&identified);
    let body_bytes = identified.incoming.request.body.bytes().len() as u64;
    let tokens = gateway.knowledge.conversations.count(talk, body_bytes);
    // On its own on the heap: it is large, and gone before a stream begins.
    let attempting = Box::pin(async {
        match plan(&gateway, &identified, tokens) {
            Ok(plan) => {
                let (gateway, identified, draft) = (&gateway, &identified, hold.draft());
                let attempts = Attempts::new(gateway, identified, draft, floor, tokens);
                attempt::attempt(attempts, plan).await
            }
            Err(refusal) => Attempted::Told(Box::new(refusal.into())),
        }
    });
    let attempted = watch::watched(attempting, &mut reply, early, &gateway.cut).await;
    let model = identified.incoming.request.model.clone();
    let arrived = identified.incoming.arrived;
    // The request's body may be megabytes; nothing needs it once an answer has begun.
    drop(identified);
    let outcome = match attempted {
        Err(Gone) => Outcome::Abandoned,
        Ok(attempted) => {
            hold.draft().first_byte_ms = Some(attempt::elapsed_ms(arrived));
            let delivery = deliver::Delivery {
                gateway: &gateway,
                model: &model,
                public_url: &house.public_url,
                cut: &gateway.cut,
                hold: &mut hold,
                reply: &mut reply,
            };
            delivery.deliver(attempted).await
        }
    };
    if let Some(usage) = hold.draft().usage.filter(|_| outcome != Outcome::Told) {
        let measure = Measure { body_bytes, input_tokens: usage.input_total() };
        gateway.knowledge.conversations.note(talk, measure);
    }
    settle::settle(hold, outcome);
}

fn plan(
    gateway: &Gateway,
    identified: &Identified,
    count: Option<Count>,
) -> Result<Plan, route::RouteRefusal> {
    let caller = &identified.caller;
    let request = &identified.incoming.request;
    let body_bytes = request.body.bytes().len() as u64;
    let standing = |channel: &Channel, model: &str| {
        gateway.knowledge.standing(channel, model, body_bytes, count.map(|count| count.least))
    };
    let asked = route::Asked {
        group: &caller.group,
        key: &caller.key,
        model: &request.model,
        body_bytes,
        standing: &standing,
    };
    route::plan(asked, || gateway.models_near(caller, &request.model), &mut rand::rng())
}

/// The fingerprint of a conversation with one model: a sub-agent's is its own.
fn talk(identified: &Identified) -> u64 {
    let headers = &identified.incoming.headers;
    let agent = headers.get("x-claude-code-agent-id").and_then(|id| id.to_str().ok());
    let (session, model) = (&identified.session, &identified.incoming.request.model);
    knowledge::fingerprint(&[session, agent.unwrap_or_default(), model].join("\n"))
}
