//! The content blocks of one answer, as its client knows them.
//!
//! A client keeps its blocks by index: an event for a block that it does not have, or a block
//! that is begun or ended twice, ends the answer in an error of its parser. What relays do wrong
//! here is put right where its meaning is plain; what cannot be read passes as it came.

use super::Block;
use super::read::{BlockStart, Index, delta_kind, index_of};
use super::repair::{
    Change, Repair, Restore, block_start, inner_span, put, put_field, put_index, quoted,
};
use crate::Edits;

/// Tool calls whose ids are remembered, and blocks that are open together. Far beyond any
/// answer; more than these pass unchecked.
const TRACKED_MAX: usize = 1_024;

/// The blocks that were begun.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    open: Vec<Open>,
    /// One past the highest index that the client was given.
    next: u64,
    /// The ids of the tool calls so far, as the client was given them.
    ids: Vec<String>,
    /// An event of a block could not be read: from here on nothing is known.
    is_lost: bool,
}

/// A block that is open.
#[derive(Debug, Clone)]
struct Open {
    /// Its index as the upstream writes it.
    wire: u64,
    /// Its index as the client was given it.
    given: u64,
    kind: Block,
    /// The id of a tool call, as the upstream wrote it.
    id: Option<String>,
}

/// A repair and the name of what it cured, where that is to be named.
pub(super) type Named = (Repair, Option<&'static str>);

const AS_IT_IS: Named = (Repair { before: Vec::new(), change: Change::None }, None);

fn dropped(kind: &'static str) -> Named {
    (Repair::dropped(), Some(kind))
}

impl Blocks {
    /// The open block that was begun last.
    pub fn last_open(&self) -> Option<(u64, Block)> {
        self.open.last().map(|open| (open.given, open.kind))
    }

    /// Whether any block was begun.
    pub fn has_begun(&self) -> bool {
        self.next > 0 || self.is_lost
    }

    /// Forgets all but the ids: the upstream began its message anew.
    pub fn begin_anew(&mut self) {
        let ids = std::mem::take(&mut self.ids);
        *self = Self { ids, ..Self::default() };
    }

    /// A block begins; `start` is what could be read of `data`.
    pub fn start(
        &mut self,
        data: &[u8],
        start: Option<&BlockStart<'_>>,
        restore: Restore<'_>,
    ) -> Named {
        let Some(start) = start.filter(|_| !self.is_lost && self.open.len() < TRACKED_MAX) else {
            self.is_lost = true;
            let open = Open { wire: u64::MAX, given: u64::MAX, kind: Block::Other, id: None };
            self.open.truncate(TRACKED_MAX);
            self.open.push(open);
            return AS_IT_IS;
        };
        let kind = Block::of(&start.content_block.kind);
        let id = start.content_block.id.as_deref().filter(|_| kind == Block::Tool);
        let wire = start.index.unwrap_or(self.next);
        let mut before = Vec::new();
        let twice = self.open.iter().position(|open| open.wire == wire);
        if let Some(open) = twice.and_then(|at| self.open.get(at)) {
            if open.kind == kind && open.id.as_deref() == id {
                return dropped("stream:dropped-duplicate-start");
            }
            before = super::block_stop(open.given);
        }
        if let Some(at) = twice {
            self.open.remove(at);
        }
        let given = wire.max(self.next);
        self.next = given.saturating_add(1);
        self.open.push(Open { wire, given, kind, id: id.map(str::to_owned) });
        let (edits, cured) = self.start_edits(data, start, given, restore);
        (Repair { before, ..Repair::edited(data, &edits) }, cured)
    }

    fn start_edits(
        &mut self,
        data: &[u8],
        start: &BlockStart<'_>,
        given: u64,
        restore: Restore<'_>,
    ) -> (Edits, Option<&'static str>) {
        let mut edits = Edits::none();
        let mut cured = None;
        if start.index != Some(given) {
            put_index(&mut edits, data, given);
            let is_missing = start.index.is_none();
            cured = Some(if is_missing { FILLED_INDEX } else { "stream:renumbered-block" });
        }
        if Block::of(&start.content_block.kind) != Block::Tool {
            return (edits, cured);
        }
        let name = start.content_block.name.as_deref();
        if let Some(original) = name.and_then(|name| restore.tool_name(name)) {
            put(&mut edits, inner_span(data, "content_block", "name"), quoted(original));
        }
        if let Some(unique) = start.content_block.id.as_deref().and_then(|id| self.unique(id)) {
            put(&mut edits, inner_span(data, "content_block", "id"), quoted(&unique));
            cured = Some("stream:unique-tool-id");
        }
        (edits, cured)
    }

    /// Remembers a tool call's id; another for it, where it was used before.
    fn unique(&mut self, id: &str) -> Option<String> {
        let unique = unique_id(&self.ids, id);
        if self.ids.len() < TRACKED_MAX {
            self.ids.push(unique.clone().unwrap_or_else(|| id.to_owned()));
        }
        unique
    }

    /// A block goes on.
    pub fn delta(&mut self, data: &[u8]) -> Named {
        let index = index_of(data);
        match (self.open.last(), index) {
            // Nearly every delta there is.
            (Some(open), Index::At(index)) if open.wire == index && open.given == index => AS_IT_IS,
            _ if self.is_lost => AS_IT_IS,
            (_, Index::Unreadable) => AS_IT_IS,
            (_, Index::At(index)) => match self.position(index) {
                Some(at) => self.renumbered(data, at, index),
                None => self.not_open(data, index),
            },
            (Some(open), Index::Missing) => (with_index(data, open.given), Some(FILLED_INDEX)),
            (None, Index::Missing) => self.not_open(data, self.next),
        }
    }

    /// A block ends; gives its kind, where the client has it.
    pub fn stop(&mut self, data: &[u8]) -> (Option<Block>, Named) {
        let index = index_of(data);
        if self.is_lost || index == Index::Unreadable {
            return (self.open.pop().map(|open| open.kind), AS_IT_IS);
        }
        let (at, wire) = match index {
            Index::At(index) => (self.position(index), index),
            Index::Missing | Index::Unreadable => (self.open.len().checked_sub(1), u64::MAX),
        };
        let Some(at) = at else {
            return (None, dropped("stream:dropped-duplicate-stop"));
        };
        let named = match index {
            Index::At(_) => self.renumbered(data, at, wire),
            Index::Missing | Index::Unreadable => {
                let given = self.open.get(at).map_or(0, |open| open.given);
                (with_index(data, given), Some(FILLED_INDEX))
            }
        };
        (Some(self.open.remove(at).kind), named)
    }

    /// Ends every block that is open; gives the events and the kinds.
    pub fn stop_all(&mut self) -> (Vec<u8>, Vec<Block>) {
        let open = std::mem::take(&mut self.open);
        let events = open.iter().flat_map(|open| super::block_stop(open.given)).collect();
        (events, open.iter().map(|open| open.kind).collect())
    }

    fn position(&self, wire: u64) -> Option<usize> {
        self.open.iter().rposition(|open| open.wire == wire)
    }

    /// The repair of an event of the open block at `at`, whose index was `wire`.
    fn renumbered(&self, data: &[u8], at: usize, wire: u64) -> Named {
        match self.open.get(at) {
            // Named where the block began.
            Some(open) if open.given != wire => (with_index(data, open.given), None),
            Some(_) | None => AS_IT_IS,
        }
    }

    /// A delta of a block that is not open. Where it was never begun, text and thinking can be;
    /// a tool call cannot, since nobody knows its name.
    fn not_open(&mut self, data: &[u8], index: u64) -> Named {
        let kind = delta_kind(data).unwrap_or_default();
        if !KNOWN_DELTAS.contains(&kind.as_ref()) {
            return AS_IT_IS;
        }
        let block = if kind == "text_delta" { Block::Text } else { Block::Other };
        let Some(before) = block_start(index, &kind).filter(|_| index >= self.next) else {
            return dropped(STRAY_DELTA);
        };
        self.next = index.saturating_add(1);
        self.open.push(Open { wire: index, given: index, kind: block, id: None });
        let mut repair = match index_of(data) {
            Index::Missing => with_index(data, index),
            Index::At(_) | Index::Unreadable => Repair::default(),
        };
        repair.before = before;
        (repair, Some("stream:supplied-block-start"))
    }
}

/// Deltas whose meaning is known; others may belong elsewhere.
const KNOWN_DELTAS: [&str; 5] =
    ["text_delta", "input_json_delta", "thinking_delta", "signature_delta", "citations_delta"];

const FILLED_INDEX: &str = "stream:filled-index";
const STRAY_DELTA: &str = "stream:dropped-stray-delta";

fn with_index(data: &[u8], index: u64) -> Repair {
    let mut edits = Edits::none();
    put_index(&mut edits, data, index);
    Repair::edited(data, &edits)
}

/// The data of a later `message_delta` with the reason that an earlier one gave.
pub(super) fn with_stop_reason(data: &[u8], reason: &str) -> Repair {
    let mut edits = Edits::none();
    if let Some(delta) = crate::body::field_in(data, "delta") {
        put_field(&mut edits, data, delta, "stop_reason", &quoted(reason));
    }
    Repair::edited(data, &edits)
}

/// An id of its own for a tool call whose `id` is among `taken`; the same for the same calls.
pub(crate) fn unique_id(taken: &[String], id: &str) -> Option<String> {
    let is_taken = |id: &str| taken.iter().any(|other| other == id);
    if !is_taken(id) {
        return None;
    }
    // One of so many numbers is free, since there are fewer ids than numbers.
    let numbers = 2..=taken.len().saturating_add(2);
    numbers.map(|number| format!("{id}_{number}")).find(|unique| !is_taken(unique))
}
