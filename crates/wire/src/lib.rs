//! The wire: what clients and upstreams write to each other, as bytes.
//!
//! Bodies are kept as the bytes that arrived, with the spans of their top-level fields
//! ([`Body`]); a change is a span and its replacement ([`Edits`]). A [`Document`] looks deeper
//! where somebody asks, and turns changes at any depth into such edits. Streams are cut into
//! events without being rewritten ([`sse`]). Each dialect has the same rooms: `request`,
//! `response`, `stream`, `error`.
//!
//! Nothing here does I/O, reads a clock or keeps state beyond the value at hand, and no
//! input makes it panic, recurse or run in more than linear time.

pub mod anthropic;
pub mod body;
pub mod document;
pub mod sse;

pub use body::{Body, Edits, ScanError};
pub use document::{Change, Document, Node, NodeKind, quoted};
