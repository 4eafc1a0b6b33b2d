//! Token counts as upstreams report them, hostile numbers included.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A reported `usage` object. Each field is `None` where the upstream left it out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Input tokens that were neither read from nor written to the cache.
    pub input_tokens: Count,
    /// Output tokens so far, thinking included.
    pub output_tokens: Count,
    /// Input tokens read from the cache.
    pub cache_read_input_tokens: Count,
    /// Input tokens written to the cache, all lifetimes together.
    pub cache_creation_input_tokens: Count,
    /// The same by lifetime.
    pub cache_creation: Option<CacheCreation>,
    /// Calls of tools that the upstream runs itself.
    pub server_tool_use: Option<ServerToolUse>,
}

/// Cache writes by lifetime.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CacheCreation {
    /// Tokens written for five minutes.
    pub ephemeral_5m_input_tokens: Count,
    /// Tokens written for one hour.
    pub ephemeral_1h_input_tokens: Count,
}

/// Calls of server tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServerToolUse {
    /// Web searches made.
    pub web_search_requests: Count,
}

impl Usage {
    /// Takes over what a later, cumulative report says; what it leaves out stays.
    pub fn update(&mut self, later: &Usage) {
        self.input_tokens.update(later.input_tokens);
        self.output_tokens.update(later.output_tokens);
        self.cache_read_input_tokens.update(later.cache_read_input_tokens);
        self.cache_creation_input_tokens.update(later.cache_creation_input_tokens);
        self.cache_creation = later.cache_creation.or(self.cache_creation);
        self.server_tool_use = later.server_tool_use.or(self.server_tool_use);
    }
}

/// A count that may be missing. Negative numbers read as 0, fractions are cut, anything that
/// is no number reads as missing: a broken report must not break the answer it came with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

impl Count {
    /// The count, 0 where it is missing.
    #[must_use]
    pub fn or_zero(self) -> u64 {
        self.0.unwrap_or(0)
    }

    fn update(&mut self, later: Count) {
        self.0 = later.0.or(self.0);
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a count")
    }

    fn visit_u64<E>(self, value: u64) -> Result<Count, E> {
        Ok(Count(Some(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Count, E> {
        Ok(Count(Some(u64::try_from(value).unwrap_or(0))))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float-to-integer cast saturates, which is the reading documented above"
    )]
    fn visit_f64<E>(self, value: f64) -> Result<Count, E> {
        Ok(Count(Some(value as u64)))
    }

    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }
}
