//! text-for-block: content blocks of a type that the upstream does not know become text.
//!
//! What a block holds for people and models to read stays readable; of the rest a short note is
//! left. Blocks inside tool results alike. Thinking is nobody's text: it goes.

#[cfg(test)]
mod tests;

use salve_wire::Node;

use super::{Refusal, Remedy};
use crate::accused::Accusation;
use crate::known::Says;
use crate::outbound::Outbound;
use crate::{blocks, pairs, path};

/// See the module.
pub struct TextForBlock;

const ID: &str = "text-for-block";
const PREFIX: &str = "block:";
/// What a conversation is made of: an upstream that does not know these is none for it.
const ESSENTIAL: [&str; 3] = ["text", "tool_use", "tool_result"];
const THINKING: [&str; 2] = ["thinking", "redacted_thinking"];

impl Remedy for TextForBlock {
    fn id(&self) -> &'static str {
        ID
    }

    fn give_up(&self, request: &mut Outbound, feature: &str) -> bool {
        feature.strip_prefix(PREFIX).is_some_and(|tag| replace(request, tag))
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let mut is_changed = false;
        for tag in named(request, refusal) {
            if replace(request, &tag) {
                request.learn(format!("{PREFIX}{tag}"), Says::Refuses);
                is_changed = true;
            }
        }
        is_changed
    }
}

/// The types of the request's blocks that the refusal means.
fn named(request: &mut Outbound, refusal: &Refusal<'_>) -> Vec<String> {
    if let Some(tag) = refusal.detail("tag")
        && pairs::is_used(&mut request.body, &format!("{PREFIX}{tag}"))
    {
        return vec![tag.to_owned()];
    }
    let accused = Accusation::of(refusal.message());
    let mut found = Vec::new();
    blocks::each(&mut request.body, b"\"type\"", &mut |block| {
        let kind = kind(block).filter(|kind| !found.contains(kind) && is_quoted(&accused, kind));
        found.extend(kind);
    });
    if found.is_empty() {
        found.extend(at_place(request, refusal));
    }
    found
}

/// Some types are words that stand in paths as well; there they say where, not what.
fn is_quoted(accused: &Accusation, kind: &str) -> bool {
    let in_quotes = ['\'', '"', '`'].map(|quote| format!("{quote}{kind}{quote}"));
    let is_word = !kind.contains('_');
    accused.quotes(kind) && (!is_word || in_quotes.iter().any(|quoted| accused.says(quoted)))
}

/// The type of the block at the place that the refusal names.
fn at_place(request: &mut Outbound, refusal: &Refusal<'_>) -> Option<String> {
    let words = refusal.detail("path").or_else(|| refusal.message().split_whitespace().next())?;
    let place = path::resolve(&mut request.body, words.trim_end_matches([':', ',']))?;
    let inner = place.pattern.strip_prefix("messages[].content[]")?;
    let [message, block, rest @ ..] = place.indices.as_slice() else { return None };
    let block = request.body.get("messages")?.item(*message)?.get("content")?.item(*block)?;
    match (inner.starts_with(".content[]"), rest) {
        (true, [item, ..]) => kind(block.get("content")?.item(*item)?),
        _ => kind(block),
    }
}

fn kind(block: &mut Node) -> Option<String> {
    Some(block.get("type")?.text()?.into_owned())
}

/// Puts text in the place of every block of a type.
fn replace(request: &mut Outbound, tag: &str) -> bool {
    if ESSENTIAL.contains(&tag) || tag.is_empty() {
        return false;
    }
    let count = if THINKING.contains(&tag) { remove(request, tag) } else { tell(request, tag) };
    if count == 0 {
        return false;
    }
    pairs::drop_idle_betas(request, &format!("{PREFIX}{tag}"));
    request.note(ID, tag);
    true
}

fn tell(request: &mut Outbound, tag: &str) -> usize {
    let mut count = 0;
    blocks::each(&mut request.body, format!("\"{tag}\"").as_bytes(), &mut |block| {
        if blocks::is_of_type(block, tag) {
            blocks::make_text(block);
            count += 1;
        }
    });
    count
}

/// Takes thinking out; where a message would be left empty, a note stands in its place.
fn remove(request: &mut Outbound, tag: &str) -> usize {
    let needle = format!("\"{tag}\"");
    let messages = request.body.get("messages").filter(|list| list.mentions(needle.as_bytes()));
    let mut count = 0;
    for content in messages.into_iter().flat_map(Node::items).filter_map(|it| it.get("content")) {
        let before = content.count();
        let left = content.retain(|block| !blocks::is_of_type(block, tag));
        count += before.saturating_sub(left);
        if left == 0 && before > 0 {
            content.push(blocks::text_block("[thinking removed]", None));
        }
    }
    count
}
