//! The ledger: one entry for each admitted request, with the usage the upstream counted.

use std::collections::BTreeSet;
use std::thread;

use salve_ledger::{Multiplier, PriceBook, Timestamp, Usage};
use salve_simulator::Entry;
use serde_json::{Value, json};

use crate::harness::{MODEL, Request, Road, Sim, Upstream, ask, streamed, tool, upstream};

/// The ledger's usage, and its cost by the dated prices, are those of the simulator's books.
fn agrees(entry: &Value, served: &Entry) {
    let used = served.usage.clone().expect("usage");
    let usage = Usage {
        input_tokens: used.input_tokens,
        output_tokens: used.output_tokens,
        cache_read_input_tokens: used.cache_read_input_tokens,
        cache_creation_5m_input_tokens: used.cache_creation.ephemeral_5m_input_tokens,
        cache_creation_1h_input_tokens: used.cache_creation.ephemeral_1h_input_tokens,
        web_search_requests: used.server_tool_use.map_or(0, |tools| tools.web_search_requests),
    };
    let logged: Usage = serde_json::from_value(entry["usage"].clone()).expect("usage");
    assert_eq!(logged, usage, "{entry}");
    let model = served.model.clone().expect("a model");
    let at: Timestamp = serde_json::from_value(entry["time"].clone()).expect("a time");
    let cost = PriceBook::embedded().cost(&model, at, &usage, Multiplier::ONE);
    assert_eq!(entry["cost_nano_usd"], json!(cost.amount), "{entry}");
    assert!(entry["cost_nano_usd"].as_i64() > Some(0), "{entry}");
    assert_eq!((&entry["estimated"], &entry["model_known"]), (&json!(false), &json!(true)));
    assert_eq!(entry["stop_reason"], json!(served.stop_reason));
    assert_eq!(entry["response_bytes"], served.answer_bytes);
}

/// A long prompt that is written to the cache, both lifetimes, and read on the second turn.
fn cached(is_stream: bool) -> Value {
    let filler = |word: &str| format!("{word} ").repeat(6_000);
    json!({
        "model": MODEL, "max_tokens": 500, "stream": is_stream,
        "system": [{ "type": "text", "text": filler("hour"),
            "cache_control": { "type": "ephemeral", "ttl": "1h" } }],
        "messages": [{ "role": "user", "content": [{ "type": "text", "text": filler("minutes"),
            "cache_control": { "type": "ephemeral" } }] }],
    })
}

#[test]
fn usage_and_cost_equal_the_upstreams_books() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut with_tool = streamed(MODEL, "[[say:so]] [[tool:Bash {\"command\":\"ls\"}]]");
    with_tool["tools"] = json!([tool("Bash")]);
    let mut search = streamed(MODEL, "[[search:the weather]]");
    search["tools"] =
        json!([{ "type": "web_search_20250305", "name": "web_search", "max_uses": 8 }]);
    let bodies = [
        ask(MODEL, "[[tokens:321]]"),
        streamed(MODEL, "[[tokens:321]]"),
        streamed("claude-haiku-4-5", "grüß dich"),
        ask("claude-sonnet-4-5", "hi"),
        with_tool,
        search,
        cached(true),
        cached(false),
    ];
    for (place, body) in bodies.iter().enumerate() {
        let beta = "extended-cache-ttl-2025-04-11";
        let answer = road.send(&Request::messages(body).and("anthropic-beta", beta));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let served = sim.books()[place].clone();
        let entry = road.entry_of(&answer);
        agrees(&entry, &served);
        assert_eq!((&entry["model"], &entry["upstream_model"]), (&body["model"], &body["model"]));
        assert_eq!(entry["request_bytes"], body.to_string().len());
    }
    let log = road.log();
    let usage = |place: usize| log[place]["usage"].clone();
    assert!(usage(5)["web_search_requests"].as_u64() > Some(0), "{}", usage(5));
    assert!(usage(6)["cache_creation_1h_input_tokens"].as_u64() > Some(1_000), "{}", usage(6));
    assert!(usage(6)["cache_creation_5m_input_tokens"].as_u64() > Some(1_000), "{}", usage(6));
    assert!(usage(7)["cache_read_input_tokens"].as_u64() > Some(2_000), "{}", usage(7));
}

#[test]
fn an_entry_says_who_asked_for_what_and_how_long_it_took() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    sim.fail("delay=150");
    let request = Request::messages(&streamed(MODEL, "[[say:slow]] [[deltas:4]] [[pace:30]]"))
        .and("x-claude-code-session-id", "the-session")
        .and("user-agent", "claude-cli/2.1.330 (external, cli)");
    let answer = road.send(&request);
    let entry = road.entry_of(&answer);
    for (name, value) in [
        ("key", json!("declared")),
        ("user", json!("somebody")),
        ("group", json!("default")),
        ("session", json!("the-session")),
        ("agent", json!("claude-cli/2.1.330 (external, cli)")),
        ("channel", json!("one")),
        ("outcome", json!("passed")),
        ("status", json!(200)),
        ("fault", json!(null)),
        ("remedies", json!([])),
        ("queue_ms", json!(0)),
    ] {
        assert_eq!(entry[name], value, "{name}: {entry}");
    }
    let ms = |name: &str| entry[name].as_u64().expect("a time");
    assert!(ms("first_byte_ms") >= 150 && ms("total_ms") >= ms("first_byte_ms") + 60, "{entry}");
    assert_eq!(entry["attempts"][0]["channel"], "one");
    assert!(entry["attempts"][0]["ms"].as_u64() >= Some(150), "{entry}");
}

#[test]
fn a_session_is_the_header_else_the_metadata_else_the_prefix() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let with = |user_id: &str, text: &str| {
        let mut body = ask(MODEL, text);
        body["metadata"] = json!({ "user_id": user_id });
        road.entry_of(&road.ask(&body))["session"].clone()
    };
    let nested = json!({ "device_id": "d", "session_id": "inner" }).to_string();
    assert_eq!(with(&nested, "hi"), "inner");
    assert_eq!(with("plain-user", "hi"), "plain-user");
    let session = |body: &Value| road.entry_of(&road.ask(body))["session"].clone();
    let first = session(&ask(MODEL, "a conversation"));
    assert_eq!(session(&ask(MODEL, "a conversation")), first);
    assert_ne!(session(&ask(MODEL, "another one")), first);
}

#[test]
fn an_unknown_model_is_priced_by_rule_and_flagged() {
    let reply = upstream::message("mystery-1");
    let bytes = upstream::json_of("200 OK", reply.as_bytes());
    let upstream = Upstream::always(bytes);
    let road = Road::to(upstream.url());
    let entry = road.entry_of(&road.ask(&ask("mystery-1", "hi")));
    assert_eq!(entry["model_known"], false);
    assert!(entry["cost_nano_usd"].as_i64() > Some(0), "{entry}");
    assert_eq!(entry["estimated"], false, "the usage itself is known");
}

#[test]
fn an_answer_without_usage_is_estimated() {
    let upstream = Upstream::always(upstream::json_of(
        "200 OK",
        b"{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"a text of a length\"}]}",
    ));
    let road = Road::to(upstream.url());
    let entry = road.entry_of(&road.ask(&ask(MODEL, &"long ".repeat(1_000))));
    assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("passed"), &json!(true)));
    assert!(entry["usage"]["input_tokens"].as_u64() > Some(500), "{entry}");
    assert!(entry["usage"]["output_tokens"].as_u64() > Some(0), "{entry}");
}

#[test]
fn an_answer_that_breaks_off_before_the_client_has_any_may_be_charged_and_is_estimated() {
    let long = "long ".repeat(1_000);
    let message = upstream::message(MODEL);
    let whole = upstream::json_of("200 OK", message.as_bytes());
    let cut = whole[..whole.len() - 20].to_vec();
    let events = upstream::events(MODEL);
    let (start, _) = events.split_once("event: content_block_start").expect("a first event");
    let opening = [upstream::stream_head(), upstream::chunk(start.as_bytes())].concat();
    for (answer, is_stream) in [(cut, false), (opening, true)] {
        let upstream = Upstream::always(answer);
        let road = Road::to(upstream.url());
        let body = if is_stream { streamed(MODEL, &long) } else { ask(MODEL, &long) };
        let told = road.ask(&body);
        assert_eq!(told.status, 503, "{}", told.text());
        let entry = road.entry_of(&told);
        assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("told"), &json!(true)));
        assert!(entry["usage"]["input_tokens"].as_u64() > Some(0), "{entry}");
        assert!(entry["cost_nano_usd"].as_i64() > Some(0), "{entry}");
        if !is_stream {
            assert!(entry["usage"]["input_tokens"].as_u64() > Some(1_000), "the floor: {entry}");
            assert_eq!(entry["usage"]["output_tokens"], 0, "none came: {entry}");
        }
    }
}

#[test]
fn a_refusal_that_breaks_off_and_a_connection_that_breaks_before_an_answer_cost_nothing() {
    let refusal = upstream::json_of("500 Internal Server Error", b"{\"type\":\"error\"}");
    let cut = refusal[..refusal.len() - 5].to_vec();
    for answer in [cut, Vec::new()] {
        let upstream = Upstream::always(answer);
        let road = Road::to(upstream.url());
        for body in [ask(MODEL, "hi"), streamed(MODEL, "hi")] {
            let entry = road.entry_of(&road.ask(&body));
            assert_eq!(entry["outcome"], "told");
            assert_eq!((&entry["cost_nano_usd"], &entry["estimated"]), (&json!(0), &json!(false)));
        }
    }
}

#[test]
fn hostile_usage_neither_breaks_the_answer_nor_the_ledger() {
    let body =
        b"{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":-5,\"output_tokens\":\
        99999999999999999999999999,\"cache_read_input_tokens\":\"x\",\"cache_creation\":7}}";
    let upstream = Upstream::always(upstream::json_of("200 OK", body));
    let road = Road::to(upstream.url());
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!(answer.body, body);
    let entry = road.entry_of(&answer);
    assert!(entry["cost_nano_usd"].as_i64() >= Some(0), "{entry}");
}

#[test]
fn kill_9_in_midstream_leaves_one_estimated_entry_for_each_request() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    let whole = road.ask(&streamed(MODEL, "hi"));
    let slow = streamed(MODEL, "[[tokens:400]] [[deltas:200]] [[pace:50]]");
    let mut wires: Vec<_> = (0..5).map(|_| road.open(&Request::messages(&slow))).collect();
    for wire in &mut wires {
        road.count(&wire.until("some deltas", |answer| answer.names().len() > 4));
    }
    road.kill();
    // What the stopped store says, and what the next start makes of it, is the same.
    assert_eq!(counted(&road.log()), (6, 5));
    road.start_again();
    let log = road.log_of(6);
    assert_eq!(counted(&log), (6, 5));
    for entry in log.iter().filter(|entry| entry["request_id"] != whole.request_id()) {
        assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("abandoned"), &json!(true)));
        assert!(entry["usage"]["input_tokens"].as_u64() > Some(0), "{entry}");
        assert!(entry["cost_nano_usd"].as_i64() > Some(0), "{entry}");
    }
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200);
    assert_eq!(road.stop(), Some(0));
    road.start_again();
    assert_eq!(road.log_of(7).len(), 7, "nothing is replayed twice");
}

/// How many entries, and how many of them abandoned.
fn counted(log: &[Value]) -> (usize, usize) {
    (log.len(), log.iter().filter(|entry| entry["outcome"] == "abandoned").count())
}

#[test]
fn kill_9_before_any_answer_leaves_an_entry_too() {
    let upstream = Upstream::start(|_| vec![crate::harness::Step::AwaitLeaving]);
    let mut road = Road::to(upstream.url());
    let wire = road.open(&Request::messages(&ask(MODEL, "hi")));
    crate::harness::wait::until("the request upstream", || {
        (!upstream.seen().is_empty()).then_some(())
    });
    road.kill();
    road.one_unseen();
    drop(wire);
    road.start_again();
    let entry = road.only_entry();
    assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("abandoned"), &json!(true)));
    assert_eq!((&entry["key"], &entry["model"]), (&json!("declared"), &json!(MODEL)));
}

#[test]
fn kill_9_at_any_moment_of_a_burst_loses_and_doubles_nothing() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    for round in 1..=3 {
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| burst(&road));
            }
            // Each round is cut off at another point of the traffic, not after a time.
            crate::harness::wait::until("traffic", || {
                (sim.control().counters().requests >= round * 60).then_some(())
            });
            road.kill();
        });
        road.start_again();
        // An answer that was seen has its entry; a request that was cut off may have one.
        let log = road.log();
        let ids: BTreeSet<_> =
            log.iter().map(|e| e["request_id"].as_str().expect("an id")).collect();
        assert_eq!(ids.len(), log.len(), "an entry is doubled");
        for id in road.admitted_so_far() {
            assert!(ids.contains(id.as_str()), "{id} is lost");
        }
        road.expect_entries(log.len());
    }
}

/// Asks again and again until the server is gone.
fn burst(road: &Road) {
    loop {
        let Some(mut wire) = road.try_wire() else {
            return;
        };
        wire.send(&Request::messages(&ask(MODEL, "hi")));
        match wire.read_to_end() {
            Some(answer) if answer.end == crate::harness::BodyEnd::Whole => road.count(&answer),
            Some(_) | None => return,
        }
    }
}

#[test]
fn two_hundred_requests_at_once_leave_two_hundred_entries() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    thread::scope(|scope| {
        for number in 0..200 {
            let road = &road;
            scope.spawn(move || {
                let body = if number % 2 == 0 { ask(MODEL, "hi") } else { streamed(MODEL, "hi") };
                assert_eq!(road.ask(&body).status, 200);
            });
        }
    });
    let log = road.log_of(200);
    assert_eq!(log.len(), 200);
    let served: u64 =
        sim.books().iter().map(|e| e.usage.clone().expect("usage").output_tokens).sum();
    let logged: u64 = log.iter().filter_map(|e| e["usage"]["output_tokens"].as_u64()).sum();
    assert_eq!(logged, served);
    assert!(log.iter().all(|entry| entry["outcome"] == "passed" && entry["estimated"] == false));
}
