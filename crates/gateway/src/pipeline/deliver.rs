//! The client gets what the attempts came to, and the draft what the client got.

use bytes::Bytes;
use http::{HeaderMap, Response};
use salve_ledger::{Hold, Outcome};
use salve_remedy::Told;
use salve_wire::anthropic::error::Envelope;
use salve_wire::anthropic::stream::Restore;
use tokio_util::sync::CancellationToken;

use super::attempt::{Attempted, Names};
use crate::gateway::Gateway;
use crate::relay::{Closed, Relay, Relayed};
use crate::reply::Reply;
use crate::respond::{self, Marks};
use crate::vocabulary::{Break, Stream};
use crate::{diagnose, settle};

/// One answer on its way to its client.
pub struct Delivery<'a> {
    /// What requests share.
    pub gateway: &'a Gateway,
    /// The model as the client named it.
    pub model: &'a str,
    /// The address under which help is found.
    pub public_url: &'a str,
    /// Cancelled when running streams have to end.
    pub cut: &'a CancellationToken,
    /// The request's place on the ledger.
    pub hold: &'a mut Hold,
    /// The client.
    pub reply: &'a mut Reply,
}

impl Delivery<'_> {
    /// Gives the client `attempted` and says how that ended.
    pub async fn deliver(mut self, attempted: Attempted) -> Outcome {
        let marks = self.marks();
        match attempted {
            Attempted::Whole(status, headers, body) => {
                let outcome = settle::answered(self.hold.draft());
                self.hold.draft().status = Some(status.as_u16());
                self.whole(respond::whole(status, &headers, body, &marks), outcome)
            }
            Attempted::Passed(passed) if self.reply.is_begun() => {
                self.in_band(&passed.message, &marks).await
            }
            Attempted::Passed(passed) => {
                let response = respond::whole(passed.status, &passed.headers, passed.body, &marks);
                self.whole(response, Outcome::Told)
            }
            Attempted::Told(told) => {
                let told = told.with_help(self.public_url);
                self.tell(told, &marks).await
            }
            Attempted::Stream(headers, stream, names) => {
                self.stream(&headers, *stream, &names, &marks).await
            }
        }
    }

    fn marks(&mut self) -> Marks {
        let request_id = self.hold.request_id().as_str().to_owned();
        let draft = self.hold.draft();
        let (channel, attempts) = (draft.channel.clone(), draft.attempts.len());
        Marks { request_id, channel, attempts, remedies: draft.remedies.clone() }
    }

    fn whole(self, response: Response<Bytes>, outcome: Outcome) -> Outcome {
        self.hold.draft().response_bytes = response.body().len() as u64;
        if self.reply.whole(response).is_ok() { outcome } else { Outcome::Abandoned }
    }

    async fn tell(self, told: Told, marks: &Marks) -> Outcome {
        let draft = self.hold.draft();
        draft.status = Some(told.status);
        draft.fault = Some(told.fault.id.clone());
        if self.reply.is_begun() {
            return self.in_band(&told.message, marks).await;
        }
        self.whole(respond::told(&told, marks), Outcome::Told)
    }

    /// An error for a client whose stream was begun early, to keep it. It repeats the request
    /// without streaming then, and is told the true status.
    async fn in_band(self, message: &str, marks: &Marks) -> Outcome {
        let event = Envelope::new("api_error", message, Some(&marks.request_id)).to_event();
        self.hold.draft().response_bytes = event.len() as u64;
        let sent = self.reply.send(Bytes::from(event)).await;
        if sent.is_ok() { Outcome::Told } else { Outcome::Abandoned }
    }

    async fn stream(
        self,
        headers: &HeaderMap,
        stream: Stream,
        names: &Names,
        marks: &Marks,
    ) -> Outcome {
        if !self.reply.is_begun() && self.reply.begin(respond::stream(headers, marks)).is_err() {
            return Outcome::Abandoned;
        }
        let Self { gateway, model, public_url, cut, hold, reply } = self;
        hold.draft().status = Some(200);
        let restore =
            Restore { model: names.is_renamed.then_some(model), tool_names: &names.tool_names };
        let mut relay = Relay::new(reply, restore);
        let relaying = relay.run(stream, cut, |relay| {
            note(hold, relay);
            hold.checkpoint();
        });
        let relayed = relaying.await;
        let repairs = relay.progress.repairs().iter().map(|repair| (*repair).to_owned());
        hold.draft().remedies.extend(repairs);
        let outcome = match relayed {
            Relayed::Whole => settle::answered(hold.draft()),
            Relayed::Left => Outcome::Abandoned,
            Relayed::Broke(how) => close(&mut relay, hold, &how, public_url, marks).await,
        };
        note(hold, &relay);
        if let Some(mint) = &names.mint {
            gateway.knowledge.minted.note(mint, relay.progress.signatures());
        }
        outcome
    }
}

/// Ends a stream that broke, in the way in which its client loses least.
async fn close(
    relay: &mut Relay<'_>,
    hold: &mut Hold,
    how: &Break,
    public_url: &str,
    marks: &Marks,
) -> Outcome {
    let (diagnosis, told) = diagnose::midstream(how);
    let (request_id, fault) = (&marks.request_id, &diagnosis.fault.id);
    tracing::warn!(request_id, fault, %how, "a stream broke after content");
    let told = told.with_help(public_url);
    hold.draft().fault = Some(diagnosis.fault.id.clone());
    match relay.close(Envelope::new("api_error", &told.message, Some(request_id))).await {
        Closed::Whole => {
            hold.draft().remedies.push("stream-end:supplied".to_owned());
            Outcome::Cured
        }
        Closed::Told => Outcome::Told,
        Closed::Left => Outcome::Abandoned,
    }
}

/// What the ledger should know of a stream so far.
fn note(hold: &mut Hold, relay: &Relay<'_>) {
    let progress = &relay.progress;
    let floor = hold.opened().input_tokens_floor;
    let draft = hold.draft();
    settle::note_usage(draft, progress.usage(), progress.is_usage_final(), floor);
    draft.estimated_output_tokens = settle::estimated_output_tokens(progress.content_bytes());
    draft.stop_reason = progress.stop_reason().map(str::to_owned);
    draft.response_bytes = relay.sent_bytes;
}
