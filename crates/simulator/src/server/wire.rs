//! A socket that a fault can reset, and whose flushes a body can wait for.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a body and the socket under it share.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    reset: AtomicBool,
    flushes: AtomicU64,
    waiting: Mutex<Option<Waker>>,
}

impl Wire {
    /// From now on, closing the socket sends a TCP reset instead of a normal end.
    pub(crate) fn arm_reset(&self) {
        self.reset.store(true, Ordering::Release);
    }

    /// How often everything written so far was handed to the kernel.
    pub(crate) fn flushes(&self) -> u64 {
        self.flushes.load(Ordering::Acquire)
    }

    /// Ready once there were more flushes than `seen`.
    pub(crate) fn poll_flushed_after(&self, seen: u64, context: &Context<'_>) -> Poll<()> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.flushes() > seen {
            return Poll::Ready(());
        }
        *waiting = Some(context.waker().clone());
        Poll::Pending
    }

    fn flushed(&self) {
        self.flushes.fetch_add(1, Ordering::AcqRel);
        let waker = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The socket of one connection together with its [`Wire`].
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    wire: Arc<Wire>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, wire: Arc<Wire>) -> Self {
        Self { stream, wire }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.wire.reset.load(Ordering::Acquire) {
            // With zero linger the kernel answers the close with RST. It can only fail on a socket
            // that is already gone, and then there is nothing left to reset.
            let _gone = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        if let Poll::Ready(Ok(())) = done {
            self.wire.flushed();
        }
        done
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.reset.load(Ordering::Acquire) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
