//! Whole numbers, each with its bounds.

use std::fmt::Display;
use std::marker::PhantomData;
use std::num::{NonZeroU32, NonZeroU64};

use toml::de::DeInteger;

use crate::limits::DRAIN_SECONDS_MAX;
use crate::reading::{Item, Reading};
use crate::shape::Shape;

/// A type of whole numbers.
pub(crate) trait Whole: PartialEq + Display {
    /// The smallest.
    const MIN: u64;
    /// The largest.
    const MAX: u64;

    /// The number, within the bounds.
    fn from_u64(number: u64) -> Option<Self>
    where
        Self: Sized;
}

impl Whole for u32 {
    const MIN: u64 = 0;
    const MAX: u64 = u32::MAX as u64;

    fn from_u64(number: u64) -> Option<Self> {
        u32::try_from(number).ok()
    }
}

impl Whole for NonZeroU32 {
    const MIN: u64 = 1;
    const MAX: u64 = u32::MAX as u64;

    fn from_u64(number: u64) -> Option<Self> {
        u32::try_from(number).ok().and_then(NonZeroU32::new)
    }
}

impl Whole for NonZeroU64 {
    const MIN: u64 = 1;
    /// TOML's integers end here.
    const MAX: u64 = i64::MAX as u64;

    fn from_u64(number: u64) -> Option<Self> {
        NonZeroU64::new(number)
    }
}

/// A number of the type `T`.
pub(crate) struct Number<T>(PhantomData<T>);

impl<T: Whole> Shape for Number<T> {
    type Value = T;

    fn expected() -> String {
        expected_between(T::MIN, T::MAX)
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<T> {
        T::from_u64(read_between(item, T::MIN, T::MAX, reading)?)
    }

    fn show(value: &T) -> String {
        value.to_string()
    }
}

/// The seconds of `server.drain_seconds` and `server.drain_grace_seconds`.
pub(crate) struct DrainSeconds;

impl Shape for DrainSeconds {
    type Value = u64;

    fn expected() -> String {
        expected_between(0, DRAIN_SECONDS_MAX)
    }

    fn read(item: &Item<'_>, reading: &mut Reading<'_>) -> Option<u64> {
        read_between(item, 0, DRAIN_SECONDS_MAX, reading)
    }

    fn show(value: &u64) -> String {
        value.to_string()
    }
}

fn expected_between(min: u64, max: u64) -> String {
    format!("a whole number from {min} to {max}")
}

fn read_between(item: &Item<'_>, min: u64, max: u64, reading: &mut Reading<'_>) -> Option<u64> {
    let expected = expected_between(min, max);
    let Some(integer) = item.get_ref().as_integer() else {
        return reading.wrong_type(item, &expected);
    };
    let number = whole(integer).filter(|number| (min..=max).contains(number));
    if number.is_none() {
        reading.problem(item.span(), format!("expected {expected}, found {integer}"), None);
    }
    number
}

/// The value of a TOML integer; none below zero or above 2⁶⁴−1.
pub(crate) fn whole(integer: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}
