//! Resident memory: idle, and with a thousand streams open that bring an event every 20 ms.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::load::{self, Connection};
use crate::target::{self, Program, Target};
use crate::{Fault, body};

/// How many streams are open at the same time.
const STREAMS: usize = 1_000;

/// Time between two events of a stream.
const PACE: Duration = Duration::from_millis(20);

/// Events of a stream: 3 s at that pace, so that all are open for a while even on a slow machine.
const EVENTS: usize = 150;

/// How often memory is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long a process rests before its idle memory is read.
const REST: Duration = Duration::from_millis(700);

/// Memory of one program, in KiB.
#[derive(Serialize)]
pub(crate) struct Memory {
    /// After the first reply, with nothing to do.
    pub(crate) idle_kib: u64,
    /// Growth per open stream, for each size of request body.
    pub(crate) streams: Vec<PerStream>,
}

/// Growth with a thousand open streams.
#[derive(Serialize)]
pub(crate) struct PerStream {
    /// Bytes of the request that opened each stream.
    pub(crate) request_bytes: usize,
    /// How many streams were open when memory was highest.
    pub(crate) open: usize,
    /// Highest resident memory above idle, divided by the streams.
    pub(crate) kib: f64,
}

/// Measures `program`, a fresh process for each size of body.
///
/// # Errors
/// When a stream fails or breaks off.
pub(crate) async fn measure(program: &Program) -> Result<Memory, Fault> {
    let upstream = target::upstream(EVENTS, PACE).await?;
    let mut memory = Memory { idle_kib: 0, streams: Vec::new() };
    for bytes in [1_024, 102_400] {
        let folder = target::folder()?;
        let target = program.start(upstream.address, folder.path()).await?;
        sleep(REST).await;
        memory.idle_kib = target.process.resident_kib()?;
        memory.streams.push(open_streams(&target, bytes, memory.idle_kib).await?);
    }
    Ok(memory)
}

async fn open_streams(target: &Target, bytes: usize, idle_kib: u64) -> Result<PerStream, Fault> {
    let request = body::request(bytes, true)?;
    let open = Arc::new(AtomicUsize::new(0));
    let mut streams = JoinSet::new();
    for _ in 0..STREAMS {
        streams.spawn(stream(target.address, request.clone(), Arc::clone(&open)));
    }
    let mut highest = PerStream { request_bytes: bytes, open: 0, kib: 0.0 };
    while !streams.is_empty() {
        sleep(LOOK_EVERY).await;
        highest = look(target, idle_kib, open.load(Ordering::Relaxed), highest)?;
        while let Some(finished) = streams.try_join_next() {
            finished??;
        }
    }
    Ok(highest)
}

/// Keeps the look with the most streams open; among those, the one with the most memory.
fn look(
    target: &Target,
    idle_kib: u64,
    open: usize,
    highest: PerStream,
) -> Result<PerStream, Fault> {
    let grown = target.process.resident_kib()?.saturating_sub(idle_kib) as f64;
    let kib = grown / open.max(1) as f64;
    let is_higher = (open, kib) > (highest.open, highest.kib);
    Ok(if is_higher { PerStream { open, kib, ..highest } } else { highest })
}

async fn stream(address: SocketAddr, request: Bytes, open: Arc<AtomicUsize>) -> Result<(), Fault> {
    let mut connection = Connection::open(address).await?;
    let response = connection.send(request).await?;
    open.fetch_add(1, Ordering::Relaxed);
    let finished = load::finish(response.into_body(), true).await;
    open.fetch_sub(1, Ordering::Relaxed);
    finished
}
