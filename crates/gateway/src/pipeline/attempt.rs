//! attempt: the candidates of a plan, one after another, until one gives an answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use salve_ledger::{Attempt, Draft};
use salve_remedy::{Diagnosis, Told, told_when_all_failed};
use tokio::time::Instant;

use crate::diagnose::{self, Judged, PassedRefusal, WholeAnswer};
use crate::limits;
use crate::send::Upstream;
use crate::vocabulary::{Candidate, Endpoint, Identified, Plan, Stream};
use crate::{mend, settle, translate};

/// What the attempts came to.
#[derive(Debug)]
pub enum Attempted {
    /// A whole answer, ready for the client.
    Whole(StatusCode, HeaderMap, Bytes),
    /// A stream whose first content is in hand, and whether the model's name in it is the
    /// upstream's own.
    Stream(HeaderMap, Box<Stream>, bool),
    /// A refusal that passes as it came.
    Passed(Passed),
    /// Nothing but words.
    Told(Box<Told>),
}

/// A refusal as the upstream wrote it.
#[derive(Debug)]
pub struct Passed {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Its sentence, for a client whose status is past changing.
    pub message: String,
}

/// Tries each candidate at most once. Whatever happens is noted in `draft` as it happens, so
/// that it is on the ledger wherever this is cut short. `floor` is what the input is taken to be
/// where an upstream does not say.
pub async fn attempt(
    upstream: &Upstream,
    plan: Plan,
    identified: &Identified,
    draft: &mut Draft,
    floor: u64,
) -> Attempted {
    let incoming = &identified.incoming;
    let deadline = incoming.arrived + limits::ATTEMPTS_DEADLINE;
    let mut failures: Vec<Diagnosis> = Vec::new();
    for candidate in plan.candidates.into_iter().take_while(|_| Instant::now() < deadline) {
        let started = Instant::now();
        begin(draft, &candidate);
        let judged = once(upstream, &candidate, identified, draft, floor).await;
        note(draft, &judged, elapsed_ms(started));
        let renamed = (candidate.upstream_model != incoming.request.model)
            .then_some(incoming.request.model.as_str());
        match judged {
            Judged::Next(diagnosis) => failures.push(*diagnosis),
            Judged::Whole(answer) => {
                note_usage(&answer, draft, incoming.endpoint, floor);
                return whole(*answer, renamed);
            }
            Judged::Stream(headers, stream) => {
                return Attempted::Stream(headers, stream, renamed.is_some());
            }
            Judged::Pass(refusal) => return passed(refusal),
            Judged::Tell(_, told) => return Attempted::Told(told),
        }
    }
    Attempted::Told(Box::new(told_when_all_failed(&failures)))
}

/// Milliseconds since a moment.
pub fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// An attempt is on the draft before it is made, so that one that is cut short is seen too.
fn begin(draft: &mut Draft, candidate: &Candidate) {
    let channel = candidate.channel.name.clone();
    draft.attempts.push(Attempt { channel, status: None, fault: None, ms: 0 });
}

fn note(draft: &mut Draft, judged: &Judged, ms: u64) {
    let fault = judged.diagnosis().map(|diagnosis| diagnosis.fault.id.clone());
    // What an upstream refuses is not charged for; what it broke off was noted as it came.
    draft.sent = fault.is_none();
    // A cured request keeps the fault that it was cured of.
    draft.fault = fault.clone().or(draft.fault.take());
    if let Some(attempt) = draft.attempts.last_mut() {
        (attempt.status, attempt.fault, attempt.ms) = (draft.status, fault, ms);
    }
}

/// One try at one channel: mend → translate → send → diagnose.
async fn once(
    upstream: &Upstream,
    candidate: &Candidate,
    identified: &Identified,
    draft: &mut Draft,
    floor: u64,
) -> Judged {
    let incoming = &identified.incoming;
    let (endpoint, wants_stream) = (incoming.endpoint, identified.wants_stream());
    let mended = mend::prepare(&incoming.request, candidate);
    draft.channel = Some(candidate.channel.name.clone());
    draft.upstream_model = Some(candidate.upstream_model.clone());
    draft.remedies = mended.remedies;
    draft.status = None;
    let outgoing = match translate::outgoing(incoming, candidate, &mended.edits) {
        Ok(outgoing) => outgoing,
        Err(error) => return diagnose::unsendable(&error.to_string()),
    };
    // From this moment the upstream may charge, whether or not it answers.
    draft.sent = true;
    let answered = upstream.send(outgoing, wants_stream).await;
    settle::note_unfinished(draft, &answered, floor);
    draft.status = answered.as_ref().ok().map(|answer| answer.status.as_u16());
    if let Err(error) = &answered {
        let channel = candidate.channel.name.as_str();
        tracing::warn!(request_id = incoming.id.as_str(), channel, %error, "an attempt failed");
    }
    diagnose::judge(answered, endpoint, wants_stream)
}

fn note_usage(answer: &WholeAnswer, draft: &mut Draft, endpoint: Endpoint, floor: u64) {
    match endpoint {
        // Counting tokens is free, and its answer is not a usage report.
        Endpoint::CountTokens => {
            draft.usage = Some(salve_ledger::Usage::default());
            draft.usage_final = true;
        }
        Endpoint::Messages => {
            settle::note_usage(draft, answer.response.usage.as_ref(), true, floor);
        }
    }
    draft.stop_reason = answer.response.stop_reason.clone();
    draft.estimated_output_tokens =
        settle::estimated_output_tokens(answer.response.bytes.len() as u64);
}

/// A whole answer, with the model named as the client asked for it.
fn whole(answer: WholeAnswer, renamed: Option<&str>) -> Attempted {
    let WholeAnswer { status, headers, response } = answer;
    let bytes = &response.bytes;
    let mut edits = salve_wire::Edits::none();
    if let (Some(name), Some(span)) = (renamed, response.model_span()) {
        // One edit overlaps nothing.
        let _ = edits.replace(span, serde_json::Value::from(name).to_string());
    }
    let body = match edits.is_empty() {
        true => bytes.clone(),
        false => Bytes::from(edits.apply(bytes).concat()),
    };
    Attempted::Whole(status, headers, body)
}

fn passed(refusal: PassedRefusal) -> Attempted {
    let PassedRefusal { status, headers, body, diagnosis } = refusal;
    Attempted::Passed(Passed { status, headers, body, message: diagnosis.inner.message })
}
