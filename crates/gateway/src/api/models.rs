//! `/v1/models`: what the caller's key may ask for, in Anthropic's shape.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use salve_ledger::ModelFacts;
use salve_remedy::{Told, faults};
use serde::{Deserialize, Serialize};

use super::{json, told};
use crate::gateway::Gateway;
use crate::identify;
use crate::limits;
use crate::vocabulary::Caller;

/// How the list is paged.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    limit: Option<String>,
    after_id: Option<String>,
    before_id: Option<String>,
}

/// A model as Anthropic lists it.
#[derive(Debug, Clone, Serialize)]
struct Model {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    display_name: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Listing<'a> {
    data: &'a [Model],
    first_id: Option<&'a str>,
    last_id: Option<&'a str>,
    has_more: bool,
}

/// `GET /v1/models`.
pub async fn list(
    State(gateway): State<Arc<Gateway>>,
    Query(page): Query<Page>,
    headers: HeaderMap,
) -> Response {
    let listed =
        caller(&gateway, &headers).and_then(|caller| listing(&gateway.models_of(&caller), &page));
    listed.unwrap_or_else(|refusal| told(&gateway, refusal))
}

/// `GET /v1/models/{id}`.
pub async fn one(
    State(gateway): State<Arc<Gateway>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let caller = match caller(&gateway, &headers) {
        Err(refusal) => return told(&gateway, refusal),
        Ok(caller) => caller,
    };
    if let Some(model) = gateway.models_of(&caller).into_iter().find(|model| model.id == id) {
        return json(StatusCode::OK, &model);
    }
    // A name that only a wildcard covers is not listed, but may be asked for.
    if gateway.may_ask_for(&caller, &id) {
        return json(StatusCode::OK, &Model::unlisted(id));
    }
    let models = gateway.models_for(&caller).join(", ");
    told(&gateway, faults::MODEL_UNKNOWN.tell(&[("model", &id), ("models", &models)]))
}

fn caller(gateway: &Gateway, headers: &HeaderMap) -> Result<Caller, Told> {
    let house = gateway.house();
    identify::caller(&house, &gateway.keyring(), &gateway.pepper, headers).map_err(Told::from)
}

/// One page. `before_id` gives the page that ends before it, as Anthropic does.
fn listing(models: &[Model], page: &Page) -> Result<Response, Told> {
    let limit = page.limit.as_ref().map_or(Some(20), |limit| limit.parse::<usize>().ok());
    let Some(limit) = limit.filter(|limit| (1..=limits::MODELS_PAGE_MAX).contains(limit)) else {
        let problem = format!("limit: expected a number from 1 to {}", limits::MODELS_PAGE_MAX);
        return Err(faults::BODY_FIELD_WRONG.tell(&[("problem", &problem)]));
    };
    let place = |id: &String| models.iter().position(|model| model.id == *id);
    let from = page.after_id.as_ref().and_then(place).map_or(0, |at| at.saturating_add(1));
    let to = page.before_id.as_ref().and_then(place).unwrap_or(models.len());
    let window = models.get(from..to.max(from)).unwrap_or_default();
    let (data, has_more) = match page.before_id {
        Some(_) => {
            let start = window.len().saturating_sub(limit);
            (window.get(start..).unwrap_or_default(), start > 0)
        }
        None => (window.get(..limit).unwrap_or(window), window.len() > limit),
    };
    let first_id = data.first().map(|model| model.id.as_str());
    let last_id = data.last().map(|model| model.id.as_str());
    Ok(json(StatusCode::OK, &Listing { data, first_id, last_id, has_more }))
}

impl Model {
    fn known(facts: &ModelFacts) -> Self {
        Self {
            kind: "model",
            id: facts.id.clone(),
            display_name: facts.display_name.clone(),
            created_at: facts.created.to_string(),
            max_input_tokens: Some(facts.context_window),
            max_tokens: Some(facts.max_output_tokens),
        }
    }

    /// A model that no table knows: Anthropic's shape asks for a date, so it gets the epoch.
    fn unlisted(id: String) -> Self {
        Self {
            kind: "model",
            display_name: id.clone(),
            id,
            created_at: "1970-01-01T00:00:00Z".to_owned(),
            max_input_tokens: None,
            max_tokens: None,
        }
    }
}

impl Gateway {
    /// Whether the caller's key and one of its channels take `model`.
    fn may_ask_for(&self, caller: &Caller, model: &str) -> bool {
        let serves = |member: &crate::house::Member| member.channel.serves(model);
        caller.key.may_use(model) && caller.group.members.iter().any(serves)
    }

    /// Whether a channel of the caller really has `model` now, as far as is known: one that is not
    /// drained and has not just said that it has no such model.
    fn is_served(&self, caller: &Caller, model: &str) -> bool {
        caller.group.members.iter().any(|member| {
            let channel = &member.channel;
            let upstream_model = channel.upstream_model(model);
            let lacks = self.knowledge.troubles.lacks(&channel.name, upstream_model);
            channel.serves(model) && !channel.is_drained() && !lacks
        })
    }

    /// The names of the models that work for a caller now, those nearest to `asked` first, as a
    /// sentence lists them.
    #[must_use]
    pub fn models_working(&self, caller: &Caller, asked: &str) -> String {
        const SHOWN: usize = 8;
        let mut names = self.models_near(caller, asked);
        names.retain(|name| name != asked);
        names.truncate(SHOWN);
        if names.is_empty() { "no other".to_owned() } else { names.join(", ") }
    }

    /// The names of the models that a caller may ask for, those nearest to `asked` first.
    #[must_use]
    pub fn models_near(&self, caller: &Caller, asked: &str) -> Vec<String> {
        let mut names = self.models_for(caller);
        let near = |name: &String| strsim::jaro_winkler(name, asked);
        names.sort_by(|a, b| near(b).total_cmp(&near(a)));
        names
    }

    /// The models a caller may ask for: those of the model table that its channels serve, then
    /// the names that its channels spell out.
    fn models_of(&self, caller: &Caller) -> Vec<Model> {
        let may = |model: &str| caller.key.may_use(model) && self.is_served(caller, model);
        let known = self.desk.prices.models().iter().filter(|facts| may(&facts.id));
        let mut models: Vec<Model> = known.map(Model::known).collect();
        let listed: BTreeSet<String> = models.iter().map(|model| model.id.clone()).collect();
        let named = caller.group.members.iter().flat_map(|member| member.channel.named_models());
        let named: BTreeSet<&str> = named.filter(|name| !listed.contains(*name)).collect();
        let named = named.into_iter().filter(|name| may(name));
        models.extend(named.map(|name| Model::unlisted(name.to_owned())));
        models
    }

    /// The names of those models; where none has a name, the patterns that they must match.
    #[must_use]
    pub fn models_for(&self, caller: &Caller) -> Vec<String> {
        let named: Vec<String> = self.models_of(caller).into_iter().map(|m| m.id).collect();
        if !named.is_empty() {
            return named;
        }
        let patterns = caller.group.members.iter().flat_map(|member| member.channel.patterns());
        patterns.map(str::to_owned).collect()
    }
}
