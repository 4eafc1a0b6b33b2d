//! Chunks that come in a burst go on together.
//!
//! Each write to a client costs a system call and a wake-up there, many times what the event in
//! it costs. While chunks follow each other at once, as from a cache or a fast model, those that
//! are ready are taken together; a stream at the pace of a model's thought is never held.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body::Frame;
use http_body_util::BodyExt;
use hyper::body::Incoming as UpstreamBody;

use crate::limits;

/// What reading an upstream came to.
#[derive(Debug)]
pub enum Read {
    /// More of the stream.
    Chunk(Bytes),
    /// Its clean end.
    Ended,
    /// A break; the transport's words.
    Cut(String),
}

impl From<Option<Result<Frame<Bytes>, hyper::Error>>> for Read {
    fn from(frame: Option<Result<Frame<Bytes>, hyper::Error>>) -> Self {
        match frame {
            None => Self::Ended,
            Some(Err(error)) => Self::Cut(error.to_string()),
            // Trailers carry nothing that is acted on.
            Some(Ok(frame)) => Self::Chunk(frame.into_data().unwrap_or_default()),
        }
    }
}

/// `first` and what is ready right behind it, where it came within a burst; and the end of the
/// stream, where that was ready too.
pub async fn gather(
    first: Bytes,
    since_last: Duration,
    rest: &mut UpstreamBody,
) -> (Bytes, Option<Read>) {
    if since_last > limits::BURST_GAP {
        return (first, None);
    }
    let mut whole = BytesMut::from(first);
    for _ in 1..limits::BURST_CHUNKS_MAX {
        // Lets the upstream's connection hand over the next chunk, if it has one.
        tokio::task::yield_now().await;
        match rest.frame().now_or_never().map(Read::from) {
            Some(Read::Chunk(chunk)) => whole.extend_from_slice(&chunk),
            end => return (whole.freeze(), end),
        }
    }
    (whole.freeze(), None)
}
