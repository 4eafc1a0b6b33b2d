//! attempt: the candidates of a plan, one after another, until one gives an answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use salve_ledger::{Attempt, Draft};
use salve_remedy::{Diagnosis, Told, told_when_all_failed};
use tokio::time::Instant;

use crate::diagnose::{self, Judged, WholeAnswer};
use crate::limits;
use crate::send::Upstream;
use crate::vocabulary::{Candidate, Endpoint, Identified, Plan, Stream};
use crate::{mend, settle, translate};

/// What the attempts came to.
#[derive(Debug)]
pub enum Attempted {
    /// A whole answer, ready for the client.
    Whole((StatusCode, HeaderMap, Bytes)),
    /// A stream whose first content is in hand, and whether the model's name in it is the
    /// upstream's own.
    Stream(HeaderMap, Box<Stream>, bool),
    /// A refusal that passes as it came.
    Passed(StatusCode, HeaderMap, Bytes),
    /// Nothing but words.
    Told(Box<Told>),
}

/// Tries each candidate at most once. Whatever happens is noted in `draft` as it happens, so
/// that it is on the ledger wherever this is cut short.
pub async fn attempt(
    upstream: &Upstream,
    plan: Plan,
    identified: &Identified,
    draft: &mut Draft,
) -> Attempted {
    let deadline = identified.incoming.arrived + limits::ATTEMPTS_DEADLINE;
    let mut failures: Vec<Diagnosis> = Vec::new();
    for candidate in plan.candidates {
        if Instant::now() > deadline {
            break;
        }
        let started = Instant::now();
        let judged = once(upstream, &candidate, identified, draft).await;
        let (attempted, fault) = settled(judged, &candidate, identified, draft, &mut failures);
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let channel = candidate.channel.name.clone();
        draft.attempts.push(Attempt {
            channel,
            status: draft.status,
            fault,
            ms,
        });
        if let Some(attempted) = attempted {
            return attempted;
        }
    }
    Attempted::Told(Box::new(told_when_all_failed(&failures)))
}

/// One try at one channel: mend → translate → send → diagnose.
async fn once(
    upstream: &Upstream,
    candidate: &Candidate,
    identified: &Identified,
    draft: &mut Draft,
) -> Judged {
    let incoming = &identified.incoming;
    let (endpoint, wants_stream) = (incoming.endpoint, is_streamed(identified));
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
    draft.status = answered.as_ref().ok().map(|answer| answer.status.as_u16());
    if let Err(error) = &answered {
        let channel = candidate.channel.name.as_str();
        tracing::warn!(request_id = incoming.id.as_str(), channel, %error, "an attempt failed");
    }
    diagnose::judge(answered, endpoint, wants_stream)
}

fn is_streamed(identified: &Identified) -> bool {
    let incoming = &identified.incoming;
    incoming.endpoint == Endpoint::Messages && incoming.request.is_stream
}

/// What one try means for the request; `None` where the next candidate is up.
fn settled(
    judged: Judged,
    candidate: &Candidate,
    identified: &Identified,
    draft: &mut Draft,
    failures: &mut Vec<Diagnosis>,
) -> (Option<Attempted>, Option<String>) {
    let model = &identified.incoming.request.model;
    let is_renamed = candidate.upstream_model != *model;
    match judged {
        Judged::Whole(answer) => {
            note_usage(&answer, draft, identified.incoming.endpoint);
            (
                Some(Attempted::Whole(delivered(
                    *answer,
                    is_renamed.then_some(model),
                ))),
                None,
            )
        }
        Judged::Stream(headers, stream) => {
            (Some(Attempted::Stream(headers, stream, is_renamed)), None)
        }
        Judged::Pass(refusal) => {
            let fault = refusal.diagnosis.fault.id.clone();
            draft.fault = Some(fault.clone());
            draft.sent = false;
            let passed = Attempted::Passed(refusal.status, refusal.headers, refusal.body);
            (Some(passed), Some(fault))
        }
        Judged::Tell(diagnosis, told) => {
            draft.sent = false;
            (
                Some(Attempted::Told(told)),
                Some(diagnosis.fault.id.clone()),
            )
        }
        Judged::Next(diagnosis) => {
            draft.sent = false;
            let fault = diagnosis.fault.id.clone();
            failures.push(*diagnosis);
            (None, Some(fault))
        }
    }
}

fn note_usage(answer: &WholeAnswer, draft: &mut Draft, endpoint: Endpoint) {
    // Counting tokens is free, and its answer is not a usage report.
    draft.usage = match endpoint {
        Endpoint::CountTokens => Some(salve_ledger::Usage::default()),
        Endpoint::Messages => answer.response.usage.as_ref().map(settle::counted),
    };
    draft.usage_final = draft.usage.is_some();
    draft.stop_reason = answer.response.stop_reason.clone();
    draft.estimated_output_tokens =
        settle::estimated_output_tokens(answer.response.body.bytes().len() as u64);
}

/// A whole answer with the model named as the client asked for it.
fn delivered(answer: WholeAnswer, rename: Option<&String>) -> (StatusCode, HeaderMap, Bytes) {
    let WholeAnswer {
        status,
        headers,
        response,
    } = answer;
    let bytes = response.body.bytes();
    let mut edits = salve_wire::Edits::none();
    if let (Some(name), Some(span)) = (rename, response.model_span()) {
        // One edit overlaps nothing.
        let _ = edits.replace(span, serde_json::Value::from(name.as_str()).to_string());
    }
    if edits.is_empty() {
        return (status, headers, bytes.clone());
    }
    (status, headers, Bytes::from(edits.apply(bytes).concat()))
}
