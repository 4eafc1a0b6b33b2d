//! One client connection: HTTP/1.1, with time limits that are told before they cut.

mod head_watch;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use http::Request;
use hyper::body::Incoming as ClientBody;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::limits;
use head_watch::{HeadWatch, Served};

/// Writes the answer to a request whose header section never ended, as it goes over the wire.
pub type LateAnswer = Arc<dyn Fn() -> Vec<u8> + Send + Sync>;

/// How long a connection stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// For as many requests as its client has.
    Kept,
    /// For one request, whose answer says `connection: close`.
    Once,
}

/// Serves requests until the client leaves or `stop` asks for the end.
pub async fn serve(
    stream: TcpStream,
    router: Router,
    stay: Stay,
    late: &LateAnswer,
    stop: CancellationToken,
) {
    let head = Arc::<HeadWatch>::default();
    let io = TokioIo::new(Watched { stream, head: Arc::clone(&head), stalled: None });
    let watch = Arc::clone(&head);
    let service = service_fn(move |request: Request<ClientBody>| {
        let serving = watch.is_whole();
        let request = request.map(|body| Served::new(body, Arc::clone(&serving)));
        // A router is always ready.
        let answering = router.clone().call(request);
        async move {
            let answered = answering.await;
            answered.map(|response| response.map(|body| Served::new(body, serving)))
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::IDLE_TIMEOUT)
        .keep_alive(stay == Stay::Kept)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::READ_BUFFER_BYTES_MAX)
        .serve_connection(io, service);
    let (mut is_stopping, mut limit) = (false, None);
    loop {
        // The connection is polled in place and outlives each turn, so no branch loses work. It
        // goes first because what it reads decides whether a head is late.
        tokio::select! {
            biased;
            ended = &mut connection => return ignore(ended),
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            () = head.is_late(&mut limit) => break,
        }
    }
    let mut stream = connection.into_parts().io.into_inner().stream;
    // The client may be gone by now, which is as good an end.
    let _ = stream.write_all(&late()).await;
    let _ = stream.shutdown().await;
}

/// A connection's own errors are the client leaving or sending no HTTP, which hyper has
/// answered already.
fn ignore(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// A stream that reports its first bytes, and fails where its client takes none for too long.
struct Watched {
    stream: TcpStream,
    head: Arc<HeadWatch>,
    /// Runs while a write waits for the client.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    /// A write that waits, unless it has waited for too long. The error ends the connection,
    /// and with it whatever was being answered.
    fn unless_stalled(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let waiting = || Box::pin(tokio::time::sleep(limits::WRITE_TIMEOUT));
        let stalled = self.stalled.get_or_insert_with(waiting);
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        // While an answer waits for its client there is no place to tell of another's lateness.
        if buf.filled().len() > before && self.stalled.is_none() {
            self.head.has_bytes();
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.unless_stalled(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.unless_stalled(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
