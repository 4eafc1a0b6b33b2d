use proptest::prelude::*;

use super::{Multiplier, NanoUsd};

#[test]
fn money_is_written_in_dollars_without_idle_zeros() {
    let cases = [
        (0, "$0.00"),
        (1, "$0.000000001"),
        (12_345_000, "$0.012345"),
        (1_500_000_000, "$1.50"),
        (-100_000_000, "-$0.10"),
        (i64::MAX, "$9223372036.854775807"),
        (i64::MIN, "-$9223372036.854775808"),
    ];
    for (nano, text) in cases {
        assert_eq!(NanoUsd::from_nano(nano).to_string(), text);
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    for text in ["", "$", "-", "--1", "$-1", "1.", ".5", "1,5", "1e3", "0.0000000001", "9999999999"]
    {
        assert!(text.parse::<NanoUsd>().is_err(), "{text}");
    }
    for text in ["", "-1", "1e3", "0.0000001"] {
        assert!(text.parse::<Multiplier>().is_err(), "{text}");
    }
}

#[test]
fn a_multiplier_is_exact_to_the_millionth_and_never_negative() {
    assert_eq!("0.85".parse(), Ok(Multiplier::from_millionths(850_000)));
    assert_eq!("1".parse(), Ok(Multiplier::ONE));
    assert_eq!(Multiplier::from_millionths(850_000).to_string(), "0.85");
    assert_eq!(Multiplier::ONE.to_string(), "1");
    assert_eq!(Multiplier::from_millionths(-1).millionths(), 0);
    assert_eq!(serde_json::from_str::<Multiplier>("-5").unwrap().millionths(), 0);
}

#[test]
fn sums_say_what_they_do_at_the_edge() {
    let one = NanoUsd::from_nano(1);
    assert_eq!(NanoUsd::MAX.checked_add(one), None);
    assert_eq!(NanoUsd::MAX.saturating_add(one), NanoUsd::MAX);
    assert_eq!(NanoUsd::from_nano(i64::MIN).checked_sub(one), None);
    assert_eq!(one.checked_sub(one), Some(NanoUsd::ZERO));
}

proptest! {
    #[test]
    fn money_reads_back_what_it_writes(nano in any::<i64>()) {
        let money = NanoUsd::from_nano(nano);
        // The lowest amount has no positive counterpart to be read through.
        prop_assume!(nano != i64::MIN);
        prop_assert_eq!(money.to_string().parse(), Ok(money));
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(&json, &nano.to_string());
        prop_assert_eq!(serde_json::from_str::<NanoUsd>(&json).unwrap(), money);
    }
}
