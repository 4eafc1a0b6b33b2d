//! drop-thinking: thinking blocks that the upstream refuses go from earlier turns.
//!
//! Another service made them, or they are bound to a conversation that is not quite this one any
//! more. What the model and the user said stays, and so does every block that is not refused.

mod marks;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;
use salve_wire::Document;

use super::{Refusal, Remedy};
use crate::known::{Known, Says};
use crate::outbound::Outbound;
use crate::{thinking, turns};
use marks::{Place, fingerprint, kind, signature};

/// See the module.
pub struct DropThinking;

const ID: &str = "drop-thinking";
/// A kind of block that is refused whoever sends it: see [`marks::kind`].
const FROM: &str = "thinking-from:";
/// One block that is refused, by the fingerprint of its signature.
const ONE: &str = "thinking-signature:";
/// The last of the blocks of a conversation that were all refused.
const LAST: &str = "thinking-signature:to-";

/// How many single blocks one request teaches to be refused. More than a handful means that all
/// are, which is learned as one.
const ONES_LEARNED_MAX: usize = 64;

/// What stands in a turn that held nothing but thinking: a turn may not be empty, and without it
/// two of the user's would stand together. Claude Code's own words for it.
const NOTHING: &str = "(no content)";

static NAMED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"messages?\W{1,2}(\d+)(?:\W{1,2}content\W{1,2}(\d+))?").ok());

impl Remedy for DropThinking {
    fn id(&self) -> &'static str {
        ID
    }

    fn prepare(&self, request: &mut Outbound, known: &Known<'_>) {
        let has_facts = [FROM, ONE].iter().any(|prefix| known.of(prefix).next().is_some());
        if !has_facts && !known.provenance.has_foreign() {
            return;
        }
        let holds = |body: &mut Document| {
            body.get("messages").is_some_and(|messages| messages.mentions(b"thinking\""))
        };
        if known.says("thinking-back") == Some(&Says::Needs) || !holds(&mut request.body) {
            return;
        }
        let last = last_refused(&mut request.body, known);
        let gone = strip(&mut request.body, &mut |found| {
            last.is_some_and(|last| found.place <= last) || found.is_refused(known)
        });
        note(request, gone);
    }

    fn react(&self, request: &mut Outbound, refusal: &Refusal<'_>) -> bool {
        let words = refusal.message().to_ascii_lowercase();
        let is_whole = ["bound to", "cannot be modified", "must remain as they were"];
        let is_whole = is_whole.iter().any(|mark| words.contains(mark));
        let has_reacted = request
            .lessons()
            .iter()
            .any(|lesson| lesson.feature.starts_with(ONE) || lesson.feature.starts_with(FROM));
        let named = named(refusal.detail("path").unwrap_or(&words));
        if !is_whole && !has_reacted && drop_some(request, refusal.known, named) {
            return true;
        }
        drop_all(request)
    }
}

/// A thinking block of an earlier turn.
struct Found {
    place: Place,
    signature: String,
    kind: Option<&'static str>,
}

impl Found {
    fn is_refused(&self, known: &Known<'_>) -> bool {
        let is_kind = self.kind.is_some_and(|kind| known.refuses(&format!("{FROM}{kind}")));
        is_kind || self.is_foreign(known) || known.refuses(&self.as_one(ONE))
    }

    fn is_foreign(&self, known: &Known<'_>) -> bool {
        known.provenance.has_foreign() && known.provenance.is_foreign(&self.signature)
    }

    fn as_one(&self, prefix: &str) -> String {
        format!("{prefix}{:016x}", fingerprint(&self.signature))
    }
}

/// Takes out what is plainly another service's and what the upstream named.
fn drop_some(
    request: &mut Outbound,
    known: &Known<'_>,
    named: Option<(usize, Option<usize>)>,
) -> bool {
    let mut lessons = Vec::new();
    let gone = strip(&mut request.body, &mut |found| {
        let (message, block) = found.place;
        let is_named = named
            .is_some_and(|(at, inner)| at == message && inner.is_none_or(|inner| inner == block));
        if let Some(kind) = found.kind {
            lessons.push(format!("{FROM}{kind}"));
        } else if is_named && !found.is_foreign(known) {
            lessons.push(found.as_one(ONE));
        }
        is_named || found.kind.is_some() || found.is_foreign(known)
    });
    lessons.truncate(ONES_LEARNED_MAX);
    for lesson in lessons {
        request.learn(lesson, Says::Refuses);
    }
    note(request, gone)
}

/// Takes out all thinking. Later requests of the conversation hold the same blocks, so the last
/// is remembered: up to there all goes again.
fn drop_all(request: &mut Outbound) -> bool {
    let mut last = None;
    // Kinds that stand behind the last block that can be remembered.
    let mut kinds = Vec::new();
    let gone = strip(&mut request.body, &mut |found| {
        match found.kind {
            Some(kind) => kinds.push(format!("{FROM}{kind}")),
            None => {
                last = Some(found.as_one(LAST));
                kinds.clear();
            }
        }
        true
    });
    for lesson in last.into_iter().chain(kinds) {
        request.learn(lesson, Says::Refuses);
    }
    note(request, gone)
}

fn note(request: &mut Outbound, gone: usize) -> bool {
    if gone > 0 {
        request.note(ID, format!("{gone} {}", if gone == 1 { "block" } else { "blocks" }));
    }
    gone > 0
}

/// The last block up to which all thinking is refused.
fn last_refused(body: &mut Document, known: &Known<'_>) -> Option<Place> {
    known.of(LAST).next()?;
    let mut last = None;
    strip(body, &mut |found| {
        if known.refuses(&found.as_one(LAST)) {
            last = Some(found.place);
        }
        false
    });
    last
}

/// Takes the thinking blocks out of a conversation that `is_unwanted` says, and tells how many.
fn strip(body: &mut Document, is_unwanted: &mut dyn FnMut(&Found) -> bool) -> usize {
    let Some(messages) = body.get("messages") else { return 0 };
    let mut gone = 0;
    for (at, message) in messages.items().enumerate() {
        if !message.mentions(b"thinking\"") || !turns::is_role(message, "assistant") {
            continue;
        }
        let Some(content) = message.get("content") else { continue };
        let before = content.count();
        let mut index = 0;
        let left = content.retain(|block| {
            let place = (at, index);
            index += 1;
            if !thinking::is_block(block) {
                return true;
            }
            let signature = signature(block);
            let kind = kind(&signature);
            !is_unwanted(&Found { place, signature, kind })
        });
        gone += before - left;
        if left == 0 && before > 0 {
            content.push(turns::text_block(NOTHING));
        }
    }
    gone
}

/// The message, and the block in it, that the words name.
fn named(words: &str) -> Option<(usize, Option<usize>)> {
    let found = NAMED.as_ref()?.captures(words)?;
    let number = |at| found.get(at).and_then(|text| text.as_str().parse().ok());
    Some((number(1)?, number(2)))
}
