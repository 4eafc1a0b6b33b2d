//! The children of one array or object, as they were and as they are now.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::node::Node;
use super::quoted;
use crate::body::{Field, string_at};

/// Bytes of a text and what stands there now.
pub(super) type Patch = (Range<usize>, Bytes);

/// An opened container.
#[derive(Debug, Clone)]
pub(super) struct Children {
    /// What is there now. Children that were there before are in the order they had.
    pub list: Vec<Child>,
    /// What was there and is not any more, in the order it went.
    pub gone: Vec<Gone>,
    /// How many there were.
    before: usize,
}

/// An element, or a field's key and value.
#[derive(Debug, Clone)]
pub(super) struct Child {
    key: Key,
    /// Its index among the children there were; `None` where it was put in.
    pub place: Option<usize>,
    pub node: Node,
}

/// A child that was removed.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub key: Key,
    pub place: usize,
    /// Where its value was in the container's source.
    pub slot: Range<usize>,
}

/// A field's key with its quotes; an element has none.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// In the container's source. Empty for an element.
    At(Range<usize>),
    Own(Box<str>),
}

impl Key {
    pub fn none() -> Self {
        Self::At(0..0)
    }

    pub fn own(name: &str) -> Self {
        Self::Own(quoted(name).into_boxed_str())
    }

    /// The key's JSON text; empty for an element.
    pub fn raw<'a>(&'a self, source: &'a [u8]) -> &'a [u8] {
        match self {
            Self::At(span) => source.get(span.clone()).unwrap_or_default(),
            Self::Own(text) => text.as_bytes(),
        }
    }

    pub fn text<'a>(&'a self, source: &'a [u8]) -> Cow<'a, str> {
        string_at(self.raw(source)).unwrap_or_default()
    }

    pub fn is(&self, source: &[u8], name: &str) -> bool {
        string_is(self.raw(source), name)
    }
}

/// Whether the JSON text `raw` is the string `text`.
pub(super) fn string_is(raw: &[u8], text: &str) -> bool {
    let inner = raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    match inner {
        Some(inner) if inner == text.as_bytes() => !text.contains('\\'),
        // Every escape is longer than what it stands for.
        Some(inner) if inner.len() > text.len() => string_at(raw).is_some_and(|own| own == text),
        _ => false,
    }
}

impl Child {
    /// A child that was not there before.
    pub fn new(key: Key, json: Bytes) -> Self {
        Self { key, place: None, node: Node::new(json) }
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The name and the value.
    pub fn keyed<'a>(&'a mut self, source: &'a [u8]) -> (Cow<'a, str>, &'a mut Node) {
        (self.key.text(source), &mut self.node)
    }

    /// Its bytes in the container's source, key included; meaningful where it has a place.
    fn extent(&self) -> Range<usize> {
        let slot = self.node.slot();
        match &self.key {
            Key::At(key) if !key.is_empty() => key.start..slot.end,
            _ => slot,
        }
    }

    fn write(&self, source: &[u8], out: &mut Vec<u8>) {
        let key = self.key.raw(source);
        if !key.is_empty() {
            out.extend_from_slice(key);
            out.push(b':');
        }
        out.extend_from_slice(&self.node.raw());
    }
}

impl Children {
    pub fn new(fields: &[Field], node: impl Fn(Range<usize>) -> Node) -> Self {
        let child = |(place, field): (usize, &Field)| Child {
            key: Key::At(field.key.clone()),
            place: Some(place),
            node: node(field.value.clone()),
        };
        let list = fields.iter().enumerate().map(child).collect();
        Self { list, gone: Vec::new(), before: fields.len() }
    }

    /// Keeps the children that `keep` wants; gives how many went.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut Child) -> bool) -> usize {
        let count = self.list.len();
        let gone = &mut self.gone;
        self.list.retain_mut(|child| {
            let kept = keep(child);
            if !kept {
                gone.extend(Gone::of(child));
            }
            kept
        });
        count.saturating_sub(self.list.len())
    }

    pub fn remove(&mut self, index: usize) -> bool {
        if index >= self.list.len() {
            return false;
        }
        let child = self.list.remove(index);
        self.gone.extend(Gone::of(&child));
        true
    }

    pub fn is_changed(&self) -> bool {
        !self.gone.is_empty()
            || self.list.len() != self.before
            || self.list.iter().any(|child| child.node.is_changed())
    }

    /// What must be written over the container in `source[span]`, in the order of places.
    ///
    /// Neighbours that were neighbours before keep the bytes between them. Any other gap, from
    /// the end of one child that stayed to the start of the next, is written anew with the
    /// children put in there.
    pub fn patches(&self, source: &[u8], span: Range<usize>, out: &mut Vec<Patch>) {
        let mut gap = Gap { start: span.start.saturating_add(1), next: 0, new: Vec::new() };
        for child in &self.list {
            let Some(place) = child.place else {
                gap.new.push(child);
                continue;
            };
            let extent = child.extent();
            if gap.next != place || !gap.new.is_empty() {
                out.push((gap.start..extent.start, gap.text(source, true)));
            }
            child.node.patches(out);
            gap = Gap { start: extent.end, next: place.saturating_add(1), new: Vec::new() };
        }
        if gap.next != self.before || !gap.new.is_empty() {
            let end = span.end.saturating_sub(1).max(gap.start);
            out.push((gap.start..end, gap.text(source, false)));
        }
    }
}

/// The bytes between two children that stayed, or between one and a bracket.
struct Gap<'a> {
    start: usize,
    /// The place of the child that followed here before; 0 behind the opening bracket.
    next: usize,
    new: Vec<&'a Child>,
}

impl Gap<'_> {
    fn text(&self, source: &[u8], goes_on: bool) -> Bytes {
        let mut text = Vec::new();
        let mut comma = self.next > 0;
        for child in &self.new {
            if comma {
                text.push(b',');
            }
            child.write(source, &mut text);
            comma = true;
        }
        if comma && goes_on {
            text.push(b',');
        }
        text.into()
    }
}

impl Gone {
    fn of(child: &Child) -> Option<Self> {
        let place = child.place?;
        Some(Self { key: child.key.clone(), place, slot: child.node.slot() })
    }
}
