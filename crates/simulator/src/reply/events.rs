//! A reply on the wire: as a stream of events, or as one message.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Block, Reply, Stop};
use crate::fault::{Mark, Part};
use crate::usage::Usage;

/// Bytes of a text delta when the prompt does not say: about what the service sends at once.
const TEXT_DELTA_BYTES: usize = 24;
/// Bytes of a shred of tool input.
const INPUT_DELTA_BYTES: usize = 16;

#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    r#type: &'static str,
    role: &'static str,
    model: &'a str,
    content: &'a [Block],
    #[serde(flatten)]
    stop: StopShown<'a>,
    usage: &'a Usage,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_management: Option<Value>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum StopShown<'a> {
    Open { stop_reason: Option<()>, stop_sequence: Option<()> },
    Known(&'a Stop),
}

/// The reply as one JSON message.
pub(crate) fn message_json(reply: &Reply) -> String {
    let message = Message {
        content: &reply.blocks,
        stop: StopShown::Known(&reply.stop),
        usage: &reply.usage,
        context_management: context_management(reply),
        ..opening(reply)
    };
    text_of(&message)
}

/// The reply as events, with a ping when `pings`.
pub(crate) fn events(reply: &Reply, pings: bool) -> Vec<Part> {
    let mut stream = Stream::default();
    let mut start_usage = reply.usage.clone();
    // The service has produced next to nothing when it says hello.
    start_usage.output_tokens = reply.usage.output_tokens.min(1);
    start_usage.output_tokens_details.thinking_tokens = 0;
    start_usage.server_tool_use = None;
    let start = Message { usage: &start_usage, ..opening(reply) };
    stream.event(Mark::MessageStart, "message_start", &text_of(&start), "message");
    for (index, block) in reply.blocks.iter().enumerate() {
        stream.block(index, block, reply.deltas);
        if index == 0 && pings {
            stream.push(Mark::Ping, "ping", "{\"type\": \"ping\"}");
        }
    }
    let stop = text_of(&reply.stop);
    let usage = text_of(&reply.usage);
    let managed = match context_management(reply) {
        Some(managed) => format!(",\"context_management\":{managed}"),
        None => String::new(),
    };
    let data =
        format!("{{\"type\":\"message_delta\",\"delta\":{stop},\"usage\":{usage}{managed}}}");
    stream.push(Mark::MessageDelta, "message_delta", &data);
    stream.push(Mark::MessageStop, "message_stop", "{\"type\":\"message_stop\"}");
    stream.parts
}

fn opening(reply: &Reply) -> Message<'_> {
    Message {
        id: &reply.id,
        r#type: "message",
        role: "assistant",
        model: &reply.model,
        content: &[],
        stop: StopShown::Open { stop_reason: None, stop_sequence: None },
        usage: &reply.usage,
        context_management: None,
    }
}

fn context_management(reply: &Reply) -> Option<Value> {
    reply.context_management.then(|| json!({ "applied_edits": [] }))
}

#[derive(Default)]
struct Stream {
    parts: Vec<Part>,
}

impl Stream {
    fn push(&mut self, mark: Mark, name: &str, data: &str) {
        let bytes = Bytes::from(format!("event: {name}\ndata: {data}\n\n"));
        self.parts.push(Part::Event(mark, bytes));
    }

    /// An event of two fields: its type and one more.
    fn event(&mut self, mark: Mark, name: &str, value: &str, field: &str) {
        self.push(mark, name, &format!("{{\"type\":\"{name}\",\"{field}\":{value}}}"));
    }

    fn block(&mut self, index: usize, block: &Block, deltas: Option<usize>) {
        let start = format!(
            "{{\"type\":\"content_block_start\",\"index\":{index},\"content_block\":{}}}",
            text_of(&opened(block))
        );
        self.push(Mark::BlockStart(index), "content_block_start", &start);
        for (number, delta) in deltas_of(block, deltas).iter().enumerate() {
            let data =
                format!("{{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{delta}}}");
            self.push(Mark::Delta(index, number), "content_block_delta", &data);
        }
        let stop = format!("{{\"type\":\"content_block_stop\",\"index\":{index}}}");
        self.push(Mark::BlockStop(index), "content_block_stop", &stop);
    }
}

/// A block as its start event shows it: without what the deltas bring.
fn opened(block: &Block) -> Block {
    let mut block = block.clone();
    match &mut block {
        Block::Thinking { thinking, signature, .. } => {
            thinking.clear();
            signature.clear();
        }
        Block::Text { text } => text.clear(),
        Block::ToolUse { input, .. } | Block::ServerToolUse { input, .. } => *input = json!({}),
        Block::WebSearchToolResult { .. } => {}
    }
    block
}

fn deltas_of(block: &Block, deltas: Option<usize>) -> Vec<String> {
    let delta = |kind: &str, field: &str, value: &str| {
        format!("{{\"type\":\"{kind}\",\"{field}\":{}}}", text_of(&value))
    };
    match block {
        Block::Thinking { thinking, signature, .. } => {
            let shown = shreds(thinking, TEXT_DELTA_BYTES);
            let mut all: Vec<String> =
                shown.iter().map(|shred| delta("thinking_delta", "thinking", shred)).collect();
            all.push(delta("signature_delta", "signature", signature));
            all
        }
        Block::Text { text } => {
            let size = deltas.map_or(TEXT_DELTA_BYTES, |count| text.len().div_ceil(count.max(1)));
            shreds(text, size).iter().map(|shred| delta("text_delta", "text", shred)).collect()
        }
        Block::ToolUse { input, .. } | Block::ServerToolUse { input, .. } => {
            let json = input.to_string();
            // The service opens every input with an empty shred.
            let shreds = std::iter::once("").chain(shreds(&json, INPUT_DELTA_BYTES));
            shreds.map(|shred| delta("input_json_delta", "partial_json", shred)).collect()
        }
        Block::WebSearchToolResult { .. } => Vec::new(),
    }
}

/// A text in parts of about `size` bytes, cut between letters.
fn shreds(text: &str, size: usize) -> Vec<&str> {
    let mut shreds = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let wanted = size.max(1)..=rest.len();
        let end = wanted.into_iter().find(|end| rest.is_char_boundary(*end)).unwrap_or(rest.len());
        let (shred, left) = rest.split_at_checked(end).unwrap_or((rest, ""));
        shreds.push(shred);
        rest = left;
    }
    shreds
}

fn text_of(value: &impl Serialize) -> String {
    // Own types with text keys: serialising them cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
