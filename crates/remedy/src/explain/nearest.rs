//! For a text that nobody knows: the faults whose own words are nearest, with an honest score.
//!
//! The score is made of three shares: of the text's words, and of their letters by threes, that
//! an entry's title, symptom, cause, cases and sentences have too, and of the title's words that
//! the text has. Rare words weigh more than common ones, and words that no entry has weigh most.
//! An entry's own title scores 1, gibberish near 0. It is a likeness of words, no probability.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Serialize;

use crate::catalogue::{Fault, catalogue};
use crate::limits::MESSAGE_MATCHED_BYTES_MAX;
use crate::told::excerpt;
use crate::unwrap::unwrap;

/// A fault whose words are near those of a text.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Near {
    /// Its id.
    pub fault: &'static str,
    /// Its title.
    pub title: &'static str,
    /// How much of the text its words cover, from 0 to 1 in steps of 0.01.
    pub score: f64,
}

/// How many are named.
const NAMED_MAX: usize = 3;

/// How much the words count.
const WORDS_SHARE: f64 = 0.65;

/// How much the letters by threes count: they forgive endings and slips, but are shared by
/// chance more often.
const THREES_SHARE: f64 = 0.2;

/// How much the title counts, so that an entry with many words does not win by their number.
const TITLE_SHARE: f64 = 0.15;

/// A text by what is compared.
#[derive(Default)]
struct Terms {
    words: BTreeSet<String>,
    threes: BTreeSet<String>,
}

impl Terms {
    fn of(text: &str) -> Self {
        let text = excerpt(text, MESSAGE_MATCHED_BYTES_MAX).to_lowercase();
        let words = text.split(|c: char| !c.is_alphabetic());
        let mut terms = Self::default();
        for word in words.filter(|word| word.chars().count() > 2) {
            let padded: Vec<char> = format!(" {word} ").chars().collect();
            terms.threes.extend(padded.windows(3).map(|three| three.iter().collect::<String>()));
            terms.words.insert(word.to_owned());
        }
        terms
    }

    fn add(&mut self, text: &str) {
        let Self { words, threes } = Self::of(text);
        self.words.extend(words);
        self.threes.extend(threes);
    }
}

/// An entry of the catalogue by what is compared.
struct Entry {
    fault: &'static Fault,
    terms: Terms,
    title: BTreeSet<String>,
}

/// The entries of the catalogue, and how rare their words are.
struct Index {
    entries: Vec<Entry>,
    words: Rarity,
    threes: Rarity,
}

/// In how many of so many entries each term is.
struct Rarity {
    entries: usize,
    counts: BTreeMap<String, usize>,
}

impl Rarity {
    fn of<'a>(entries: impl Iterator<Item = &'a BTreeSet<String>>) -> Self {
        let mut rarity = Self { entries: 0, counts: BTreeMap::new() };
        for terms in entries {
            rarity.entries += 1;
            for term in terms {
                *rarity.counts.entry(term.clone()).or_insert(0) += 1;
            }
        }
        rarity
    }

    /// The inverse document frequency: most for a term that no entry has, 0 for one that all
    /// have.
    fn weight(&self, term: &str) -> f64 {
        let count = self.counts.get(term).copied().unwrap_or(0);
        let (entries, count) = (self.entries as f64 + 1.0, count as f64 + 1.0);
        (entries / count).ln().max(0.0)
    }

    /// The share of the text's terms, by weight, that an entry has.
    fn share(&self, text: &BTreeSet<String>, entry: &BTreeSet<String>) -> f64 {
        let sum = |terms: &mut dyn Iterator<Item = &String>| {
            terms.map(|term| self.weight(term)).sum::<f64>()
        };
        let whole = sum(&mut text.iter());
        let shared = sum(&mut text.intersection(entry));
        if whole > 0.0 { shared / whole } else { 0.0 }
    }
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let entry = |fault: &'static Fault| Entry {
        fault,
        terms: terms(fault),
        title: Terms::of(&fault.title).words,
    };
    let entries: Vec<_> = catalogue().faults().iter().map(entry).collect();
    let words = Rarity::of(entries.iter().map(|entry| &entry.terms.words));
    let threes = Rarity::of(entries.iter().map(|entry| &entry.terms.threes));
    Index { entries, words, threes }
});

/// What an entry says of itself.
fn terms(fault: &Fault) -> Terms {
    let mut terms = Terms::default();
    let told = &fault.told.message;
    for text in [&fault.title, &fault.symptom, &fault.cause, told, &fault.id] {
        terms.add(text);
    }
    for case in &fault.cases {
        terms.add(&unwrap(case.body.as_bytes(), case.content_type.as_deref()).message);
    }
    fault.client_says.iter().for_each(|says| terms.add(says));
    terms
}

/// The nearest faults, nearest first, and among equals in the order of the catalogue. Those
/// that share nothing are left out.
pub(super) fn nearest(text: &str) -> Vec<Near> {
    let terms = Terms::of(&unwrap(text.as_bytes(), None).message);
    let near = |entry: &Entry| {
        let words = INDEX.words.share(&terms.words, &entry.terms.words);
        let threes = INDEX.threes.share(&terms.threes, &entry.terms.threes);
        let title = INDEX.words.share(&entry.title, &terms.words);
        let score = WORDS_SHARE * words + THREES_SHARE * threes + TITLE_SHARE * title;
        let score = (score * 100.0).round() / 100.0;
        Near { fault: &entry.fault.id, title: &entry.fault.title, score }
    };
    let mut nearest: Vec<_> = INDEX.entries.iter().map(near).collect();
    nearest.retain(|near| near.score > 0.0);
    nearest.sort_by(|a, b| b.score.total_cmp(&a.score));
    nearest.truncate(NAMED_MAX);
    nearest
}
