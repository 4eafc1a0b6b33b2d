//! Odd answers and odd names: what is unusual but right goes on, what is wrong harms nobody.

use serde_json::json;

use crate::harness::{MODEL, Request, Road, Sim, Upstream, ask, streamed, upstream};

#[test]
fn an_answer_that_no_request_could_be_still_reaches_its_client() {
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    let odd = [
        r#"{"type":"message","content":[{"type":"text","text":"\ud83d"}],"usage":{"input_tokens":1,"output_tokens":1}}"#.to_owned(),
        format!(r#"{{"type":"message","content":{deep},"usage":{{"input_tokens":1,"output_tokens":1}}}}"#),
    ];
    for body in odd {
        let upstream = Upstream::always(upstream::json_of("200 OK", body.as_bytes()));
        let road = Road::to(upstream.url());
        let answer = road.ask(&ask(MODEL, "hello"));
        assert_eq!((answer.status, answer.text()), (200, body));
        assert_eq!(road.entry_of(&answer)["estimated"], false);
    }
}

#[test]
fn what_hangs_behind_the_last_event_goes_on_as_it_came() {
    let events = format!("{}event: x\ndata: {{\"a\"", upstream::events(MODEL));
    let upstream = Upstream::always(upstream::stream_of(events.as_bytes()));
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hello"));
    assert_eq!(answer.text(), events);
    assert_eq!(road.entry_of(&answer)["outcome"], "passed");
}

#[test]
fn a_usage_report_without_input_is_an_estimate_with_the_floor() {
    for usage in ["{}", "[1]", r#"{"output_tokens":3}"#] {
        let body = format!(r#"{{"type":"message","content":[],"usage":{usage}}}"#);
        let upstream = Upstream::always(upstream::json_of("200 OK", body.as_bytes()));
        let road = Road::to(upstream.url());
        let answer = road.ask(&ask(MODEL, &"many words ".repeat(100)));
        let entry = road.entry_of(&answer);
        assert_eq!(entry["estimated"], true, "{usage}: {entry}");
        assert!(entry["usage"]["input_tokens"].as_u64() > Some(200), "{usage}: {entry}");
        assert!(entry["cost_nano_usd"].as_u64() > Some(0), "{usage}: {entry}");
    }
}

#[test]
fn one_broken_count_does_not_take_the_others_with_it() {
    let usage = r#"{"input_tokens":12,"output_tokens":3,"cache_creation":5,"cache_read_input_tokens":1e400,"server_tool_use":null}"#;
    let body = format!(r#"{{"type":"message","content":[],"usage":{usage}}}"#);
    let upstream = Upstream::always(upstream::json_of("200 OK", body.as_bytes()));
    let road = Road::to(upstream.url());
    let entry = road.entry_of(&road.ask(&ask(MODEL, "hello")));
    assert_eq!(entry["usage"]["input_tokens"], 12, "{entry}");
    assert_eq!(entry["usage"]["output_tokens"], 3, "{entry}");
    assert_eq!(entry["estimated"], false, "{entry}");
}

#[test]
fn a_name_that_a_client_chose_cannot_steer_the_terminal() {
    let upstream = Upstream::always(upstream::json_of("200 OK", b"{}"));
    let road = Road::to(upstream.url());
    let body = json!({ "model": "\u{1b}[31mred\n\tX\u{202e}", "max_tokens": 1, "messages": [] });
    let answer = road.send(&Request::messages(&body));
    assert!(!answer.text().contains('\u{1b}'), "{}", answer.text());
    let id = road.entry_of(&answer)["request_id"].as_str().expect("an id").to_owned();
    for arguments in [vec!["log"], vec!["log", "show", &id]] {
        let printed = road.salve(&arguments).ok();
        assert!(!printed.contains(['\u{1b}', '\u{202e}', '\t']), "{arguments:?}: {printed:?}");
    }
}

#[test]
fn a_new_key_has_a_plain_name_that_no_other_key_has() {
    let road = Road::to("http://127.0.0.1:9");
    road.make_key(&["alice"]);
    for name in ["alice", "x y", "", "a\n", "../../x"] {
        let done = road.salve(&["key", "create", name]);
        assert_eq!(done.code, Some(1), "{name:?}: {} {}", done.out, done.err);
        assert!(done.err.contains("1 to 64 letters"), "{name:?}: {}", done.err);
    }
    road.salve(&["key", "revoke", "alice"]).ok();
    road.make_key(&["alice"]);
}

#[test]
fn a_kept_connection_that_its_upstream_closed_is_replaced_once() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    assert_eq!(road.ask(&ask(MODEL, "this connection is kept")).status, 200);
    sim.fail("reset;at=headers");
    let answer = road.ask(&ask(MODEL, "and closed under this request"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("salve-attempts"), Some("1"));
    assert_eq!(road.entry_of(&answer)["outcome"], "passed");
}

#[test]
fn a_kept_connection_that_breaks_later_is_an_attempt_that_failed() {
    let sim = Sim::start();
    let road = Road::to(sim.url());
    assert_eq!(road.ask(&ask(MODEL, "this connection is kept")).status, 200);
    sim.fail("delay=900 | reset;at=headers");
    let answer = road.ask(&ask(MODEL, "the upstream may have worked on this"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("salve-attempts"), Some("2"));
    assert_eq!(sim.books().len(), 3, "the one before, the one that broke, and one more");
}
