//! The HTTP client towards upstreams.
//!
//! HTTP/1.1 on purpose: each stream has its own connection, so a reset, a stall or a slow
//! reader of one is never felt by another.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming as UpstreamBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;
use tower::Service;

use crate::limits;
use crate::vocabulary::{Outgoing, SendError};

/// Connections to all upstreams, pooled by origin.
#[derive(Debug, Clone)]
pub struct Upstream {
    client: Client<Counted, Slices>,
    /// Connections begun so far.
    connects: Arc<AtomicU64>,
}

/// A connector that counts.
#[derive(Debug, Clone)]
struct Counted {
    connector: HttpsConnector<HttpConnector>,
    connects: Arc<AtomicU64>,
}

impl Service<Uri> for Counted {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = <HttpsConnector<HttpConnector> as Service<Uri>>::Error;
    type Future = <HttpsConnector<HttpConnector> as Service<Uri>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        self.connects.fetch_add(1, Ordering::Relaxed);
        self.connector.call(to)
    }
}

/// The system's root certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the system's root certificates: {0}")]
pub struct RootsError(#[from] io::Error);

impl Upstream {
    /// A client that trusts the system's roots.
    ///
    /// # Errors
    /// [`RootsError`] where the system has none.
    pub fn new() -> Result<Self, RootsError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(limits::CONNECT_TIMEOUT));
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let connects = Arc::<AtomicU64>::default();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits::UPSTREAM_IDLE_TIMEOUT)
            .pool_max_idle_per_host(limits::IDLE_UPSTREAM_CONNECTIONS_MAX)
            .build(Counted { connector: https, connects: Arc::clone(&connects) });
        Ok(Self { client, connects })
    }

    /// Sends `outgoing` and waits for the head of the answer. Redirects are not followed: a
    /// credential stays with the origin it was given for.
    ///
    /// A kept connection may be closed by the upstream in the very moment in which it is used
    /// again. Where one breaks at once, before any byte of an answer, the request goes out once
    /// more. One that breaks later may have been worked on, and is told as any other failure.
    pub(super) async fn request(
        &self,
        outgoing: Outgoing,
    ) -> Result<Response<UpstreamBody>, SendError> {
        let started = Instant::now();
        let before = self.connects.load(Ordering::Relaxed);
        let again = outgoing.clone();
        let answered = self.client.request(written(outgoing)).await.map_err(|e| failure(&e));
        // No connection was begun meanwhile, so this one had been used before. A connection
        // begun for another request may hide that; then the failure is told as any other.
        let was_kept = self.connects.load(Ordering::Relaxed) == before
            && started.elapsed() < limits::STALE_CONNECTION;
        match answered {
            Err(SendError::Broken(_)) if was_kept => {
                self.client.request(written(again)).await.map_err(|error| failure(&error))
            }
            answered => answered,
        }
    }
}

fn written(outgoing: Outgoing) -> Request<Slices> {
    let mut request = Request::new(Slices::new(outgoing.slices));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = outgoing.uri;
    *request.headers_mut() = outgoing.headers;
    request
}

fn failure(error: &ClientError) -> SendError {
    // The innermost cause says what happened; the layers above only say where.
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    match error.is_connect() {
        true => SendError::Unreachable(cause.to_string()),
        false => SendError::Broken(cause.to_string()),
    }
}

/// A body in slices, whose length is known.
#[derive(Debug)]
pub(super) struct Slices {
    rest: VecDeque<Bytes>,
    length: u64,
}

impl Slices {
    fn new(slices: Vec<Bytes>) -> Self {
        let length = slices.iter().map(|slice| slice.len() as u64).sum();
        Self { rest: slices.into(), length }
    }
}

impl http_body::Body for Slices {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.rest.pop_front();
        let taken = next.as_ref().map_or(0, |slice| slice.len() as u64);
        self.length = self.length.saturating_sub(taken);
        Poll::Ready(next.map(|slice| Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
