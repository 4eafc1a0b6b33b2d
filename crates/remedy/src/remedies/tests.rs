//! What the tests of all remedies share, and what holds for all of them.

pub(crate) mod history;
mod wordings;

use bytes::Bytes;
use salve_wire::Body;
use serde_json::Value;

use super::REMEDIES;
use crate::{
    Answer, Betas, Cause, Diagnosis, Dialect, Facts, Known, NoProvenance, Outbound, Place, Says,
    catalogue, diagnose, prepare, react,
};

/// A request with this body and these betas, for a model of the same name.
pub(crate) fn request(body: &Value, betas: &str) -> Outbound {
    request_text(&body.to_string(), betas)
}

/// The same from a body's text.
pub(crate) fn request_text(body: &str, betas: &str) -> Outbound {
    let scanned = Body::scan(Bytes::from(body.to_owned())).expect("a body");
    let model = scanned.string("model").ok().flatten().unwrap_or_default().into_owned();
    Outbound::new(&scanned, Betas::read([betas]), &model, &model, false)
}

/// The body as it would be sent.
pub(crate) fn sent(request: &mut Outbound) -> Value {
    let text = request.body.root().raw().into_owned();
    serde_json::from_slice(&text).expect("what is sent is JSON")
}

/// The value of `anthropic-beta` as it would be sent, if it was changed.
pub(crate) fn betas(request: &Outbound) -> Option<String> {
    request.betas.header_change()
}

/// What was done, as `salve-remedies` shows it.
pub(crate) fn done(request: &Outbound) -> Vec<String> {
    request.done().iter().map(ToString::to_string).collect()
}

/// What would be learned.
pub(crate) fn lessons(request: &Outbound) -> Vec<(String, Says)> {
    let lessons = request.lessons().iter();
    lessons.map(|lesson| (lesson.feature.clone(), lesson.says.clone())).collect()
}

/// The diagnosis of a 400 with this sentence in Anthropic's envelope.
pub(crate) fn refusal(message: &str) -> Diagnosis {
    let error = serde_json::json!({"type": "invalid_request_error", "message": message});
    refusal_of(400, &serde_json::json!({"type": "error", "error": error}).to_string())
}

/// The diagnosis of an answer with this status and body.
pub(crate) fn refusal_of(status: u16, body: &str) -> Diagnosis {
    diagnose(&Cause::Answer(Answer {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: None,
        content_type: Some("application/json"),
        retry_after: None,
        body: body.as_bytes(),
        place: Place::Head,
    }))
}

/// Lets the remedies react to a 400 with this sentence, with nothing known.
pub(crate) fn refused(request: &mut Outbound, message: &str) -> bool {
    refused_knowing(request, message, &Facts::default())
}

/// The same with these facts known.
pub(crate) fn refused_knowing(request: &mut Outbound, message: &str, facts: &Facts) -> bool {
    react(request, &refusal(message), &Known::new(facts, None, &NoProvenance))
}

/// Lets one remedy react to a 400 with this sentence as if a fault had named it and captured
/// nothing.
pub(crate) fn refused_as(id: &str, request: &mut Outbound, message: &str) -> bool {
    let mut diagnosis = refusal(message);
    diagnosis.details.clear();
    let facts = Facts::default();
    let known = Known::new(&facts, None, &NoProvenance);
    let remedy = REMEDIES.iter().find(|remedy| remedy.id() == id).expect("a remedy");
    remedy.react(request, &super::Refusal { diagnosis: &diagnosis, known: &known })
}

/// Prepares a request for a channel with these facts.
pub(crate) fn prepared(request: &mut Outbound, facts: &[(&str, Says)]) {
    let facts = Facts::from_iter(facts.iter().cloned());
    prepare(request, &Known::new(&facts, None, &NoProvenance));
}

/// What a request taught, applied to a later one: both must come out alike.
pub(crate) fn prepared_by_lessons(later: &mut Outbound, taught: &Outbound) {
    let facts = Facts::from_iter(lessons(taught));
    prepare(later, &Known::new(&facts, None, &NoProvenance));
}

#[test]
fn every_remedy_that_a_fault_names_exists_and_every_remedy_is_named_by_a_fault() {
    let named = || catalogue().faults().iter().flat_map(|fault| &fault.remedies);
    let exists = |id: &String| REMEDIES.iter().any(|remedy| remedy.id() == id);
    let missing: Vec<_> = named().filter(|id| !exists(id)).collect();
    assert!(missing.is_empty(), "no such remedy: {missing:?}");
    let unused = REMEDIES.iter().map(|remedy| remedy.id());
    let unused: Vec<_> = unused.filter(|id| !named().any(|named| named == id)).collect();
    assert!(unused.is_empty(), "no fault names {unused:?}");
}

#[test]
fn the_names_of_remedies_are_their_own() {
    let mut ids: Vec<_> = REMEDIES.iter().map(|remedy| remedy.id()).collect();
    ids.sort_unstable();
    let before = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), before);
}

#[test]
fn nothing_known_changes_nothing() {
    let body = r#"{ "model":"m", "max_tokens" : 5,"messages":[{"role":"user","content":"hi"}]}"#;
    let mut request = request_text(body, "a-2026-01-01");
    prepared(&mut request, &[]);
    assert!(!request.body.is_changed() && betas(&request).is_none() && done(&request).is_empty());
}
