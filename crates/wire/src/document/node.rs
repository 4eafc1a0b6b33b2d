//! One value in a document: read when looked at, changed where it stands.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::children::{Child, Children, Key, Patch, string_is};
use super::level::{self, Source};
use crate::body::{Field, string_at};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`
    Null,
}

/// A value of a [`Document`](super::Document), at any depth.
///
/// What is asked of the wrong kind (a field of an array) is not there, and what is done to the
/// wrong kind does nothing. An array or object of more than 131,072 children below the top level
/// is taken as a whole: it has no children that could be seen or changed.
///
/// Every `json` given must be the text of one JSON value; it is written as it is, without the
/// white space around it. Blank text stands for `null`, which keeps the body well formed.
#[derive(Debug, Clone)]
pub struct Node {
    text: Text,
    state: State,
    /// The text that stood here before this one was put in its place.
    was: Option<Box<Text>>,
}

/// A piece of a source that may be shared with the nodes around it.
#[derive(Debug, Clone)]
struct Text {
    source: Arc<Source>,
    span: Range<usize>,
}

#[derive(Debug, Clone)]
enum State {
    /// Nobody has looked inside yet.
    Unread,
    /// Has no children to look at.
    Closed,
    Open(Box<Children>),
}

impl Text {
    fn own(json: Bytes) -> Self {
        let json = if json.trim_ascii().is_empty() { Bytes::from_static(b"null") } else { json };
        let span = trimmed(&json);
        Self { source: Arc::new(Source::of(json)), span }
    }

    fn raw(&self) -> &[u8] {
        self.source.get(self.span.clone()).unwrap_or_default()
    }
}

/// Where the text in `bytes` is, without the white space around it.
fn trimmed(bytes: &[u8]) -> Range<usize> {
    let start = bytes.len().saturating_sub(bytes.trim_ascii_start().len());
    start..bytes.trim_ascii_end().len().max(start)
}

impl Node {
    /// The object in `bytes`, whose fields are known.
    pub(super) fn root(bytes: &Bytes, fields: &[Field]) -> Self {
        let text = Text { span: trimmed(bytes), source: Arc::new(Source::of(bytes.clone())) };
        let state = State::Open(Box::new(Self::children(&text, fields)));
        Self { text, state, was: None }
    }

    pub(super) fn new(json: Bytes) -> Self {
        Self { text: Text::own(json), state: State::Unread, was: None }
    }

    fn children(text: &Text, fields: &[Field]) -> Children {
        Children::new(fields, |span| Self {
            text: Text { source: Arc::clone(&text.source), span },
            state: State::Unread,
            was: None,
        })
    }

    /// What the value is, judged by its first byte.
    #[must_use]
    pub fn kind(&self) -> NodeKind {
        kind_of(self.text.raw())
    }

    /// The value's JSON text as it would be sent now; borrowed where nothing in it was changed.
    #[must_use]
    pub fn raw(&self) -> Cow<'_, [u8]> {
        match self.rewritten() {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(self.text.raw()),
        }
    }

    /// The text of a string; `None` for any other kind.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        string_at(self.text.raw())
    }

    /// Whether the value is the string `text`.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        string_is(self.text.raw(), text)
    }

    /// The number, where it is written as an integer from 0 to 2⁶⁴−1.
    #[must_use]
    pub fn unsigned(&self) -> Option<u64> {
        std::str::from_utf8(self.text.raw()).ok()?.parse().ok()
    }

    /// The boolean, where the value is one.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.text.raw() {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// How many bytes the value's JSON text has now.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        let mut patches = Vec::new();
        self.inner_patches(&mut patches);
        patches.iter().fold(self.text.span.len(), |len, (span, with)| {
            len.saturating_sub(span.len()).saturating_add(with.len())
        })
    }

    /// Whether `needle` stands anywhere in the value's JSON text as it is now. Much cheaper than
    /// looking inside; worth asking first.
    #[must_use]
    pub fn mentions(&self, needle: &[u8]) -> bool {
        memchr::memmem::find(&self.raw(), needle).is_some()
    }

    /// The value of field `name` of an object; of equal keys the last, as parsers do.
    pub fn get(&mut self, name: &str) -> Option<&mut Node> {
        let (source, children) = self.open(NodeKind::Object)?;
        let named = |child: &&mut Child| child.key().is(source, name);
        children.list.iter_mut().rev().find(named).map(|child| &mut child.node)
    }

    /// Whether an object has a field `name`.
    pub fn has(&mut self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The fields of an object with their names, in order; of equal keys every one.
    pub fn fields(&mut self) -> impl Iterator<Item = (Cow<'_, str>, &mut Node)> {
        let open = self.open(NodeKind::Object);
        open.into_iter().flat_map(|(source, children)| {
            children.list.iter_mut().map(|child| child.keyed(source))
        })
    }

    /// Gives field `name` of an object the value `json`: in its place where there is one (the
    /// last of equal keys), else as the last field.
    pub fn set(&mut self, name: &str, json: impl Into<Bytes>) {
        if let Some(node) = self.get(name) {
            node.replace(json);
        } else if let Some((_, children)) = self.open(NodeKind::Object) {
            children.list.push(Child::new(Key::own(name), json.into()));
        }
    }

    /// Removes every field `name` of an object; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let Some((source, children)) = self.open(NodeKind::Object) else { return false };
        children.retain(|child| !child.key().is(source, name)) > 0
    }

    /// The elements of an array, in order.
    pub fn items(&mut self) -> impl DoubleEndedIterator<Item = &mut Node> + ExactSizeIterator {
        let list = match self.open(NodeKind::Array) {
            Some((_, children)) => children.list.as_mut_slice(),
            None => &mut [],
        };
        list.iter_mut().map(|child| &mut child.node)
    }

    /// The element at `index` of an array, counted from 0.
    pub fn item(&mut self, index: usize) -> Option<&mut Node> {
        let (_, children) = self.open(NodeKind::Array)?;
        children.list.get_mut(index).map(|child| &mut child.node)
    }

    /// How many elements an array has.
    pub fn count(&mut self) -> usize {
        self.items().len()
    }

    /// Puts `json` into an array so that it stands at `index`, or last where there are fewer.
    pub fn insert(&mut self, index: usize, json: impl Into<Bytes>) {
        if let Some((_, children)) = self.open(NodeKind::Array) {
            let index = index.min(children.list.len());
            children.list.insert(index, Child::new(Key::none(), json.into()));
        }
    }

    /// Puts `json` at the end of an array.
    pub fn push(&mut self, json: impl Into<Bytes>) {
        self.insert(usize::MAX, json);
    }

    /// Removes the element at `index` of an array; whether there was one.
    pub fn remove_item(&mut self, index: usize) -> bool {
        self.open(NodeKind::Array).is_some_and(|(_, children)| children.remove(index))
    }

    /// Keeps the elements of an array that `keep` wants; gives how many are left.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut Node) -> bool) -> usize {
        let Some((_, children)) = self.open(NodeKind::Array) else { return 0 };
        children.retain(|child| keep(&mut child.node));
        children.list.len()
    }

    /// Puts `json` in the value's place. The very same text changes nothing.
    pub fn replace(&mut self, json: impl Into<Bytes>) {
        let text = Text::own(json.into());
        if *self.raw() == *text.raw() {
            return;
        }
        let before = std::mem::replace(&mut self.text, text);
        self.state = State::Unread;
        self.was.get_or_insert_with(|| Box::new(before));
    }

    /// The children, found on the first look, and the source that their keys are in.
    fn open(&mut self, kind: NodeKind) -> Option<(&[u8], &mut Children)> {
        if self.kind() != kind {
            return None;
        }
        if matches!(self.state, State::Unread) {
            let fields = level::children(&self.text.source, self.text.span.clone());
            self.state = match fields {
                Some(fields) => State::Open(Box::new(Self::children(&self.text, &fields))),
                None => State::Closed,
            };
        }
        match &mut self.state {
            State::Open(children) => Some((&self.text.source, children)),
            State::Unread | State::Closed => None,
        }
    }

    pub(super) fn is_changed(&self) -> bool {
        self.was.is_some() || self.opened().is_some_and(Children::is_changed)
    }

    /// The children, where somebody has looked.
    pub(super) fn opened(&self) -> Option<&Children> {
        match &self.state {
            State::Open(children) => Some(children),
            State::Unread | State::Closed => None,
        }
    }

    /// The text that stood here before, where another one was put in its place.
    pub(super) fn was(&self) -> Option<&[u8]> {
        self.was.as_ref().map(|text| text.raw())
    }

    /// What the node's span and those of its children are counted in.
    pub(super) fn source(&self) -> &[u8] {
        &self.text.source
    }

    /// Where the value was in the source of the container that it was found in.
    pub(super) fn slot(&self) -> Range<usize> {
        self.was.as_ref().map_or(&self.text, |was| was).span.clone()
    }

    /// What must be written over the source of the container that the value was found in.
    pub(super) fn patches(&self, out: &mut Vec<Patch>) {
        match &self.was {
            Some(was) => out.push((was.span.clone(), self.bytes())),
            None => self.inner_patches(out),
        }
    }

    fn inner_patches(&self, out: &mut Vec<Patch>) {
        if let Some(children) = self.opened() {
            children.patches(&self.text.source, self.text.span.clone(), out);
        }
    }

    fn bytes(&self) -> Bytes {
        match self.rewritten() {
            Some(text) => text.into(),
            None => self.text.source.slice_ref(self.text.raw()),
        }
    }

    /// The text with what was changed inside it; `None` where nothing was.
    fn rewritten(&self) -> Option<Vec<u8>> {
        let mut patches = Vec::new();
        self.inner_patches(&mut patches);
        if patches.is_empty() {
            return None;
        }
        let mut text = Vec::with_capacity(self.text.span.len());
        let mut at = self.text.span.start;
        for (span, with) in patches {
            text.extend_from_slice(self.text.source.get(at..span.start).unwrap_or_default());
            text.extend_from_slice(&with);
            at = span.end;
        }
        let rest = self.text.source.get(at..self.text.span.end);
        text.extend_from_slice(rest.unwrap_or_default());
        Some(text)
    }
}

/// What the JSON text `raw` is.
pub(super) fn kind_of(raw: &[u8]) -> NodeKind {
    match raw.first() {
        Some(b'{') => NodeKind::Object,
        Some(b'[') => NodeKind::Array,
        Some(b'"') => NodeKind::String,
        Some(b't' | b'f') => NodeKind::Boolean,
        Some(b'n') => NodeKind::Null,
        _ => NodeKind::Number,
    }
}
