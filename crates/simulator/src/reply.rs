//! The reply to a request that keeps every rule: content, stop reason, usage.
//!
//! Deterministic: the same request to the same seed and cache state gives the same bytes.

mod ask;
mod block;
mod content;
mod cutting;
mod events;
mod sample;

use std::time::Duration;

use serde::Serialize;

use crate::cache::CacheUse;
use crate::ids;
use crate::law::Law;
use crate::rules::Checked;
use crate::signature::Mint;
use crate::usage::{OutputDetails, ServerToolUse, Usage};

pub(crate) use block::Block;
pub(crate) use events::{events, message_json};

/// A reply, ready to be sent in either form.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub id: String,
    pub model: String,
    pub blocks: Vec<Block>,
    pub stop: Stop,
    pub usage: Usage,
    /// Whether the request asked for context management, which is reported even when idle.
    pub context_management: bool,
    /// Deltas a text block is streamed in; by default as many as it has words.
    pub deltas: Option<usize>,
    /// Pause between events, when the prompt asks for one.
    pub pace: Option<Duration>,
}

/// Why a reply ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Stop {
    #[serde(rename = "stop_reason")]
    pub reason: String,
    #[serde(rename = "stop_sequence")]
    pub sequence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_details: Option<StopDetails>,
}

/// What comes with a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StopDetails {
    pub r#type: String,
    pub category: Option<String>,
    pub explanation: String,
}

/// Composes the reply to a request.
pub(crate) fn compose(checked: &Checked, cache: CacheUse, mint: &Mint, law: &Law) -> Reply {
    let seed = mint.seed() ^ checked.prompt.digest();
    let asked = ask::read(checked);
    let mut blocks = content::write(checked, &asked, mint, seed, law);
    let natural = if blocks.iter().any(|block| matches!(block, Block::ToolUse { .. })) {
        "tool_use"
    } else {
        "end_turn"
    };
    let cut = cutting::cut(&mut blocks, &checked.stop_sequences(), checked.max_tokens);
    let stop = Stop::new(asked.stop.as_deref(), cut, natural);
    block::seal(&mut blocks, &checked.prompt, mint);
    Reply {
        id: ids::id(&law.id_prefix("msg"), &[seed, u64::from(checked.stream)]),
        model: checked.model_name.clone(),
        usage: usage(&blocks, cache),
        blocks,
        stop,
        context_management: checked.body.contains_key("context_management"),
        deltas: asked.deltas,
        pace: asked.pace_ms.map(Duration::from_millis),
    }
}

impl Stop {
    fn new(asked: Option<&str>, cut: Option<cutting::Cut>, natural: &str) -> Self {
        let plain =
            |reason: &str| Self { reason: reason.to_owned(), sequence: None, stop_details: None };
        match (asked, cut) {
            (Some("refusal"), _) => Self {
                stop_details: Some(StopDetails {
                    r#type: "refusal".to_owned(),
                    category: None,
                    explanation: "The simulator was asked to refuse.".to_owned(),
                }),
                ..plain("refusal")
            },
            (Some(reason), _) => plain(reason),
            (None, Some(cutting::Cut::MaxTokens)) => plain("max_tokens"),
            (None, Some(cutting::Cut::Sequence(sequence))) => {
                Self { sequence: Some(sequence), ..plain("stop_sequence") }
            }
            (None, None) => plain(natural),
        }
    }
}

fn usage(blocks: &[Block], cache: CacheUse) -> Usage {
    let searches = blocks.iter().filter(|block| block.is_search()).count() as u64;
    let written = cache.written;
    let created = written.ephemeral_5m_input_tokens + written.ephemeral_1h_input_tokens;
    let thinking = blocks.iter().filter(|block| block.is_thinking()).map(Block::tokens).sum();
    Usage {
        input_tokens: cache.plain,
        cache_creation_input_tokens: created,
        cache_read_input_tokens: cache.read,
        cache_creation: written,
        output_tokens: blocks.iter().map(Block::tokens).sum(),
        output_tokens_details: OutputDetails { thinking_tokens: thinking },
        server_tool_use: (searches > 0)
            .then_some(ServerToolUse { web_search_requests: searches, web_fetch_requests: 0 }),
        ..Usage::default()
    }
}
