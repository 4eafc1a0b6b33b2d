//! `/api/v1/explain`: which fault a text or a request is about, for everybody with a key.
//!
//! A key's holder may ask about texts and about their own requests, the operator about all.
//! Nothing that was sent is kept, and no credential in it is sent back.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use salve_ledger::Entry;
use salve_remedy::{Explanation, Report, Told, fault};
use salve_store::StoreError;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::{admin, json, told};
use crate::gateway::Gateway;
use crate::identify;
use crate::limits;

/// What is asked: one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    text: Option<String>,
    request_id: Option<String>,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// The faults and what there is to say of them.
    #[serde(flatten)]
    pub report: Report,
    /// The log entry that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Entry>,
}

impl Explained {
    /// What became of a request: its own fault first, then what its attempts met.
    #[must_use]
    pub fn of_entry(entry: Entry, public_url: Option<&str>) -> Self {
        let mut faults = Vec::new();
        let met = entry.attempts.iter().filter_map(|attempt| attempt.fault.as_deref());
        // A good answer that was cut short at its limit is nobody's fault, and asked about a lot.
        let is_cut = entry.stop_reason.as_deref() == Some("max_tokens");
        let cut = is_cut.then_some("output-cap-reached");
        for found in entry.fault.as_deref().into_iter().chain(met).chain(cut).filter_map(fault) {
            if !faults.iter().any(|known: &&salve_remedy::Fault| known.id == found.id) {
                faults.push(found);
            }
        }
        let said = format!("{} {}", entry.outcome, entry.request_id);
        let report = Explanation::of_faults(&faults, entry.status, &said).report(public_url);
        Self { report, request: Some(entry) }
    }
}

/// Who asks.
enum Asker {
    Operator,
    Key(String),
}

/// `POST /api/v1/explain` of `{"text": …}` or `{"request_id": …}`.
pub async fn explain(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let asker = match asker(&gateway, request.headers()) {
        Ok(asker) => asker,
        Err(refusal) => return told(&gateway, refusal),
    };
    match question(request.into_body()).await {
        Ok(Question { text: Some(text), request_id: None }) => {
            text_explained(gateway.house().public_url.clone(), text).await
        }
        Ok(Question { text: None, request_id: Some(id) }) => entry(&gateway, &asker, &id).await,
        Ok(_) => error(StatusCode::BAD_REQUEST, "send either `text` or `request_id`"),
        Err(refusal) => refusal,
    }
}

fn asker(gateway: &Gateway, headers: &HeaderMap) -> Result<Asker, Told> {
    if admin::holds_token(gateway, headers) {
        return Ok(Asker::Operator);
    }
    let house = gateway.house();
    let caller = identify::caller(&house, &gateway.keyring(), &gateway.pepper, headers);
    caller.map(|caller| Asker::Key(caller.key.name.clone())).map_err(Told::from)
}

async fn question(body: Body) -> Result<Question, Response> {
    let read = timeout(limits::BODY_GRACE, to_bytes(body, limits::EXPLAIN_BODY_BYTES_MAX)).await;
    let Ok(read) = read else {
        return Err(error(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"));
    };
    let Ok(bytes) = read else {
        let limit = limits::EXPLAIN_BODY_BYTES_MAX;
        let hint = format!("the body is over {limit} bytes; `salve explain` reads longer logs");
        return Err(error(StatusCode::PAYLOAD_TOO_LARGE, &hint));
    };
    serde_json::from_slice(&bytes).map_err(|problem| {
        let hint = format!("expected {{\"text\": …}} or {{\"request_id\": …}}: {problem}");
        error(StatusCode::BAD_REQUEST, &hint)
    })
}

/// The explanation of a text. A long one takes a fraction of a second of one core, so it is not
/// made where other requests wait.
async fn text_explained(public_url: String, text: String) -> Response {
    let explain = move || salve_remedy::explain(&text).report(Some(&public_url));
    match spawn_blocking(explain).await {
        Ok(report) => json(StatusCode::OK, &Explained { report, request: None }),
        Err(problem) => {
            tracing::error!(%problem, "a text could not be explained");
            error(StatusCode::INTERNAL_SERVER_ERROR, "the text could not be explained")
        }
    }
}

/// The explanation of a log entry, for those who may see it. To others it does not exist.
async fn entry(gateway: &Gateway, asker: &Asker, id: &str) -> Response {
    let found = async {
        gateway.store.catch_up().await?;
        gateway.store.entry(id).await
    };
    let found = match found.await {
        Ok(found) => found,
        Err(StoreError::Ambiguous { .. }) => None,
        Err(problem) => return admin::failed(&problem),
    };
    let is_theirs = |entry: &Entry| match asker {
        Asker::Operator => true,
        Asker::Key(name) => entry.key == *name,
    };
    match found.filter(is_theirs) {
        Some(entry) => {
            let url = gateway.house().public_url.clone();
            json(StatusCode::OK, &Explained::of_entry(entry, Some(&url)))
        }
        None => error(StatusCode::NOT_FOUND, "no request of this key has this id"),
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    json(status, &serde_json::json!({ "error": message }))
}
