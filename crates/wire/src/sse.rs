//! Server-sent events, cut at their ends without being rewritten.
//!
//! [`Splitter`] takes the upstream's chunks as they arrive, split at any byte, and gives back
//! runs of whole events ([`Batch`]) whose bytes are the upstream's own. The rules are those of
//! the WHATWG stream grammar: lines end in LF, CR or CRLF, a blank line ends an event, a line
//! that starts with a colon is a comment.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use bytes::{Bytes, BytesMut};

/// Cuts a byte stream into whole events.
#[derive(Debug)]
pub struct Splitter {
    /// Bytes of an event whose end has not come yet.
    held: BytesMut,
    /// Where in `held` its unfinished line starts.
    line: usize,
    /// How far `held` has been searched for the end of that line.
    searched: usize,
    event_bytes_max: usize,
}

/// An event grew beyond what may be held for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {event_bytes_max} bytes")]
pub struct EventTooLarge {
    /// The bound that was crossed, in bytes.
    pub event_bytes_max: usize,
}

/// A run of whole events, back to back.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The bytes of all of them, as they came.
    pub raw: Bytes,
    /// Where each event is in `raw`.
    pub events: Vec<Event>,
}

/// One event: spans into its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event with its blank line.
    pub raw: Range<usize>,
    /// What follows `event:`.
    pub name: Option<Range<usize>>,
    /// What follows the first `data:`.
    pub data: Option<Range<usize>>,
    /// Whether more `data:` lines follow, which join to one with line feeds between.
    pub has_more_data: bool,
}

impl Splitter {
    /// A splitter that holds at most `event_bytes_max` bytes of an unfinished event.
    #[must_use]
    pub fn new(event_bytes_max: usize) -> Self {
        Self { held: BytesMut::new(), line: 0, searched: 0, event_bytes_max }
    }

    /// Takes the next chunk and gives the events that are whole now; `None` where none is.
    ///
    /// # Errors
    /// [`EventTooLarge`] where the event that is still open crossed its bound.
    pub fn push(&mut self, chunk: Bytes) -> Result<Option<Batch>, EventTooLarge> {
        let whole = if self.held.is_empty() {
            // The usual case: the chunk starts at an event, and is passed on without a copy.
            let end = self.search(&chunk);
            self.held.extend_from_slice(chunk.get(end..).unwrap_or_default());
            chunk.slice(..end)
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(&chunk);
            let end = self.search(&held);
            let whole = held.split_to(end).freeze();
            self.held = held;
            whole
        };
        let event_bytes_max = self.event_bytes_max;
        if self.held.len() > event_bytes_max {
            return Err(EventTooLarge { event_bytes_max });
        }
        Ok(batch(whole))
    }

    /// What is left when the stream ends, as it came.
    #[must_use]
    pub fn rest(self) -> Bytes {
        self.held.freeze()
    }

    /// What is left when the stream ends. Where its blank line is missing it is added.
    #[must_use]
    pub fn finish(self) -> Option<Batch> {
        let mut rest = self.held;
        let is_whole = closed_lines(&rest).last().is_none_or(|line| line.text.is_empty());
        match rest.last() {
            None => return None,
            Some(b'\n' | b'\r') if is_whole => {}
            Some(b'\n' | b'\r') => rest.extend_from_slice(b"\n"),
            Some(_) => rest.extend_from_slice(b"\n\n"),
        }
        batch(rest.freeze())
    }

    /// Where the last whole event of `bytes` ends, 0 where none does. Remembers, relative to
    /// that end, where the search goes on.
    fn search(&mut self, bytes: &[u8]) -> usize {
        let mut end = 0;
        let (start, searched) = (self.line, self.searched);
        let mut lines = Lines { bytes, start, searched, is_open: true };
        for line in &mut lines {
            if line.text.is_empty() {
                end = line.next;
            }
        }
        (self.line, self.searched) = (lines.start - end, lines.searched - end);
        end
    }
}

impl Batch {
    /// The event's name, or empty bytes where it has none.
    #[must_use]
    pub fn name(&self, event: &Event) -> &[u8] {
        self.text(event.name.clone())
    }

    /// The event's data, its lines joined; empty where it has none.
    #[must_use]
    pub fn data(&self, event: &Event) -> Cow<'_, [u8]> {
        if !event.has_more_data {
            return Cow::Borrowed(self.text(event.data.clone()));
        }
        let raw = self.raw.get(event.raw.clone()).unwrap_or_default();
        let data = closed_lines(raw).filter_map(|line| match field(raw, &line) {
            (b"data", value) => raw.get(value),
            _ => None,
        });
        Cow::Owned(data.collect::<Vec<_>>().join(&b'\n'))
    }

    fn text(&self, span: Option<Range<usize>>) -> &[u8] {
        span.and_then(|span| self.raw.get(span)).unwrap_or_default()
    }
}

/// A line without its ending, and where the next one starts.
struct Line {
    text: Range<usize>,
    next: usize,
}

/// The whole lines of some bytes.
struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next line starts.
    start: usize,
    /// Before this no line ends; the search for the end of the next line goes on here.
    searched: usize,
    /// Whether more bytes may come: then a CR at the end may be half of a CRLF.
    is_open: bool,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.bytes.get(self.searched..)?;
        let Some(found) = memchr::memchr2(b'\n', b'\r', rest) else {
            self.searched = self.bytes.len();
            return None;
        };
        let end = self.searched + found;
        self.searched = end;
        let next = match (self.bytes.get(end)?, self.bytes.get(end + 1)) {
            (b'\r', None) if self.is_open => return None,
            (b'\r', Some(b'\n')) => end + 2,
            _ => end + 1,
        };
        let text = self.start..end;
        (self.start, self.searched) = (next, next);
        Some(Line { text, next })
    }
}

/// A line's field name and the span of its value, one leading space removed.
fn field<'a>(bytes: &'a [u8], line: &Line) -> (&'a [u8], Range<usize>) {
    let text = bytes.get(line.text.clone()).unwrap_or_default();
    let colon = memchr::memchr(b':', text).unwrap_or(text.len());
    let name = text.get(..colon).unwrap_or_default();
    let after = (line.text.start + colon + 1).min(line.text.end);
    let space = usize::from(bytes.get(after) == Some(&b' ') && after < line.text.end);
    (name, after + space..line.text.end)
}

fn batch(raw: Bytes) -> Option<Batch> {
    if raw.is_empty() {
        return None;
    }
    let mut events = Vec::new();
    let mut event = Event { raw: 0..0, name: None, data: None, has_more_data: false };
    for line in closed_lines(&raw) {
        if line.text.is_empty() {
            event.raw.end = line.next;
            let next =
                Event { raw: line.next..line.next, name: None, data: None, has_more_data: false };
            events.push(std::mem::replace(&mut event, next));
            continue;
        }
        match field(&raw, &line) {
            (b"event", value) => event.name = Some(value),
            (b"data", _) if event.data.is_some() => event.has_more_data = true,
            (b"data", value) => event.data = Some(value),
            _ => {}
        }
    }
    Some(Batch { raw, events })
}

/// The lines of bytes to which nothing will be added.
fn closed_lines(bytes: &[u8]) -> Lines<'_> {
    Lines { bytes, start: 0, searched: 0, is_open: false }
}
