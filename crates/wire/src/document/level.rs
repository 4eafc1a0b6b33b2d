//! Where the children of one array or object are, without looking into them.
//!
//! The bytes were proved to be well-formed JSON before they came here, so this only looks for
//! borders: a string ends at the next quote with an even number of backslashes before it, a
//! container where its brackets balance. Text that is not JSON after all has no children.

use std::ops::Range;

use crate::body::{Field, closing_quote};

/// How many children are looked at. More than an upstream takes messages (100,000), and a bound
/// on the memory that an array of a million digits can ask for.
const CHILDREN_MAX: usize = 1 << 17;

/// The children of the array or object in `bytes[span]`; those of an array have an empty key.
/// `None` where there is no such container, where it is broken, or where it has too many.
pub(super) fn children(bytes: &[u8], span: Range<usize>) -> Option<Vec<Field>> {
    let bytes = bytes.get(..span.end)?;
    let close = match bytes.get(span.start)? {
        b'{' => b'}',
        b'[' => b']',
        _ => return None,
    };
    let mut cursor = Cursor { bytes, at: span.start.saturating_add(1) };
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
        let quote = closing_quote(self.bytes.get(self.at..)?)?;
        self.at += quote + 1;
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
