//! How many tokens a conversation had come to when its upstream last counted them.
//!
//! The next turn is what was counted plus what is new, so only the new part is an estimate.

use super::recent::Recent;

/// Conversations that are remembered.
const ROOM: usize = 8_192;

/// Bytes of new text to a token, at least: estimates err on the side of fewer tokens, so that
/// nothing is refused that would have fitted. Code and JSON have 3 to 4, prose 4 to 5.
const BYTES_PER_TOKEN: u64 = 5;

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

    /// The tokens that a turn has at least: what the last one had, and the rest estimated from
    /// below. `None` for a conversation that nobody has counted, or that has become shorter.
    pub fn at_least(&self, talk: u64, body_bytes: u64) -> Option<u64> {
        let last = self.0.get(&talk)?;
        let new = body_bytes.checked_sub(last.body_bytes)?;
        Some(last.input_tokens.saturating_add(new / BYTES_PER_TOKEN))
    }
}
