//! Where the children of one array or object are, without looking into them.
//!
//! The bytes were proved to be well-formed JSON before they came here, so this only looks for
//! borders: a string ends at the next quote with an even number of backslashes before it, a
//! container where its brackets balance. Text that is not JSON after all has no children.

use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::body::{Field, closing_quote};

/// How many children are looked at. More than an upstream takes messages (100,000), and a bound
/// on the memory that an array of a million digits can ask for.
const CHILDREN_MAX: usize = 1 << 17;

/// Keys and other short strings, which are many, end within a few plain bytes.
const SHORT_BYTES_MAX: usize = 24;

/// How long the inside of a string is, in bytes, whose end is worth remembering.
const LONG_BYTES_MIN: usize = 512;

/// Bytes that are looked into, and where their long strings end: who looks into a message after
/// the list of messages, and then into its blocks, meets the same text each time.
#[derive(Debug)]
pub(super) struct Source {
    bytes: Bytes,
    /// The place of a long string's inside, and of its closing quote.
    long: Mutex<HashMap<usize, usize>>,
}

impl Source {
    pub(super) fn of(bytes: Bytes) -> Self {
        Self { bytes, long: Mutex::default() }
    }

    /// Where the string ends whose inside begins at `start`, if it does before `end`.
    fn closing_quote(&self, start: usize, end: usize) -> Option<usize> {
        let rest = self.bytes.get(start..end)?;
        if rest.get(LONG_BYTES_MIN).is_none() {
            return Some(start + closing_quote(rest)?);
        }
        let known = self.long.lock().unwrap_or_else(PoisonError::into_inner).get(&start).copied();
        if let Some(quote) = known.filter(|quote| *quote < end) {
            return Some(quote);
        }
        let length = closing_quote(rest)?;
        if length >= LONG_BYTES_MIN {
            let mut long = self.long.lock().unwrap_or_else(PoisonError::into_inner);
            long.insert(start, start + length);
        }
        Some(start + length)
    }
}

impl Deref for Source {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

/// The children of the array or object in `source[span]`; those of an array have an empty key.
/// `None` where there is no such container, where it is broken, or where it has too many.
pub(super) fn children(source: &Source, span: Range<usize>) -> Option<Vec<Field>> {
    found(Cursor { source: Some(source), bytes: source.get(..span.end)?, at: span.start })
}

/// The same of the array or object that is the whole of `raw`, looked into this once.
pub(super) fn children_of(raw: &[u8]) -> Option<Vec<Field>> {
    found(Cursor { source: None, bytes: raw, at: 0 })
}

fn found(mut cursor: Cursor<'_>) -> Option<Vec<Field>> {
    let close = match cursor.peek()? {
        b'{' => b'}',
        b'[' => b']',
        _ => return None,
    };
    cursor.at += 1;
    let mut found = Vec::new();
    cursor.space();
    if cursor.eat(close) {
        return cursor.is_done().then_some(found);
    }
    while found.len() < CHILDREN_MAX {
        found.push(cursor.child(close == b'}')?);
        cursor.space();
        if cursor.eat(close) {
            return cursor.is_done().then_some(found);
        }
        cursor.eat(b',').then_some(())?;
        cursor.space();
    }
    None
}

struct Cursor<'a> {
    source: Option<&'a Source>,
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn child(&mut self, keyed: bool) -> Option<Field> {
        let start = self.at;
        if keyed {
            self.string()?;
        }
        let key = start..self.at;
        if keyed {
            self.space();
            self.eat(b':').then_some(())?;
            self.space();
        }
        let start = self.at;
        self.value()?;
        Some(Field { key, value: start..self.at })
    }

    fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string(),
            b'{' | b'[' => self.container(),
            _ => self.scalar(),
        }
    }

    /// To behind the string that starts here.
    fn string(&mut self) -> Option<()> {
        if !self.eat(b'"') {
            return None;
        }
        let short = self.bytes.get(self.at..)?.iter().take(SHORT_BYTES_MAX);
        let plain = short.take_while(|byte| !matches!(byte, b'"' | b'\\')).count();
        let end = self.at.saturating_add(plain);
        let quote = match self.bytes.get(end) {
            Some(b'"') => end,
            _ => match self.source {
                Some(source) => source.closing_quote(self.at, self.bytes.len())?,
                None => self.at + closing_quote(self.bytes.get(self.at..)?)?,
            },
        };
        self.at = quote.saturating_add(1);
        Some(())
    }

    /// To behind the container that starts here, whatever is in it.
    fn container(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// To behind a number or word, which must have at least one byte.
    fn scalar(&mut self) -> Option<()> {
        let start = self.at;
        let ends = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        while self.peek().is_some_and(|byte| !ends(byte)) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let matches = self.peek() == Some(byte);
        self.at += usize::from(matches);
        matches
    }

    fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }
}
