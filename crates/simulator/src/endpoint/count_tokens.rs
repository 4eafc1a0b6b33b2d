//! `POST /v1/messages/count_tokens`.

use http::Response;

use super::messages::prepare;
use super::{Call, Stop};
use crate::respond::Answer;
use crate::rules::Purpose;
use crate::server::ServedBody;

/// Counts the input of a request, by the same rules and the same function as serving it.
pub(super) async fn answer(call: &Call) -> Result<Response<ServedBody>, Stop> {
    let prepared = prepare(call, Purpose::Count).await?;
    if let Some(response) = prepared.instead {
        return Ok(response);
    }
    let checked = prepared.checked?;
    let body = format!("{{\"input_tokens\":{}}}", checked.prompt.tokens);
    Ok(call.send(Answer::json(200, body)))
}
