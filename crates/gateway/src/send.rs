//! send: bytes → the upstream's [`Answer`], as far as it must be read to be judged.
//!
//! A whole answer is read to its end, a stream to its first content: up to there any failure
//! can still be cured by another attempt. Nothing here decides what an answer means.

mod opening;
mod upstream;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming as UpstreamBody;

pub use upstream::{RootsError, Upstream};

use crate::limits;
use crate::vocabulary::{Answer, AnswerBody, Outgoing, SendError};

impl Upstream {
    /// Sends one request and reads the answer as far as it must be read.
    ///
    /// `wants_stream` says what the client asked for: only then is an event stream read as one.
    ///
    /// # Errors
    /// [`SendError`]; whether the upstream saw the request is not known then.
    pub async fn send(&self, outgoing: Outgoing, wants_stream: bool) -> Result<Answer, SendError> {
        let patience = match wants_stream {
            true => limits::FIRST_CONTENT_TIMEOUT,
            false => limits::WHOLE_ANSWER_TIMEOUT,
        };
        let answered = tokio::time::timeout(patience, self.answer(outgoing, wants_stream)).await;
        answered.unwrap_or(Err(SendError::TimedOut(patience)))
    }

    async fn answer(&self, outgoing: Outgoing, wants_stream: bool) -> Result<Answer, SendError> {
        let (head, body) = self.request(outgoing).await?.into_parts();
        let (status, headers) = (head.status, head.headers);
        let body = if wants_stream && status.is_success() && may_be_stream(&headers) {
            opening::read(body).await
        } else {
            let limit = match status.is_success() {
                true => limits::ANSWER_BYTES_MAX,
                false => limits::REFUSAL_BYTES_MAX,
            };
            AnswerBody::Whole(whole(status, body, limit).await?)
        };
        Ok(Answer { status, headers, body })
    }
}

/// Whether an answer that should be a stream may be one. Relays lose its media type, or give it
/// another; one that says that it is a document is believed.
fn may_be_stream(headers: &HeaderMap) -> bool {
    let media = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.is_none_or(|media| {
        let media = media.to_ascii_lowercase();
        !["json", "html", "xml"].iter().any(|document| media.contains(document))
    })
}

async fn whole(status: StatusCode, body: UpstreamBody, limit: usize) -> Result<Bytes, SendError> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(SendError::TooLarge(status, limit)),
        Err(error) => Err(SendError::BrokenOff(status, error.to_string())),
    }
}
