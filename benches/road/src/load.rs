//! The load generator: connections that stay open, each asking again as soon as it was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::Fault;
use crate::target::KEY;

/// Headers of Claude Code in `-p` mode, beside the ones that hyper writes: what a gateway has to
/// carry with each request.
const HEADERS: &[(&str, &str)] = &[
    ("accept", "application/json"),
    ("content-type", "application/json"),
    ("user-agent", "claude-cli/2.1.330 (external, sdk-cli)"),
    ("x-claude-code-session-id", "6f1d3a54-8c1e-4f0e-9a6e-0d7b1c2f3a45"),
    ("x-stainless-arch", "x64"),
    ("x-stainless-lang", "js"),
    ("x-stainless-os", "Linux"),
    ("x-stainless-package-version", "0.128.0"),
    ("x-stainless-retry-count", "0"),
    ("x-stainless-runtime", "node"),
    ("x-stainless-runtime-version", "v26.3.0"),
    ("x-stainless-timeout", "600"),
    (
        "anthropic-beta",
        "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,\
         per-turn-control-2026-07-01,thinking-token-count-2026-05-13,effort-2025-11-24",
    ),
    ("anthropic-dangerous-direct-browser-access", "true"),
    ("anthropic-version", "2023-06-01"),
    ("x-app", "cli"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
];

/// How a streamed answer ends; anything else was cut short.
const STREAM_END: &[u8] = b"\"message_stop\"}\n\n";

/// What to send, and how.
#[derive(Clone)]
pub(crate) struct Load {
    /// The body of every request.
    pub(crate) body: Bytes,
    /// Whether the answer is a stream.
    pub(crate) streams: bool,
    /// How many connections ask at the same time.
    pub(crate) concurrency: usize,
    /// How many requests are sent in all.
    pub(crate) requests: usize,
}

impl Load {
    /// A single request.
    pub(crate) fn one(body: Bytes, streams: bool) -> Self {
        Self { body, streams, concurrency: 1, requests: 1 }
    }
}

/// Sends the load to `address`; returns how long each answer took, from the first byte sent to the
/// last received.
///
/// # Errors
/// When a connection or an answer fails: a benchmark of failures would measure nothing.
pub(crate) async fn drive(address: SocketAddr, load: &Load) -> Result<Vec<Duration>, Fault> {
    let taken = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..load.concurrency {
        let connection = Connection::open(address).await?;
        workers.spawn(work(connection, load.clone(), Arc::clone(&taken)));
    }
    let mut all = Vec::with_capacity(load.requests);
    while let Some(finished) = workers.join_next().await {
        all.extend(finished??);
    }
    Ok(all)
}

async fn work(
    mut connection: Connection,
    load: Load,
    taken: Arc<AtomicUsize>,
) -> Result<Vec<Duration>, Fault> {
    let mut latencies = Vec::new();
    while taken.fetch_add(1, Ordering::Relaxed) < load.requests {
        let started = Instant::now();
        let response = connection.send(load.body.clone()).await?;
        finish(response.into_body(), load.streams).await?;
        latencies.push(started.elapsed());
    }
    Ok(latencies)
}

/// Reads an answer to its end.
///
/// # Errors
/// When it breaks off.
pub(crate) async fn finish(mut body: Incoming, streams: bool) -> Result<(), Fault> {
    let mut last = Bytes::new();
    while let Some(frame) = body.frame().await {
        if let Ok(chunk) = frame?.into_data() {
            last = chunk;
        }
    }
    let is_whole = if streams { last.ends_with(STREAM_END) } else { last.ends_with(b"}") };
    if is_whole { Ok(()) } else { Err(format!("an answer ended in {last:?}").into()) }
}

/// One connection that stays open.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Drives the connection; dropped with it.
    _driver: JoinSet<()>,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        let mut driver = JoinSet::new();
        driver.spawn(async {
            // How it ends is seen by whoever waits for an answer on it.
            let _ = connection.await;
        });
        Ok(Self { sender, _driver: driver })
    }

    /// Sends `body` and waits for the head of the answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not 200.
    pub(crate) async fn send(&mut self, body: Bytes) -> Result<Response<Incoming>, Fault> {
        let mut request = Request::post("/v1/messages?beta=true")
            .header("host", "127.0.0.1")
            .header("authorization", format!("Bearer {KEY}"));
        for (name, value) in HEADERS {
            request = request.header(*name, *value);
        }
        let response = self.ask(request.body(Full::new(body))?).await?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        let status = response.status();
        let told = response.into_body().collect().await?.to_bytes();
        Err(format!("answered {status}: {}", String::from_utf8_lossy(&told)).into())
    }

    /// Sends any request and waits for the head of the answer, whatever its status.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) async fn ask(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Fault> {
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }
}
