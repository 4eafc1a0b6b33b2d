//! What an upstream's sentence accuses: values it quotes, without those it says would be right.

#[cfg(test)]
mod tests;

/// Words after which a sentence lists what would be right.
const RIGHT: &[&str] = &[
    "expected",
    "input should be",
    "did you mean",
    "must be one of",
    "should be one of",
    "valid values",
    "valid betas",
    "valid types",
    "allowed values",
    "allowed betas",
    "allowed types",
    "permitted values",
    "available:",
    "allowed:",
    "supported values",
    "supported betas",
    "supported types",
    "supported tools",
    "supported tool types",
    "supported:",
    "supported are",
];

/// Where a mark first stands as words of its own that are not denied: not in `unexpected`, nor
/// in `not expected`.
fn first(words: &str, mark: &str) -> Option<usize> {
    let is_whole = |at: &usize| {
        let before = words.get(..*at).unwrap_or_default();
        let is_word = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        !before.is_empty() && !is_word && !before.ends_with("not ")
    };
    words.match_indices(mark).map(|(at, _)| at).find(is_whole)
}

/// A sentence that accuses something.
pub struct Accusation(String);

impl Accusation {
    /// The accusing part of `words`: up to the list of what would be right, if there is one.
    #[must_use]
    pub fn of(words: &str) -> Self {
        let mut words = words.to_ascii_lowercase();
        if let Some(end) = RIGHT.iter().filter_map(|mark| first(&words, mark)).min() {
            words.truncate(end);
        }
        Self(words)
    }

    /// Whether `value` stands there as a whole, not as a piece of a longer value. Letter case
    /// and quotes do not count.
    #[must_use]
    pub fn quotes(&self, value: &str) -> bool {
        let value = value.to_ascii_lowercase();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !value.is_empty()
            && self.0.match_indices(&value).any(|(at, _)| {
                let before = self.0.get(..at).and_then(|text| text.chars().next_back());
                let after = self.0.get(at + value.len()..).and_then(|text| text.chars().next());
                !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
    }

    /// Whether these words, in lower case, stand in it.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.0.contains(words)
    }
}
