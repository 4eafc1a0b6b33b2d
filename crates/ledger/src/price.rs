//! Prices: what a request costs, by model, date and length of its prompt.
//!
//! The prices themselves are data (`prices/*.toml`), embedded when Salve is built. A model that
//! is not in them is priced by rule and its cost says so.

mod book;
mod match_name;
mod table;

use crate::clock::Timestamp;
use crate::money::NanoUsd;

pub use book::PriceBook;
pub use table::PriceError;

/// What a request costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The amount, rounded up to the next nano-dollar.
    pub amount: NanoUsd,
    /// Whether the price book has the model; where not, a rule priced it.
    pub model_known: bool,
    /// The price charged: the book's version and the row, `*` and the multiplier where it is
    /// not 1. With the usage and the admission time it determines the amount.
    pub price_version: String,
}

/// What clients may know of a model without asking its upstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFacts {
    /// The id clients ask for.
    pub id: String,
    /// Its name for people.
    pub display_name: String,
    /// When it was released.
    pub created: Timestamp,
    /// The largest prompt and answer together, in tokens.
    pub context_window: u64,
    /// The largest answer, in tokens.
    pub max_output_tokens: u64,
}

#[cfg(test)]
mod tests;
