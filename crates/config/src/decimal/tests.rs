//! Amounts are kept exactly or refused.

use proptest::prelude::*;

use super::*;
use crate::fake::{CHANNEL, problems, valid};

fn multiplier(text: &str) -> i64 {
    let group = "[[group]]\nname = \"default\"\nchannels = [\"main\"]\n";
    let config = valid(&format!("{CHANNEL}{group}price_multiplier = {text}\n"));
    config.groups.first().expect("declared").price_multiplier.millionths()
}

#[test]
fn a_multiplier_may_be_an_integer_a_float_or_text() {
    for text in ["1", "1.0", "\"1\"", "+1.000000", "\"1.0000000000\""] {
        assert_eq!(multiplier(text), 1_000_000, "{text}");
    }
    assert_eq!(multiplier("0.1"), 100_000);
    assert_eq!(multiplier("1_0.000_001"), 10_000_001);
    assert_eq!(multiplier("1_000"), 1_000_000_000);
    assert_eq!(multiplier("0"), 0);
}

#[test]
fn what_cannot_be_kept_exactly_is_refused() {
    let key = "[[key]]\nname = \"ci\"\nsecret = \"${ONE}\"\n";
    let told = |amount: &str| problems(&format!("{CHANNEL}{key}balance_usd = {amount}\n"));
    insta::assert_snapshot!(told("0.0000000001"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found 0.0000000001");
    insta::assert_snapshot!(told("-1"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found -1");
    insta::assert_snapshot!(told("1e3"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found 1e3");
    insta::assert_snapshot!(told("\"ten\""), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found `ten`");
    insta::assert_snapshot!(told("nan"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found nan");
    insta::assert_snapshot!(told("1000000000.000000001"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found 1000000000.000000001");
    insta::assert_snapshot!(told("9300000000"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found 9300000000");
    insta::assert_snapshot!(told("0x10"), @"salve.toml:9:15: key[0].balance_usd: expected US dollars from 0 to 1000000000, at most 9 decimal places, found 0x10");
}

#[test]
fn the_largest_amount_is_the_largest_integer() {
    assert_eq!(scaled("9223372036.854775807", USD_PLACES), Some(i64::MAX));
    assert_eq!(scaled("9223372036.854775808", USD_PLACES), None);
}

#[test]
fn a_multiplier_is_a_thousand_at_most() {
    assert_eq!(multiplier("999.999999"), 999_999_999);
    assert_eq!(multiplier("1000"), PRICE_MULTIPLIER_MILLIONTHS_MAX);
    let group = "[[group]]\nname = \"default\"\nchannels = [\"main\"]\n";
    let text = format!("{CHANNEL}{group}price_multiplier = 1000.000001\n");
    insta::assert_snapshot!(problems(&text), @"salve.toml:9:20: group[0].price_multiplier: expected a number from 0 to 1000, at most 6 decimal places, found 1000.000001");
}

proptest! {
    #[test]
    fn an_amount_is_read_back_as_it_is_shown(nano in 0..=i64::MAX) {
        prop_assert_eq!(scaled(&Usd(nano).to_string(), USD_PLACES), Some(nano));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[0-9.+_-]{0,30}|\\PC{0,8}", places in 0u32..20) {
        let _ = scaled(&text, places);
    }
}
