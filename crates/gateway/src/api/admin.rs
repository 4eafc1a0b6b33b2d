//! `/api/v1/admin`: the log and the keys, for operators and for the command line.
//! Channels and what was learned of them are in [`super::channels`].

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use salve_ledger::{Entry, Outcome, Timestamp};
use salve_store::{EntryFilter, KeyRecord, Page, StoreError};
use serde::{Deserialize, Serialize};

use super::json;
use crate::gateway::Gateway;
use crate::identify::{KEY_NAME_RULE, is_key_name, mint, same};

/// Lets nobody through who does not hold the admin token.
pub async fn only(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    if holds_token(&gateway, &headers) {
        return next.run(request).await;
    }
    let hint = "the admin API needs `Authorization: Bearer` with the token of [admin]";
    error(StatusCode::UNAUTHORIZED, hint)
}

/// Whether a request carries the admin token, or this process's own.
pub(super) fn holds_token(gateway: &Gateway, headers: &HeaderMap) -> bool {
    let text = headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(presented) = text.and_then(|text| text.strip_prefix("Bearer ")) else {
        return false;
    };
    let presented = gateway.pepper.digest(presented.trim());
    let house = gateway.house();
    let configured = house.admin_token.as_ref().map(|token| gateway.pepper.digest(token.expose()));
    let local = gateway.pepper.digest(&gateway.local_token);
    same(&presented, &local) || configured.is_some_and(|token| same(&presented, &token))
}

pub(super) fn error(status: StatusCode, message: &str) -> Response {
    json(status, &serde_json::json!({ "error": message }))
}

pub(super) fn failed(problem: &StoreError) -> Response {
    tracing::error!(%problem, "the store failed an admin request");
    error(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string())
}

/// Which entries of the log; see [`EntryFilter`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    key: Option<String>,
    user: Option<String>,
    model: Option<String>,
    channel: Option<String>,
    session: Option<String>,
    outcome: Option<Outcome>,
    fault: Option<String>,
    stop_reason: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    after_seq: Option<u64>,
    limit: Option<u32>,
}

impl From<LogQuery> for EntryFilter {
    fn from(query: LogQuery) -> Self {
        Self {
            key: query.key,
            user: query.user,
            model: query.model,
            channel: query.channel,
            session: query.session,
            outcome: query.outcome,
            fault: query.fault,
            stop_reason: query.stop_reason,
            since: query.since,
            until: query.until,
            after_seq: query.after_seq,
            limit: query.limit,
        }
    }
}

/// A stretch of the log, and where the next one starts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LogPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// `after_seq` of the question that follows this one.
    pub seq: u64,
}

/// `GET /log`: entries, newest first.
pub async fn log(State(gateway): State<Arc<Gateway>>, Query(query): Query<LogQuery>) -> Response {
    let page = async {
        gateway.store.catch_up().await?;
        gateway.store.page(&query.into()).await
    };
    match page.await {
        Ok(Page { entries, seq }) => json(StatusCode::OK, &LogPage { entries, seq }),
        Err(problem) => failed(&problem),
    }
}

/// `GET /log/{id}`: one entry, by its id or a beginning of it that is unique.
pub async fn entry(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    let entry = async {
        gateway.store.catch_up().await?;
        gateway.store.entry(&id).await
    };
    match entry.await {
        Ok(Some(entry)) => json(StatusCode::OK, &entry),
        Ok(None) => {
            error(StatusCode::NOT_FOUND, "no entry has this id, or more than one begins so")
        }
        Err(problem) => failed(&problem),
    }
}

/// A key as the admin API shows it: never its secret.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeyView {
    /// The public part of the key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub user: Option<String>,
    /// Its group.
    pub group: String,
    /// When it was made.
    pub created: salve_ledger::Timestamp,
    /// When it was revoked.
    pub revoked: Option<salve_ledger::Timestamp>,
    /// The models it may ask for; all of its group where missing.
    pub models: Option<Vec<String>>,
    /// The operator's note.
    pub note: Option<String>,
}

impl From<KeyRecord> for KeyView {
    fn from(key: KeyRecord) -> Self {
        let KeyRecord { id, name, user, group, created, revoked, models, note, .. } = key;
        Self { id, name, user, group, created, revoked, models, note }
    }
}

/// What a new key is made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Its name.
    pub name: String,
    /// Who owns it.
    #[serde(default)]
    pub user: Option<String>,
    /// Its group; `default` where missing.
    #[serde(default)]
    pub group: Option<String>,
    /// The models it may ask for.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// A note.
    #[serde(default)]
    pub note: Option<String>,
}

/// A key that was just made, with its text, which is shown this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct CreatedKey {
    /// The whole key.
    pub key: String,
    /// Its record.
    #[serde(flatten)]
    pub view: KeyView,
}

/// `GET /keys`.
pub async fn keys(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.store.keys().await {
        Ok(keys) => {
            let keys: Vec<KeyView> = keys.into_iter().map(KeyView::from).collect();
            json(StatusCode::OK, &serde_json::json!({ "keys": keys }))
        }
        Err(problem) => failed(&problem),
    }
}

/// `GET /keys/{id}`.
pub async fn key(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    match gateway.store.key(&id).await {
        Ok(Some(key)) => json(StatusCode::OK, &KeyView::from(key)),
        Ok(None) => error(StatusCode::NOT_FOUND, "no key has this id"),
        Err(problem) => failed(&problem),
    }
}

/// `POST /keys`: makes a key.
pub async fn create_key(State(gateway): State<Arc<Gateway>>, Json(new): Json<NewKey>) -> Response {
    let group = new.group.clone().unwrap_or_else(|| "default".to_owned());
    let house = gateway.house();
    if !house.groups.contains_key(&group) {
        let names: Vec<&str> = house.groups.keys().map(String::as_str).collect();
        let hint = format!("no group is called `{group}`; there is {}", names.join(", "));
        return error(StatusCode::UNPROCESSABLE_ENTITY, &hint);
    }
    let is_taken = house.declared.has_name(&new.name) || gateway.keyring().has_name(&new.name);
    if is_taken || !is_key_name(&new.name) {
        return error(StatusCode::UNPROCESSABLE_ENTITY, KEY_NAME_RULE);
    }
    let (text, record) = minted(&gateway, new, group);
    let view = KeyView::from(record.clone());
    let made = async {
        gateway.store.insert_key(&record).await?;
        gateway.reload_keys().await
    };
    match made.await {
        Ok(()) => json(StatusCode::CREATED, &CreatedKey { key: text, view }),
        Err(problem) => failed(&problem),
    }
}

/// A key's text, to be shown once, and its record.
fn minted(gateway: &Gateway, new: NewKey, group: String) -> (String, KeyRecord) {
    let minted = mint(&mut rand::rng());
    let record = KeyRecord {
        id: minted.public_id,
        name: new.name,
        user: new.user,
        group,
        created: gateway.desk.clock.now(),
        revoked: None,
        mac: gateway.pepper.digest(&minted.text),
        models: new.models,
        note: new.note,
    };
    (minted.text, record)
}

/// `DELETE /keys/{id}`: the key opens nothing from now on. Its entries stay.
pub async fn revoke_key(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    let now = gateway.desk.clock.now();
    let revoked = async {
        let was_there = gateway.store.revoke_key(&id, now).await?;
        gateway.reload_keys().await?;
        Ok::<bool, StoreError>(was_there)
    };
    match revoked.await {
        Ok(true) => json(StatusCode::OK, &serde_json::json!({ "revoked": id })),
        Ok(false) => error(StatusCode::NOT_FOUND, "no key has this id"),
        Err(problem) => failed(&problem),
    }
}
