//! Connections that are kept: clients' to Salve, and Salve's to upstreams.

use crate::harness::client::Wire;
use crate::harness::{
    Answer, BodyEnd, MODEL, Request, Road, Setup, Sim, Step, Upstream, ask, streamed, upstream,
};

/// Sends over a kept connection and reads one whole answer.
fn over(road: &Road, wire: &mut Wire, request: &Request) -> Answer {
    wire.forget();
    wire.send(&request.clone().with("connection", "keep-alive"));
    let answer = wire.until("a whole answer", |answer| answer.end != BodyEnd::Open);
    if wire.is_for_a_model() {
        road.count(&answer);
    }
    answer
}

#[test]
fn one_connection_carries_answers_streams_and_refusals_one_after_another() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut wire = road.wire();
    for _ in 0..3 {
        let whole = over(&road, &mut wire, &Request::messages(&ask(MODEL, "hi")));
        assert_eq!(whole.status, 200);
        let stream = over(&road, &mut wire, &Request::messages(&streamed(MODEL, "hi")));
        assert!(stream.text().contains("event: message_stop"));
        let list = over(&road, &mut wire, &Request::get("/v1/models"));
        assert_eq!(list.status, 200);
        let malformed = over(&road, &mut wire, &Request::post("/v1/messages", "{"));
        assert_eq!(malformed.status, 400);
    }
}

#[test]
fn a_slow_head_is_told_408_on_a_kept_connection_too_and_idling_is_not() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let before = [
        Request::messages(&ask(MODEL, "hi")),
        Request::messages(&streamed(MODEL, "hi")),
        Request::get("/v1/models"),
        Request::get("/v2/nothing"),
    ];
    let mut idle = road.wire();
    assert_eq!(over(&road, &mut idle, &Request::get("/v1/models")).status, 200);
    let head = Request::messages(&ask(MODEL, "hi")).head();
    let mut slow: Vec<Wire> = before.iter().map(|_| road.wire()).collect();
    for (wire, request) in slow.iter_mut().zip(&before) {
        over(&road, wire, request);
        wire.forget();
        wire.write(&head[..head.len() / 2]);
    }
    for wire in &mut slow {
        let told = wire.read_to_end().expect("an answer");
        assert_eq!((told.status, told.header("salve-fault")), (408, Some("body-too-slow")));
        assert_eq!(told.header("connection"), Some("close"));
        assert_eq!(told.error().0, "timeout_error");
    }
    let after = over(&road, &mut idle, &Request::messages(&ask(MODEL, "hi")));
    assert_eq!(after.status, 200, "a connection may idle for longer than a head may take");
}

#[test]
fn a_refusal_before_the_body_was_read_does_not_confuse_the_next_request() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let mut wire = road.wire();
    let body = ask(MODEL, &"x".repeat(1 << 20));
    let wrong = Request::messages(&body).with("x-api-key", "wrong-wrong-wrong");
    assert_eq!(over(&road, &mut wire, &wrong).status, 401);
    wire.forget();
    wire.send(&Request::messages(&ask(MODEL, "hi")));
    match wire.read_to_end() {
        // The server may close instead, as it must where it did not read the body to its end.
        None => {}
        Some(answer) => {
            road.count(&answer);
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

#[test]
fn an_upstream_that_closes_its_connections_unannounced_is_never_felt() {
    let answer = upstream::json_of("200 OK", upstream::message(MODEL).as_bytes());
    let answer = String::from_utf8(answer).expect("text").replace("connection: close\r\n", "");
    let upstream = Upstream::always(answer.into_bytes());
    let road = Road::to(upstream.url());
    for round in 0..60 {
        let answer = road.ask(&ask(MODEL, "hi"));
        assert_eq!(answer.status, 200, "round {round}: {}", answer.text());
        assert_eq!(answer.header("salve-attempts"), Some("1"));
    }
    assert_eq!(upstream.seen().len(), 60, "nothing is sent twice");
}

#[test]
fn an_http_1_0_client_gets_its_answer() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    let request = Request::messages(&streamed(MODEL, "hi"));
    let head = String::from_utf8(request.head()).expect("text").replace("HTTP/1.1", "HTTP/1.0");
    let mut wire = road.wire();
    wire.write(head.as_bytes());
    wire.write(&request.body);
    let answer = wire.read_to_end().expect("an answer");
    road.count(&answer);
    let raw = String::from_utf8_lossy(wire.raw()).into_owned();
    assert!(raw.ends_with(&String::from_utf8_lossy(&sim.only().answer).into_owned()), "{raw}");
}

#[test]
fn a_model_is_renamed_back_however_the_stream_is_cut_and_spelled() {
    let plain = upstream::events("up\\/stream");
    let spaced = plain.replace("\"model\":", "\"model\" : ");
    let crlf = spaced.replace('\n', "\r\n");
    for (events, is_cut) in [(plain, false), (spaced, true), (crlf, true)] {
        let sent = events.clone();
        let upstream = Upstream::start(move |_| {
            if !is_cut {
                return vec![Step::Send(upstream::stream_of(sent.as_bytes()))];
            }
            let bytes: Vec<Vec<u8>> = sent.bytes().map(|byte| upstream::chunk(&[byte])).collect();
            let whole = [upstream::stream_head(), bytes.concat(), b"0\r\n\r\n".to_vec()].concat();
            vec![Step::Send(whole)]
        });
        let setup = Setup::of(upstream.url()).more("model_ids = { \"asked\" = \"up/stream\" }");
        let road = Road::start(&setup);
        let answer = road.ask(&streamed("asked", "hi"));
        assert_eq!(answer.text(), events.replace("up\\/stream", "asked"));
    }
}

#[test]
fn an_answer_in_the_other_shape_than_asked_for_is_not_passed_on() {
    let stream = Upstream::always(upstream::stream_of(upstream::events(MODEL).as_bytes()));
    let whole = Upstream::always(upstream::json_of("200 OK", upstream::message(MODEL).as_bytes()));
    for (upstream, body) in [(stream, ask(MODEL, "hi")), (whole, streamed(MODEL, "hi"))] {
        let good = Sim::start();
        let road = Road::start(&Setup::of(upstream.url()).channel("good", good.url()));
        let answer = road.ask(&body);
        assert_eq!((answer.status, answer.header("salve-channel")), (200, Some("good")));
        assert!(answer.body == good.only().answer);
    }
}
