use proptest::prelude::*;

use super::{Clock, ManualClock, Timestamp};

#[test]
fn a_moment_is_written_in_utc_with_milliseconds() {
    let cases = [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_791_374_400_123, "2026-10-07T12:00:00.123Z"),
    ];
    for (millis, text) in cases {
        assert_eq!(Timestamp::from_millis(millis).to_string(), text);
        assert_eq!(text.parse(), Ok(Timestamp::from_millis(millis)));
    }
}

#[test]
fn an_offset_is_honoured_and_finer_parts_are_cut() {
    let moment = Timestamp::from_millis(1_791_374_400_123);
    assert_eq!("2026-10-07T14:00:00.1239+02:00".parse(), Ok(moment));
    for text in ["", "2026-10-07", "2026-13-01T00:00:00Z", "yesterday"] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn a_day_begins_at_midnight() {
    let moment = "2026-10-07T00:00:00Z".parse().unwrap();
    assert_eq!(Timestamp::of_day("2026-10-07"), Some(moment));
    assert_eq!(Timestamp::of_day("2026-02-30"), None);
}

#[test]
fn a_clock_that_was_set_back_gives_no_negative_span() {
    let clock = ManualClock::at(Timestamp::from_millis(5_000));
    let earlier = clock.now();
    clock.advance_millis(250);
    assert_eq!(clock.now().millis_since(earlier), 250);
    clock.set(Timestamp::from_millis(1_000));
    assert_eq!(clock.now().millis_since(earlier), 0);
}

#[test]
fn moments_beyond_the_calendar_are_written_as_its_edge() {
    assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    assert!(Timestamp::from_millis(i64::MIN).to_string().starts_with("-9999-01-01"));
}

proptest! {
    #[test]
    fn a_moment_reads_back_what_it_writes(millis in 0_i64..253_402_300_800_000) {
        let moment = Timestamp::from_millis(millis);
        prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        let json = serde_json::to_string(&moment).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
    }
}
