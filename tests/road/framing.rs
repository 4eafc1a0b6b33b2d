//! Streams pass byte for byte, however the upstream cuts, spells and fills them.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::harness::{BodyEnd, MODEL, Road, Sim, Step, Upstream, streamed, upstream};

fn passes(events: &[u8]) {
    let upstream = Upstream::always(upstream::stream_of(events));
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.end, BodyEnd::Whole);
    assert!(answer.body == events, "came out as:\n{}", answer.text());
    let entry = road.entry_of(&answer);
    assert_eq!(entry["outcome"], "passed");
    assert_eq!(entry["usage"]["input_tokens"], 11);
    assert_eq!(entry["usage"]["output_tokens"], 7);
    assert_eq!(entry["estimated"], false);
    assert_eq!(entry["response_bytes"], events.len());
}

#[test]
fn a_plain_stream_passes() {
    passes(upstream::events(MODEL).as_bytes());
}

#[test]
fn a_stream_with_crlf_passes() {
    passes(upstream::events(MODEL).replace('\n', "\r\n").as_bytes());
}

#[test]
fn a_stream_with_lone_carriage_returns_passes() {
    passes(upstream::events(MODEL).replace('\n', "\r").as_bytes());
}

#[test]
fn comments_before_between_and_inside_events_pass() {
    let events = upstream::events(MODEL).replace("event: ", ": a comment\nevent: ");
    passes(format!(": first\n\n:\n\n{events}").as_bytes());
}

#[test]
fn unknown_events_deltas_and_fields_pass() {
    let unknown = "event: from_the_future\ndata: {\"type\":\"from_the_future\",\"x\":[1e9]}\n\
                   id: 7\nretry: 10\n\nevent: content_block_delta\n\
                   data: {\"type\":\"content_block_delta\",\"index\":0,\
                   \"delta\":{\"type\":\"future_delta\",\"y\":{}}}\n\n";
    let (now, later) = upstream::halves(MODEL);
    passes(&[&now[..], unknown.as_bytes(), &later].concat());
}

#[test]
fn data_over_several_lines_passes() {
    let events = upstream::events(MODEL);
    passes(events.replace("\"message\":{", "\ndata: \"message\":{").as_bytes());
}

#[test]
fn fields_without_a_space_and_events_without_a_name_pass() {
    let events = upstream::events(MODEL).replace("data: ", "data:");
    let unnamed: String = events
        .lines()
        .filter(|line| !line.starts_with("event"))
        .fold(String::new(), |text, line| format!("{text}{line}\n"));
    passes(unnamed.as_bytes());
}

#[test]
fn an_event_of_4_megabytes_passes() {
    let events = upstream::events(MODEL);
    passes(events.replace("Hello", &"\\u20ac huge ".repeat(400_000)).as_bytes());
}

#[test]
fn a_byte_order_mark_at_the_start_passes() {
    passes(format!("\u{feff}{}", upstream::events(MODEL)).as_bytes());
}

#[test]
fn a_stream_cut_into_chunks_anywhere_passes() {
    let upstream = Upstream::start(|seen| {
        let body: serde_json::Value = serde_json::from_slice(&seen.body).expect("JSON");
        let cuts = body["cuts"].as_array().expect("cuts").clone();
        let events = text_of(body["crlf"] == true);
        let mut steps = vec![Step::Send(upstream::stream_head())];
        let mut at = 0;
        for cut in cuts {
            let cut = usize::try_from(cut.as_u64().expect("a cut")).expect("small");
            steps.push(Step::Send(upstream::chunk(&events[at..cut])));
            steps.push(Step::Pause(Duration::from_micros(300)));
            at = cut;
        }
        steps.push(Step::Send(upstream::ended_with(&events[at..])));
        steps
    });
    let road = Road::to(upstream.url());
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let length = text_of(false).len();
    let cuts = prop::collection::btree_set(1..length, 0..40);
    let ran = TestRunner::new(config).run(&(cuts, any::<bool>()), |(cuts, is_crlf)| {
        let mut body = streamed(MODEL, "hi");
        body["cuts"] = serde_json::json!(cuts.into_iter().collect::<Vec<_>>());
        body["crlf"] = serde_json::json!(is_crlf);
        let answer = road.ask(&body);
        prop_assert_eq!(answer.end, BodyEnd::Whole);
        prop_assert!(answer.body == text_of(is_crlf), "{}", answer.text());
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}

fn text_of(is_crlf: bool) -> Vec<u8> {
    let events = upstream::events(MODEL);
    match is_crlf {
        true => events.replace('\n', "\r\n").into_bytes(),
        false => events.into_bytes(),
    }
}

#[test]
fn what_comes_after_the_last_event_passes() {
    passes(format!("{}: a comment\n\n", upstream::events(MODEL)).as_bytes());
}

#[test]
fn a_last_event_without_its_blank_line_still_completes_the_answer() {
    let events = upstream::events(MODEL);
    let upstream = Upstream::always(upstream::stream_of(events.trim_end().as_bytes()));
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.end, BodyEnd::Whole);
    assert_eq!(answer.text().trim_end(), events.trim_end());
    assert!(answer.text().ends_with("\n\n"), "clients act on whole events alone");
    assert_eq!(road.entry_of(&answer)["estimated"], false);
}

#[test]
fn the_first_events_reach_the_client_while_the_upstream_still_works() {
    let upstream = Upstream::start(|_| {
        let (now, later) = upstream::halves(MODEL);
        let (begun, rest) = (upstream::begun_with(&now), upstream::ended_with(&later));
        vec![Step::Send(begun), Step::AwaitGo, Step::Send(rest)]
    });
    let road = Road::to(upstream.url());
    let mut wire = road.open(&crate::harness::Request::messages(&streamed(MODEL, "hi")));
    let answer = wire.until_text("Hello");
    assert!(!answer.text().contains("content_block_stop"));
    upstream.go();
    assert_eq!(road.end_of(&mut wire).text(), upstream::events(MODEL));
}

#[test]
fn what_the_simulator_sends_is_what_the_client_gets() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    for fault in
        ["crlf", "comments", "chunk=3", "drip=40/1", "huge=300000", "event=future", "delta=odd"]
    {
        sim.control().reset();
        sim.fail(fault);
        let answer = road.ask(&streamed(MODEL, "[[say:grüß dich]] [[blocks:2]]"));
        assert_eq!(answer.status, 200, "{fault}: {}", answer.text());
        let books = sim.only();
        assert!(answer.body == books.answer, "{fault}: {}", answer.text());
        assert_eq!(road.entry_of(&answer)["outcome"], "passed", "{fault}");
    }
}
