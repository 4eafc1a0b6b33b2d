//! Streams and whole answers that relays got wrong reach their clients as answers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use crate::harness::{Answer, BodyEnd, MODEL, Road, Setup, Sim, Step, Upstream};
use crate::harness::{ask, streamed, upstream};

fn start() -> Value {
    let usage = json!({ "input_tokens": 11, "output_tokens": 1 });
    json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message",
        "role": "assistant", "model": MODEL, "content": [], "usage": usage } })
}

fn text(index: u64) -> Value {
    json!({ "type": "content_block_start", "index": index,
        "content_block": { "type": "text", "text": "" } })
}

fn tool(index: u64, id: &str) -> Value {
    json!({ "type": "content_block_start", "index": index,
        "content_block": { "type": "tool_use", "id": id, "name": "Bash", "input": {} } })
}

fn delta(index: u64, words: &str) -> Value {
    json!({ "type": "content_block_delta", "index": index,
        "delta": { "type": "text_delta", "text": words } })
}

fn stop(index: u64) -> Value {
    json!({ "type": "content_block_stop", "index": index })
}

fn done(reason: Option<&str>) -> Value {
    json!({ "type": "message_delta", "delta": { "stop_reason": reason },
        "usage": { "output_tokens": 7 } })
}

fn end() -> Value {
    json!({ "type": "message_stop" })
}

fn written(events: &[Value]) -> Vec<u8> {
    let write = |data: &Value| {
        format!("event: {}\ndata: {data}\n\n", data["type"].as_str().expect("a type"))
    };
    events.iter().map(write).collect::<String>().into_bytes()
}

/// The answer to a streaming request whose upstream sends `events`, and its ledger entry.
fn relayed(events: &[Value]) -> (Answer, Value) {
    let upstream = Upstream::always(upstream::stream_of(&written(events)));
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    let entry = road.entry_of(&answer);
    (answer, entry)
}

fn data(answer: &Answer) -> Vec<Value> {
    answer.events().into_iter().map(|(_, data)| data).collect()
}

#[test]
fn what_does_not_fit_is_mended_and_the_log_says_so() {
    let events = [
        start(),
        text(0),
        delta(0, "Hello"),
        stop(0),
        stop(0),
        delta(0, "late"),
        done(Some("end_turn")),
        done(None),
        end(),
    ];
    let (answer, entry) = relayed(&events);
    assert_eq!((answer.status, answer.end), (200, BodyEnd::Whole));
    let kept = [
        start(),
        text(0),
        delta(0, "Hello"),
        stop(0),
        done(Some("end_turn")),
        done(Some("end_turn")),
        end(),
    ];
    assert_eq!(data(&answer), kept);
    assert_eq!(entry["outcome"], "cured", "{entry}");
    let remedies =
        ["stream:dropped-duplicate-stop", "stream:dropped-stray-delta", "stream:kept-stop-reason"];
    assert_eq!(entry["remedies"], json!(remedies), "{entry}");
    assert_eq!((&entry["fault"], &entry["stop_reason"]), (&Value::Null, &json!("end_turn")));
}

#[test]
fn a_delta_without_its_index_goes_to_the_open_block() {
    let mut bare = delta(1, "there");
    bare.as_object_mut().expect("an object").remove("index");
    let events = |second: Value| {
        vec![
            start(),
            text(0),
            delta(0, "Hello"),
            stop(0),
            text(1),
            second,
            stop(1),
            done(Some("end_turn")),
            end(),
        ]
    };
    let (answer, entry) = relayed(&events(bare));
    assert_eq!(data(&answer), events(delta(1, "there")));
    assert_eq!(entry["remedies"], json!(["stream:filled-index"]), "{entry}");
}

#[test]
fn tool_calls_of_one_id_get_an_id_each() {
    let events = |second: &str| {
        vec![
            start(),
            tool(0, "toolu_1"),
            stop(0),
            tool(1, second),
            stop(1),
            done(Some("tool_use")),
            end(),
        ]
    };
    let (answer, entry) = relayed(&events("toolu_1"));
    assert_eq!(data(&answer), events("toolu_1_2"));
    assert_eq!(entry["remedies"], json!(["stream:unique-tool-id"]), "{entry}");
}

#[test]
fn a_stream_with_a_reason_to_stop_early_passes() {
    for reason in ["max_tokens", "refusal", "model_context_window_exceeded", "pause_turn", "odd"] {
        let bodies = [
            vec![start(), text(0), delta(0, "Hello"), stop(0), done(Some(reason)), end()],
            vec![start(), done(Some(reason)), end()],
        ];
        for events in bodies {
            let (answer, entry) = relayed(&events);
            assert_eq!(answer.body, written(&events), "{reason}");
            assert_eq!(entry["outcome"], "passed", "{entry}");
            assert_eq!((&entry["stop_reason"], &entry["fault"]), (&json!(reason), &Value::Null));
        }
    }
}

#[test]
fn an_answer_of_no_words_reaches_the_client_where_nobody_says_more() {
    for events in [
        vec![start(), done(Some("end_turn")), end()],
        vec![start(), done(None), end()],
        vec![start(), text(0), stop(0), done(Some("end_turn")), end()],
    ] {
        let (answer, _) = relayed(&events);
        assert_eq!((answer.status, answer.end), (200, BodyEnd::Whole));
        assert_eq!(answer.body, written(&events));
    }
}

/// Failures in an answer's place, and what they are told to be.
const FAILURES: [(&str, &str); 4] = [
    ("当前分组上游负载已饱和，请稍后重试", "upstream-saturated"),
    ("No available channel for model claude-opus-4-8 under group default", ""),
    ("Internal server error", "upstream-server-error"),
    ("error: upstream connect failed", "upstream-server-error"),
];

fn failing(words: &str, is_streamed: bool) -> Upstream {
    let (first, second) = words.split_at(words.char_indices().nth(3).expect("long enough").0);
    let events = written(&[
        start(),
        text(0),
        delta(0, first),
        delta(0, second),
        stop(0),
        done(Some("end_turn")),
        end(),
    ]);
    let whole = json!({ "type": "message", "content": [{ "type": "text", "text": words }],
        "stop_reason": "end_turn", "usage": { "input_tokens": 0, "output_tokens": 0 } });
    Upstream::always(match is_streamed {
        true => upstream::stream_of(&events),
        false => upstream::json_of("200 OK", whole.to_string().as_bytes()),
    })
}

#[test]
fn a_failure_in_an_answers_place_is_cured_by_another_channel() {
    for (words, fault) in FAILURES {
        for is_streamed in [true, false] {
            let (bad, good) = (failing(words, is_streamed), Sim::start());
            let setup = Setup::of(bad.url()).channel("two", good.url());
            let road = Road::start(&setup);
            let body = if is_streamed { streamed(MODEL, "hi") } else { ask(MODEL, "hi") };
            let answer = road.ask(&body);
            assert_eq!(answer.status, 200, "{words}: {}", answer.text());
            assert!(!answer.text().contains(words), "{words}: {}", answer.text());
            let entry = road.entry_of(&answer);
            let found = entry["attempts"][0]["fault"].as_str().expect("a fault");
            assert!(fault.is_empty() || found == fault, "{words}: {entry}");
            assert_eq!(entry["outcome"], "cured", "{words}: {entry}");
        }
    }
}

#[test]
fn a_failure_in_an_answers_place_is_told_where_nobody_else_is_left() {
    for (words, _) in FAILURES {
        let upstream = failing(words, true);
        let road = Road::to(upstream.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert!(answer.status >= 400, "{words}: {}", answer.text());
        assert_eq!(road.entry_of(&answer)["outcome"], "told");
    }
}

#[test]
fn an_answer_that_quotes_a_failure_is_an_answer() {
    for words in ["Internal server error is what 500 means.", "Overloaded operators live in ops.rs"]
    {
        let events = [start(), text(0), delta(0, words), stop(0), done(Some("end_turn")), end()];
        let (answer, entry) = relayed(&events);
        assert_eq!(answer.body, written(&events), "{words}");
        assert_eq!(entry["outcome"], "passed", "{entry}");
    }
}

#[test]
fn what_is_only_called_a_stream_is_told_for_what_it_is() {
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    for (body, fault) in [
        (error, "upstream-overloaded"),
        ("<html><title>Sign in</title></html>", "upstream-malformed-answer"),
        ("", "upstream-malformed-answer"),
        (": a comment\n\n", "upstream-malformed-answer"),
        ("Too many requests, please try again later.", "upstream-rate-limited"),
        (
            "data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"no\"}}",
            "upstream-overloaded",
        ),
    ] {
        let (bad, good) = (Upstream::always(upstream::stream_of(body.as_bytes())), Sim::start());
        let road = Road::start(&Setup::of(bad.url()).channel("two", good.url()));
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        assert!(answer.text().contains("message_stop"), "{body}");
        assert_eq!(road.entry_of(&answer)["attempts"][0]["fault"], fault, "{body}");
    }
}

#[test]
fn a_stream_that_its_relay_calls_something_else_is_a_stream() {
    let events = upstream::events(MODEL);
    for media in ["", "content-type: text/plain\r\n", "content-type: application/octet-stream\r\n"]
    {
        let head = format!("HTTP/1.1 200 OK\r\n{media}connection: close\r\n\r\n");
        let upstream = Upstream::always([head.as_bytes(), events.as_bytes()].concat());
        let road = Road::to(upstream.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!((answer.status, answer.text()), (200, events.clone()), "{media}");
        assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
        assert_eq!(road.entry_of(&answer)["outcome"], "passed");
    }
}

#[test]
fn an_answer_whose_first_word_could_be_a_failures_waits_for_the_next_alone() {
    let (first, rest) = (
        written(&[start(), text(0), delta(0, "Inter"), delta(0, "esting")]),
        written(&[stop(0), done(Some("end_turn")), end()]),
    );
    let whole = [&first[..], &rest].concat();
    let upstream = Upstream::start(move |_| {
        let (begun, ended) = (upstream::begun_with(&first), upstream::ended_with(&rest));
        vec![Step::Send(begun), Step::AwaitGo, Step::Send(ended)]
    });
    let road = Road::to(upstream.url());
    let mut wire = road.open(&crate::harness::Request::messages(&streamed(MODEL, "hi")));
    wire.until_text("esting");
    upstream.go();
    assert_eq!(road.end_of(&mut wire).body, whole);
}

#[test]
fn a_good_stream_of_any_blocks_passes_however_it_is_cut() {
    let upstream = Upstream::start(|seen| {
        let body: Value = serde_json::from_slice(&seen.body).expect("JSON");
        let events = body["events"].as_str().expect("events").as_bytes();
        let mut steps = vec![Step::Send(upstream::stream_head())];
        let mut at = 0;
        for cut in body["cuts"].as_array().expect("cuts") {
            let cut = usize::try_from(cut.as_u64().expect("a cut")).expect("small") % events.len();
            if cut > at {
                steps.push(Step::Send(upstream::chunk(&events[at..cut])));
                steps.push(Step::Pause(std::time::Duration::from_micros(200)));
                at = cut;
            }
        }
        steps.push(Step::Send(upstream::ended_with(&events[at..])));
        steps
    });
    let road = Road::to(upstream.url());
    let words = prop::sample::select(vec!["", "I", "Internal", "no ", "上游", "grüß", "Error: x"]);
    let block = (any::<bool>(), prop::collection::vec(words, 0..4));
    let stream = (prop::collection::vec(block, 1..4), prop::collection::vec(0..4_000_usize, 0..12));
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let ran = TestRunner::new(config).run(&stream, |(blocks, cuts)| {
        let mut events = vec![start(), json!({ "type": "ping" })];
        for (index, (is_tool, words)) in (0..).zip(blocks) {
            events.push(if is_tool { tool(index, &format!("t{index}")) } else { text(index) });
            events.extend(words.iter().map(|words| delta(index, words)));
            events.extend([delta(index, "words of its own"), stop(index)]);
        }
        events.extend([done(Some("end_turn")), end()]);
        let events = String::from_utf8(written(&events)).expect("text");
        let mut body = streamed(MODEL, "hi");
        (body["events"], body["cuts"]) = (json!(events), json!(cuts));
        let answer = road.ask(&body);
        prop_assert_eq!(answer.end, BodyEnd::Whole);
        prop_assert!(answer.text() == events, "{}", answer.text());
        prop_assert_eq!(&road.entry_of(&answer)["outcome"], "passed");
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}
