//! What is known of one channel and one model: which features it takes, which it refuses.
//!
//! A *feature* is named by a text: `beta:<value>`, `field:<path>` with `[]` for any index,
//! `tool-type:<tag>`, `block:<tag>`, `thinking:<type>`, `limit:<of what>` and so on; see
//! [`crate::Lesson`]. The text is the key of a capability in the store and in the console.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Bound;

/// What a channel says to a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It refuses requests that use it.
    Refuses,
    /// It takes them; known because it once did not, or was doubted.
    Takes,
    /// It refuses requests without it.
    Needs,
    /// It takes so much of it.
    Limit(u64),
    /// It wants this in its place.
    Instead(String),
}

/// The facts about one channel and model, by feature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<String, Says>);

impl Facts {
    /// Notes a fact; a later one overrides.
    pub fn set(&mut self, feature: impl Into<String>, says: Says) {
        self.0.insert(feature.into(), says);
    }

    /// Forgets a fact.
    pub fn forget(&mut self, feature: &str) {
        self.0.remove(feature);
    }

    /// What is said to a feature.
    #[must_use]
    pub fn get(&self, feature: &str) -> Option<&Says> {
        self.0.get(feature)
    }

    /// Every fact, by feature.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Says)> {
        self.0.iter().map(|(feature, says)| (feature.as_str(), says))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn with_prefix<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f Says)> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let range = self.0.range::<str, _>(from);
        range.map_while(move |(feature, says)| Some((feature.strip_prefix(prefix)?, says)))
    }
}

impl<F: Into<String>> FromIterator<(F, Says)> for Facts {
    fn from_iter<I: IntoIterator<Item = (F, Says)>>(facts: I) -> Self {
        Self(facts.into_iter().map(|(feature, says)| (feature.into(), says)).collect())
    }
}

/// Who made a thinking block, as far as somebody remembers.
pub trait Provenance: Sync {
    /// Whether anything is known to be foreign here; where not, no signature has to be looked at.
    fn has_foreign(&self) -> bool;
    /// Whether this signature was made by a service whose signatures this channel refuses.
    fn is_foreign(&self, signature: &str) -> bool;
}

/// Nothing is remembered.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProvenance;

impl Provenance for NoProvenance {
    fn has_foreign(&self) -> bool {
        false
    }

    fn is_foreign(&self, _: &str) -> bool {
        false
    }
}

/// What remedies are told about the channel and model a request goes to.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    facts: &'a Facts,
    /// A feature that is tried again with this request, as if nothing were known of it.
    trial: Option<&'a str>,
    /// Who made the thinking blocks of the conversation.
    pub provenance: &'a dyn Provenance,
}

impl<'a> Known<'a> {
    /// These facts, without one that is on trial.
    #[must_use]
    pub fn new(facts: &'a Facts, trial: Option<&'a str>, provenance: &'a dyn Provenance) -> Self {
        Self { facts, trial, provenance }
    }

    /// Whether no remedy has anything to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && !self.provenance.has_foreign()
    }

    /// The feature that is tried again with this request.
    #[must_use]
    pub fn trial(&self) -> Option<&'a str> {
        self.trial
    }

    /// What is said to a feature.
    #[must_use]
    pub fn says(&self, feature: &str) -> Option<&'a Says> {
        if self.trial == Some(feature) { None } else { self.facts.get(feature) }
    }

    /// Whether a feature is refused.
    #[must_use]
    pub fn refuses(&self, feature: &str) -> bool {
        matches!(self.says(feature), Some(Says::Refuses))
    }

    /// How much of a feature is taken.
    #[must_use]
    pub fn limit(&self, feature: &str) -> Option<u64> {
        match self.says(feature) {
            Some(Says::Limit(limit)) => Some(*limit),
            Some(Says::Refuses | Says::Takes | Says::Needs | Says::Instead(_)) | None => None,
        }
    }

    /// The features that begin with `prefix` and are refused, without the prefix.
    pub fn refused(&self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.of(prefix).filter(|(_, says)| **says == Says::Refuses).map(|(feature, _)| feature)
    }

    /// The facts whose feature begins with `prefix`, without the prefix.
    pub fn of(&self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Says)> {
        let trial = self.trial.and_then(|trial| trial.strip_prefix(prefix));
        let on_trial = move |feature: &str| trial == Some(feature);
        self.facts.with_prefix(prefix).filter(move |(feature, _)| !on_trial(feature))
    }
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("facts", &self.facts).field("trial", &self.trial).finish()
    }
}
