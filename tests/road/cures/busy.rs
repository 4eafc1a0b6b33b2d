//! Upstreams that are busy, broken or answer nonsense are asked again, or another is.

use serde_json::json;

use super::patient::attempts;
use crate::harness::{BodyEnd, MODEL, Road, Setup, Sim, ask, streamed};

const PASSING: [&str; 8] = [
    "status=529;type=overloaded_error;message=Overloaded",
    "status=500;type=api_error;message=Internal server error",
    "html=502;title=502 Bad Gateway",
    "html=503;title=503 Service Temporarily Unavailable",
    "html=524;title=524: A timeout occurred",
    "empty",
    "html=200;title=Welcome",
    "json-error=overloaded_error;message=Overloaded",
];

#[test]
fn a_moments_failure_of_the_only_channel_is_cured_by_asking_again() {
    for fault in PASSING.into_iter().filter(|fault| !fault.contains("524")) {
        let sim = Sim::start();
        sim.fail(fault);
        let road = Road::to(sim.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!((answer.status, attempts(&answer)), (200, 2), "{fault}: {}", answer.text());
        assert_eq!(answer.end, BodyEnd::Whole, "{fault}");
        let entry = road.entry_of(&answer);
        assert_eq!(entry["outcome"], "cured", "{fault}");
        assert_eq!(sim.books()[0].body, sim.books()[1].body, "{fault}");
    }
}

#[test]
fn a_failing_channel_is_left_for_another_at_once() {
    for fault in PASSING {
        let (bad, good) = (Sim::start(), Sim::start());
        bad.fail_always(fault);
        let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
        let answer = road.ask(&ask(MODEL, "hi"));
        assert_eq!((answer.status, attempts(&answer)), (200, 2), "{fault}: {}", answer.text());
        assert_eq!(answer.header("salve-channel"), Some("good"), "{fault}");
        assert_eq!(bad.books().len(), 1, "{fault}");
    }
}

#[test]
fn an_error_as_the_first_event_of_a_stream_is_cured_by_asking_again() {
    for fault in ["error=overloaded_error;at=start", "error=api_error;at=message_start"] {
        let sim = Sim::start();
        sim.fail(fault);
        let road = Road::to(sim.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!((answer.status, attempts(&answer)), (200, 2), "{fault}: {}", answer.text());
        let names = answer.names();
        assert_eq!(names.iter().filter(|name| *name == "message_start").count(), 1, "{names:?}");
        assert!(!names.contains(&"error".to_owned()), "{names:?}");
    }
}

#[test]
fn where_everything_fails_it_is_told_as_503_with_a_time_to_come_back() {
    for fault in [PASSING[0], PASSING[2], PASSING[4], "empty"] {
        let (bad, worse) = (Sim::start(), Sim::start());
        bad.fail_always(fault);
        worse.fail_always(fault);
        let road = Road::start(&Setup::of(bad.url()).channel("two", worse.url()));
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!(answer.status, 503, "{fault}: {}", answer.text());
        assert_eq!(answer.error().0, "api_error", "{fault}");
        let after = answer.header("retry-after").expect("retry-after");
        let after: u64 = after.parse().expect("seconds");
        assert!((1..=60).contains(&after), "{fault}: {after}");
        assert_eq!(road.entry_of(&answer)["outcome"], json!("told"), "{fault}");
        assert!(bad.books().len() <= 4 && worse.books().len() <= 4, "asked too often");
    }
}
