//! One pass over a JSON object: is it well formed, and where are its fields?
//!
//! Iterative (nesting is a bounded stack, never recursion) and linear. Text dominates an
//! agent's body, so the one hot loop is over blocks of a string's bytes (see `strings`, `text`).

mod strings;

use std::borrow::Cow;
use std::ops::Range;

use super::error::{Expected, Position, ScanError, ScanErrorKind};

/// How deep arrays and objects may nest. Tool schemas of real agents stay below 30; the bound
/// keeps every later reader of these bytes, ours or the upstream's, off its stack limit.
pub const DEPTH_MAX: usize = 256;

/// One field of an object: the spans of its key (with quotes) and of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where the key is, quotes included.
    pub key: Range<usize>,
    /// Where the value is, without white space around it.
    pub value: Range<usize>,
}

/// Scans a whole body; see [`super::Body::scan`].
pub(super) fn scan(bytes: &[u8]) -> Result<Vec<Field>, ScanError> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(located(bytes, Stop { kind: ScanErrorKind::ByteOrderMark, at: 0 }));
    }
    // UTF-8 first: every later step may then take the bytes for text.
    if simdutf8::basic::from_utf8(bytes).is_err() {
        let at = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len);
        return Err(located(bytes, Stop { kind: ScanErrorKind::NotUtf8, at }));
    }
    object_fields(bytes)
}

/// The fields of the one JSON object that `bytes` hold. The bytes must be UTF-8.
///
/// # Errors
/// [`ScanError`] with positions counted within `bytes`.
pub fn object_fields(bytes: &[u8]) -> Result<Vec<Field>, ScanError> {
    Scanner { bytes, at: 0 }.object().map_err(|stop| located(bytes, stop))
}

/// Where the value of field `name` of the one JSON object in `bytes` is; `None` where there is no
/// such field or no such object.
#[must_use]
pub fn field_in(bytes: &[u8], name: &str) -> Option<Range<usize>> {
    find(bytes, &object_fields(bytes).ok()?, name)
}

/// The value of the last field called `name`, as most parsers would read it.
pub(super) fn find(bytes: &[u8], fields: &[Field], name: &str) -> Option<Range<usize>> {
    let named = |field: &&Field| key_text(bytes, field) == name;
    fields.iter().rev().find(named).map(|field| field.value.clone())
}

/// See [`super::Body::refuse_ambiguous`].
pub(super) fn refuse_ambiguous(
    bytes: &[u8],
    fields: &[Field],
    names: &'static [&'static str],
) -> Result<(), ScanError> {
    let mut seen = vec![false; names.len()];
    for field in fields {
        let key = key_text(bytes, field);
        let folded = fold(&key);
        let known = names.iter().zip(seen.iter_mut()).find(|(name, _)| **name == folded);
        let Some((name, seen)) = known else { continue };
        let at = field.key.start;
        if key != *name {
            let found = key.chars().take(40).collect();
            let kind = ScanErrorKind::VariantField { name, found };
            return Err(located(bytes, Stop { kind, at }));
        }
        if std::mem::replace(seen, true) {
            let kind = ScanErrorKind::DuplicateField(name);
            return Err(located(bytes, Stop { kind, at }));
        }
    }
    Ok(())
}

/// Lower case, with the two letters outside ASCII that some parsers (Go's among them) fold
/// onto `s` and `k`.
fn fold(key: &str) -> String {
    let lower = |c: char| match c {
        '\u{17F}' => 's',
        '\u{212A}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    key.chars().map(lower).collect()
}

/// A key as its reader would see it. A scanned key always decodes; an empty one stands for
/// the impossible rest.
fn key_text<'a>(bytes: &'a [u8], field: &Field) -> Cow<'a, str> {
    bytes.get(field.key.clone()).and_then(string_at).unwrap_or_default()
}

/// The text of the JSON string that `raw` is, borrowed where nothing is escaped.
pub(crate) fn string_at(raw: &[u8]) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr::memchr(b'\\', inner).is_none() {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(raw).ok().map(Cow::Owned)
}

fn located(bytes: &[u8], stop: Stop) -> ScanError {
    let before = bytes.get(..stop.at).unwrap_or(bytes);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at.saturating_add(1));
    let position = Position {
        offset: before.len(),
        line: memchr::memchr_iter(b'\n', before).count().saturating_add(1),
        column: before.len().saturating_sub(line_start).saturating_add(1),
    };
    ScanError { kind: stop.kind, position }
}

/// A refusal before its line and column are known.
struct Stop {
    kind: ScanErrorKind,
    at: usize,
}

#[derive(Clone, Copy)]
enum Container {
    Object,
    Array,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Step = Result<(), Stop>;

impl Scanner<'_> {
    /// The whole text: one object with nothing but white space around it.
    fn object(mut self) -> Result<Vec<Field>, Stop> {
        self.space();
        match self.peek() {
            None => return Err(self.stop(ScanErrorKind::Empty)),
            Some(b'{') => self.at += 1,
            Some(_) => return Err(self.stop(ScanErrorKind::NotAnObject)),
        }
        let mut fields = Vec::with_capacity(16);
        self.space();
        if !self.eat(b'}') {
            self.members(&mut fields)?;
        }
        self.space();
        match self.peek() {
            None => Ok(fields),
            Some(_) => Err(self.stop(ScanErrorKind::Trailing)),
        }
    }

    fn members(&mut self, fields: &mut Vec<Field>) -> Step {
        loop {
            let key = self.key()?;
            self.space();
            let start = self.at;
            self.value()?;
            fields.push(Field { key, value: start..self.at });
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.unexpected(Expected::CommaOrBrace)),
            }
            self.space();
        }
    }

    /// A key and the colon after it; gives the key's span, quotes included.
    fn key(&mut self) -> Result<Range<usize>, Stop> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(Expected::Key));
        }
        self.string()?;
        let key = start..self.at;
        self.space();
        if !self.eat(b':') {
            return Err(self.unexpected(Expected::Colon));
        }
        Ok(key)
    }

    /// Any value, with everything inside it.
    fn value(&mut self) -> Step {
        let mut open = Vec::new();
        loop {
            self.space();
            if self.opens(&mut open)? {
                continue;
            }
            if !self.goes_on(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Takes a scalar or an opening bracket. True where a value must follow at once.
    fn opens(&mut self, open: &mut Vec<Container>) -> Result<bool, Stop> {
        let (container, end) = match self.peek() {
            Some(b'{') => (Container::Object, b'}'),
            Some(b'[') => (Container::Array, b']'),
            _ => return self.scalar().map(|()| false),
        };
        // The object around a top-level field counts as one level.
        if open.len() + 1 >= DEPTH_MAX {
            return Err(self.stop(ScanErrorKind::TooDeep));
        }
        self.at += 1;
        self.space();
        if self.eat(end) {
            return Ok(false);
        }
        open.push(container);
        if matches!(container, Container::Object) {
            self.key()?;
        }
        Ok(true)
    }

    /// After a value: closes what ends here. True where another value follows.
    fn goes_on(&mut self, open: &mut Vec<Container>) -> Result<bool, Stop> {
        while let Some(container) = open.last() {
            self.space();
            match (container, self.peek()) {
                (Container::Object, Some(b',')) => {
                    self.at += 1;
                    self.space();
                    self.key()?;
                    return Ok(true);
                }
                (Container::Array, Some(b',')) => {
                    self.at += 1;
                    return Ok(true);
                }
                (Container::Object, Some(b'}')) | (Container::Array, Some(b']')) => {
                    self.at += 1;
                    open.pop();
                }
                (Container::Object, _) => return Err(self.unexpected(Expected::CommaOrBrace)),
                (Container::Array, _) => return Err(self.unexpected(Expected::CommaOrBracket)),
            }
        }
        Ok(false)
    }

    fn scalar(&mut self) -> Step {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(self.unexpected(Expected::Value)),
        }
    }

    fn literal(&mut self, word: &'static [u8]) -> Step {
        for expected in word {
            if !self.eat(*expected) {
                return Err(self.unexpected(Expected::Value));
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Step {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Step {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        match self.peek() {
            _ if self.at > start => Ok(()),
            None => Err(self.stop(ScanErrorKind::Truncated)),
            Some(_) => Err(self.stop(ScanErrorKind::InvalidNumber)),
        }
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

    fn stop(&self, kind: ScanErrorKind) -> Stop {
        Stop { kind, at: self.at }
    }

    fn unexpected(&self, expected: Expected) -> Stop {
        match self.peek() {
            None => self.stop(ScanErrorKind::Truncated),
            Some(_) => self.stop(ScanErrorKind::Unexpected(expected)),
        }
    }
}
