//! Tokens of a request that no upstream can count: estimated, and never told too few.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use salve_ledger::{Draft, Usage};
use salve_wire::{Document, Node, NodeKind};

use super::Attempted;
use crate::mend;
use crate::vocabulary::Identified;

/// Bytes of text to a token at the least, in tenths. Dense JSON and code have 3, and today's
/// tokenizer makes up to a third more tokens of the same text than the one before.
const TENTHS_OF_BYTES_PER_TOKEN: u64 = 22;

/// The most that an image is counted as.
const TOKENS_PER_IMAGE: u64 = 4_800;

/// Bytes of a page of a PDF, at the least, and the most tokens that one is counted as.
const BYTES_PER_PAGE: u64 = 3_000;
const TOKENS_PER_PAGE: u64 = 3_000;

/// An estimate where the upstream answered that it cannot count.
pub fn instead(identified: &Identified, draft: &mut Draft, attempted: Attempted) -> Attempted {
    if matches!(attempted, Attempted::Whole(..) | Attempted::Stream(..)) {
        return attempted;
    }
    let cannot = draft.fault.as_deref() == Some("count-tokens-unsupported");
    if !cannot && !matches!(draft.status, Some(404 | 405 | 501)) {
        return attempted;
    }
    let tokens = tokens_at_most(&mut mend::document(&identified.incoming));
    draft.remedies.push("count-tokens:estimated".to_owned());
    draft.usage = Some(Usage::default());
    draft.usage_final = true;
    let body = Bytes::from(format!("{{\"input_tokens\":{tokens}}}"));
    Attempted::Whole(StatusCode::OK, HeaderMap::new(), body)
}

/// The tokens of a request's input at the most.
fn tokens_at_most(body: &mut Document) -> u64 {
    let mut count = Count::default();
    for name in ["system", "tools", "messages"] {
        let Some(node) = body.get(name) else { continue };
        count.text_bytes = count.text_bytes.saturating_add(node.len_bytes() as u64);
        if name == "messages" {
            node.items().for_each(|message| count.attachments_of(message));
        }
    }
    count.tokens()
}

#[derive(Default)]
struct Count {
    text_bytes: u64,
    attachment_tokens: u64,
}

impl Count {
    /// Attachments are not text: their bytes are taken out, and what they count as goes in.
    fn attachments_of(&mut self, message: &mut Node) {
        if !message.mentions(b"\"base64\"") {
            return;
        }
        let Some(content) = message.get("content") else { return };
        for block in content.items() {
            self.attachment(block);
            if let Some(inner) = block.get("content").filter(|n| n.kind() == NodeKind::Array) {
                inner.items().for_each(|block| self.attachment(block));
            }
        }
    }

    fn attachment(&mut self, block: &mut Node) {
        let is_image = block.get("type").is_some_and(|kind| kind.is("image"));
        let Some(data) = block.get("source").and_then(|source| source.get("data")) else { return };
        let bytes = data.len_bytes() as u64;
        let tokens = match is_image {
            true => TOKENS_PER_IMAGE,
            false => bytes.div_ceil(BYTES_PER_PAGE).saturating_mul(TOKENS_PER_PAGE),
        };
        self.text_bytes = self.text_bytes.saturating_sub(bytes);
        self.attachment_tokens = self.attachment_tokens.saturating_add(tokens);
    }

    fn tokens(&self) -> u64 {
        let text = self.text_bytes.saturating_mul(10).div_ceil(TENTHS_OF_BYTES_PER_TOKEN);
        text.saturating_add(self.attachment_tokens)
    }
}
