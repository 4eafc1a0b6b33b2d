//! The client's side of a request: one head, then a body, from a task that outlives both.
//!
//! The request's task holds the [`Reply`]; the connection holds the [`Awaited`]. Either may go
//! first: a client that leaves is noticed by [`Reply::abandoned`], a task that panics leaves
//! an [`Awaited`] that resolves to nothing.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body::{Frame, SizeHint};
use tokio::sync::{mpsc, oneshot};

use crate::limits;

/// What a request's task answers through.
#[derive(Debug)]
pub struct Reply {
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing was sent yet.
    Waiting(oneshot::Sender<Response<ReplyBody>>),
    /// The head was sent, the body is being sent.
    Streaming(mpsc::Sender<Result<Bytes, Cut>>),
    /// All was sent.
    Done,
}

/// The answer as the connection awaits it.
pub type Awaited = oneshot::Receiver<Response<ReplyBody>>;

/// The client has left, or takes nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the client has left")]
pub struct Gone;

/// The answer is cut on purpose: a clean end would pass for a whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the upstream's answer broke off")]
pub struct Cut;

/// The two ends of one answer.
#[must_use]
pub fn pair() -> (Reply, Awaited) {
    let (sender, awaited) = oneshot::channel();
    (Reply { state: State::Waiting(sender) }, awaited)
}

impl Reply {
    /// Whether the head was sent, so that status and header fields are past changing.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        !matches!(self.state, State::Waiting(_))
    }

    /// Sends a whole answer.
    ///
    /// # Errors
    /// [`Gone`] where nobody waits for it.
    pub fn whole(&mut self, answer: Response<Bytes>) -> Result<(), Gone> {
        let State::Waiting(sender) = std::mem::replace(&mut self.state, State::Done) else {
            return Err(Gone);
        };
        sender.send(answer.map(|bytes| ReplyBody::Whole(Some(bytes)))).map_err(|_| Gone)
    }

    /// Sends the head of an answer whose body follows in pieces.
    ///
    /// # Errors
    /// [`Gone`] where nobody waits for it.
    pub fn begin(&mut self, head: Response<()>) -> Result<(), Gone> {
        let (pieces, body) = mpsc::channel(limits::REPLY_QUEUE);
        let before = std::mem::replace(&mut self.state, State::Streaming(pieces));
        let State::Waiting(sender) = before else {
            self.state = before;
            return Err(Gone);
        };
        sender.send(head.map(|()| ReplyBody::Pieces(body))).map_err(|_| Gone)
    }

    /// Sends the next piece of the body, waiting while the client is slow.
    ///
    /// # Errors
    /// [`Gone`] where the client left or took nothing for too long.
    pub async fn send(&mut self, piece: Bytes) -> Result<(), Gone> {
        let State::Streaming(pieces) = &self.state else {
            return Err(Gone);
        };
        match pieces.try_send(Ok(piece)) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Gone),
            Err(mpsc::error::TrySendError::Full(piece)) => {
                let sent = pieces.send_timeout(piece, limits::WRITE_TIMEOUT).await;
                sent.map_err(|_| Gone)
            }
        }
    }

    /// Ends the body so that the client sees it as broken.
    pub async fn cut(&mut self) {
        if let State::Streaming(pieces) = &self.state {
            let _ = pieces.send_timeout(Err(Cut), Duration::from_secs(1)).await;
        }
        self.state = State::Done;
    }

    /// Ends the body.
    pub fn end(&mut self) {
        self.state = State::Done;
    }

    /// Ends when the client has left. Cancel-safe: it only watches.
    pub async fn abandoned(&mut self) {
        match &mut self.state {
            State::Waiting(sender) => sender.closed().await,
            State::Streaming(pieces) => pieces.closed().await,
            State::Done => std::future::pending().await,
        }
    }
}

/// A body towards the client.
#[derive(Debug)]
pub enum ReplyBody {
    /// All of it, until it is taken.
    Whole(Option<Bytes>),
    /// Pieces as they come.
    Pieces(mpsc::Receiver<Result<Bytes, Cut>>),
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
            Self::Pieces(pieces) => {
                pieces.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
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
