//! How many tokens a conversation had come to when its upstream last counted them.
//!
//! The next turn is what was counted plus what is new, so only the new part is an estimate.

use super::recent::Recent;
use crate::vocabulary::Count;

/// Conversations that are remembered.
const ROOM: usize = 8_192;

/// Bytes of new text to a token. Code and JSON have 3 to 4, prose 4 to 5, dense digits 2; so the
/// new part of a turn is never counted with less than two fifths of what it has.
const BYTES_PER_TOKEN_MAX: u64 = 5;
/// The other end.
const BYTES_PER_TOKEN_MIN: u64 = 2;

/// What an upstream counted for one turn of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Bytes of the request's body.
    pub body_bytes: u64,
    /// Input tokens, cached ones too.
    pub input_tokens: u64,
}

/// The memory of conversations.
#[derive(Debug)]
pub struct Conversations(Recent<u64, Measure>);

impl Default for Conversations {
    fn default() -> Self {
        Self(Recent::new(ROOM))
    }
}

impl Conversations {
    /// Notes what was counted for a turn. `talk` is the fingerprint of session and model.
    pub fn note(&self, talk: u64, measure: Measure) {
        if measure.input_tokens > 0 {
            self.0.set(talk, measure);
        }
    }

    /// The tokens that a turn has: what the last one had, and the rest estimated from its bytes.
    /// `None` for a conversation that nobody has counted, or that has become shorter.
    pub fn count(&self, talk: u64, body_bytes: u64) -> Option<Count> {
        let last = self.0.get(&talk)?;
        let new = body_bytes.checked_sub(last.body_bytes)?;
        let with = |bytes_per_token: u64| last.input_tokens.saturating_add(new / bytes_per_token);
        Some(Count { least: with(BYTES_PER_TOKEN_MAX), most: with(BYTES_PER_TOKEN_MIN) })
    }
}
