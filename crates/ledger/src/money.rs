//! Amounts of money and what they are multiplied by: integers, with every operation named for
//! what it does at the edge of its range.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::decimal::{parse_scaled, write_scaled};

/// Decimal places of a [`NanoUsd`].
const USD_PLACES: u32 = 9;
/// Decimal places of a [`Multiplier`].
const MULTIPLIER_PLACES: u32 = 6;

/// An amount of money in nano-dollars (10⁻⁹ US dollar). Serialised as that integer.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NanoUsd(i64);

impl NanoUsd {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The most that can be written down, some nine billion dollars.
    pub const MAX: Self = Self(i64::MAX);

    /// An amount of so many nano-dollars.
    #[must_use]
    pub const fn from_nano(nano: i64) -> Self {
        Self(nano)
    }

    /// The amount in nano-dollars.
    #[must_use]
    pub const fn nano(self) -> i64 {
        self.0
    }

    /// The sum, none where it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, none where it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum, held at the end of the range where it does not fit.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// In dollars with at least two decimals: `$0.012345`, `$1.50`, `-$0.10`.
impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 < 0 { "-$" } else { "$" })?;
        write_scaled(f, self.0.unsigned_abs(), 9, 2)
    }
}

/// A text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an amount in dollars with at most nine decimals")]
pub struct MoneyError(String);

/// Reads `$0.012345`, `0.012345`, `-$1`.
impl FromStr for NanoUsd {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (is_negative, amount) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let amount = amount.strip_prefix('$').unwrap_or(amount);
        let is_unsigned = !amount.starts_with('-');
        let nano = parse_scaled(amount, USD_PLACES).filter(|_| is_unsigned);
        let nano = nano.and_then(|nano| if is_negative { nano.checked_neg() } else { Some(nano) });
        nano.map(Self).ok_or_else(|| MoneyError(text.to_owned()))
    }
}

/// What a list price is multiplied by: exact to the millionth, never negative. Serialised as
/// its integer count of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Multiplier(i64);

impl Multiplier {
    /// Leaves a price as it is.
    pub const ONE: Self = Self(1_000_000);

    /// A multiplier of so many millionths. Negative numbers read as 0.
    #[must_use]
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(if millionths < 0 { 0 } else { millionths })
    }

    /// The multiplier in millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }
}

impl Default for Multiplier {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<i64> for Multiplier {
    fn from(millionths: i64) -> Self {
        Self::from_millionths(millionths)
    }
}

impl From<Multiplier> for i64 {
    fn from(multiplier: Multiplier) -> Self {
        multiplier.0
    }
}

/// Without trailing zeros: `1`, `0.85`.
impl fmt::Display for Multiplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.0.unsigned_abs(), 6, 0)
    }
}

/// A text is not a multiplier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number of at least 0 with at most six decimals")]
pub struct MultiplierError(String);

impl FromStr for Multiplier {
    type Err = MultiplierError;

    fn from_str(text: &str) -> Result<Self, MultiplierError> {
        let millionths = parse_scaled(text, MULTIPLIER_PLACES).filter(|_| !text.starts_with('-'));
        millionths.map(Self).ok_or_else(|| MultiplierError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
