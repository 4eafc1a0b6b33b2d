//! Chunks that come in a burst go on together.
//!
//! Each write to a client costs a system call and a wake-up there, many times what the event in
//! it costs. While chunks follow each other at once, as from a cache or a fast model, those that
//! are ready are taken together; a stream at the pace of a model's thought is never held.

#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
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

/// `first` and what follows right behind it, where it came within a burst; and the end of the
/// stream, where that followed too.
pub async fn gather(
    first: Bytes,
    since_last: Duration,
    rest: &mut UpstreamBody,
) -> (Bytes, Option<Read>) {
    if since_last > limits::BURST_GAP {
        return (first, None);
    }
    let second = match next_soon(rest).await {
        Some(Read::Chunk(second)) => second,
        end => return (first, end),
    };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    for _ in 2..limits::BURST_CHUNKS_MAX {
        if whole.len() >= limits::BURST_BYTES_MAX {
            break;
        }
        match next_soon(rest).await {
            Some(Read::Chunk(chunk)) => whole.extend_from_slice(&chunk),
            end => return (whole.freeze(), end),
        }
    }
    (whole.freeze(), None)
}

/// What comes next, if it comes before everything else that can run has had its turn.
///
/// The upstream's connection is another task, which hands over one chunk at a time and must run
/// to hand over the next. Being polled again is no sign that it did: the client's connection
/// polls its body more than once in a row.
async fn next_soon(rest: &mut UpstreamBody) -> Option<Read> {
    let (mut turns, mut turn) = (0..limits::BURST_TURNS_MAX, None::<Arc<Turn>>);
    poll_fn(|cx| {
        if let Poll::Ready(frame) = Pin::new(&mut *rest).poll_frame(cx) {
            return Poll::Ready(Some(Read::from(frame)));
        }
        if turn.as_ref().is_some_and(|turn| !turn.is_over.load(Ordering::Acquire)) {
            return Poll::Pending;
        }
        match turns.next() {
            None => Poll::Ready(None),
            Some(_) => {
                turn = Some(Turn::begin(cx.waker().clone()));
                Poll::Pending
            }
        }
    })
    .await
}

/// A moment in which everything else that can run does.
struct Turn {
    task: Waker,
    is_over: AtomicBool,
}

impl Turn {
    /// Steps aside. `task` is woken when the turn is over.
    fn begin(task: Waker) -> Arc<Self> {
        let turn = Arc::new(Self { task, is_over: AtomicBool::new(false) });
        let waker = Waker::from(Arc::clone(&turn));
        // The runtime keeps the waker and wakes it when it has run out of other work; the future
        // itself has nothing more to do.
        let mut yielding = pin!(tokio::task::yield_now());
        let _ = yielding.as_mut().poll(&mut Context::from_waker(&waker));
        turn
    }
}

impl Wake for Turn {
    fn wake(self: Arc<Self>) {
        self.is_over.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}
