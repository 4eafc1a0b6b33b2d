//! How far a streamed answer has come.
//!
//! [`Progress`] watches the events of one answer and knows at any moment what a client holds:
//! which block is open, which are complete, what was counted. From that follows how a break is
//! told so that the client loses least ([`Progress::ending`]).

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Deserialize;

use super::error::Envelope;
use super::response::StartData;
use super::usage::Usage;

/// What an event was, as far as relaying it is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A comment or an event without data.
    Nothing,
    /// A sign of life that carries nothing.
    Ping,
    /// `message_start`: the answer has an id and a model, but no content yet.
    Start,
    /// Content, or an event of a type that is not known here: the answer has begun.
    Content,
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

/// What a client of one streamed answer has been given so far.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    open: Option<(u64, Block)>,
    blocks_done: u32,
    is_tool_done: bool,
    stop_reason: Option<String>,
    is_delta_seen: bool,
    is_stopped: bool,
    usage: Usage,
    is_usage_seen: bool,
    is_usage_final: bool,
    content_bytes: u64,
}

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
        if data.is_empty() {
            return Seen::Nothing;
        }
        let named = std::str::from_utf8(name).ok().filter(|name| !name.is_empty());
        let kind = named.map_or_else(|| kind_of(data), Cow::Borrowed);
        match kind.as_ref() {
            "ping" => Seen::Ping,
            "message_start" => self.start(data),
            "content_block_start" => self.block_start(data),
            "content_block_delta" => {
                self.content_bytes = self.content_bytes.saturating_add(delta_bytes(data));
                Seen::Content
            }
            "content_block_stop" => self.block_stop(),
            "message_delta" => self.message_delta(data),
            "message_stop" => {
                self.is_stopped = true;
                Seen::Stop
            }
            "error" => Seen::Error(data.to_vec()),
            _ => Seen::Content,
        }
    }

    fn start(&mut self, data: &[u8]) -> Seen {
        let start: Option<StartData> = serde_json::from_slice(data).ok();
        if let Some(usage) = start.and_then(|start| start.message.usage) {
            self.usage.update(&usage);
            self.is_usage_seen = true;
        }
        Seen::Start
    }

    fn block_start(&mut self, data: &[u8]) -> Seen {
        if let Ok(start) = serde_json::from_slice::<BlockStart<'_>>(data) {
            let block = match start.content_block.kind.as_ref() {
                "text" => Block::Text,
                "tool_use" => Block::Tool,
                _ => Block::Other,
            };
            self.open = Some((start.index, block));
        }
        Seen::Content
    }

    fn block_stop(&mut self) -> Seen {
        if let Some((_, block)) = self.open.take() {
            self.blocks_done = self.blocks_done.saturating_add(1);
            self.is_tool_done |= block == Block::Tool;
        }
        Seen::Content
    }

    fn message_delta(&mut self, data: &[u8]) -> Seen {
        if let Ok(delta) = serde_json::from_slice::<MessageDelta>(data) {
            self.stop_reason = delta.delta.and_then(|d| d.stop_reason).or(self.stop_reason.take());
            if let Some(usage) = delta.usage {
                self.usage.update(&usage);
                self.is_usage_seen = true;
                // Usage is whole only when it comes with the reason for stopping.
                self.is_usage_final = self.stop_reason.is_some();
            }
        }
        self.is_delta_seen |= self.stop_reason.is_some();
        Seen::Content
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
        match self.open {
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

/// The `type` inside the data, for events without a name.
fn kind_of(data: &[u8]) -> Cow<'_, str> {
    serde_json::from_slice::<Kind<'_>>(data).map_or(Cow::Borrowed(""), |kind| kind.kind)
}

/// Bytes of content in a delta: the data less its frame, which is about this long.
fn delta_bytes(data: &[u8]) -> u64 {
    const FRAME: usize =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#.len();
    data.len().saturating_sub(FRAME).max(1) as u64
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct BlockStart<'a> {
    index: u64,
    #[serde(borrow)]
    content_block: Kind<'a>,
}

#[derive(Deserialize)]
struct MessageDelta {
    delta: Option<Delta>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Delta {
    stop_reason: Option<String>,
}
