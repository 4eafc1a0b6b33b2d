//! Why a body is refused, and where.

use std::fmt;

use super::scan::DEPTH_MAX;

/// Why a body was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at {position}")]
pub struct ScanError {
    /// What is wrong.
    pub kind: ScanErrorKind,
    /// The byte it was noticed at.
    pub position: Position,
}

/// A place in a body: byte offset from 0, line and column from 1 (the column counts bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes before the place.
    pub offset: usize,
    /// Line, counted by line feeds.
    pub line: usize,
    /// Bytes from the start of the line, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {} (line {}, column {})", self.offset, self.line, self.column)
    }
}

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanErrorKind {
    /// There are no bytes but white space.
    #[error("the body is empty")]
    Empty,
    /// The bytes end inside a value.
    #[error("the body is cut off: the JSON text ends inside a value")]
    Truncated,
    /// The bytes are not UTF-8.
    #[error("the body is not valid UTF-8")]
    NotUtf8,
    /// The body starts with a byte order mark, which JSON text must not have (RFC 8259 §8.1).
    #[error("the body starts with a byte order mark")]
    ByteOrderMark,
    /// The JSON text is not an object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// Arrays and objects nest deeper than [`DEPTH_MAX`].
    #[error("the body nests arrays and objects deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// A `\u` escape holds one half of a surrogate pair (RFC 8259 §8.2).
    #[error("a string holds a lone surrogate: one half of a \\u pair without the other")]
    LoneSurrogate,
    /// A byte below 0x20 stands unescaped in a string.
    #[error("a string holds an unescaped control character")]
    ControlCharacter,
    /// A backslash is followed by something JSON does not know.
    #[error("a string holds an invalid escape")]
    InvalidEscape,
    /// A number breaks JSON's grammar.
    #[error("a number is malformed")]
    InvalidNumber,
    /// Another byte than the grammar allows.
    #[error("the JSON text is malformed: expected {0}")]
    Unexpected(Expected),
    /// Something follows the object.
    #[error("the JSON text ends, but more bytes follow")]
    Trailing,
    /// A field that decides what happens stands twice.
    #[error("the field `{0}` stands more than once")]
    DuplicateField(&'static str),
    /// A field that decides what happens stands in another letter case.
    #[error("the field `{found}` differs from `{name}` in letter case only")]
    VariantField {
        /// The field as it should be.
        name: &'static str,
        /// The key as it stands, shortened.
        found: String,
    },
}

/// What the grammar allows at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Expected {
    /// Any JSON value.
    #[error("a value")]
    Value,
    /// A string that names a field.
    #[error("a key in quotes")]
    Key,
    /// The colon after a key.
    #[error("`:`")]
    Colon,
    /// The next field or the end of an object.
    #[error("`,` or `}}`")]
    CommaOrBrace,
    /// The next element or the end of an array.
    #[error("`,` or `]`")]
    CommaOrBracket,
}
