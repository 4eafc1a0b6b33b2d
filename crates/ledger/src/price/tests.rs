use proptest::prelude::*;

use super::{Cost, PriceBook, PriceError};
use crate::clock::Timestamp;
use crate::money::{Multiplier, NanoUsd};
use crate::usage::Usage;

fn day(text: &str) -> Timestamp {
    Timestamp::of_day(text).unwrap()
}

fn cost_of(model: &str, usage: Usage) -> Cost {
    PriceBook::embedded().cost(model, day("2026-11-22"), &usage, Multiplier::ONE)
}

/// A million tokens of each kind in turn: input, output, 5 m write, 1 h write, read; in
/// thousandths of a dollar.
fn list_price(model: &str, at: &str, million: u64) -> Vec<i64> {
    let book = PriceBook::embedded();
    let kinds = [
        Usage { input_tokens: million, ..Usage::ZERO },
        Usage { output_tokens: million, ..Usage::ZERO },
        Usage { cache_creation_5m_input_tokens: million, ..Usage::ZERO },
        Usage { cache_creation_1h_input_tokens: million, ..Usage::ZERO },
        Usage { cache_read_input_tokens: million, ..Usage::ZERO },
    ];
    let scale = i64::try_from(1_000_000 / million).unwrap();
    let cost = |usage: &Usage| book.cost(model, day(at), usage, Multiplier::ONE);
    kinds.iter().map(|usage| cost(usage).amount.nano() * scale / 1_000_000).collect()
}

#[test]
fn every_listed_model_costs_what_the_list_says() {
    let list: &[(&str, [i64; 5])] = &[
        ("claude-fable-5-2", [10_000, 50_000, 12_500, 20_000, 250]),
        ("claude-fable-5-1", [10_000, 50_000, 12_500, 20_000, 250]),
        ("claude-mythos-5-1", [10_000, 50_000, 12_500, 20_000, 250]),
        ("claude-fable-5", [10_000, 50_000, 12_500, 20_000, 1_000]),
        ("claude-mythos-5", [10_000, 50_000, 12_500, 20_000, 1_000]),
        ("claude-opus-5-5", [4_000, 20_000, 5_000, 8_000, 200]),
        ("claude-opus-5", [5_000, 25_000, 6_250, 10_000, 500]),
        ("claude-opus-4-8", [5_000, 25_000, 6_250, 10_000, 500]),
        ("claude-opus-4-7", [5_000, 25_000, 6_250, 10_000, 500]),
        ("claude-opus-4-6", [5_000, 25_000, 6_250, 10_000, 500]),
        ("claude-opus-4-5", [5_000, 25_000, 6_250, 10_000, 500]),
        ("claude-opus-4-1", [15_000, 75_000, 18_750, 30_000, 1_500]),
        ("claude-sonnet-5-5", [2_000, 10_000, 2_500, 4_000, 100]),
        ("claude-sonnet-5", [2_000, 10_000, 2_500, 4_000, 200]),
        ("claude-sonnet-4-6", [3_000, 15_000, 3_750, 6_000, 300]),
        ("claude-sonnet-4-5", [3_000, 15_000, 3_750, 6_000, 300]),
        ("claude-haiku-5-5", [100, 500, 125, 200, 10]),
        ("claude-haiku-4-5", [1_000, 5_000, 1_250, 2_000, 100]),
    ];
    for (model, expected) in list {
        // A hundred thousand tokens stay below every band.
        assert_eq!(list_price(model, "2026-11-22", 100_000), expected, "{model}");
        assert!(PriceBook::embedded().knows(model), "{model}");
    }
}

#[test]
fn a_band_begins_above_its_length_and_counts_the_cached_prompt() {
    let at_limit = Usage { input_tokens: 1, cache_read_input_tokens: 99_999, ..Usage::ZERO };
    let above = Usage { input_tokens: 2, cache_read_input_tokens: 99_999, ..Usage::ZERO };
    let below = Usage { input_tokens: 99_999, ..Usage::ZERO };
    assert_eq!(cost_of("claude-haiku-5-5", below).amount.nano(), 99_999 * 100);
    assert_eq!(cost_of("claude-haiku-5-5", at_limit).amount.nano(), 100 + 99_999 * 10);
    assert_eq!(cost_of("claude-haiku-5-5", above).amount.nano(), 2 * 500 + 99_999 * 50);
    let output = Usage { input_tokens: 100_001, output_tokens: 1, ..Usage::ZERO };
    assert_eq!(cost_of("claude-haiku-5-5", output).amount.nano(), 100_001 * 500 + 2_500);
    assert_eq!(list_price("claude-haiku-5-5", "2026-11-22", 1_000_000), [500, 500, 625, 1_000, 50]);
}

#[test]
fn every_spelling_of_a_model_is_the_same_model() {
    let usage = Usage { input_tokens: 1_000, output_tokens: 10, ..Usage::ZERO };
    let spellings = [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "claude-sonnet-4-5@20250929",
        "Claude-Sonnet-4-5",
        "claude-sonnet-4-5[1m]",
        "claude-sonnet-4-5-latest",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-sonnet-4-5-v1",
        "anthropic/claude-sonnet-4-5",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5",
    ];
    let plain = cost_of("claude-sonnet-4-5", usage);
    assert_eq!(plain.price_version, "2026-11-22:claude-sonnet-4-5@2025-09-29");
    for spelling in spellings {
        assert_eq!(cost_of(spelling, usage), plain, "{spelling}");
    }
}

#[test]
fn an_unknown_model_is_priced_by_rule_and_flagged() {
    let usage = Usage { input_tokens: 1_000_000, ..Usage::ZERO };
    let cases = [
        ("claude-opus-9", 4_000_000_000, "claude-opus-5-5@2026-10-07"),
        ("my-SONNET-deployment", 2_000_000_000, "claude-sonnet-5-5@2026-10-07"),
        ("claude-3-5-haiku-20241022", 500_000_000, "claude-haiku-5-5@2026-10-07"),
        ("claude-fable-6", 10_000_000_000, "claude-fable-5-2@2026-11-03"),
        ("gpt-9", 5_000_000_000, "unknown@2026-11-22"),
        ("", 5_000_000_000, "unknown@2026-11-22"),
    ];
    for (model, nano, row) in cases {
        let expected = Cost {
            amount: NanoUsd::from_nano(nano),
            model_known: false,
            price_version: format!("2026-11-22:{row}"),
        };
        assert_eq!(cost_of(model, usage), expected, "{model}");
    }
}

#[test]
fn a_rule_never_uses_a_price_of_the_future() {
    let book = PriceBook::embedded();
    let version = |at| book.cost("claude-opus-9", day(at), &Usage::ZERO, Multiplier::ONE);
    let versions = ["2026-09-01", "2026-01-01", "2020-01-01"].map(|at| version(at).price_version);
    let expected = [
        "2026-11-22:claude-opus-5@2026-07-01",
        "2026-11-22:claude-opus-4-5@2025-11-24",
        "2026-11-22:claude-opus-4-1@2025-08-05",
    ];
    assert_eq!(versions, expected);
}

const TWO_PRICES: &str = r#"
version = "v"
web_search_per_thousand = "10"
unknown_model = { input = "5", output = "25", write_5m = "0", write_1h = "0", read = "0" }
[[model]]
id = "m"
family = "m"
[[model.price]]
valid_from = "2026-01-01"
rates = { input = "2", output = "0", write_5m = "0", write_1h = "0", read = "0" }
[[model.price]]
valid_from = "2026-02-01"
rates = { input = "1", output = "0", write_5m = "0", write_1h = "0", read = "0" }
"#;
const NO_MODELS: &str = "model = []";

#[test]
fn a_price_holds_from_its_day_until_the_next() {
    let book = PriceBook::parse(TWO_PRICES, NO_MODELS).unwrap();
    let usage = Usage { input_tokens: 1, ..Usage::ZERO };
    let cost = |at| book.cost("m", at, &usage, Multiplier::ONE).amount.nano();
    let change = day("2026-02-01");
    assert_eq!(cost(day("2025-01-01")), 2_000);
    assert_eq!(cost(day("2026-01-01")), 2_000);
    assert_eq!(cost(change.saturating_add_millis(-1)), 2_000);
    assert_eq!(cost(change), 1_000);
    assert_eq!(cost(day("2030-01-01")), 1_000);
}

#[test]
fn a_fraction_of_a_nano_dollar_is_charged_as_a_whole_one() {
    let book = PriceBook::parse(TWO_PRICES, NO_MODELS).unwrap();
    let usage = Usage { input_tokens: 1, ..Usage::ZERO };
    let cost = |millionths| {
        let multiplier = Multiplier::from_millionths(millionths);
        book.cost("m", day("2026-02-01"), &usage, multiplier)
    };
    // 1 000 nano-dollars times 0.000001 is 0.001 of one.
    assert_eq!(cost(1).amount.nano(), 1);
    assert_eq!(cost(1_000).amount.nano(), 1);
    assert_eq!(cost(1_001).amount.nano(), 2);
    assert_eq!(cost(0).amount.nano(), 0);
    assert_eq!(cost(850_000).amount.nano(), 850);
    assert_eq!(cost(850_000).price_version, "v:m@2026-02-01*0.85");
}

#[test]
fn web_searches_cost_by_the_thousand() {
    let usage = Usage { web_search_requests: 3, ..Usage::ZERO };
    assert_eq!(cost_of("claude-opus-5-5", usage).amount, "$0.03".parse().unwrap());
}

#[test]
fn a_book_that_cannot_be_right_is_refused() {
    let with = |from: &str, to: &str| PriceBook::parse(&TWO_PRICES.replace(from, to), NO_MODELS);
    assert!(matches!(with("input = \"2\"", "input = \"-2\""), Err(PriceError::Price { .. })));
    assert!(matches!(with("input = \"2\"", "input = \"2e1\""), Err(PriceError::Price { .. })));
    assert!(matches!(with("input = \"2\"", "input = 2.0"), Err(PriceError::Shape(_))));
    assert!(matches!(with("2026-02-01", "2026-02-31"), Err(PriceError::Date { .. })));
    assert!(matches!(with("2026-02-01", "2025-02-01"), Err(PriceError::Model { .. })));
    assert!(matches!(with("family", "famly"), Err(PriceError::Shape(_))));
    assert!(matches!(
        with("[[model.price]]", "[[model.price]]\nbnad = []"),
        Err(PriceError::Shape(_))
    ));
    assert!(matches!(
        with("id = \"m\"", "id = \"m\"\naliases = [\"m\"]"),
        Err(PriceError::Model { .. })
    ));
}

#[test]
fn every_model_that_is_listed_has_a_price_and_newest_come_first() {
    let book = PriceBook::embedded();
    assert!(book.models().len() >= 15);
    assert!(book.models().iter().all(|facts| book.knows(&facts.id)));
    assert!(book.models().is_sorted_by(|a, b| a.created >= b.created));
    let opus = book.model("us.anthropic.claude-opus-4-8-v1:0").unwrap();
    assert_eq!((opus.id.as_str(), opus.context_window), ("claude-opus-4-8", 1_000_000));
    assert_eq!(book.model("claude-nobody"), None);
}

#[test]
fn hostile_counts_cost_a_great_deal_and_break_nothing() {
    let all = Usage {
        input_tokens: u64::MAX,
        output_tokens: u64::MAX,
        cache_read_input_tokens: u64::MAX,
        cache_creation_5m_input_tokens: u64::MAX,
        cache_creation_1h_input_tokens: u64::MAX,
        web_search_requests: u64::MAX,
    };
    let book = PriceBook::embedded();
    let most = Multiplier::from_millionths(i64::MAX);
    assert_eq!(book.cost("claude-opus-4-1", day("2026-11-22"), &all, most).amount, NanoUsd::MAX);
}

fn any_usage() -> impl Strategy<Value = Usage> {
    let count = || prop_oneof![0_u64..5_000_000, any::<u64>()];
    (count(), count(), count(), count(), count(), count()).prop_map(|counts| Usage {
        input_tokens: counts.0,
        output_tokens: counts.1,
        cache_read_input_tokens: counts.2,
        cache_creation_5m_input_tokens: counts.3,
        cache_creation_1h_input_tokens: counts.4,
        web_search_requests: counts.5,
    })
}

proptest! {
    #[test]
    fn more_use_never_costs_less(usage in any_usage(), more in any_usage(), model in "[a-z0-9-]*") {
        let sum = Usage {
            input_tokens: usage.input_tokens.saturating_add(more.input_tokens),
            output_tokens: usage.output_tokens.saturating_add(more.output_tokens),
            ..usage
        };
        let (before, after) = (cost_of(&model, usage), cost_of(&model, sum));
        prop_assert!(after.amount >= before.amount);
        prop_assert!(before.amount >= NanoUsd::ZERO);
        prop_assert_eq!(before, cost_of(&model, usage));
    }

    #[test]
    fn more_use_never_costs_less_across_a_band(total in 99_000_u64..101_000, more in 0_u64..2_000) {
        let of = |tokens| Usage { input_tokens: tokens, output_tokens: 7, ..Usage::ZERO };
        let amount = |tokens| cost_of("claude-haiku-5-5", of(tokens)).amount;
        prop_assert!(amount(total + more) >= amount(total));
    }
}
