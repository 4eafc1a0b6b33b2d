//! relay: answer → client, event by event, counting usage and watching both sides.
//!
//! Bytes pass as they came, at event boundaries only, so that a sign of life or an error can
//! always be put between two events. Back-pressure is the reply's bounded queue: while it is
//! full, the upstream is not read. May end with an in-band error or an abnormal end, never
//! with a clean end that hides a loss.

mod burst;

use bytes::Bytes;
use http_body_util::BodyExt;
use salve_wire::Edits;
use salve_wire::anthropic::error::Envelope;
use salve_wire::anthropic::stream::{Ending, Progress, Restore, Seen, ping};
use salve_wire::sse::{Batch, Splitter};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::limits;
use crate::reply::{Gone, Reply};
use crate::vocabulary::{Break, Stream};
use burst::Read;

/// How relaying ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relayed {
    /// The client has the whole answer.
    Whole,
    /// The client left.
    Left,
    /// The upstream broke; the client has not been told yet.
    Broke(Break),
}

/// How a broken stream was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Only the end was missing, and was supplied.
    Whole,
    /// The client was told.
    Told,
    /// The client had left.
    Left,
}

/// One stream on its way to its client.
#[derive(Debug)]
pub struct Relay<'a> {
    reply: &'a mut Reply,
    /// What the client has been given.
    pub progress: Progress,
    /// Bytes passed on.
    pub sent_bytes: u64,
    /// The client's names for what the upstream knows by others.
    restore: Restore<'a>,
    last_content: Instant,
    last_byte: Instant,
    last_sent: Instant,
}

/// Why a batch stopped the relay.
enum Stop {
    Left,
    Broke(Break),
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Left
    }
}

impl<'a> Relay<'a> {
    /// A relay into `reply`, whose head was sent.
    pub fn new(reply: &'a mut Reply, restore: Restore<'a>) -> Self {
        let now = Instant::now();
        Self {
            reply,
            progress: Progress::default(),
            sent_bytes: 0,
            restore,
            last_content: now,
            last_byte: now,
            last_sent: now,
        }
    }

    /// Passes the stream on to its end. `checkpoint` is called at the first content and now and
    /// then.
    pub async fn run(
        &mut self,
        stream: Stream,
        cut: &CancellationToken,
        mut checkpoint: impl FnMut(&Self),
    ) -> Relayed {
        let Stream { held, mut splitter, mut rest, is_blank: _ } = stream;
        for batch in held {
            if let Err(stop) = self.pass(&batch).await {
                return stop.into();
            }
        }
        checkpoint(self);
        let mut ticks = ticks();
        let mut end = None;
        loop {
            let read = match end.take() {
                Some(end) => end,
                // Cancel-safe: `frame` keeps what it has read in the body, the others only watch.
                None => tokio::select! {
                    frame = rest.frame() => Read::from(frame),
                    () = self.reply.abandoned() => return Relayed::Left,
                    () = cut.cancelled() => return self.broke(Break::Shutdown),
                    _ = ticks.tick() => {
                        checkpoint(self);
                        match self.on_tick().await {
                            Some(relayed) => return relayed,
                            None => continue,
                        }
                    }
                },
            };
            let chunk = match read {
                Read::Chunk(chunk) => chunk,
                Read::Ended => return self.at_end(splitter).await,
                Read::Cut(words) => return self.broke(Break::Cut(words)),
            };
            let since_last = self.last_byte.elapsed();
            let (chunk, ended) = burst::gather(chunk, since_last, &mut rest).await;
            end = ended;
            if let Err(stop) = self.on_chunk(&mut splitter, chunk).await {
                return stop.into();
            }
        }
    }

    async fn on_chunk(&mut self, splitter: &mut Splitter, chunk: Bytes) -> Result<(), Stop> {
        self.last_byte = Instant::now();
        match splitter.push(chunk) {
            Err(_) => Err(Stop::Broke(Break::EventTooLarge)),
            Ok(None) => Ok(()),
            Ok(Some(batch)) => self.pass(&batch).await,
        }
    }

    /// Notes the events of a batch and passes them on, up to an error where one is among them.
    async fn pass(&mut self, batch: &Batch) -> Result<(), Stop> {
        let mut edits = Edits::none();
        let mut end = batch.raw.len();
        let mut error = None;
        for event in &batch.events {
            let name = batch.name(event);
            let (seen, repair) = self.progress.follow(name, &batch.data(event), self.restore);
            repair.make(batch, event, &mut edits);
            match seen {
                Seen::Nothing | Seen::Ping => {}
                Seen::Start
                | Seen::Block(_)
                | Seen::Content
                | Seen::BlockStop
                | Seen::Delta
                | Seen::Stop => self.last_content = self.last_byte,
                Seen::Error(data) => {
                    (end, error) = (event.raw.start, Some(data.into()));
                    break;
                }
            }
        }
        for piece in edits.apply(&batch.raw.slice(..end)) {
            self.send(piece).await?;
        }
        error.map_or(Ok(()), |data| Err(Stop::Broke(Break::Error(data))))
    }

    async fn send_some(&mut self, piece: Bytes) -> Result<(), Gone> {
        if piece.is_empty() { Ok(()) } else { self.send(piece).await }
    }

    async fn send(&mut self, piece: Bytes) -> Result<(), Gone> {
        let bytes = piece.len() as u64;
        self.reply.send(piece).await?;
        self.sent_bytes = self.sent_bytes.saturating_add(bytes);
        self.last_sent = self.last_byte;
        Ok(())
    }

    /// The upstream closed its side.
    async fn at_end(&mut self, splitter: Splitter) -> Relayed {
        if self.progress.is_stopped() {
            // The answer is whole; what hangs on behind it goes on as it came.
            return match self.send_some(splitter.rest()).await {
                Ok(()) => Relayed::Whole,
                Err(Gone) => Relayed::Left,
            };
        }
        // A last event without its blank line still counts where it completes the answer.
        if let Some(batch) = splitter.finish()
            && self.would_stop(&batch)
            && let Err(stop) = self.pass(&batch).await
        {
            return stop.into();
        }
        match self.progress.is_stopped() {
            true => Relayed::Whole,
            false => Relayed::Broke(Break::Ended),
        }
    }

    fn would_stop(&self, batch: &Batch) -> bool {
        let mut ahead = self.progress.clone();
        for event in &batch.events {
            ahead.observe(batch.name(event), &batch.data(event));
        }
        ahead.is_stopped()
    }

    /// What happens after the answer is whole no longer matters.
    fn broke(&self, how: Break) -> Relayed {
        if self.progress.is_stopped() { Relayed::Whole } else { Relayed::Broke(how) }
    }

    /// Looks at the deadlines, and gives the client a sign of life where it has waited.
    async fn on_tick(&mut self) -> Option<Relayed> {
        let now = Instant::now();
        if self.progress.is_stopped() {
            return Some(Relayed::Whole);
        }
        if now - self.last_content > limits::CONTENT_IDLE_TIMEOUT
            || now - self.last_byte > limits::SILENCE_TIMEOUT
        {
            return Some(Relayed::Broke(Break::Silent));
        }
        if now - self.last_sent >= limits::KEEP_ALIVE {
            self.last_sent = now;
            if self.reply.send(Bytes::from(ping())).await.is_err() {
                return Some(Relayed::Left);
            }
        }
        None
    }

    /// Ends a broken stream so that the client loses least; `error` is what it is told.
    pub async fn close(&mut self, error: Envelope<'_>) -> Closed {
        let (events, closed) = match self.progress.ending(error) {
            Ending::Complete(events) => (events, Closed::Whole),
            Ending::Broken(events) => (events, Closed::Told),
            Ending::Cut => {
                tokio::time::sleep(limits::CUT_PAUSE).await;
                self.reply.cut();
                return Closed::Told;
            }
        };
        match self.send(Bytes::from(events)).await {
            Ok(()) => closed,
            Err(Gone) => Closed::Left,
        }
    }
}

impl From<Stop> for Relayed {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Left => Self::Left,
            Stop::Broke(how) => Self::Broke(how),
        }
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(limits::STREAM_TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    ticks
}
