//! The state of one reading of a configuration: where we are, what was wrong, what was looked at.
//!
//! Reading never stops at a problem: a value that cannot be read is noted and left out, so that
//! one reading reports everything.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::limits::PROBLEMS_MAX;
use crate::names::Names;
use crate::problem::{Position, Problem, Span};
use crate::secret::Secret;
use crate::sources::{Origin, Sources};
use crate::suggest::closest;

/// A value of the file with its place.
pub(crate) type Item<'i> = Spanned<DeValue<'i>>;

/// One reading, handed through all readers.
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) origin: &'a Origin,
    pub(crate) sources: &'a dyn Sources,
    pub(crate) names: Names,
    /// The secrets that open Salve so far, with the setting of each.
    pub(crate) guards: Vec<(Secret, String)>,
    pub(crate) files: BTreeSet<PathBuf>,
    problems: Vec<Problem>,
    problems_left_out: usize,
    path: String,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &'a str, origin: &'a Origin, sources: &'a dyn Sources) -> Self {
        Self {
            text,
            origin,
            sources,
            names: Names::default(),
            guards: Vec::new(),
            files: BTreeSet::new(),
            problems: Vec::new(),
            problems_left_out: 0,
            path: String::new(),
        }
    }

    /// Reads below `key`: the path of problems gets longer by it meanwhile.
    pub(crate) fn within<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&quoted_key(key));
        let value = read(self);
        self.path.truncate(length);
        value
    }

    /// Reads the element at `index` of a list.
    pub(crate) fn element<T>(&mut self, index: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        let value = read(self);
        self.path.truncate(length);
        value
    }

    /// The path of what is being read.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Notes a problem of what is being read.
    pub(crate) fn problem(
        &mut self,
        span: Span,
        message: impl Into<String>,
        suggestion: impl Into<Option<String>>,
    ) {
        let path = self.path.clone();
        self.problem_at(path, Some(span), message.into(), suggestion.into());
    }

    /// Notes a problem of the setting `key` of a table, at the setting or, if it is left out, at
    /// the table.
    pub(crate) fn problem_of(
        &mut self,
        table: &Item<'_>,
        key: &str,
        message: String,
        suggestion: Option<String>,
    ) {
        let span = table.get_ref().get(key).map_or_else(|| table.span(), Item::span);
        self.within(key, |reading| reading.problem(span, message, suggestion));
    }

    /// Notes a problem of another setting, or of the file as a whole (no span).
    pub(crate) fn problem_at(
        &mut self,
        path: String,
        span: Option<Span>,
        message: String,
        suggestion: Option<String>,
    ) {
        if self.problems.len() >= PROBLEMS_MAX {
            self.problems_left_out = self.problems_left_out.saturating_add(1);
            return;
        }
        self.problems.push(Problem {
            file: self.origin.name.clone(),
            position: span.map(|span| Position::of(self.text, span.start)),
            path,
            message,
            suggestion,
        });
    }

    /// Notes that a value has the wrong type. The value itself is not shown.
    pub(crate) fn wrong_type<T>(&mut self, item: &Item<'_>, expected: &str) -> Option<T> {
        let found = item.get_ref().type_str();
        self.problem(item.span(), format!("expected {expected}, found {found}"), None);
        None
    }

    /// Notes every key of `table` that is not `allowed` here.
    pub(crate) fn refuse_unknown(&mut self, table: &DeTable<'_>, allowed: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if allowed.contains(&name) {
                continue;
            }
            let list = format!("allowed here: {}", allowed.join(", "));
            let suggestion = match closest(name, allowed.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`? {list}"),
                None => list,
            };
            self.within(name, |reading| {
                reading.problem(key.span(), "unknown key", suggestion);
            });
        }
    }

    /// Ends the reading: the problems and the files looked at.
    pub(crate) fn finish(mut self) -> (Vec<Problem>, Vec<PathBuf>) {
        if self.problems_left_out > 0 {
            let message = format!("{} more problems are not shown", self.problems_left_out);
            self.problems.push(Problem::of_file(self.origin, message));
        }
        (self.problems, self.files.into_iter().collect())
    }
}

/// A key as TOML writes it: quoted where it has to be.
fn quoted_key(key: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(is_bare) { key.to_owned() } else { format!("{key:?}") }
}
