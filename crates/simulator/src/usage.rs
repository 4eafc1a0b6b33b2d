//! The `usage` object.

use serde::Serialize;

/// What a request consumed, in tokens, as the service reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Input tokens neither read from nor written to the prompt cache.
    pub input_tokens: u64,
    /// Input tokens written to the prompt cache, both lifetimes.
    pub cache_creation_input_tokens: u64,
    /// Input tokens read from the prompt cache.
    pub cache_read_input_tokens: u64,
    /// The written tokens by lifetime.
    pub cache_creation: CacheCreation,
    /// Output tokens, thinking included.
    pub output_tokens: u64,
    /// Parts of the output.
    pub output_tokens_details: OutputDetails,
    /// Uses of server tools; absent when there were none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_tool_use: Option<ServerToolUse>,
    /// The tier that served the request: always `standard`.
    pub service_tier: ServiceTier,
}

/// Cache writes by lifetime, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CacheCreation {
    /// Tokens kept for five minutes.
    pub ephemeral_5m_input_tokens: u64,
    /// Tokens kept for an hour.
    pub ephemeral_1h_input_tokens: u64,
}

/// Parts of the output, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OutputDetails {
    /// Tokens of thinking blocks, also of those that are not shown.
    pub thinking_tokens: u64,
}

/// Uses of server tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ServerToolUse {
    /// Web searches run.
    pub web_search_requests: u64,
    /// Web pages fetched.
    pub web_fetch_requests: u64,
}

/// The tier that served a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceTier {
    /// The ordinary tier.
    #[default]
    Standard,
}
