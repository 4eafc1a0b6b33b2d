//! A request as the service reads it: tools, then system, then messages, block by block.
//!
//! Each block is a [`Piece`] with its tokens and the hash of everything up to it. The hash sees
//! what the model sees: not `cache_control`, not the attribution block, not deferred tools, not
//! thinking, and no difference between a string and a single text block. So a client may move its
//! cache breakpoints without changing the prefix, as Claude Code does on every turn.

mod block;
mod canonical;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::tokens;
use block::{block_tokens, breakpoint_of, is_thinking};
use canonical::hash_value;

/// Start of the first system block by which Claude Code marks its version; the service strips it.
const ATTRIBUTION: &str = "x-anthropic-billing-header:";

/// Lifetime asked for by a `cache_control`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ttl {
    /// The default.
    FiveMinutes,
    /// `ttl: "1h"`.
    OneHour,
}

impl Ttl {
    /// The lifetime as a duration.
    pub(crate) fn lifetime(self) -> Duration {
        match self {
            Self::FiveMinutes => Duration::from_secs(300),
            Self::OneHour => Duration::from_secs(3_600),
        }
    }
}

/// Where a piece stands in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    /// `tools.N`
    Tool(usize),
    /// `system.N`
    System(usize),
    /// `messages.N.content.M`
    Block(usize, usize),
}

/// One block of the prompt.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// Where it stands.
    pub at: At,
    /// Tokens from the start of the prompt to the end of this piece.
    pub tokens_so_far: u64,
    /// Hash of everything from the start to the end of this piece.
    pub prefix: u64,
    /// Whether the prefix is to be cached here, and for how long.
    pub breakpoint: Option<Ttl>,
}

/// The whole prompt.
#[derive(Debug, Clone)]
pub(crate) struct Prompt {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
    /// All its tokens.
    pub tokens: u64,
    hash: DefaultHasher,
}

impl Prompt {
    /// Reads a body that has passed the shape check.
    pub(crate) fn read(body: &Map<String, Value>) -> Self {
        let mut prompt =
            Self { pieces: Vec::new(), tokens: tokens::PER_REQUEST, hash: DefaultHasher::new() };
        for (index, tool) in list(body.get("tools")).iter().enumerate() {
            prompt.add_tool(index, tool);
        }
        prompt.add_system(body.get("system"));
        for (index, message) in list(body.get("messages")).iter().enumerate() {
            prompt.add_message(index, message);
        }
        if let Some(last) = prompt.pieces.last_mut()
            && let Some(ttl) = breakpoint_of(body.get("cache_control"))
        {
            last.breakpoint = last.breakpoint.or(Some(ttl));
        }
        prompt
    }

    /// Hash of the whole prompt.
    pub(crate) fn digest(&self) -> u64 {
        self.hash.finish()
    }

    /// Hash of the prefix of a block of a message.
    pub(crate) fn prefix_of(&self, message: usize, block: usize) -> Option<u64> {
        // Pieces stand in the order of `At`.
        let wanted = At::Block(message, block);
        let index = self.pieces.binary_search_by_key(&wanted, |piece| piece.at).ok()?;
        // A thinking block leaves the hash as it found it, so after it is before it.
        self.pieces.get(index).map(|piece| piece.prefix)
    }

    /// Adds a block of the reply, as it will stand in the next request.
    pub(crate) fn add_reply_block(&mut self, block: &Value) {
        self.hash_block("assistant", block);
    }

    fn add_tool(&mut self, index: usize, tool: &Value) {
        if tool.get("defer_loading").and_then(Value::as_bool) == Some(true) {
            return;
        }
        hash_value(tool, &mut self.hash);
        let counted = tokens::PER_TOOL + block::tool_tokens(tool);
        self.push(At::Tool(index), counted, breakpoint_of(tool.get("cache_control")));
    }

    fn add_system(&mut self, system: Option<&Value>) {
        match system {
            Some(Value::String(text)) => self.add_system_text(0, text, None),
            Some(Value::Array(blocks)) => {
                for (index, block) in blocks.iter().enumerate() {
                    let text = block.get("text").and_then(Value::as_str).unwrap_or_default();
                    let breakpoint = breakpoint_of(block.get("cache_control"));
                    self.add_system_text(index, text, breakpoint);
                }
            }
            _ => {}
        }
    }

    fn add_system_text(&mut self, index: usize, text: &str, breakpoint: Option<Ttl>) {
        if index == 0 && text.starts_with(ATTRIBUTION) {
            return;
        }
        "system".hash(&mut self.hash);
        text.hash(&mut self.hash);
        self.push(At::System(index), tokens::count_text(text), breakpoint);
    }

    fn add_message(&mut self, index: usize, message: &Value) {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        let mut overhead = tokens::PER_MESSAGE;
        match message.get("content") {
            Some(Value::String(text)) => {
                canonical::hash_text(role, text, &mut self.hash);
                self.push(At::Block(index, 0), overhead + tokens::count_text(text), None);
            }
            Some(Value::Array(blocks)) => {
                for (place, block) in blocks.iter().enumerate() {
                    self.hash_block(role, block);
                    let counted = overhead + block_tokens(block);
                    let breakpoint = block::breakpoint_in(block);
                    self.push(At::Block(index, place), counted, breakpoint);
                    overhead = 0;
                }
            }
            _ => {}
        }
    }

    fn hash_block(&mut self, role: &str, block: &Value) {
        if is_thinking(block) {
            return;
        }
        if let Some(text) = block::plain_text(block) {
            canonical::hash_text(role, text, &mut self.hash);
        } else {
            role.hash(&mut self.hash);
            hash_value(block, &mut self.hash);
        }
    }

    fn push(&mut self, at: At, counted: u64, breakpoint: Option<Ttl>) {
        self.tokens = self.tokens.saturating_add(counted);
        let (tokens_so_far, prefix) = (self.tokens, self.hash.finish());
        self.pieces.push(Piece { at, tokens_so_far, prefix, breakpoint });
    }
}

/// The elements of an array; nothing for anything else.
pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number for a name.
pub(crate) fn digest_of(name: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    name.hash(&mut hash);
    hash.finish()
}
