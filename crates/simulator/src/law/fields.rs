//! Fields and tags that a profile refuses, opens or does without.

use serde_json::Value;

use super::Law;
use crate::betas::Betas;
use crate::pattern::fits_any;
use crate::profile::RefusedField;

/// A place in a body: without indices and type tags, as `messages[].content[].type`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub path: &'a str,
    pub model: &'a str,
    pub betas: &'a Betas,
}

impl Law {
    /// The rule that refuses a value at a place.
    pub(crate) fn refuses(&self, place: Place<'_>, value: &Value) -> Option<&RefusedField> {
        self.profile.fields.iter().find(|field| field.holds(place, value))
    }

    /// Whether a field is taken without its beta.
    pub(crate) fn opens(&self, path: &str) -> bool {
        self.profile.open_fields.iter().any(|pattern| ends(pattern, path))
    }

    /// Whether a required field may be absent.
    pub(crate) fn does_without(&self, path: &str) -> bool {
        self.profile.optional_fields.iter().any(|pattern| ends(pattern, path))
    }
}

impl RefusedField {
    fn holds(&self, place: Place<'_>, value: &Value) -> bool {
        let asked = |beta: &String| place.betas.any(&[beta.as_str()]);
        ends(&self.path, place.path)
            && (self.models.is_empty() || fits_any(&self.models, place.model))
            && !self.unless_betas.iter().any(asked)
            && self.takes_offence_at(value)
    }

    fn takes_offence_at(&self, value: &Value) -> bool {
        let text = value.as_str();
        let listed =
            self.values.is_empty() || text.is_some_and(|text| fits_any(&self.values, text));
        let allowed = |allowed: &String, text: &str| {
            text.chars().all(|letter| letter.is_ascii_alphanumeric() || allowed.contains(letter))
        };
        let outside = self.outside.as_ref();
        listed && outside.is_none_or(|set| text.is_some_and(|text| !allowed(set, text)))
    }

    /// The sentence of the refusal, if the profile has one.
    pub(crate) fn told(&self, path: &str, value: &Value, model: &str) -> Option<String> {
        let says = self.says.as_ref()?;
        let field = path.rsplit('.').next().unwrap_or(path);
        let value = value.as_str().unwrap_or_default();
        let filled = says.replace("{path}", path).replace("{field}", field);
        Some(filled.replace("{model}", model).replace("{value}", value))
    }
}

/// Whether a path is the pattern, or ends with one of several steps.
fn ends(pattern: &str, path: &str) -> bool {
    let Some(before) = path.strip_suffix(pattern) else {
        return false;
    };
    before.is_empty() || (pattern.contains('.') && before.ends_with('.'))
}
