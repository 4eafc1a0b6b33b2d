//! An answer's body as a list of steps: bytes, pauses, and ways to end.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::Wire;

/// One step of serving a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Bytes of the body.
    Bytes(Bytes),
    /// Wait until everything before has reached the kernel.
    Flush,
    /// Do nothing for a while.
    Wait(Duration),
    /// Send nothing more and keep the connection open.
    Forever,
    /// End with a TCP reset.
    Reset,
    /// End with a normal close, but without the closing chunk of the body.
    Cut,
}

/// How the sending of a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Every step was carried out.
    Complete,
    /// A fault cut it.
    Cut,
    /// The reader went away first.
    ReaderLeft,
}

/// Told once, when the body is dropped: how it ended and the bytes handed to the socket.
pub(crate) type Delivery = Box<dyn FnOnce(End, Vec<Bytes>) + Send>;

/// The body of every answer of the simulator.
pub(crate) struct ServedBody {
    steps: VecDeque<Step>,
    length: Option<u64>,
    state: State,
    wire: Arc<Wire>,
    sent: Vec<Bytes>,
    cut: bool,
    delivery: Option<Delivery>,
}

enum State {
    Next,
    Flushing(u64),
    Waiting(Pin<Box<Sleep>>),
}

impl ServedBody {
    /// A body of known length, sent at once.
    pub(crate) fn whole(bytes: Bytes, wire: Arc<Wire>) -> Self {
        let length = bytes.len() as u64;
        let steps = if bytes.is_empty() { VecDeque::new() } else { [Step::Bytes(bytes)].into() };
        Self::stepwise(steps, wire).announcing(length)
    }

    /// A body whose end is not announced.
    pub(crate) fn stepwise(steps: VecDeque<Step>, wire: Arc<Wire>) -> Self {
        Self {
            steps,
            length: None,
            state: State::Next,
            wire,
            sent: Vec::new(),
            cut: false,
            delivery: None,
        }
    }

    /// The same body, announced with `length` bytes whatever its steps bring.
    pub(crate) fn announcing(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// The same body, which reports its end.
    pub(crate) fn reporting(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    fn cut_off(&mut self, reset: bool) -> io::Error {
        self.cut = true;
        if reset {
            self.wire.arm_reset();
        }
        io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault")
    }
}

impl Body for ServedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            match &mut self.state {
                State::Next => {}
                State::Flushing(seen) => {
                    let seen = *seen;
                    ready!(self.wire.poll_flushed_after(seen, context));
                }
                State::Waiting(sleep) => ready!(sleep.as_mut().poll(context)),
            }
            self.state = State::Next;
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Bytes(bytes)) => {
                    self.sent.push(bytes.clone());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Flush) => self.state = State::Flushing(self.wire.flushes()),
                Some(Step::Wait(time)) => {
                    self.state = State::Waiting(Box::pin(tokio::time::sleep(time)));
                }
                Some(Step::Forever) => {
                    // Kept at the front: only the reader or a stop of the simulator ends this.
                    self.steps.push_front(Step::Forever);
                    return Poll::Pending;
                }
                Some(Step::Reset) => return Poll::Ready(Some(Err(self.cut_off(true)))),
                Some(Step::Cut) => return Poll::Ready(Some(Err(self.cut_off(false)))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        }
    }
}

impl Drop for ServedBody {
    fn drop(&mut self) {
        let Some(delivery) = self.delivery.take() else {
            return;
        };
        let end = if self.cut {
            End::Cut
        } else if self.steps.is_empty() {
            End::Complete
        } else {
            End::ReaderLeft
        };
        delivery(end, std::mem::take(&mut self.sent));
    }
}
