//! A place in the journal.

/// The place of a byte in the journal: where a record begins or the last one ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The segment's number, from 1. Segment 0 lies before all.
    pub segment: u64,
    /// The byte in it.
    pub byte: u64,
}
