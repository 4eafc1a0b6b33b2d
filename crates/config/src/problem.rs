//! What is wrong with a configuration, told so that a person can mend it at once.
//!
//! A problem names its place twice: by line and column for the editor, by path for the reader.
//! It never shows the line of the file itself: a secret written out by mistake would be shown too.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::sources::Origin;

/// A place in the configuration file; both numbers start at 1, the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character of that line.
    pub column: usize,
}

impl Position {
    /// The position of a byte of `text`; past its end, the end.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline.saturating_add(1));
        let column = before.get(line_start..).unwrap_or("").chars().count();
        Self { line: before.matches('\n').count().saturating_add(1), column: column + 1 }
    }
}

/// One thing wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The configuration file, as it was named.
    pub file: String,
    /// Where in the file; absent when the file as a whole is meant.
    #[serde(flatten)]
    pub position: Option<Position>,
    /// The setting, such as `channel[1].kind`, counted from 0; empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem of the file as a whole.
    pub(crate) fn of_file(origin: &Origin, message: String) -> Self {
        Self {
            file: origin.name.clone(),
            position: None,
            path: String::new(),
            message,
            suggestion: None,
        }
    }
}

/// `salve.toml:3:1: server.lisen: unknown key`, and below it the hint.
impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(Position { line, column }) = self.position {
            write!(formatter, ":{line}:{column}")?;
        }
        if !self.path.is_empty() {
            write!(formatter, ": {}", self.path)?;
        }
        write!(formatter, ": {}", self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(formatter, "\n  hint: {suggestion}")?;
        }
        Ok(())
    }
}

/// Everything wrong with a configuration, in the order of the file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    files: Vec<PathBuf>,
}

impl Problems {
    pub(crate) fn new(mut list: Vec<Problem>, files: Vec<PathBuf>) -> Self {
        list.sort_by_key(|problem| problem.position);
        Self { list, files }
    }

    /// One problem of the file as a whole.
    pub(crate) fn of_file(origin: &Origin, message: String) -> Self {
        Self { list: vec![Problem::of_file(origin, message)], files: Vec::new() }
    }

    /// With one more file looked at.
    pub(crate) fn with_file(mut self, file: &Path) -> Self {
        self.files.insert(0, file.to_path_buf());
        self
    }

    /// The problems, in the order of the file.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// The files looked at, readable or not: mending any of them is worth another try.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

/// The problems one below the other, with an empty line between.
impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n\n" };
            write!(formatter, "{gap}{problem}")?;
        }
        Ok(())
    }
}

/// An array of the problems.
impl Serialize for Problems {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl std::error::Error for Problems {}

/// The bytes of the file that a value or key takes.
pub(crate) type Span = Range<usize>;
