//! Token counts as upstreams report them, hostile numbers included.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::value::RawValue;

/// A reported `usage` object. Each field is missing where the upstream left it out or wrote
/// something that is no count: a broken part must not take the rest with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens that were neither read from nor written to the cache.
    pub input_tokens: Count,
    /// Output tokens so far, thinking included.
    pub output_tokens: Count,
    /// Input tokens read from the cache.
    pub cache_read_input_tokens: Count,
    /// Input tokens written to the cache, all lifetimes together.
    pub cache_creation_input_tokens: Count,
    /// Of these, written for five minutes.
    pub ephemeral_5m_input_tokens: Count,
    /// Of these, written for one hour.
    pub ephemeral_1h_input_tokens: Count,
    /// Web searches that the upstream made.
    pub web_search_requests: Count,
}

/// The fields of a JSON object, each as it is written; the last of equal ones.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

impl Usage {
    /// Whether any input is reported. A report without is not the whole of what was used.
    #[must_use]
    pub fn has_input(&self) -> bool {
        let counts = [
            self.input_tokens,
            self.cache_read_input_tokens,
            self.cache_creation_input_tokens,
            self.ephemeral_5m_input_tokens,
            self.ephemeral_1h_input_tokens,
        ];
        counts.iter().any(|count| count.0.is_some())
    }

    /// Takes over what a later, cumulative report says; what it leaves out stays.
    pub fn update(&mut self, later: &Usage) {
        self.input_tokens.update(later.input_tokens);
        self.output_tokens.update(later.output_tokens);
        self.cache_read_input_tokens.update(later.cache_read_input_tokens);
        self.cache_creation_input_tokens.update(later.cache_creation_input_tokens);
        self.ephemeral_5m_input_tokens.update(later.ephemeral_5m_input_tokens);
        self.ephemeral_1h_input_tokens.update(later.ephemeral_1h_input_tokens);
        self.web_search_requests.update(later.web_search_requests);
    }

    fn read(fields: &Fields<'_>) -> Self {
        let inner = |name: &str| -> Fields<'_> {
            let object = fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok());
            object.unwrap_or_default()
        };
        let cache_creation = inner("cache_creation");
        let server_tool_use = inner("server_tool_use");
        Self {
            input_tokens: Count::of(fields, "input_tokens"),
            output_tokens: Count::of(fields, "output_tokens"),
            cache_read_input_tokens: Count::of(fields, "cache_read_input_tokens"),
            cache_creation_input_tokens: Count::of(fields, "cache_creation_input_tokens"),
            ephemeral_5m_input_tokens: Count::of(&cache_creation, "ephemeral_5m_input_tokens"),
            ephemeral_1h_input_tokens: Count::of(&cache_creation, "ephemeral_1h_input_tokens"),
            web_search_requests: Count::of(&server_tool_use, "web_search_requests"),
        }
    }
}

impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer).map_err(D::Error::custom)?;
        let fields: Option<Fields<'_>> = serde_json::from_str(raw.get()).ok();
        Ok(fields.map(|fields| Self::read(&fields)).unwrap_or_default())
    }
}

/// A count that may be missing. Negative numbers read as 0, fractions are cut, numbers beyond
/// 2⁶⁴−1 read as that, and anything that is no number reads as missing.
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

    fn of(fields: &Fields<'_>, name: &str) -> Self {
        Self(fields.get(name).and_then(|raw| count(raw.get())))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float-to-integer cast saturates, which is the reading documented above"
)]
fn count(text: &str) -> Option<u64> {
    let is_number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let whole = || text.parse().ok();
    let rough = || text.parse::<f64>().ok().map(|number| number as u64);
    if is_number { whole().or_else(rough) } else { None }
}
