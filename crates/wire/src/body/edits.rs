//! Changes to a body: spans of the original and what stands there instead.

use std::ops::Range;

use bytes::Bytes;

/// A set of changes to one body, in the order of their places and never overlapping.
///
/// An edited body is sent as slices of the original with the few new bytes between them, so a
/// change to one field of a 30 MB body copies that field and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    list: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    span: Range<usize>,
    with: Bytes,
}

/// Two changes want the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change to bytes {}..{} overlaps an earlier one", .span.start, .span.end)]
pub struct Overlap {
    /// The span of the change that was refused.
    pub span: Range<usize>,
}

/// The pieces of an edited body, in sending order.
pub type Slices = Vec<Bytes>;

impl Edits {
    /// No changes.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether the body goes out as it came in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Puts `with` in place of the bytes in `span`; an empty span inserts.
    ///
    /// # Errors
    /// [`Overlap`] where an earlier change already covers some of those bytes.
    pub fn replace(&mut self, span: Range<usize>, with: impl Into<Bytes>) -> Result<(), Overlap> {
        let at = self.list.partition_point(|edit| edit.span.end <= span.start);
        let clashes = self.list.get(at).is_some_and(|next| next.span.start < span.end);
        if clashes || span.start > span.end {
            return Err(Overlap { span });
        }
        self.list.insert(at, Edit { span, with: with.into() });
        Ok(())
    }

    /// The pieces of `original` with the changes made; without changes, `original` alone.
    ///
    /// A span that reaches past the end of `original` is cut there.
    #[must_use]
    pub fn apply(&self, original: &Bytes) -> Slices {
        let mut slices = Vec::with_capacity(self.list.len().saturating_mul(2).saturating_add(1));
        let mut sent = 0;
        for edit in &self.list {
            push(&mut slices, original.slice(sent..edit.span.start.min(original.len()).max(sent)));
            push(&mut slices, edit.with.clone());
            sent = edit.span.end.min(original.len()).max(sent);
        }
        push(&mut slices, original.slice(sent..));
        slices
    }
}

fn push(slices: &mut Slices, piece: Bytes) {
    if !piece.is_empty() {
        slices.push(piece);
    }
}
