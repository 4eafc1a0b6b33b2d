//! The endpoints, and what each request goes through before it reaches one.

mod auth;
mod control;
mod count_tokens;
mod faulty;
mod messages;
mod models;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::books::{Refused, Ticket};
use crate::envelope::{self, Asked};
use crate::law::Law;
use crate::profile::NoRoute;
use crate::refusal::Refusal;
use crate::respond::{self, Answer};
use crate::router::reads;
use crate::server::{Delivery, ServedBody, Wire};
use crate::world::World;

pub(crate) use control::answer as control;

/// One request on its way through an endpoint.
pub(crate) struct Call {
    pub world: Arc<World>,
    /// The profile in force when it came.
    pub law: Arc<Law>,
    pub wire: Arc<Wire>,
    pub ticket: Ticket,
    pub request_id: String,
    pub head: Parts,
    pub body: Bytes,
}

/// Why an endpoint answers nothing of its own.
pub(crate) enum Stop {
    /// A rule refused.
    Refused(Refusal),
    /// A fault drops the connection without an answer.
    Dropped(io::Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Answers a request by its method and path.
pub(crate) async fn route(call: &Call) -> Result<Response<ServedBody>, Stop> {
    let path = call.head.uri.path();
    match (&call.head.method, path) {
        (&Method::POST, "/v1/messages") => messages::answer(call).await,
        (&Method::POST, "/v1/messages/count_tokens") => count_tokens::answer(call).await,
        (method, path) if reads(method) => read(call, path).await,
        (_, path) => Err(no_endpoint(path).into()),
    }
}

/// Answers what only reads; faults may come before it as well.
async fn read(call: &Call, path: &str) -> Result<Response<ServedBody>, Stop> {
    let faults = faulty::choose(call, None, false)?;
    if let Some(response) = faulty::instead(call, &faults, false).await? {
        return Ok(response);
    }
    match path {
        "/" | "/api/hello" => Ok(call.send(Answer::empty(200))),
        "/v1/models" => models::list(call),
        _ if path.starts_with("/v1/models/") => models::one(call),
        _ => Err(no_endpoint(path).into()),
    }
}

/// What an upstream answers where it lacks a route.
fn no_route(call: &Call, missing: &NoRoute) -> Response<ServedBody> {
    match &missing.body {
        Some(body) => call.send(Answer::json(missing.status, body.clone())),
        None => {
            call.refuse(&Refusal::with_status("no-route", missing.status, missing.says.clone()))
        }
    }
}

fn no_endpoint(path: &str) -> Refusal {
    match path {
        "/v1/messages" | "/v1/messages/count_tokens" | "/v1/models" => {
            Refusal::with_status("method", 405, "Method Not Allowed")
        }
        _ => Refusal::with_status("path", 404, "Not Found"),
    }
}

impl Call {
    /// Sends an answer, with the headers every answer has, and notes it in the books.
    pub(crate) fn send(&self, mut answer: Answer) -> Response<ServedBody> {
        respond::standing_headers(&mut answer, &self.law, &self.request_id);
        let Answer { status, headers, body } = answer;
        let body = ServedBody::whole(body, Arc::clone(&self.wire));
        self.send_body(status, headers, body)
    }

    /// Sends a body of any kind and notes its head; the books learn of its end when it ends.
    pub(crate) fn send_body(
        &self,
        status: u16,
        headers: http::HeaderMap,
        body: ServedBody,
    ) -> Response<ServedBody> {
        {
            let mut books = self.world.books();
            books.note(self.ticket, |entry| entry.status = Some(status));
            books.count(self.ticket);
        }
        respond::with_body(status, headers, body.reporting(self.delivery()))
    }

    /// Sends a refusal, in the words and the form of the profile.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> Response<ServedBody> {
        let refusal = self.law.retold(refusal.clone());
        let refused = Refused { rule: refusal.rule.clone(), message: refusal.message.clone() };
        self.world.books().note(self.ticket, |entry| entry.refused = Some(refused));
        self.send(self.error(&refusal))
    }

    /// The answer that tells an error, in the form of the profile.
    pub(crate) fn error(&self, refusal: &Refusal) -> Answer {
        let (mut model, mut stream) = (None, false);
        self.world.books().note(self.ticket, |entry| {
            model.clone_from(&entry.model);
            stream = entry.stream;
        });
        let model = model.unwrap_or_default();
        let asked = Asked { request_id: &self.request_id, model: &model, stream };
        envelope::answer(&self.law, refusal, asked)
    }

    /// Closes the entry of a request that gets no answer.
    pub(crate) fn drop_silently(&self) -> Stop {
        let mut books = self.world.books();
        books.count(self.ticket);
        books.close(self.ticket, crate::server::End::Cut, Vec::new());
        Stop::Dropped(io::Error::new(io::ErrorKind::ConnectionAborted, "dropped by a fault"))
    }

    fn delivery(&self) -> Delivery {
        let (world, ticket) = (Arc::clone(&self.world), self.ticket);
        Box::new(move |end, sent| world.books().close(ticket, end, sent))
    }
}
