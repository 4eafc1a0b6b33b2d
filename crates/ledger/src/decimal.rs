//! Decimal text as whole numbers of its smallest places. Exact, or not at all.

use std::fmt;

/// `text` as a count of units of 10^-`places`; none unless it fits exactly.
pub(crate) fn parse_scaled(text: &str, places: u32) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = places.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i64>().ok()? };
    let fraction = fraction.checked_mul(10_i64.checked_pow(missing)?)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(places)?)?;
    whole.checked_add(fraction)?.checked_mul(sign)
}

/// Writes `value` units of 10^-`places`, with at least `shown_min` decimals.
pub(crate) fn write_scaled(
    f: &mut fmt::Formatter<'_>,
    value: u64,
    places: usize,
    shown_min: usize,
) -> fmt::Result {
    let digits = format!("{value:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) =
        digits.split_at_checked(digits.len().saturating_sub(places)).unwrap_or_default();
    let shown = fraction.trim_end_matches('0').len().max(shown_min);
    let fraction = fraction.get(..shown).unwrap_or(fraction);
    match fraction {
        "" => f.write_str(whole),
        _ => write!(f, "{whole}.{fraction}"),
    }
}
