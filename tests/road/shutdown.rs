//! SIGTERM: nobody new is let in, who is inside may finish, everything is settled, exit 0.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::harness::{
    BodyEnd, MODEL, Request, Road, Setup, Sim, Step, Upstream, ask, streamed, wait,
};

/// An answer that takes two seconds.
fn slow() -> Request {
    Request::messages(&streamed(MODEL, "[[tokens:100]] [[deltas:50]] [[pace:40]]"))
}

/// An answer that takes for ever.
fn endless() -> Request {
    Request::messages(&streamed(MODEL, "[[tokens:60000]] [[deltas:6000]] [[pace:50]]"))
}

fn terminate(road: &Road) {
    road.stopped();
    road.process(|process| process.signal("TERM"));
    road.until_said("stopping");
}

fn exit_code(road: &Road) -> Option<i32> {
    road.process(|process| process.wait(Duration::from_secs(15)))
}

#[test]
fn running_streams_finish_whole_while_nobody_new_is_let_in() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut running = road.open(&slow());
    running.until_text("content_block_delta");
    terminate(&road);
    draining_is_told(&road);
    let answer = road.end_of(&mut running);
    assert_eq!(answer.end, BodyEnd::Whole);
    assert!(answer.body == sim.only().answer, "{}", answer.text());
    assert_eq!(exit_code(&road), Some(0));
    let entry = road.only_entry();
    assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("passed"), &json!(false)));
    assert!(!road.data().join("salve.run").exists());
}

/// Who comes now is told to come back, on a connection that ends with that, and whoever asks
/// whether this server is ready or alive is told so.
fn draining_is_told(road: &Road) {
    let told = |request: Request| {
        let kept = request.with("connection", "keep-alive");
        let answer = road.open(&kept).read_to_end().expect("an answer");
        assert_eq!(answer.end, BodyEnd::Whole);
        assert_eq!(answer.header("connection"), Some("close"), "{answer:?}");
        answer
    };
    let ready = told(Request::bare("GET", "/readyz"));
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("draining")));
    assert_eq!(told(Request::bare("GET", "/healthz")).status, 200);
    for body in [ask(MODEL, "hi"), streamed(MODEL, &"long ".repeat(100_000))] {
        let refused = told(Request::messages(&body));
        assert_eq!(
            (refused.status, refused.header("salve-fault")),
            (503, Some("gateway-draining"))
        );
        assert!(refused.header("retry-after").is_some());
        refused.error();
    }
}

#[test]
fn an_idle_server_goes_on_saying_that_it_stops_for_as_long_as_configured() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).server("drain_grace_seconds = 2"));
    let asked = Instant::now();
    terminate(&road);
    draining_is_told(&road);
    // Neither one that says nothing nor one that never ends keeps it.
    let (_silent, mut stuck) = (road.wire(), road.wire());
    stuck.write(b"GET /readyz HTTP/1.1\r\n");
    assert_eq!(exit_code(&road), Some(0));
    let took = asked.elapsed();
    assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(6), "{took:?}");
    assert!(road.try_wire().is_none(), "nobody listens any more");
    assert!(sim.books().is_empty());
}

#[test]
fn a_second_signal_ends_the_grace_too() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).server("drain_grace_seconds = 30"));
    terminate(&road);
    let asked = Instant::now();
    road.process(|process| process.signal("TERM"));
    assert_eq!(exit_code(&road), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[test]
fn a_connection_that_was_open_before_is_told_that_we_are_draining() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut running = road.open(&slow());
    running.until_text("content_block_delta");
    // The head is on its way before the signal, the rest comes after it.
    let request = Request::messages(&ask(MODEL, "hi"));
    let head = request.head();
    let (first, rest) = head.split_at(head.len() / 2);
    let mut late = road.wire();
    late.write(first);
    road.is_ready();
    terminate(&road);
    late.write(rest);
    late.write(&request.body);
    if let Some(answer) = late.read_to_end() {
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some("gateway-draining"));
        assert!(answer.header("retry-after").is_some());
        answer.error();
    }
    road.end_of(&mut running);
    assert_eq!(exit_code(&road), Some(0));
    assert_eq!(sim.books().len(), 1);
}

#[test]
fn past_the_deadline_the_rest_are_told_in_band_and_settled() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).server("drain_seconds = 1"));
    let mut wires: Vec<_> = (0..4).map(|_| road.open(&endless())).collect();
    for wire in &mut wires {
        wire.until_text("content_block_delta");
    }
    terminate(&road);
    for wire in &mut wires {
        let answer = road.end_of(wire);
        assert_eq!(answer.end, BodyEnd::Whole);
        let names = answer.names();
        assert_eq!(names[names.len() - 2..], ["content_block_stop", "error"]);
        let told = answer.events().pop().expect("an event").1;
        assert_eq!(told["error"]["type"], "api_error");
        assert!(told["error"]["message"].as_str().is_some_and(|text| text.contains("restarting")));
    }
    assert_eq!(exit_code(&road), Some(0));
    let log = road.log();
    assert_eq!(log.len(), 4);
    for entry in log {
        assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("told"), &json!(true)));
        assert_eq!(entry["fault"], "gateway-stopped");
        assert!(entry["cost_nano_usd"].as_i64() > Some(0), "partial output is settled: {entry}");
    }
}

#[test]
fn past_the_deadline_a_request_without_an_answer_yet_is_told_503() {
    let upstream = Upstream::start(|_| vec![Step::AwaitLeaving]);
    let road = Road::start(&Setup::of(upstream.url()).server("drain_seconds = 1"));
    let mut wires = [road.open(&Request::messages(&ask(MODEL, "hi"))), road.open(&endless())];
    wait::until("both requests upstream", || (upstream.seen().len() == 2).then_some(()));
    terminate(&road);
    for wire in &mut wires {
        let answer = wire.read_to_end().expect("an answer");
        assert_eq!((answer.status, answer.header("salve-fault")), (503, Some("gateway-stopped")));
        assert!(answer.header("retry-after").is_some());
        answer.error();
        // Admitted, other than those who are told so at the door.
        road.one_unseen();
    }
    assert_eq!(exit_code(&road), Some(0));
    let log = road.log();
    assert_eq!(log.len(), 2);
    for entry in log {
        assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("told"), &json!(true)));
        assert!(entry["usage"]["input_tokens"].as_u64() > Some(0), "it may be charged: {entry}");
    }
}

#[test]
fn a_second_signal_ends_the_waiting() {
    for second in ["TERM", "INT"] {
        let sim = Sim::start();
        let road = Road::start(&Setup::of(sim.url()).server("drain_seconds = 600"));
        let mut wire = road.open(&endless());
        wire.until_text("content_block_delta");
        terminate(&road);
        let asked = Instant::now();
        road.process(|process| process.signal(second));
        let answer = road.end_of(&mut wire);
        assert!(answer.text().contains("event: error"), "{}", answer.text());
        assert_eq!(exit_code(&road), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(5), "{second}: {:?}", asked.elapsed());
    }
}

#[test]
fn an_idle_server_with_open_connections_stops_at_once() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut kept = road.wire();
    let request = Request::messages(&ask(MODEL, "hi")).with("connection", "keep-alive");
    kept.send(&request);
    road.count(&kept.until("its answer", |answer| answer.end == BodyEnd::Whole));
    let _idle = road.wire();
    let asked = Instant::now();
    assert_eq!(road.stop(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
}

#[test]
fn sigint_stops_like_sigterm() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    road.ask(&ask(MODEL, "hi"));
    road.stopped();
    road.process(|process| process.signal("INT"));
    assert_eq!(exit_code(&road), Some(0));
    assert_eq!(road.log().len(), 1);
}

#[test]
fn after_a_stop_and_a_start_everything_is_there() {
    let sim = Sim::start();
    let mut road = Road::to(sim.url());
    let before = road.entry_of(&road.ask(&ask(MODEL, "hi")));
    assert_eq!(road.stop(), Some(0));
    road.start_again();
    assert_eq!(road.log(), [before]);
}
