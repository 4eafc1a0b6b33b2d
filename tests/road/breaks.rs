//! Streams that break after content end so that the client loses least, and never as if whole.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    Answer, BodyEnd, MODEL, Request, Road, Sim, Step, Upstream, streamed, tool, upstream, wait,
};

/// A prompt whose answer is a text, then a tool call.
fn text_then_tool() -> Value {
    let mut body = streamed(
        MODEL,
        "[[say:a text to be cut somewhere]] [[deltas:4]] [[tool:Bash {\"command\":\"ls\"}]]",
    );
    body["tools"] = json!([tool("Bash")]);
    body
}

/// A prompt whose answer is a tool call alone.
fn tool_alone() -> Value {
    let mut body = streamed(MODEL, "[[deltas:4]] [[tool:Bash {\"command\":\"ls -l\"}]]");
    body["tools"] = json!([tool("Bash")]);
    body
}

/// The answer to `body` when its upstream breaks at `place` in each of its ways.
fn broken(body: &Value, place: &str, check: impl Fn(&Answer, &Value, &str)) {
    for how in ["reset", "cut", "end", "error=overloaded_error"] {
        let sim = Sim::start();
        sim.fail(&format!("{how};at={place}"));
        let road = Road::to(sim.url());
        let answer = road.ask(body);
        assert_eq!(answer.status, 200, "{how} at {place}: {}", answer.text());
        assert_eq!(answer.header("salve-attempts"), Some("1"));
        check(&answer, &road.entry_of(&answer), &format!("{how} at {place}"));
        assert_eq!(sim.books().len(), 1, "there is no second attempt");
    }
}

/// A break that is told: an `error` event of type `api_error` with the request's id, last.
fn is_told(answer: &Answer, entry: &Value, place: &str) {
    assert_eq!(answer.end, BodyEnd::Whole, "{place}");
    let events = answer.events();
    let (name, data) = events.last().expect("an event");
    assert_eq!(name, "error", "{place}: {}", answer.text());
    assert_eq!((&data["type"], &data["error"]["type"]), (&json!("error"), &json!("api_error")));
    assert_eq!(data["request_id"], answer.request_id());
    assert!(data["error"]["message"].as_str().is_some_and(|text| text.len() > 20), "{data}");
    assert!(!answer.text().contains("message_stop"), "{place}");
    lost(entry, place);
}

/// What the ledger says of a break: told, partial, estimated.
fn lost(entry: &Value, place: &str) {
    assert_eq!(entry["outcome"], "told", "{place}: {entry}");
    assert!(entry["fault"].is_string(), "{place}: {entry}");
    assert_eq!(entry["estimated"], true, "{place}: {entry}");
    assert!(entry["usage"]["input_tokens"].as_u64() > Some(0), "{place}: {entry}");
    assert!(entry["cost_nano_usd"].as_i64() > Some(0), "partial output is settled: {entry}");
}

#[test]
fn an_open_text_block_is_closed_before_the_error() {
    broken(
        &streamed(MODEL, "[[say:a text to be cut]] [[deltas:6]]"),
        "block.0.3",
        |answer, entry, place| {
            is_told(answer, entry, place);
            let names = answer.names();
            assert_eq!(names[names.len() - 2..], ["content_block_stop", "error"], "{place}");
            let events = answer.events();
            assert_eq!(events[events.len() - 2].1["index"], 0);
            assert!(entry["usage"]["output_tokens"].as_u64() > Some(0), "{entry}");
        },
    );
}

/// The same for a break that ends the connection: half a block never looks whole. What was not
/// yet on its way is lost with it, so the answer may not even have begun.
fn cut_off(body: &Value, place: &str) {
    for how in ["reset", "cut", "end", "error=overloaded_error"] {
        let sim = Sim::start();
        sim.fail(&format!("{how};at={place}"));
        let road = Road::to(sim.url());
        let mut wire = road.open(&Request::messages(body));
        match wire.read_to_end() {
            None => road.one_unseen(),
            Some(answer) => {
                road.count(&answer);
                assert_eq!((answer.status, answer.end), (200, BodyEnd::Cut), "{}", answer.text());
                assert!(!answer.text().contains("content_block_stop"), "{}", answer.text());
                assert!(!answer.text().contains("event: error"), "{}", answer.text());
            }
        }
        lost(&road.only_entry(), &format!("{how} at {place}"));
        assert_eq!(sim.books().len(), 1, "there is no second attempt");
    }
}

#[test]
fn a_first_tool_call_that_breaks_is_cut_off_with_the_connection() {
    cut_off(&tool_alone(), "block.0.1");
}

#[test]
fn a_first_thinking_block_that_breaks_is_cut_off_with_the_connection() {
    let mut body = streamed(MODEL, "[[think:long thoughts about it]] [[deltas:4]] [[say:done]]");
    body["thinking"] = json!({ "type": "adaptive" });
    cut_off(&body, "block.0.2");
}

#[test]
fn a_cut_after_content_was_read_shows_the_client_what_there_was() {
    let events = upstream::events(MODEL).replace("\"type\":\"text\"", "\"type\":\"tool_use\"");
    let (begun, _) = events.split_once("event: content_block_stop").expect("a place");
    let begun = begun.to_owned();
    let sent = begun.clone();
    let upstream = Upstream::start(move |_| {
        vec![Step::Send(upstream::begun_with(sent.as_bytes())), Step::AwaitGo]
    });
    let road = Road::to(upstream.url());
    let mut wire = road.open(&Request::messages(&streamed(MODEL, "hi")));
    wire.until_text("Hello");
    upstream.go();
    let answer = road.end_of(&mut wire);
    assert_eq!((answer.text(), answer.end), (begun, BodyEnd::Cut));
    lost(&road.entry_of(&answer), "after content");
}

#[test]
fn a_later_tool_call_that_breaks_stays_open_and_is_told() {
    broken(&text_then_tool(), "block.1.1", |answer, entry, place| {
        is_told(answer, entry, place);
        let stops = answer.names().iter().filter(|name| *name == "content_block_stop").count();
        assert_eq!(stops, 1, "half a call never looks whole: {}", answer.text());
    });
}

#[test]
fn a_break_between_text_blocks_is_told() {
    let body = streamed(MODEL, "[[blocks:3]]");
    broken(&body, "block.0.stop", is_told);
}

#[test]
fn after_a_complete_tool_call_the_missing_tail_is_supplied() {
    for body in [tool_alone(), text_then_tool()] {
        let last = if body == tool_alone() { "block.0.stop" } else { "block.1.stop" };
        broken(&body, last, |answer, entry, place| {
            assert_eq!(answer.end, BodyEnd::Whole, "{place}");
            let names = answer.names();
            let tail = &names[names.len() - 3..];
            assert_eq!(tail, ["content_block_stop", "message_delta", "message_stop"], "{place}");
            let events = answer.events();
            let delta = &events[events.len() - 2].1;
            assert_eq!(delta["delta"]["stop_reason"], "tool_use");
            assert!(delta["usage"]["output_tokens"].as_u64() > Some(0), "{delta}");
            assert_eq!(names.iter().filter(|name| *name == "error").count(), 0);
            assert_eq!(entry["outcome"], "cured", "{place}: {entry}");
            assert_eq!(entry["estimated"], true, "{place}: {entry}");
        });
    }
}

#[test]
fn after_message_delta_the_missing_stop_is_supplied() {
    broken(&streamed(MODEL, "[[say:hello]]"), "message_delta", |answer, entry, place| {
        assert_eq!(answer.end, BodyEnd::Whole, "{place}");
        let names = answer.names();
        assert_eq!(names[names.len() - 2..], ["message_delta", "message_stop"], "{place}");
        assert_eq!(entry["outcome"], "cured", "{place}: {entry}");
        assert_eq!(entry["estimated"], false, "the usage was whole: {entry}");
    });
}

#[test]
fn an_event_over_16_megabytes_breaks_the_stream_and_not_the_gateway() {
    let sim = Sim::start();
    sim.fail_always("huge=20000000");
    let road = Road::to(sim.url());
    let answer = road.ask(&streamed(MODEL, "[[say:small]]"));
    assert!(answer.body.len() < 1_000_000, "{} bytes", answer.body.len());
    assert!(!answer.text().contains("message_stop"), "a loss is never hidden");
    road.entry_of(&answer);
}

#[test]
fn a_stop_is_not_supplied_twice() {
    let events = upstream::events(MODEL);
    let upstream = Upstream::start(move |_| {
        // Chunked without its last chunk: the connection ends after the stop.
        vec![Step::Send([upstream::stream_head(), upstream::chunk(events.as_bytes())].concat())]
    });
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.text(), upstream::events(MODEL));
    assert_eq!(answer.end, BodyEnd::Whole);
    assert_eq!(road.entry_of(&answer)["outcome"], "passed");
}

#[test]
fn a_silent_upstream_is_bridged_by_comments_before_content_and_pings_after() {
    let upstream = Upstream::start(|seen| {
        let (now, later) = upstream::halves(MODEL);
        let silence = Step::Pause(Duration::from_millis(15_500));
        let begun = Step::Send(upstream::begun_with(&now));
        let rest = Step::Send(upstream::ended_with(&later));
        match String::from_utf8_lossy(&seen.body).contains("before content") {
            true => vec![Step::Pause(Duration::from_millis(10_500)), begun, rest],
            false => vec![begun, silence, rest],
        }
    });
    let road = Road::to(upstream.url());
    let mut before = road.open(&Request::messages(&streamed(MODEL, "before content")));
    let mut between = road.open(&Request::messages(&streamed(MODEL, "between content")));
    let early = before.until_text(": keep-alive\n\n");
    assert_eq!(early.status, 200);
    assert_eq!(early.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert!(early.header("salve-request-id").is_some());
    let answer = road.end_of(&mut before);
    assert_eq!(answer.text(), format!(": keep-alive\n\n{}", upstream::events(MODEL)));
    assert_eq!(
        (answer.end, &road.entry_of(&answer)["outcome"]),
        (BodyEnd::Whole, &json!("passed"))
    );
    let answer = road.end_of(&mut between);
    let (now, later) = upstream::halves(MODEL);
    let ping = b"event: ping\ndata: {\"type\": \"ping\"}\n\n";
    assert!(answer.body == [&now[..], ping, &later].concat(), "{}", answer.text());
    assert_eq!(
        (answer.end, &road.entry_of(&answer)["outcome"]),
        (BodyEnd::Whole, &json!("passed"))
    );
}

#[test]
fn a_wait_that_ends_in_failure_is_told_in_band_to_a_client_that_was_kept() {
    let (slow, bad) = (Sim::start(), Sim::start());
    slow.fail("delay=10600|status=529");
    slow.fail_always("status=529");
    bad.fail_always("status=500");
    let setup = crate::harness::Setup::of(slow.url()).channel("two", bad.url());
    let road = Road::start(&setup);
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!((answer.status, answer.end), (200, BodyEnd::Whole));
    assert!(answer.text().starts_with(": keep-alive\n\n"), "{}", answer.text());
    let events = answer.events();
    assert_eq!((events.len(), events[0].0.as_str()), (1, "error"));
    assert_eq!(events[0].1["error"]["type"], "api_error");
    let entry = road.entry_of(&answer);
    assert_eq!(
        (&entry["outcome"], &entry["cost_nano_usd"]),
        (&json!("told"), &json!(0)),
        "{entry}"
    );
    assert!(entry["fault"].is_string(), "{entry}");
    assert!(entry["attempts"].as_array().is_some_and(|tried| tried.len() >= 2), "{entry}");
}

#[test]
fn a_client_that_reads_nothing_slows_its_upstream() {
    let upstream = Upstream::start(|_| {
        let delta = format!(
            "event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\
             \"delta\":{{\"type\":\"text_delta\",\"text\":\"{}\"}}}}\n\n",
            "x".repeat(1 << 20)
        );
        let (now, later) = upstream::halves(MODEL);
        let mut steps = vec![Step::Send(upstream::begun_with(&now))];
        steps.extend(vec![Step::Send(upstream::chunk(delta.as_bytes())); 40]);
        steps.push(Step::Send(upstream::ended_with(&later)));
        steps
    });
    let road = Road::to(upstream.url());
    let mut wire = road.open(&Request::messages(&streamed(MODEL, "hi")));
    wire.until_text("Hello");
    let before = resident_kilobytes(&road, Duration::ZERO);
    let peak = resident_kilobytes(&road, Duration::from_millis(1_500));
    assert!(peak < before + 20_000, "{before} to {peak} KB while 40 MB were waiting");
    let answer = road.end_of(&mut wire);
    assert_eq!(answer.end, BodyEnd::Whole);
    assert!(answer.body.len() > 40 << 20, "nothing was lost by waiting");
}

/// The most memory the server held within a time.
fn resident_kilobytes(road: &Road, time: Duration) -> u64 {
    let pid = road.process(|process| process.pid());
    let deadline = tokio::time::Instant::now() + time;
    let mut peak = 0;
    wait::until("a look at the memory", || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("VmRSS");
        let resident = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
        peak = peak.max(resident);
        (tokio::time::Instant::now() > deadline).then_some(())
    });
    peak
}
