//! Reading a body from the socket, within bounds of size and time.

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::body::Body as HttpBody;
use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use crate::limits;

/// Why a body was not read to its end.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is larger than is accepted; noticed at the first byte too many.
    #[error("the request body is over this gateway's limit of {limit} bytes")]
    TooLarge {
        /// The limit in force.
        limit: u64,
    },
    /// It came more slowly than is waited for.
    #[error(
        "{} s at a pace of at least {} bytes a second (only {received} bytes came)",
        .waited.as_secs(), limits::BODY_BYTES_PER_SECOND_MIN
    )]
    TooSlow {
        /// Bytes that came.
        received: u64,
        /// How long they took.
        waited: Duration,
    },
    /// The client broke it off.
    #[error("the request body was cut off after {received} bytes, before its declared end")]
    CutOff {
        /// Bytes that came.
        received: u64,
    },
}

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// [`BodyError`]; what had come is dropped.
pub async fn read(body: &mut HttpBody, limit: u64) -> Result<Bytes, BodyError> {
    let started = Instant::now();
    let Some(first) = frame(body, started, 0).await? else {
        return Ok(Bytes::new());
    };
    if body.is_end_stream() {
        // The usual small body: one piece, and no copy.
        return within(0, first.len(), limit).map(|()| first);
    }
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let declared = expected.saturating_add(first.len());
    let reserve = declared.min(limits::BODY_BYTES_RESERVED_MAX);
    let mut whole = BytesMut::with_capacity(reserve.max(first.len()));
    let mut next = Some(first);
    while let Some(piece) = next {
        within(whole.len(), piece.len(), limit)?;
        make_room(&mut whole, piece.len(), declared);
        whole.extend_from_slice(&piece);
        next = frame(body, started, whole.len() as u64).await?;
    }
    Ok(whole.freeze())
}

/// Room for `more` bytes and, where there is none, for what is declared to follow.
fn make_room(whole: &mut BytesMut, more: usize, declared: usize) {
    if whole.capacity().saturating_sub(whole.len()) < more {
        let lacking = declared.saturating_sub(whole.len());
        let earned = whole.len().saturating_mul(limits::BODY_GROWTH_MAX);
        whole.reserve(lacking.min(earned).max(more));
    }
}

fn within(have: usize, more: usize, limit: u64) -> Result<(), BodyError> {
    let total = (have as u64).saturating_add(more as u64);
    if total > limit { Err(BodyError::TooLarge { limit }) } else { Ok(()) }
}

/// The next piece, in the time that its size so far has earned.
async fn frame(
    body: &mut HttpBody,
    started: Instant,
    received: u64,
) -> Result<Option<Bytes>, BodyError> {
    let earned = Duration::from_secs(received / limits::BODY_BYTES_PER_SECOND_MIN);
    let deadline = started + limits::BODY_GRACE + earned;
    loop {
        let frame = timeout_at(deadline, body.frame()).await;
        let slow = |_| BodyError::TooSlow { received, waited: started.elapsed() };
        match frame.map_err(slow)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(BodyError::CutOff { received }),
            // Trailers carry nothing that is acted on.
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Reads a refused body and throws it away, within bounds, so that its client sees the answer.
pub async fn discard(mut body: HttpBody) {
    let deadline = Instant::now() + limits::DISCARD_TIMEOUT;
    let mut seen: u64 = 0;
    while seen < limits::DISCARD_BYTES_MAX {
        match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let more = frame.data_ref().map_or(0, Bytes::len);
                seen = seen.saturating_add(more as u64);
            }
            Ok(None | Some(Err(_))) | Err(_) => return,
        }
    }
}
