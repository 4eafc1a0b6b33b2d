//! The price book: finding a model's price and charging it.

use std::collections::HashMap;

use crate::clock::Timestamp;
use crate::entry::Entry;
use crate::money::{Multiplier, NanoUsd};
use crate::usage::Usage;

use super::match_name::bare_id;
use super::table::{Dated, PriceError, Priced, Rates, Table, parse_facts};
use super::{Cost, ModelFacts};

const PRICES: &str = include_str!("../../../../prices/anthropic.toml");
const MODELS: &str = include_str!("../../../../prices/models.toml");

/// Every price and model known.
#[derive(Debug, Clone)]
pub struct PriceBook {
    table: Table,
    facts: Vec<ModelFacts>,
    /// Places in `table.models` by id and alias.
    places: HashMap<String, usize>,
}

/// The rates found for a model, and which they are.
struct Found<'a> {
    rates: Rates,
    model_known: bool,
    row: &'a str,
    day: &'a str,
}

impl PriceBook {
    /// The book that Salve was built with.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the text is a constant, and a test parses it")]
    pub fn embedded() -> Self {
        Self::parse(PRICES, MODELS).expect("the embedded prices are valid")
    }

    /// Reads a book from the text of a price file and of a file of model facts.
    ///
    /// # Errors
    /// [`PriceError`] says which model or line is wrong.
    pub fn parse(prices: &str, models: &str) -> Result<Self, PriceError> {
        let table = Table::parse(prices)?;
        let facts = parse_facts(models)?;
        let mut places = HashMap::new();
        for (place, model) in table.models.iter().enumerate() {
            for name in model.aliases.iter().chain([&model.id]) {
                if places.insert(name.to_ascii_lowercase(), place).is_some() {
                    let reason = "another model has that name";
                    return Err(PriceError::Model { model: name.clone(), reason });
                }
            }
        }
        Ok(Self { table, facts, places })
    }

    /// The book's version, a date.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.table.version
    }

    /// What is known of each model, newest first.
    #[must_use]
    pub fn models(&self) -> &[ModelFacts] {
        &self.facts
    }

    /// The facts of the model that `name` is a spelling of.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&ModelFacts> {
        let exact = self.facts.iter().find(|facts| facts.id == name);
        exact.or_else(|| {
            let bare = bare_id(name);
            self.facts.iter().find(|facts| facts.id == bare)
        })
    }

    /// Whether the book has a price for the model that `name` is a spelling of.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// What `usage` of `model` cost at the moment `at`, times `multiplier`.
    #[must_use]
    pub fn cost(&self, model: &str, at: Timestamp, usage: &Usage, multiplier: Multiplier) -> Cost {
        let usage = usage.clamped();
        let found = self.rates(model, at, usage.input_total());
        let mut price_version = format!("{}:{}@{}", self.table.version, found.row, found.day);
        if multiplier != Multiplier::ONE {
            price_version = format!("{price_version}*{multiplier}");
        }
        let amount = charge(&usage, &found.rates, self.table.web_search, multiplier);
        Cost { amount, model_known: found.model_known, price_version }
    }

    /// The same entry with its cost: that of the model it was sent as where the book has it, else
    /// of the model that was asked for, since some upstream ids are names of an account's own.
    #[must_use]
    pub fn priced(&self, entry: Entry, multiplier: Multiplier) -> Entry {
        let sent_as = entry.upstream_model.as_deref().filter(|model| self.knows(model));
        let model = sent_as.unwrap_or(&entry.model);
        let cost = self.cost(model, entry.time, &entry.usage, multiplier);
        Entry {
            cost_nano_usd: cost.amount,
            model_known: cost.model_known,
            price_version: cost.price_version,
            ..entry
        }
    }

    fn find(&self, name: &str) -> Option<&Priced> {
        let place = self.places.get(name).or_else(|| self.places.get(&bare_id(name)))?;
        self.table.models.get(*place)
    }

    fn rates(&self, name: &str, at: Timestamp, prompt_tokens: u64) -> Found<'_> {
        let known = self.find(name);
        let model_known = known.is_some();
        let dated = known.or_else(|| self.newest_of_family(name, at)).and_then(|model| {
            let dated = model.prices.iter().rev().find(|dated| dated.valid_from <= at);
            // What is older than the first price is charged at it.
            Some((model, dated.or(model.prices.first())?))
        });
        match dated {
            Some((model, dated)) => Found {
                rates: dated.of_length(prompt_tokens),
                model_known,
                row: &model.id,
                day: &dated.day,
            },
            None => Found {
                rates: self.table.fallback,
                model_known: false,
                row: "unknown",
                day: &self.table.version,
            },
        }
    }

    /// The newest model, at the moment `at`, of the family whose word stands in `name`.
    fn newest_of_family(&self, name: &str, at: Timestamp) -> Option<&Priced> {
        let name = name.to_ascii_lowercase();
        let since = |model: &Priced| model.prices.first().map(|dated| dated.valid_from);
        let family = self.table.models.iter().filter(|model| name.contains(&model.family));
        let released = family.clone().filter(|model| since(model) <= Some(at));
        released.max_by_key(|model| since(model)).or_else(|| family.min_by_key(|m| since(m)))
    }
}

impl Dated {
    fn of_length(&self, prompt_tokens: u64) -> Rates {
        let band = self.bands.iter().rev().find(|(above, _)| prompt_tokens > *above);
        band.map_or(self.rates, |(_, rates)| *rates)
    }
}

/// Tokens that a rate is for.
const TOKENS_PER_RATE: i128 = 1_000_000;
/// Searches that a rate is for.
const SEARCHES_PER_RATE: i128 = 1_000;
/// Millionths that make one.
const MILLIONTHS: i128 = 1_000_000;

/// Tokens times rates times multiplier, rounded up once at the end: a fraction of a nano-dollar
/// is charged as a whole one. An amount that does not fit is the largest that does.
fn charge(usage: &Usage, rates: &Rates, web_search: i64, multiplier: Multiplier) -> NanoUsd {
    let tokens = [
        (usage.input_tokens, rates.input),
        (usage.output_tokens, rates.output),
        (usage.cache_read_input_tokens, rates.read),
        (usage.cache_creation_5m_input_tokens, rates.write_5m),
        (usage.cache_creation_1h_input_tokens, rates.write_1h),
    ];
    let line = |(count, rate)| i128::from(count).saturating_mul(i128::from(rate));
    let tokens = tokens.into_iter().map(line).fold(0_i128, i128::saturating_add);
    let searches = line((usage.web_search_requests, web_search));
    // Both on the scale of the token rates, so that they can be added before rounding.
    let searches = searches.saturating_mul(const { TOKENS_PER_RATE / SEARCHES_PER_RATE });
    let whole = tokens.saturating_add(searches);
    let whole = whole.saturating_mul(i128::from(multiplier.millionths()));
    let scale = const { TOKENS_PER_RATE * MILLIONTHS };
    let rounded_up = whole.saturating_add(const { TOKENS_PER_RATE * MILLIONTHS - 1 });
    let nano = rounded_up.checked_div(scale).unwrap_or(0);
    NanoUsd::from_nano(i64::try_from(nano).unwrap_or(i64::MAX))
}
