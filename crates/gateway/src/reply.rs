//! The client's side of a request, and the work that answers it.
//!
//! The work runs where its client's connection runs: polling the answer polls the work, so a
//! piece that the upstream sends is on its way to the client without another task being woken.
//! When the client leaves, the work is not dropped but goes on as a task of its own, learns
//! from [`Reply::abandoned`] or the next [`Reply::send`] that nobody listens, and settles.
//!
//! Back-pressure needs no signal: a connection that cannot write does not ask for more, so the
//! work is not polled and the upstream is not read.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use http::Response;
use http_body::{Frame, SizeHint};

use crate::limits;
use crate::tasks::Tasks;

/// What a request's work answers through.
#[derive(Debug)]
pub struct Reply {
    shared: Arc<Mutex<Shared>>,
    is_begun: bool,
}

/// What passes between the work and the connection. Both are polled by one task at a time, so
/// neither ever has to wake the other.
#[derive(Debug, Default)]
struct Shared {
    head: Option<Response<Option<Bytes>>>,
    pieces: VecDeque<Result<Bytes, Cut>>,
    has_left: bool,
}

/// The client has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client has left")]
pub struct Gone;

/// The answer is cut on purpose: a clean end would pass for a whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the upstream's answer broke off")]
pub struct Cut;

/// The work ended without answering, which only a panic can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the work ended without an answer")]
pub struct Unanswered;

/// Runs `work`, which answers through the [`Reply`] it is given, and gives the answer as soon as
/// its head is there. Dropped before that, or with the answer's body unread, the work goes on
/// in `tasks`.
///
/// # Errors
/// [`Unanswered`] where the work panicked; the panic is logged.
pub async fn answer<F>(
    tasks: Tasks,
    work: impl FnOnce(Reply) -> F,
) -> Result<Response<ReplyBody>, Unanswered>
where
    F: Future<Output = ()> + Send + 'static,
{
    let shared = Arc::<Mutex<Shared>>::default();
    let work = work(Reply { shared: Arc::clone(&shared), is_begun: false });
    let mut rest = Rest { work: Some(Box::pin(contained(work))), shared, tasks };
    let head = poll_fn(|cx| match (rest.poll(cx), rest.lock().head.take()) {
        (_, Some(head)) => Poll::Ready(Ok(head)),
        (Poll::Ready(()), None) => Poll::Ready(Err(Unanswered)),
        (Poll::Pending, None) => Poll::Pending,
    });
    let (parts, whole) = head.await?.into_parts();
    let body = match whole {
        Some(bytes) => ReplyBody::Whole(Some(bytes)),
        None => ReplyBody::Pieces(rest),
    };
    Ok(Response::from_parts(parts, body))
}

async fn contained(work: impl Future<Output = ()>) {
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        tracing::error!("a request's work panicked; this is a bug");
    }
}

impl Reply {
    /// Whether the head was sent, so that status and header fields are past changing.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// Sends a whole answer.
    ///
    /// # Errors
    /// [`Gone`] where nobody waits for it.
    pub fn whole(&mut self, answer: Response<Bytes>) -> Result<(), Gone> {
        self.head(answer.map(Some))
    }

    /// Sends the head of an answer whose body follows in pieces.
    ///
    /// # Errors
    /// [`Gone`] where nobody waits for it.
    pub fn begin(&mut self, head: Response<()>) -> Result<(), Gone> {
        self.head(head.map(|()| None))
    }

    fn head(&mut self, head: Response<Option<Bytes>>) -> Result<(), Gone> {
        let mut shared = lock(&self.shared);
        if shared.has_left || self.is_begun {
            return Err(Gone);
        }
        shared.head = Some(head);
        self.is_begun = true;
        Ok(())
    }

    /// Sends the next piece of the body, once the pieces before it are not too many.
    ///
    /// # Errors
    /// [`Gone`] where the client left.
    pub async fn send(&mut self, piece: Bytes) -> Result<(), Gone> {
        let mut piece = Some(Ok(piece));
        // No waker is kept: whoever takes a piece polls this work again, and so does leaving.
        poll_fn(|_| {
            let mut shared = lock(&self.shared);
            if shared.has_left {
                return Poll::Ready(Err(Gone));
            }
            if shared.pieces.len() >= limits::REPLY_QUEUE {
                return Poll::Pending;
            }
            shared.pieces.extend(piece.take());
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// Ends the body so that the client sees it as broken. The work must end after this.
    pub fn cut(&mut self) {
        lock(&self.shared).pieces.push_back(Err(Cut));
    }

    /// Ends when the client has left. Cancel-safe: it only watches.
    pub async fn abandoned(&self) {
        // No waker is kept: leaving moves the work to another task, which polls it anew.
        poll_fn(|_| match lock(&self.shared).has_left {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // Nothing panics while it holds the lock, so what a poisoned one guards is whole.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Work that has not ended.
pub struct Rest {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    shared: Arc<Mutex<Shared>>,
    tasks: Tasks,
}

impl Rest {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(work) = &mut self.work else { return Poll::Ready(()) };
        let polled = work.as_mut().poll(cx);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Cut>>> {
        let next = self.lock().pieces.pop_front();
        if next.is_some() {
            return Poll::Ready(next);
        }
        let ended = self.poll(cx);
        match (self.lock().pieces.pop_front(), ended) {
            (Some(piece), _) => Poll::Ready(Some(piece)),
            (None, Poll::Ready(())) => Poll::Ready(None),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        self.lock().has_left = true;
        if let Some(work) = self.work.take() {
            self.tasks.spawn("request", work);
        }
    }
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rest").field("has_ended", &self.work.is_none()).finish_non_exhaustive()
    }
}

/// A body towards the client.
#[derive(Debug)]
pub enum ReplyBody {
    /// All of it, until it is taken.
    Whole(Option<Bytes>),
    /// Pieces, as the work makes them.
    Pieces(Rest),
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Pieces(rest) => rest.next(cx).map(|piece| piece.map(|p| p.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Pieces(_) => SizeHint::new(),
        }
    }
}

#[cfg(test)]
mod tests;
