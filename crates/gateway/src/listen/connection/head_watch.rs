//! Whether a request's header section is on its way, and for how long.
//!
//! A connection takes turns: nothing comes, a header section arrives, its request is served.
//! Only the second has a time limit that is told. All of it happens where the connection is
//! polled, so nothing here wakes anything but the limit itself.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::limits;

/// What one connection is at: [`IDLE`], [`ARRIVING`], or the number of the request that is served.
#[derive(Debug, Default)]
pub struct HeadWatch {
    state: AtomicU64,
    served: AtomicU64,
}

const IDLE: u64 = 0;
const ARRIVING: u64 = 1;

impl HeadWatch {
    /// Bytes came. While a request is served they are its body, or a head sent ahead of its
    /// turn, which has the time of an idle connection instead.
    pub fn has_bytes(&self) {
        // Losing the exchange means that a request is being served.
        let _ = self.state.compare_exchange(IDLE, ARRIVING, Ordering::AcqRel, Ordering::Acquire);
    }

    /// A whole header section was parsed; its request is served for as long as a copy of what is
    /// given here lives.
    pub fn is_whole(self: &Arc<Self>) -> Arc<Serving> {
        let before = self.served.fetch_add(1, Ordering::AcqRel);
        let number = before.saturating_add(ARRIVING).saturating_add(1);
        self.state.store(number, Ordering::Release);
        Arc::new(Serving { watch: Arc::clone(self), number })
    }

    /// Ends when a header section has been arriving for too long. To be polled after the
    /// connection, by the same task. Cancel-safe where that task keeps `limit`.
    pub async fn is_late(&self, limit: &mut Option<Pin<Box<Sleep>>>) {
        poll_fn(|cx| {
            if self.state.load(Ordering::Acquire) != ARRIVING {
                *limit = None;
                return Poll::Pending;
            }
            let arriving = || Box::pin(tokio::time::sleep(limits::HEADER_TIMEOUT));
            limit.get_or_insert_with(arriving).as_mut().poll(cx)
        })
        .await;
    }
}

/// A request that is served; dropped, its connection waits for the next one.
#[derive(Debug)]
pub struct Serving {
    watch: Arc<HeadWatch>,
    number: u64,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // A body that someone kept for longer than its turn says nothing about the present one.
        let state = &self.watch.state;
        let _ = state.compare_exchange(self.number, IDLE, Ordering::AcqRel, Ordering::Acquire);
    }
}

/// A body of a request that is served, or of its answer.
#[derive(Debug)]
pub struct Served<B> {
    body: B,
    _serving: Arc<Serving>,
}

impl<B> Served<B> {
    /// `body`, which keeps `serving` alive until it is given out or dropped.
    pub fn new(body: B, serving: Arc<Serving>) -> Self {
        Self { body, _serving: serving }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Served<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
