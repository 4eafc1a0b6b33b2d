//! Token counts of one request, as they are billed.

use serde::{Deserialize, Serialize};

use crate::limits::{BYTES_PER_TOKEN, TOKENS_MAX};

/// What a request used. The kinds of input do not overlap: their sum is the whole prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Input tokens that were neither read from nor written to the prompt cache.
    pub input_tokens: u64,
    /// Output tokens, thinking included.
    pub output_tokens: u64,
    /// Input tokens read from the prompt cache.
    pub cache_read_input_tokens: u64,
    /// Input tokens written to the prompt cache for five minutes.
    pub cache_creation_5m_input_tokens: u64,
    /// Input tokens written to the prompt cache for one hour.
    pub cache_creation_1h_input_tokens: u64,
    /// Web searches that the upstream ran itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub web_search_requests: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Usage {
    /// Nothing used.
    pub const ZERO: Self = Self {
        input_tokens: 0,
        output_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation_5m_input_tokens: 0,
        cache_creation_1h_input_tokens: 0,
        web_search_requests: 0,
    };

    /// The whole prompt in tokens: fresh, read from and written to the cache. Price bands go by
    /// this number.
    #[must_use]
    pub fn input_total(&self) -> u64 {
        self.input_tokens
            .saturating_add(self.cache_read_input_tokens)
            .saturating_add(self.cache_creation_5m_input_tokens)
            .saturating_add(self.cache_creation_1h_input_tokens)
    }

    /// The same with no count above [`TOKENS_MAX`], so that no sum or price can overflow.
    #[must_use]
    pub fn clamped(&self) -> Self {
        Self {
            input_tokens: self.input_tokens.min(TOKENS_MAX),
            output_tokens: self.output_tokens.min(TOKENS_MAX),
            cache_read_input_tokens: self.cache_read_input_tokens.min(TOKENS_MAX),
            cache_creation_5m_input_tokens: self.cache_creation_5m_input_tokens.min(TOKENS_MAX),
            cache_creation_1h_input_tokens: self.cache_creation_1h_input_tokens.min(TOKENS_MAX),
            web_search_requests: self.web_search_requests.min(TOKENS_MAX),
        }
    }
}

/// Tokens of so many bytes of text where nobody counted them, rounded up.
#[must_use]
pub fn tokens_of_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN)
}

#[cfg(test)]
mod tests;
