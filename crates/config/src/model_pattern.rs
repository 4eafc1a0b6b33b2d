//! Patterns of model names: `claude-opus-*`.

use std::collections::BTreeMap;
use std::fmt;

use crate::limits::MODEL_BYTES_MAX;
use crate::problem::Span;
use crate::reading::Reading;
use crate::shape::MapKey;
use crate::text::{Parsed, Wrong};

/// A pattern of model names; `*` stands for any text, also none, and may stand anywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelPattern(String);

impl ModelPattern {
    /// The pattern that every model matches.
    #[must_use]
    pub fn any() -> Self {
        Self("*".to_owned())
    }

    /// The pattern that exactly this model matches, or, with `*` in it, every model alike.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The model's name, where the pattern is one.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(self.as_str())
    }

    /// Whether the pattern covers `model`, letter case included.
    ///
    /// Each text between two stars is taken where it first occurs: for stars alone that finds a
    /// match whenever there is one, so there is nothing to go back to and the time stays linear.
    #[must_use]
    pub fn matches(&self, model: &str) -> bool {
        let Some((prefix, rest)) = self.0.split_once('*') else {
            return self.0 == model;
        };
        let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
        let inner = model.strip_prefix(prefix).and_then(|model| model.strip_suffix(suffix));
        let Some(inner) = inner else {
            return false;
        };
        let after_all = middle
            .split('*')
            .try_fold(inner, |left, text| left.split_once(text).map(|(_, after)| after));
        after_all.is_some()
    }
}

/// The value of the pattern that covers `model` with the most characters besides stars: the one
/// that says most about it. Where two say as much, the later one in the order of the alphabet.
pub(crate) fn most_exact<'m, V>(
    values: &'m BTreeMap<ModelPattern, V>,
    model: &str,
) -> Option<&'m V> {
    let exactness = |pattern: &ModelPattern| pattern.0.bytes().filter(|byte| *byte != b'*').count();
    let covering = values.iter().filter(|(pattern, _)| pattern.matches(model));
    covering.max_by_key(|(pattern, _)| exactness(pattern)).map(|(_, value)| value)
}

impl fmt::Display for ModelPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A pattern, as a value or as a key.
pub(crate) struct Pattern;

impl Parsed for Pattern {
    type Value = ModelPattern;
    const EXPECTED: &'static str = "a model pattern such as `claude-*`";

    fn parse(text: &str) -> Result<ModelPattern, Wrong> {
        checked_model(text).map(|text| ModelPattern(text.to_owned()))
    }

    fn write(value: &ModelPattern) -> String {
        value.0.clone()
    }
}

impl MapKey for Pattern {
    type Value = ModelPattern;

    fn expected() -> &'static str {
        "model patterns"
    }

    fn read_key(text: &str, span: Span, reading: &mut Reading<'_>) -> Option<ModelPattern> {
        match Self::parse(text) {
            Ok(pattern) => Some(pattern),
            Err(wrong) => {
                reading.problem(span, format!("`{text}` {}", wrong.message), wrong.hint);
                None
            }
        }
    }

    fn show_key(key: &ModelPattern) -> &str {
        &key.0
    }
}

/// One model's exact name, as a value or as a key.
pub(crate) struct ModelName;

impl Parsed for ModelName {
    type Value = String;
    const EXPECTED: &'static str = "a model name";

    fn parse(text: &str) -> Result<String, Wrong> {
        if text.contains('*') {
            return Err(Wrong::new("has a `*`, but one model's exact name belongs here"));
        }
        checked_model(text).map(str::to_owned)
    }

    fn write(value: &String) -> String {
        value.clone()
    }
}

impl MapKey for ModelName {
    type Value = String;

    fn expected() -> &'static str {
        "model names"
    }

    fn read_key(text: &str, span: Span, reading: &mut Reading<'_>) -> Option<String> {
        match Self::parse(text) {
            Ok(name) => Some(name),
            Err(wrong) => {
                reading.problem(span, format!("`{text}` {}", wrong.message), wrong.hint);
                None
            }
        }
    }

    fn show_key(key: &String) -> &str {
        key
    }
}

fn checked_model(text: &str) -> Result<&str, Wrong> {
    let is_visible = |byte: u8| byte.is_ascii_graphic();
    if text.is_empty() || !text.bytes().all(is_visible) {
        return Err(Wrong::new("is not a model name: visible ASCII characters without spaces"));
    }
    if text.len() > MODEL_BYTES_MAX {
        return Err(Wrong::new(format!("is longer than {MODEL_BYTES_MAX} characters")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
