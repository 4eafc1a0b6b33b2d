//! `GET /v1/models` and `GET /v1/models/{id}`.

use std::fmt::Write;

use http::Response;
use serde_json::json;

use super::{Call, Stop, auth, no_route};
use crate::model::Model;
use crate::refusal::Refusal;
use crate::respond::Answer;
use crate::server::ServedBody;

const LIMIT_DEFAULT: usize = 20;
const LIMIT_MAX: usize = 1_000;

/// A page of the models.
pub(super) fn list(call: &Call) -> Result<Response<ServedBody>, Stop> {
    let profile = &call.law.profile;
    // A relay lists its models itself.
    if let (Some(missing), None) = (&profile.model_list, &profile.relay) {
        return Ok(no_route(call, missing));
    }
    auth::admit(call)?;
    let page = Page::read(call.head.uri.query().unwrap_or_default())?;
    let all = &call.law.models;
    let (models, has_more) = page.cut(all)?;
    let mut data = String::new();
    for model in models {
        let separator = if data.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _written = write!(data, "{separator}{}", shown(model, &model.id));
    }
    let first = json!(models.first().map(|model| &model.id));
    let last = json!(models.last().map(|model| &model.id));
    let body = format!(
        "{{\"data\":[{data}],\"has_more\":{has_more},\"first_id\":{first},\"last_id\":{last}}}"
    );
    Ok(call.send(Answer::json(200, body)))
}

/// One model, by id or alias.
pub(super) fn one(call: &Call) -> Result<Response<ServedBody>, Stop> {
    auth::admit(call)?;
    let id = call.head.uri.path().strip_prefix("/v1/models/").unwrap_or_default();
    let model = call.law.model(id)?;
    Ok(call.send(Answer::json(200, shown(&model, &model.id))))
}

fn shown(model: &Model, id: &str) -> String {
    format!(
        "{{\"type\":\"model\",\"id\":{},\"display_name\":{},\"created_at\":{},\
         \"max_input_tokens\":{},\"max_tokens\":{}}}",
        json!(id),
        json!(model.display_name),
        json!(model.created_at),
        model.window_tokens,
        model.output_tokens_max
    )
}

struct Page {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
}

impl Page {
    fn read(query: &str) -> Result<Self, Refusal> {
        let mut page = Self { limit: LIMIT_DEFAULT, after: None, before: None };
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "limit" => page.limit = limit(value)?,
                "after_id" => page.after = Some(value.to_owned()),
                "before_id" => page.before = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(page)
    }

    /// The models of the page, and whether there are more in its direction.
    fn cut<'a>(&self, all: &'a [Model]) -> Result<(&'a [Model], bool), Refusal> {
        let find = |id: &String, key: &str| {
            let found = all.iter().position(|model| model.id == *id);
            found.ok_or_else(|| Refusal::invalid("page", format!("{key}: unknown id {id}")))
        };
        if let Some(before) = &self.before {
            let end = find(before, "before_id")?;
            let start = end.saturating_sub(self.limit);
            return Ok((all.get(start..end).unwrap_or_default(), start > 0));
        }
        let start = match &self.after {
            Some(after) => find(after, "after_id")? + 1,
            None => 0,
        };
        let end = start.saturating_add(self.limit).min(all.len());
        Ok((all.get(start..end).unwrap_or_default(), end < all.len()))
    }
}

fn limit(text: &str) -> Result<usize, Refusal> {
    let refused = |text: &str| Err(Refusal::invalid("page", format!("limit: {text}")));
    match text.parse::<i64>() {
        Err(_) => refused("Input should be a valid integer, unable to parse string as an integer"),
        Ok(number) if number < 1 => refused("Input should be greater than or equal to 1"),
        Ok(number) => match usize::try_from(number) {
            Ok(number) if number <= LIMIT_MAX => Ok(number),
            _ => refused("Input should be less than or equal to 1000"),
        },
    }
}
