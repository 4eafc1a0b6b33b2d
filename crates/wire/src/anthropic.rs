//! The Anthropic Messages dialect.
//!
//! What Salve reads of it, and the few pieces it writes itself: error envelopes, error events
//! and the events that end a broken stream. Everything else passes as it came.

pub mod error;
pub mod request;
pub mod response;
pub mod stream;
pub mod usage;
