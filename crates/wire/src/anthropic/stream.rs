//! How far a streamed answer has come, and what its client would stumble over.
//!
//! [`Progress`] watches the events of one answer and knows at any moment what a client holds:
//! which block is open, which are complete, what was counted. From that follows how a break is
//! told so that the client loses least ([`Progress::ending`]), and how an event that does not
//! fit is mended ([`Repair`]). The events of a good answer are never touched.

mod blocks;
mod read;
mod repair;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::error::Envelope;
use super::response::StartData;
use super::usage::Usage;
use blocks::{Blocks, Named, with_stop_reason};
use read::{BlockStart, MessageDelta, kind_of, signature_in_delta, signature_in_start};

pub(crate) use blocks::unique_id;
pub use read::text_in;
pub use repair::{Change, Repair, Restore};
pub(crate) use repair::{put, quoted};

/// What an event was, as far as relaying it is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A comment or an event without data.
    Nothing,
    /// A sign of life that carries nothing.
    Ping,
    /// `message_start`: the answer has an id and a model, but no content yet.
    Start,
    /// `content_block_start`: a block begins, itself mostly still empty.
    Block(Block),
    /// Content, or an event of a type that is not known here: the answer has begun.
    Content,
    /// `content_block_stop`.
    BlockStop,
    /// `message_delta`: what follows the last block.
    Delta,
    /// `message_stop`: the answer is whole.
    Stop,
    /// An `error` event; its data as it came.
    Error(Vec<u8>),
}

/// The kind of a content block, as far as a break in it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// Text: may be closed early, the client keeps it.
    Text,
    /// A tool call: half of one must never look whole.
    Tool,
    /// Thinking or anything else: never closed early.
    Other,
}

impl Block {
    fn of(kind: &str) -> Self {
        match kind {
            "text" => Self::Text,
            "tool_use" => Self::Tool,
            _ => Self::Other,
        }
    }
}

/// What a client of one streamed answer has been given so far.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    blocks: Blocks,
    blocks_done: u32,
    is_tool_done: bool,
    stop_reason: Option<String>,
    is_started: bool,
    is_delta_seen: bool,
    is_stopped: bool,
    usage: Usage,
    is_usage_seen: bool,
    is_usage_final: bool,
    content_bytes: u64,
    repairs: Vec<&'static str>,
    signatures: Vec<String>,
}

/// Signatures of one answer that are remembered.
const SIGNATURES_MAX: usize = 512;

/// How a stream that broke is ended, so that its client loses least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Send these events, then end cleanly: nothing is missing.
    Complete(Vec<u8>),
    /// Send these events, the last of which is an `error`, then end.
    Broken(Vec<u8>),
    /// Cut the connection: a clean end would pass for an answer.
    Cut,
}

impl Progress {
    /// Takes note of one event, by its name and data.
    pub fn observe(&mut self, name: &[u8], data: &[u8]) -> Seen {
        self.follow(name, data, Restore::default()).0
    }

    /// Takes note of one event and says what must become of it on its way to the client, with
    /// the client's own names put back.
    pub fn follow(&mut self, name: &[u8], data: &[u8], restore: Restore<'_>) -> (Seen, Repair) {
        if data.is_empty() {
            return (Seen::Nothing, Repair::default());
        }
        let named = std::str::from_utf8(name).ok().filter(|name| !name.is_empty());
        let kind = named.map_or_else(|| kind_of(data), Cow::Borrowed);
        let (seen, (repair, cured)) = match self.is_stopped {
            false => self.take(&kind, data, restore),
            true => after_stop(&kind),
        };
        if let Some(cured) = cured
            && !self.repairs.contains(&cured)
        {
            self.repairs.push(cured);
        }
        (seen, repair)
    }

    fn note_signature(&mut self, signature: Option<String>) {
        if let Some(signature) = signature.filter(|_| self.signatures.len() < SIGNATURES_MAX) {
            self.signatures.push(signature);
        }
    }

    /// What thinking blocks were signed with, and what redacted ones hold.
    #[must_use]
    pub fn signatures(&self) -> &[String] {
        &self.signatures
    }

    fn take(&mut self, kind: &str, data: &[u8], restore: Restore<'_>) -> (Seen, Named) {
        match kind {
            "ping" => (Seen::Ping, Named::default()),
            "message_start" => (Seen::Start, self.start(data, restore)),
            "content_block_start" => {
                self.note_signature(signature_in_start(data));
                self.block_start(data, restore)
            }
            "content_block_delta" => {
                self.content_bytes = self.content_bytes.saturating_add(delta_bytes(data));
                self.note_signature(signature_in_delta(data));
                (Seen::Content, self.blocks.delta(data))
            }
            "content_block_stop" => (Seen::BlockStop, self.block_stop(data)),
            "message_delta" => (Seen::Delta, self.message_delta(data)),
            "message_stop" => {
                self.is_stopped = true;
                (Seen::Stop, self.close_blocks())
            }
            "error" => (Seen::Error(data.to_vec()), Named::default()),
            _ => (Seen::Content, Named::default()),
        }
    }

    fn start(&mut self, data: &[u8], restore: Restore<'_>) -> Named {
        let is_second = std::mem::replace(&mut self.is_started, true);
        if is_second && !self.blocks.has_begun() {
            return (Repair::dropped(), Some("stream:dropped-second-start"));
        }
        // A second one behind content begins the message anew, which clients understand.
        self.blocks.begin_anew();
        let start: Option<StartData> = serde_json::from_slice(data).ok();
        if let Some(usage) = start.and_then(|start| start.message.usage) {
            self.usage.update(&usage);
            self.is_usage_seen = true;
        }
        (restore.in_start(data), None)
    }

    fn block_start(&mut self, data: &[u8], restore: Restore<'_>) -> (Seen, Named) {
        let start = serde_json::from_slice::<BlockStart<'_>>(data).ok();
        let kind =
            start.as_ref().map_or(Block::Other, |start| Block::of(&start.content_block.kind));
        (Seen::Block(kind), self.blocks.start(data, start.as_ref(), restore))
    }

    fn block_stop(&mut self, data: &[u8]) -> Named {
        let (block, named) = self.blocks.stop(data);
        self.note_done(block);
        named
    }

    fn note_done(&mut self, blocks: impl IntoIterator<Item = Block>) {
        for block in blocks {
            self.blocks_done = self.blocks_done.saturating_add(1);
            self.is_tool_done |= block == Block::Tool;
        }
    }

    /// Ends the blocks that are still open where the upstream says that its message is whole.
    fn close_blocks(&mut self) -> Named {
        let (before, blocks) = self.blocks.stop_all();
        let cured = (!blocks.is_empty()).then_some("stream:supplied-block-stop");
        self.note_done(blocks);
        (Repair { before, ..Repair::default() }, cured)
    }

    fn message_delta(&mut self, data: &[u8]) -> Named {
        let Ok(MessageDelta { delta, usage }) = serde_json::from_slice(data) else {
            return Named::default();
        };
        let (has_delta, reason) = (delta.is_some(), delta.and_then(|delta| delta.stop_reason));
        let (kept, cured) = match &self.stop_reason {
            Some(earlier) if has_delta && reason.is_none() => {
                (with_stop_reason(data, earlier), Some("stream:kept-stop-reason"))
            }
            Some(_) | None => Named::default(),
        };
        self.stop_reason = reason.or(self.stop_reason.take());
        if let Some(usage) = usage {
            self.usage.update(&usage);
            self.is_usage_seen = true;
            // Usage is whole only when it comes with the reason for stopping.
            self.is_usage_final = self.stop_reason.is_some();
        }
        self.is_delta_seen |= self.stop_reason.is_some();
        match self.is_delta_seen {
            false => (kept, cured),
            true => {
                let (closing, closed) = self.close_blocks();
                (Repair { before: closing.before, ..kept }, cured.or(closed))
            }
        }
    }

    /// What was mended so far, each kind once: `stream:` and what was done.
    #[must_use]
    pub fn repairs(&self) -> &[&'static str] {
        &self.repairs
    }

    /// Whether `message_stop` has come.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// What the upstream has reported so far; `None` where it has reported nothing.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        self.is_usage_seen.then_some(&self.usage)
    }

    /// Whether the usage is that of the whole answer.
    #[must_use]
    pub fn is_usage_final(&self) -> bool {
        self.is_usage_final
    }

    /// Why the model stopped, once it has said so.
    #[must_use]
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref()
    }

    /// Bytes of content that were streamed, for an estimate where no usage came.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.content_bytes
    }

    /// How to end an answer that breaks here; `error` is what the client is told.
    ///
    /// What Claude Code does at each place was measured: a closed text block is kept and
    /// resumed, an open first block is thrown away, a complete tool call is run.
    #[must_use]
    pub fn ending(&self, error: Envelope<'_>) -> Ending {
        if self.is_stopped {
            return Ending::Complete(Vec::new());
        }
        if self.is_delta_seen {
            return Ending::Complete(message_stop());
        }
        match self.blocks.last_open() {
            Some((index, Block::Text)) => {
                let mut events = block_stop(index);
                events.extend(error.to_event());
                Ending::Broken(events)
            }
            Some(_) if self.blocks_done == 0 => Ending::Cut,
            None if self.is_tool_done => Ending::Complete(self.tool_use_tail()),
            Some(_) | None => Ending::Broken(error.to_event()),
        }
    }

    /// The end of an answer whose last block is a complete tool call.
    fn tool_use_tail(&self) -> Vec<u8> {
        let delta = format!(
            r#"{{"type":"message_delta","delta":{{"stop_reason":"tool_use","stop_sequence":null}},"usage":{{"output_tokens":{}}}}}"#,
            self.usage.output_tokens.or_zero()
        );
        let mut events = event("message_delta", delta.as_bytes());
        events.extend(message_stop());
        events
    }
}

/// An event behind `message_stop`: those of the answer itself come too late.
fn after_stop(kind: &str) -> (Seen, Named) {
    let is_of_answer =
        kind.starts_with("message_") || kind.starts_with("content_block_") || kind == "error";
    match is_of_answer {
        true => (Seen::Content, (Repair::dropped(), Some("stream:dropped-after-stop"))),
        false => (Seen::Content, Named::default()),
    }
}

/// An event with its name and data, as it goes over the wire.
#[must_use]
pub fn event(name: &str, data: &[u8]) -> Vec<u8> {
    [b"event: ", name.as_bytes(), b"\ndata: ", data, b"\n\n"].concat()
}

/// A sign of life, for clients that watch for silence.
#[must_use]
pub fn ping() -> Vec<u8> {
    event("ping", br#"{"type": "ping"}"#)
}

fn block_stop(index: u64) -> Vec<u8> {
    let data = format!(r#"{{"type":"content_block_stop","index":{index}}}"#);
    event("content_block_stop", data.as_bytes())
}

fn message_stop() -> Vec<u8> {
    event("message_stop", br#"{"type":"message_stop"}"#)
}

/// Bytes of content in a delta: the data less its frame, which is about this long.
fn delta_bytes(data: &[u8]) -> u64 {
    const FRAME: usize =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#.len();
    data.len().saturating_sub(FRAME).max(1) as u64
}
