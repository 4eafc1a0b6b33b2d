//! What is read of single events, each as cheaply as its kind allows.
//!
//! Most events of an answer are deltas. Of these, and of block ends, only the index is read,
//! and where it stands where Anthropic writes it, by comparing a prefix.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::anthropic::usage::Usage;

/// What an event says its block's index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    At(u64),
    /// There is none.
    Missing,
    /// The event is no JSON object, or its index no number: it is left as it is.
    Unreadable,
}

/// A text longer than this, with its frame, is not read.
const TEXT_EVENT_BYTES_MAX: usize = 2_048;

/// The index in the data of a `content_block_delta` or `content_block_stop`.
pub(super) fn index_of(data: &[u8]) -> Index {
    written_as_usual(data).map_or_else(|| searched(data), Index::At)
}

fn written_as_usual(data: &[u8]) -> Option<u64> {
    let after_kind = data.strip_prefix(br#"{"type":"content_block_"#)?;
    let rest = after_kind.strip_prefix(b"delta").or_else(|| after_kind.strip_prefix(b"stop"))?;
    let rest = rest.strip_prefix(br#"","index":"#)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_whole = matches!(rest.get(digits), Some(b',' | b'}'));
    let digits = std::str::from_utf8(rest.get(..digits)?).ok()?;
    is_whole.then(|| digits.parse().ok())?
}

fn searched(data: &[u8]) -> Index {
    match serde_json::from_slice::<Indexed>(data) {
        Ok(Indexed { index: Some(index) }) => Index::At(index),
        Ok(Indexed { index: None }) => Index::Missing,
        Err(_) => Index::Unreadable,
    }
}

/// The `type` inside the data, for events without a name. An error that names no type, as
/// upstreams of another dialect write it, is an error all the same.
pub(super) fn kind_of(data: &[u8]) -> Cow<'_, str> {
    match serde_json::from_slice::<Kind<'_>>(data) {
        Ok(Kind { kind: Some(kind), .. }) => kind,
        Ok(Kind { kind: None, error: Some(_) }) => Cow::Borrowed("error"),
        Ok(Kind { kind: None, error: None }) | Err(_) => Cow::Borrowed(""),
    }
}

/// The text that a `content_block_start` or `content_block_delta` of a text block adds; `None`
/// where it adds anything else, or more than a few sentences.
#[must_use]
pub fn text_in(data: &[u8]) -> Option<String> {
    if data.len() > TEXT_EVENT_BYTES_MAX {
        return None;
    }
    let event: TextEvent<'_> = serde_json::from_slice(data).ok()?;
    let piece = event.delta.or(event.content_block)?;
    matches!(piece.kind.as_ref(), "text" | "text_delta")
        .then(|| piece.text.map(Cow::into_owned).unwrap_or_default())
}

#[derive(Deserialize)]
struct Indexed {
    index: Option<u64>,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct TextEvent<'a> {
    #[serde(borrow)]
    delta: Option<Piece<'a>>,
    #[serde(borrow)]
    content_block: Option<Piece<'a>>,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
}

/// The data of `content_block_start`.
#[derive(Deserialize)]
pub(super) struct BlockStart<'a> {
    pub index: Option<u64>,
    #[serde(borrow)]
    pub content_block: ContentBlock<'a>,
}

#[derive(Deserialize)]
pub(super) struct ContentBlock<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub name: Option<Cow<'a, str>>,
}

/// The `delta.type` of a `content_block_delta`.
pub(super) fn delta_kind(data: &[u8]) -> Option<Cow<'_, str>> {
    let event: TextEvent<'_> = serde_json::from_slice(data).ok()?;
    Some(event.delta?.kind)
}

/// The data of `message_delta`.
#[derive(Deserialize)]
pub(super) struct MessageDelta {
    pub delta: Option<Delta>,
    pub usage: Option<Usage>,
}

#[derive(Deserialize)]
pub(super) struct Delta {
    pub stop_reason: Option<String>,
}

/// The signature in a `signature_delta`. Other deltas are told by their first bytes, unparsed.
pub(super) fn signature_in_delta(data: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Event {
        delta: Delta,
    }
    #[derive(Deserialize)]
    struct Delta {
        signature: String,
    }
    find_early(data, b"signature_delta")?;
    let event: Event = serde_json::from_slice(data).ok()?;
    Some(event.delta.signature).filter(|signature| !signature.is_empty())
}

/// What a `redacted_thinking` block holds.
pub(super) fn signature_in_start(data: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Event {
        content_block: Block,
    }
    #[derive(Deserialize)]
    struct Block {
        data: String,
    }
    find_early(data, b"redacted_thinking")?;
    let event: Event = serde_json::from_slice(data).ok()?;
    Some(event.content_block.data).filter(|data| !data.is_empty())
}

/// Where `needle` stands in the first bytes of an event, where its types are.
fn find_early(data: &[u8], needle: &[u8]) -> Option<usize> {
    const EARLY: usize = 112;
    memchr::memmem::find(data.get(..EARLY).unwrap_or(data), needle)
}
