//! A request or response body: the bytes as they came, and where its fields are.
//!
//! One pass over the bytes proves that they are one well-formed JSON object and notes the
//! span of every top-level field. Reading a field touches that field alone; changing one is
//! an [`Edits`] entry. The bytes themselves are never rewritten, reordered or reformatted.

mod edits;
mod error;
mod scan;
mod surrogates;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

pub use edits::{Edits, Overlap, Slices};
pub use error::{Expected, Position, ScanError, ScanErrorKind};
pub(crate) use scan::string_at;
pub use scan::{DEPTH_MAX, Field, field_in, object_fields};
pub use surrogates::mend_lone_surrogates;
pub(crate) use text::closing_quote;

/// A JSON object with the spans of its top-level fields.
#[derive(Debug, Clone)]
pub struct Body {
    bytes: Bytes,
    fields: Vec<Field>,
}

/// A top-level field that is there but not of the type its reader needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: expected {expected}")]
pub struct FieldError {
    /// The field's name.
    pub name: &'static str,
    /// What its reader needs, in words: "a string".
    pub expected: &'static str,
}

impl Body {
    /// Scans `bytes`, which must be one JSON object in UTF-8.
    ///
    /// # Errors
    /// [`ScanError`] names what is wrong and the byte where it is.
    pub fn scan(bytes: Bytes) -> Result<Self, ScanError> {
        let fields = scan::scan(&bytes)?;
        Ok(Self { bytes, fields })
    }

    /// Refuses a body in which one of `names` stands twice, or in another letter case.
    ///
    /// JSON parsers differ in which of two equal keys they keep, and some fold case; what was
    /// checked here must be what the upstream acts on.
    ///
    /// # Errors
    /// [`ScanErrorKind::DuplicateField`] or [`ScanErrorKind::VariantField`] at the later key.
    pub fn refuse_ambiguous(&self, names: &'static [&'static str]) -> Result<(), ScanError> {
        scan::refuse_ambiguous(&self.bytes, &self.fields, names)
    }

    /// The bytes as they arrived.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The top-level fields, in order.
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Where the value of the top-level field `name` is, or `None` where there is none.
    #[must_use]
    pub fn span(&self, name: &str) -> Option<Range<usize>> {
        scan::find(&self.bytes, &self.fields, name)
    }

    /// The value of the top-level field `name`, as written.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&[u8]> {
        self.bytes.get(self.span(name)?)
    }

    /// The string in field `name`; `None` where there is no such field.
    ///
    /// # Errors
    /// [`FieldError`] where the value is not a string.
    pub fn string(&self, name: &'static str) -> Result<Option<Cow<'_, str>>, FieldError> {
        self.typed(name, "a string", scan::string_at)
    }

    /// The boolean in field `name`; `None` where there is no such field.
    ///
    /// # Errors
    /// [`FieldError`] where the value is neither `true` nor `false`.
    pub fn boolean(&self, name: &'static str) -> Result<Option<bool>, FieldError> {
        self.typed(name, "true or false", |raw| match raw {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        })
    }

    /// The whole number in field `name`; `None` where there is no such field.
    ///
    /// # Errors
    /// [`FieldError`] where the value is not an integer from 0 to 2⁶⁴−1.
    pub fn unsigned(&self, name: &'static str) -> Result<Option<u64>, FieldError> {
        self.typed(name, "a whole number", |raw| std::str::from_utf8(raw).ok()?.parse().ok())
    }

    fn typed<'a, T>(
        &'a self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        match self.raw(name) {
            None => Ok(None),
            Some(raw) => read(raw).map(Some).ok_or(FieldError { name, expected }),
        }
    }
}
