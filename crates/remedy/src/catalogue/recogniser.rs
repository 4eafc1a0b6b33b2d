//! How a fault is recognised: conditions on an answer, all of which must hold.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::dialect::Dialect;
use crate::unwrap::Shape;

/// Conditions on an answer. An empty list or an absent value asks nothing; all that is asked
/// must hold. One recogniser at least is written for each wording that shares no words with
/// the others.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recogniser {
    /// The answer came in one of these dialects.
    #[serde(default)]
    pub dialect: Vec<Dialect>,
    /// The status is one of these.
    #[serde(default)]
    pub status: Vec<StatusPattern>,
    /// The innermost error type or code, or the one in a header, is one of these.
    #[serde(default)]
    pub error_type: Vec<String>,
    /// A regular expression found in the innermost message, letter case aside. Its named
    /// groups become details, for the remedies and for what is told.
    pub text: Option<String>,
    /// A regular expression that must not be found in the innermost message.
    pub unless: Option<String>,
    /// How much the text says, where wordings of two faults overlap.
    #[serde(default)]
    pub rank: Rank,
    /// It was seen at one of these places.
    #[serde(default)]
    pub place: Vec<Place>,
    /// The body has one of these shapes.
    #[serde(default)]
    pub shape: Vec<Shape>,
    /// The text alone, for its groups; made when it is needed first, since most never are.
    #[serde(skip)]
    captures: OnceLock<Option<Regex>>,
}

/// How much a text says against another fault's text that is found in the same message.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    /// Words that many faults may use: anything narrower goes before them.
    Wide,
    /// Words of this fault.
    #[default]
    Plain,
    /// Words that make this fault of what would else be a wider one.
    Sharp,
}

impl Rank {
    /// More than all conditions besides a text can weigh together, and so is each step.
    fn weight(self) -> u16 {
        match self {
            Self::Wide => 64,
            Self::Plain => 128,
            Self::Sharp => 192,
        }
    }
}

/// Where in an answer something was seen. The commit point lies after the first event of
/// content: before it another attempt cures, after it the break can only be told.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Status, headers and a whole body.
    #[default]
    Head,
    /// In the stream, before any content.
    FirstEvent,
    /// In the stream, after content went to the client.
    Midstream,
}

/// `"529"`, a class such as `"5xx"`, or `"none"` for words without an answer around them.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum StatusPattern {
    /// This status.
    Exactly(u16),
    /// Every status with this first digit.
    Class(u16),
    /// No status at all: words that a client or a tool wrote, not an upstream.
    None,
}

/// The groups that hold a number.
const NUMBERS: [&str; 8] =
    ["limit", "least", "below", "requested", "input", "output", "tools", "count"];

/// What stands for the status where words came without one.
const STATUS_UNKNOWN: u16 = 0;

impl TryFrom<String> for StatusPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::None);
        }
        let (digits, exact) = match text.strip_suffix("xx") {
            Some(digit) => (digit, false),
            None => (text.as_str(), true),
        };
        match digits.parse() {
            Ok(status @ 100..=599) if exact => Ok(Self::Exactly(status)),
            Ok(class @ 1..=5) if !exact => Ok(Self::Class(class)),
            _ => Err(format!("`{text}` is neither a status nor a class such as `5xx`")),
        }
    }
}

impl StatusPattern {
    fn fits(self, status: u16) -> bool {
        match self {
            Self::Exactly(exact) => status == exact,
            Self::Class(class) => status / 100 == class,
            Self::None => status == STATUS_UNKNOWN,
        }
    }
}

/// What the recognisers look at.
pub(crate) struct Evidence<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) status: u16,
    pub(crate) error_types: [Option<&'a str>; 2],
    pub(crate) code: Option<&'a str>,
    pub(crate) message: &'a str,
    pub(crate) place: Place,
    pub(crate) shape: Shape,
}

/// How much a match says. Words outweigh types, types outweigh the rest: relays rewrite
/// statuses and re-wrap bodies but rarely touch the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Strength(u16);

impl Recogniser {
    /// The strength of the match if all conditions but the patterns hold; those are matched for
    /// all recognisers at once by the catalogue.
    pub(super) fn strength(&self, evidence: &Evidence<'_>) -> Option<Strength> {
        let type_weight = self.type_weight(evidence);
        let kinds = [
            (!self.dialect.is_empty(), self.dialect.contains(&evidence.dialect), 1),
            (!self.place.is_empty(), self.place.contains(&evidence.place), 1),
            (!self.status.is_empty(), self.fits_status(evidence), self.status_weight(evidence)),
            (!self.shape.is_empty(), self.shape.contains(&evidence.shape), 8),
            (!self.error_type.is_empty(), type_weight > 0, type_weight),
            (self.text.is_some(), true, self.rank.weight()),
        ];
        let asked = kinds.into_iter().filter(|(asked, ..)| *asked);
        asked.map(|(_, fits, weight)| fits.then_some(weight)).sum::<Option<u16>>().map(Strength)
    }

    /// What the text's named groups say in this message.
    pub(crate) fn details(&self, message: &str) -> Vec<(String, String)> {
        let Some(text) = self.text.as_deref().filter(|text| text.contains("(?P<")) else {
            return Vec::new();
        };
        let Some(pattern) = self.captures.get_or_init(|| compiled(text).ok()) else {
            return Vec::new();
        };
        let Some(found) = pattern.captures(message) else {
            return Vec::new();
        };
        let names = pattern.capture_names().flatten();
        let detail =
            |name: &str| Some((name.to_owned(), written(name, found.name(name)?.as_str())));
        names.filter_map(detail).collect()
    }

    /// Proves that the patterns are some.
    pub(super) fn compile(&self) -> Result<(), regex::Error> {
        [&self.text, &self.unless].into_iter().flatten().try_for_each(|text| {
            compiled(text)?;
            Ok(())
        })
    }

    /// A status nobody knows contradicts no words.
    fn fits_status(&self, evidence: &Evidence<'_>) -> bool {
        let is_unknown = evidence.status == STATUS_UNKNOWN && self.text.is_some();
        is_unknown || self.status.iter().any(|pattern| pattern.fits(evidence.status))
    }

    fn status_weight(&self, evidence: &Evidence<'_>) -> u16 {
        match evidence.status {
            STATUS_UNKNOWN if self.status.contains(&StatusPattern::None) => 3,
            STATUS_UNKNOWN => 0,
            status if self.status.contains(&StatusPattern::Exactly(status)) => 3,
            _ => 2,
        }
    }

    /// A code says more than a type: `context_length_exceeded` than `invalid_request_error`.
    fn type_weight(&self, evidence: &Evidence<'_>) -> u16 {
        let is_known = |seen: &Option<&str>| {
            seen.is_some_and(|seen| {
                self.error_type.iter().any(|known| known.eq_ignore_ascii_case(seen))
            })
        };
        match (is_known(&evidence.code), evidence.error_types.iter().any(is_known)) {
            (true, _) => 32,
            (false, true) => 16,
            (false, false) => 0,
        }
    }
}

/// The pattern as it is compiled. Word boundaries are ASCII's: Unicode's would drive the
/// automaton off its fast path in every text that is not English.
pub(super) fn pattern(text: &str) -> String {
    text.replace(r"\b", r"(?-u:\b)")
}

fn compiled(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&pattern(text)).case_insensitive(true).dot_matches_new_line(true).build()
}

/// What a group captured, as the remedies read it: numbers without separators of thousands.
fn written(name: &str, captured: &str) -> String {
    if NUMBERS.contains(&name) { captured.replace([',', '_'], "") } else { captured.to_owned() }
}
