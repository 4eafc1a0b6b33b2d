//! Clients that leave: the upstream is let go, and the entry is there.

use std::time::Duration;

use serde_json::json;

use crate::harness::{MODEL, Request, Road, Sim, Step, Upstream, ask, streamed, upstream, wait};

const SOON: Duration = Duration::from_secs(2);

#[test]
fn a_client_that_leaves_midstream_pays_for_what_was_sent() {
    let upstream = Upstream::start(|_| {
        let (now, _) = upstream::halves(MODEL);
        vec![Step::Send(upstream::begun_with(&now)), Step::AwaitLeaving]
    });
    let road = Road::to(upstream.url());
    let mut wire = road.open(&Request::messages(&streamed(MODEL, "hi")));
    road.count(&wire.until_text("Hello"));
    drop(wire);
    wait::within(SOON, "the upstream to be let go", || upstream.has_reader_left().then_some(()));
    let entry = road.only_entry();
    assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("abandoned"), &json!(true)));
    assert_eq!(entry["usage"]["input_tokens"], 11, "what the upstream said of the input");
    assert!(entry["usage"]["output_tokens"].as_u64() > Some(1), "what was seen of the output");
    assert!(entry["cost_nano_usd"].as_i64() > Some(0));
    assert_eq!(entry["attempts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_client_that_leaves_before_any_answer_lets_the_upstream_go() {
    for body in [streamed(MODEL, "hi"), ask(MODEL, "hi")] {
        let upstream = Upstream::start(|_| vec![Step::AwaitLeaving]);
        let road = Road::to(upstream.url());
        let wire = road.open(&Request::messages(&body));
        wait::until("the request upstream", || (!upstream.seen().is_empty()).then_some(()));
        drop(wire);
        road.one_unseen();
        wait::within(SOON, "the upstream to be let go", || {
            upstream.has_reader_left().then_some(())
        });
        let entry = road.only_entry();
        assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("abandoned"), &json!(true)));
        assert_eq!((&entry["status"], &entry["channel"]), (&json!(null), &json!("one")), "{entry}");
        assert_eq!(entry["attempts"].as_array().map(Vec::len), Some(1), "{entry}");
    }
}

#[test]
fn a_client_that_leaves_a_paced_simulator_is_gone_from_its_books_soon() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let body = streamed(MODEL, "[[tokens:400]] [[deltas:200]] [[pace:50]]");
    let mut wire = road.open(&Request::messages(&body));
    road.count(&wire.until("some deltas", |answer| answer.names().len() > 8));
    drop(wire);
    wait::within(SOON, "the reader to have left", || {
        (sim.books()[0].ended == salve_simulator::Ended::ReaderLeft).then_some(())
    });
    let entry = road.only_entry();
    let served = sim.books()[0].usage.clone().expect("usage");
    assert_eq!(entry["usage"]["input_tokens"], served.input_tokens);
    let output = entry["usage"]["output_tokens"].as_u64().expect("a count");
    assert!(output > 0 && output < served.output_tokens, "{output} of {}", served.output_tokens);
}

#[test]
fn a_client_that_leaves_right_after_the_last_event_has_its_whole_answer() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut wire = road.open(&Request::messages(&streamed(MODEL, "hi")));
    road.count(&wire.until_text("event: message_stop"));
    drop(wire);
    let entry = road.only_entry();
    assert_eq!((&entry["outcome"], &entry["estimated"]), (&json!("passed"), &json!(false)));
}
