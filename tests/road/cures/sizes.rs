//! Bodies that are too large for a channel go to a larger one, or are told with their size.

use serde_json::json;

use super::patient::{asked, attempts, sim, turn};
use crate::harness::{Answer, MODEL, Request, Road, Setup, Sim, Upstream, ask, upstream};

/// A request of 1.5 MiB.
fn large() -> Request {
    Request::messages(&turn(json!("fillers ".repeat(196_000))))
}

/// 413 in the shape on which clients act, with what to do.
fn is_told_too_large(answer: &Answer) -> String {
    assert_eq!(answer.status, 413, "{}", answer.text());
    let (kind, message) = answer.error();
    assert_eq!(kind, "request_too_large");
    assert!(message.contains("/compact") && message.contains("/clear"), "{message}");
    message
}

#[test]
fn a_channel_that_is_too_small_is_left_out_for_a_larger_one_and_the_log_says_so() {
    let (small, large_one) = (Sim::start(), Sim::start());
    let setup = Setup::of(small.url()).more("max_body = \"1MiB\"");
    let road = Road::start(&setup.channel("large", large_one.url()));
    let request = large();
    let answer = road.send(&request);
    assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
    assert_eq!(answer.header("salve-channel"), Some("large"));
    assert!(small.books().is_empty());
    assert!(asked(&large_one)[0].body == request.body);
    let skipped = &road.entry_of(&answer)["skipped"][0];
    assert_eq!(skipped["channel"], "one");
    let reason = skipped["reason"].as_str().expect("a reason");
    assert!(reason.contains("1.0 MiB"), "{reason}");
    assert_eq!(road.ask(&ask(MODEL, "hi")).header("salve-channel"), Some("one"));
}

#[test]
fn where_every_channel_is_too_small_size_and_limit_are_told() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).more("max_body = \"1MiB\""));
    let message = is_told_too_large(&road.send(&large()));
    assert!(message.contains("1.5 MiB"), "no size: {message}");
    assert!(message.contains("1.0 MiB"), "no limit: {message}");
    assert!(sim.books().is_empty());
}

#[test]
fn a_page_of_413_before_an_upstream_is_told_as_json() {
    let page = b"<html><head><title>413 Request Entity Too Large</title></head><body>\
        <center><h1>413 Request Entity Too Large</h1></center><hr>nginx</body></html>";
    let upstream = Upstream::always(upstream::json_of("413 Request Entity Too Large", page));
    let road = Road::to(upstream.url());
    is_told_too_large(&road.send(&large()));
    assert_eq!(upstream.seen().len(), 1, "the same body is as large the second time");
}

#[test]
fn a_413_of_one_channel_is_taken_to_the_next() {
    let (small, large_one) = (sim("anthropic"), sim("anthropic"));
    small.fail("html=413;title=Request Entity Too Large");
    let road = Road::start(&Setup::of(small.url()).channel("large", large_one.url()));
    let request = large();
    let answer = road.send(&request);
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
    assert!(asked(&large_one)[0].body == request.body);
}
