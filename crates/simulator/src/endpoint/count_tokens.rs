//! `POST /v1/messages/count_tokens`.

use http::Response;

use super::messages::prepare;
use super::{Call, Stop, no_route};
use crate::respond::Answer;
use crate::rules::Purpose;
use crate::server::ServedBody;

/// Counts the input of a request, by the same rules and the same function as serving it.
pub(super) async fn answer(call: &Call) -> Result<Response<ServedBody>, Stop> {
    if let Some(missing) = &call.law.profile.count_tokens {
        return Ok(no_route(call, missing));
    }
    let prepared = prepare(call, Purpose::Count).await?;
    if let Some(response) = prepared.instead {
        return Ok(response);
    }
    let checked = prepared.checked?;
    let body = format!("{{\"input_tokens\":{}}}", checked.prompt.tokens);
    Ok(call.send(Answer::json(200, body)))
}
