//! Sizes in bytes, written as `"32MiB"` or as a plain number of bytes.

use std::fmt;

use crate::limits::{BODY_BYTES_MAX, BODY_BYTES_MIN};
use crate::number::whole;
use crate::reading::{Item, Reading};
use crate::shape::Shape;
use crate::text::read_text;

/// The units, the larger of a family first; a size is shown in the first that divides it.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1_000),
    ("B", 1),
];

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    /// A size of so many bytes.
    #[must_use]
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// The size a text names: a whole number and a unit of [`UNITS`], in any case.
    fn from_text(text: &str) -> Option<Self> {
        let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits_end)?;
        let unit = unit.trim_start();
        let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        number.parse::<u64>().ok()?.checked_mul(*bytes).map(Self)
    }
}

/// In the largest binary unit that divides it, else in bytes: `32MiB`, `1500B`.
impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binary = UNITS.iter().take(3);
        let mut dividing =
            binary.filter(|(_, unit)| self.0 >= *unit && self.0.is_multiple_of(*unit));
        let (name, unit) = dividing.next().unwrap_or(&("B", 1));
        write!(formatter, "{}{name}", self.0 / unit)
    }
}

/// How a body's largest size is written.
pub(crate) struct BodySize;

impl Shape for BodySize {
    type Value = ByteSize;

    fn expected() -> String {
        let (min, max) = (ByteSize(BODY_BYTES_MIN), ByteSize(BODY_BYTES_MAX));
        format!("a size such as \"32MiB\" (KiB, MiB, GiB, KB, MB, GB) from {min} to {max}")
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<ByteSize> {
        let (size, written) = match item.get_ref().as_integer() {
            Some(integer) => (whole(integer).map(ByteSize), integer.to_string()),
            None => {
                let text = read_text(item, &Self::expected(), reading)?;
                (ByteSize::from_text(&text.value), format!("`{}`", text.written))
            }
        };
        let size = size.filter(|size| (BODY_BYTES_MIN..=BODY_BYTES_MAX).contains(&size.0));
        if size.is_none() {
            let message = format!("expected {}, found {written}", Self::expected());
            reading.problem(item.span(), message, None);
        }
        size
    }

    fn show(value: &ByteSize) -> String {
        format!("\"{value}\"")
    }
}

#[cfg(test)]
mod tests;
