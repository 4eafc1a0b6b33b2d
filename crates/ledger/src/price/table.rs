//! The price files as they are written, and what must hold of them.

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::decimal::parse_scaled;

use super::ModelFacts;

/// A price file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// It is not TOML of the right shape.
    #[error("the price file cannot be read: {0}")]
    Shape(#[from] toml::de::Error),
    /// A price is no decimal, is negative, or is finer than it can be kept.
    #[error("`{model}`: `{text}` is not a price in dollars with at most nine decimals")]
    Price {
        /// The model.
        model: String,
        /// What is written.
        text: String,
    },
    /// A date is none.
    #[error("`{model}`: `{text}` is not a date such as 2026-10-07")]
    Date {
        /// The model.
        model: String,
        /// What is written.
        text: String,
    },
    /// A model has no price, or its prices or bands are out of order, or two models share a name.
    #[error("`{model}`: {reason}")]
    Model {
        /// The model.
        model: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Nano-dollars per million tokens (or per thousand searches), for each kind of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rates {
    pub input: i64,
    pub output: i64,
    pub write_5m: i64,
    pub write_1h: i64,
    pub read: i64,
}

/// Rates from a date on, and those of longer prompts, shortest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dated {
    pub valid_from: Timestamp,
    /// The date as written; part of the price version.
    pub day: String,
    pub rates: Rates,
    pub bands: Vec<(u64, Rates)>,
}

/// A model and its prices, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Priced {
    pub id: String,
    pub aliases: Vec<String>,
    pub family: String,
    pub prices: Vec<Dated>,
}

/// The whole of a price file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub version: String,
    /// Nano-dollars per thousand web searches.
    pub web_search: i64,
    pub fallback: Rates,
    pub models: Vec<Priced>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    version: String,
    web_search_per_thousand: String,
    unknown_model: RatesText,
    model: Vec<PricedText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PricedText {
    id: String,
    #[serde(default)]
    aliases: Vec<String>,
    family: String,
    price: Vec<DatedText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatedText {
    valid_from: String,
    rates: RatesText,
    #[serde(default)]
    band: Vec<BandText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandText {
    prompt_tokens_above: u64,
    rates: RatesText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatesText {
    input: String,
    output: String,
    write_5m: String,
    write_1h: String,
    read: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsText {
    model: Vec<FactText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactText {
    id: String,
    display_name: String,
    created: String,
    context_window: u64,
    max_output_tokens: u64,
}

impl Table {
    pub(super) fn parse(text: &str) -> Result<Self, PriceError> {
        let text: TableText = toml::from_str(text)?;
        let models = text.model.into_iter().map(PricedText::read).collect::<Result<_, _>>()?;
        Ok(Self {
            version: text.version,
            web_search: amount(&text.web_search_per_thousand, "web search")?,
            fallback: text.unknown_model.read("unknown_model")?,
            models,
        })
    }
}

/// Reads the facts about models, newest first.
pub(super) fn parse_facts(text: &str) -> Result<Vec<ModelFacts>, PriceError> {
    let text: FactsText = toml::from_str(text)?;
    let facts = text.model.into_iter().map(|fact| {
        Ok(ModelFacts {
            created: day(&fact.created, &fact.id)?,
            id: fact.id,
            display_name: fact.display_name,
            context_window: fact.context_window,
            max_output_tokens: fact.max_output_tokens,
        })
    });
    let mut facts = facts.collect::<Result<Vec<_>, PriceError>>()?;
    facts.sort_by_key(|facts| std::cmp::Reverse(facts.created));
    Ok(facts)
}

impl PricedText {
    fn read(self) -> Result<Priced, PriceError> {
        let Self { id, aliases, family, price } = self;
        let prices = price.into_iter().map(|dated| dated.read(&id));
        let prices = prices.collect::<Result<Vec<_>, _>>()?;
        let reason = if prices.is_empty() {
            Some("it has no price")
        } else if !prices.is_sorted_by(|a, b| a.valid_from < b.valid_from) {
            Some("its prices are not in the order of their dates")
        } else {
            None
        };
        match reason {
            Some(reason) => Err(PriceError::Model { model: id, reason }),
            None => Ok(Priced { id, aliases, family, prices }),
        }
    }
}

impl DatedText {
    fn read(self, model: &str) -> Result<Dated, PriceError> {
        let bands = self
            .band
            .into_iter()
            .map(|band| Ok((band.prompt_tokens_above, band.rates.read(model)?)));
        let bands = bands.collect::<Result<Vec<_>, PriceError>>()?;
        if !bands.is_sorted_by(|a, b| a.0 < b.0) {
            let reason = "its bands are not in the order of their lengths";
            return Err(PriceError::Model { model: model.to_owned(), reason });
        }
        Ok(Dated {
            valid_from: day(&self.valid_from, model)?,
            day: self.valid_from,
            rates: self.rates.read(model)?,
            bands,
        })
    }
}

impl RatesText {
    fn read(&self, model: &str) -> Result<Rates, PriceError> {
        Ok(Rates {
            input: amount(&self.input, model)?,
            output: amount(&self.output, model)?,
            write_5m: amount(&self.write_5m, model)?,
            write_1h: amount(&self.write_1h, model)?,
            read: amount(&self.read, model)?,
        })
    }
}

fn amount(text: &str, model: &str) -> Result<i64, PriceError> {
    const USD_PLACES: u32 = 9;
    let amount = parse_scaled(text, USD_PLACES).filter(|amount| *amount >= 0);
    amount.ok_or_else(|| PriceError::Price { model: model.to_owned(), text: text.to_owned() })
}

fn day(text: &str, model: &str) -> Result<Timestamp, PriceError> {
    let error = || PriceError::Date { model: model.to_owned(), text: text.to_owned() };
    Timestamp::of_day(text).ok_or_else(error)
}
