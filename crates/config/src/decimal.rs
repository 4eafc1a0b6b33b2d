//! Exact decimals: money and multipliers. No float is ever made of them.

use std::fmt;

use toml::de::DeValue;

use crate::limits::PRICE_MULTIPLIER_MILLIONTHS_MAX;
use crate::reading::{Item, Reading};
use crate::shape::Shape;
use crate::text::read_text;

/// Decimal places of [`Usd`].
const USD_PLACES: u32 = 9;
/// Largest amount of money read, in nano-dollars: a billion dollars, a ninth of what fits.
const USD_NANO_MAX: i64 = 1_000_000_000 * 1_000_000_000;
/// Decimal places of [`Multiplier`].
const MULTIPLIER_PLACES: u32 = 6;

/// An amount of money, exact to the nano-dollar, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(i64);

impl Usd {
    /// The amount in nano-dollars (10⁻⁹ US dollar).
    #[must_use]
    pub const fn nano(self) -> i64 {
        self.0
    }
}

/// In dollars, without trailing zeros: `100`, `0.25`.
impl fmt::Display for Usd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&show_scaled(self.0, USD_PLACES))
    }
}

/// What a price is multiplied by, exact to the millionth, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Multiplier(i64);

impl Multiplier {
    /// Leaves a price as it is.
    pub const ONE: Self = Self(1_000_000);

    /// The multiplier in millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }
}

/// Without trailing zeros: `1`, `0.85`.
impl fmt::Display for Multiplier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&show_scaled(self.0, MULTIPLIER_PLACES))
    }
}

/// How an amount of money is written.
pub(crate) struct UsdAmount;

impl Shape for UsdAmount {
    type Value = Usd;

    fn expected() -> String {
        let max = Usd(USD_NANO_MAX);
        format!("US dollars from 0 to {max}, at most {USD_PLACES} decimal places")
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Usd> {
        read_decimal(item, (USD_PLACES, USD_NANO_MAX), &Self::expected(), reading).map(Usd)
    }

    fn show(value: &Usd) -> String {
        value.to_string()
    }
}

/// How a multiplier is written.
pub(crate) struct PriceMultiplier;

impl Shape for PriceMultiplier {
    type Value = Multiplier;

    fn expected() -> String {
        let max = Multiplier(PRICE_MULTIPLIER_MILLIONTHS_MAX);
        format!("a number from 0 to {max}, at most {MULTIPLIER_PLACES} decimal places")
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<Multiplier> {
        let bounds = (MULTIPLIER_PLACES, PRICE_MULTIPLIER_MILLIONTHS_MAX);
        read_decimal(item, bounds, &Self::expected(), reading).map(Multiplier)
    }

    fn show(value: &Multiplier) -> String {
        value.to_string()
    }
}

/// Reads an integer, a float (from its digits) or a string, of so many decimal places and at most
/// so many of the smallest of them.
fn read_decimal(
    item: &Item<'_>,
    (places, max): (u32, i64),
    expected: &str,
    reading: &mut Reading<'_>,
) -> Option<i64> {
    let (value, written) = match item.get_ref() {
        DeValue::Integer(integer) => {
            let digits = if integer.radix() == 10 { integer.as_str() } else { "" };
            (scaled(digits, places), integer.to_string())
        }
        DeValue::Float(float) => (scaled(float.as_str(), places), float.to_string()),
        DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            let text = read_text(item, expected, reading)?;
            (scaled(&text.value, places), format!("`{}`", text.written))
        }
    };
    let value = value.filter(|value| *value <= max);
    if value.is_none() {
        reading.problem(item.span(), format!("expected {expected}, found {written}"), None);
    }
    value
}

/// A decimal as a whole number of its smallest places; none unless it fits exactly.
fn scaled(text: &str, places: u32) -> Option<i64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = places.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i64>().ok()? };
    let fraction = fraction.checked_mul(10_i64.checked_pow(missing)?)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(places)?)?;
    whole.checked_add(fraction)
}

fn show_scaled(value: i64, places: u32) -> String {
    let one = 10_i64.pow(places);
    let width = usize::try_from(places).unwrap_or(0);
    let text = format!("{}.{:0width$}", value / one, value % one);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
