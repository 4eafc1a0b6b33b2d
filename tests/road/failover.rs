//! Failures before content are cured by the next channel, invisibly.

use std::collections::BTreeMap;
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::harness::{Answer, BodyEnd, MODEL, Road, Setup, Sim, Upstream, ask, streamed, upstream};

/// One answer by the second channel, and what the log says of the first.
fn cured(road: &Road, answer: &Answer, good: &Sim) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.end, BodyEnd::Whole);
    assert_eq!(answer.header("salve-attempts"), Some("2"));
    assert_eq!(answer.header("salve-channel"), Some("good"));
    assert!(answer.header("salve-fault").is_none());
    assert_eq!(answer.body, good.only().answer);
    let entry = road.entry_of(answer);
    assert_eq!(entry["outcome"], "cured");
    assert_eq!((&entry["channel"], &entry["status"]), (&json!("good"), &json!(200)));
    assert_eq!(entry["estimated"], false);
    let attempts = entry["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "{entry}");
    assert_eq!(attempts[0]["channel"], "one");
    assert_eq!((&attempts[1]["channel"], &attempts[1]["fault"]), (&json!("good"), &json!(null)));
    attempts[0].clone()
}

/// The simulator fails so, streaming and not; the next one answers.
fn a_fault_is_cured(fault: &str, status: Value, id: &str) {
    for body in [streamed(MODEL, "hi"), ask(MODEL, "hi")] {
        let (bad, good) = (Sim::start(), Sim::start());
        bad.fail(fault);
        let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
        let first = cured(&road, &road.ask(&body), &good);
        assert_eq!((&first["status"], &first["fault"]), (&status, &json!(id)), "{fault}");
        assert_eq!(bad.only().body, good.only().body, "the next candidate gets the same bytes");
    }
}

/// The same for faults that only streams have.
fn a_fault_of_a_stream_is_cured(fault: &str, id: &str) {
    let (bad, good) = (Sim::start(), Sim::start());
    bad.fail(fault);
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let first = cured(&road, &road.ask(&streamed(MODEL, "hi")), &good);
    assert_eq!(first["fault"], id, "{fault}");
}

macro_rules! cured {
    ($($name:ident: $fault:expr, $status:expr, $id:expr;)*) => {
        $(#[test] fn $name() { a_fault_is_cured($fault, json!($status), $id); })*
    };
}

cured! {
    a_500_is_cured: "status=500", 500, "upstream-server-error";
    a_503_is_cured: "status=503", 503, "upstream-server-error";
    a_529_is_cured: "status=529;retry-after=3", 529, "upstream-overloaded";
    a_429_is_cured: "status=429;retry-after=30", 429, "upstream-rate-limited";
    a_401_is_cured: "status=401", 401, "upstream-credential-refused";
    a_403_is_cured: "status=403", 403, "upstream-credential-refused";
    a_402_is_cured: "status=402", 402, "upstream-credit-empty";
    an_empty_account_told_as_400_is_cured:
        "status=400;type=invalid_request_error;message=Your credit balance is \
         too low to access the Anthropic API.", 400, "upstream-credit-empty";
    an_html_502_is_cured: "html=502", 502, "upstream-server-error";
    an_html_200_is_cured: "html=200", 200, "upstream-malformed-answer";
    an_empty_200_is_cured: "empty", 200, "upstream-malformed-answer";
    an_error_inside_a_200_is_cured: "json-error=overloaded_error", 200, "upstream-overloaded";
    a_reset_before_headers_is_cured: "reset;at=headers", null_status(), "upstream-unreachable";
    a_close_before_headers_is_cured: "cut;at=headers", null_status(), "upstream-unreachable";
    a_redirect_is_cured: "status=302;location=http://127.0.0.1:9/", 302, "upstream-path-missing";
}

fn null_status() -> Value {
    Value::Null
}

#[test]
fn an_error_event_first_is_cured() {
    a_fault_of_a_stream_is_cured("error=overloaded_error;at=start", "upstream-overloaded");
}

#[test]
fn an_error_event_after_message_start_is_cured() {
    a_fault_of_a_stream_is_cured("error=api_error;at=message_start", "upstream-server-error");
}

#[test]
fn a_clean_end_before_any_event_is_cured() {
    a_fault_of_a_stream_is_cured("end;at=start", "upstream-malformed-answer");
}

#[test]
fn a_clean_end_before_content_is_cured() {
    a_fault_of_a_stream_is_cured("end;at=message_start", "upstream-malformed-answer");
}

#[test]
fn a_reset_after_message_start_is_cured_and_only_one_start_is_seen() {
    let (bad, good) = (Sim::start(), Sim::start());
    bad.fail("reset;at=message_start");
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let answer = road.ask(&streamed(MODEL, "hi"));
    cured(&road, &answer, &good);
    let starts = answer.names().iter().filter(|name| *name == "message_start").count();
    assert_eq!(starts, 1);
}

#[test]
fn a_refused_connection_is_cured() {
    let good = Sim::start();
    // A port that was just freed refuses.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let road = Road::start(&Setup::of(format!("http://{free}")).channel("good", good.url()));
    let first = cured(&road, &road.ask(&streamed(MODEL, "hi")), &good);
    assert_eq!((&first["status"], &first["fault"]), (&json!(null), &json!("upstream-unreachable")));
}

#[test]
fn a_wrong_media_type_on_a_stream_is_cured() {
    let (bad, good) = (Sim::start(), Sim::start());
    bad.fail("content-type=text/plain");
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("event: message_stop"), "{}", answer.text());
    road.entry_of(&answer);
}

#[test]
fn count_tokens_fails_over_too() {
    let bad = Upstream::always(upstream::json_of("500 Internal Server Error", b"{}"));
    let good = Sim::start();
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let mut body = ask(MODEL, "hi");
    body.as_object_mut().expect("an object").remove("max_tokens");
    let request = crate::harness::Request::post("/v1/messages/count_tokens", body.to_string());
    let answer = road.send(&request);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("salve-attempts"), Some("2"));
    assert!(answer.json()["input_tokens"].as_u64().expect("a count") > 0);
    assert_eq!(road.entry_of(&answer)["cost_nano_usd"], 0);
}

#[test]
fn an_unrecognised_400_passes_with_status_and_words_and_is_not_tried_elsewhere() {
    let refusal =
        b"{ \"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\
                    \"the moon is in the wrong house\"},\"request_id\":\"req_theirs\" }";
    for (line, status) in [("400 Bad Request", 400), ("422 Unprocessable Entity", 422)] {
        let bad = Upstream::always(upstream::json_of(line, refusal));
        let good = Sim::start();
        let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!((answer.status, answer.body.as_slice()), (status, refusal.as_slice()));
        assert_eq!(answer.header("salve-attempts"), Some("1"));
        assert_eq!(answer.header("request-id"), Some("req_upstream"));
        assert!(good.books().is_empty());
        let entry = road.entry_of(&answer);
        assert_eq!((&entry["outcome"], &entry["status"]), (&json!("told"), &json!(status)));
        assert_eq!((&entry["cost_nano_usd"], &entry["estimated"]), (&json!(0), &json!(false)));
    }
}

#[test]
fn there_is_no_second_answer_after_content() {
    let (bad, good) = (Sim::start(), Sim::start());
    bad.fail("reset;at=block.0.1");
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let answer = road.ask(&streamed(MODEL, "[[say:some text to break in]] [[deltas:4]]"));
    assert_eq!(answer.header("salve-attempts"), Some("1"));
    assert!(good.books().is_empty());
    assert_eq!(road.entry_of(&answer)["outcome"], "told");
}

#[test]
fn priority_decides_and_the_order_of_plain_names_is_a_priority() {
    let (first, second) = (Sim::start(), Sim::start());
    let setup = Setup::of(first.url()).channel("two", second.url()).groups(
        "[[group]]\nname = \"default\"\nchannels = [{ name = \"one\", priority = 5 }, { name = \
         \"two\", priority = 1 }]\n[[group]]\nname = \"plain\"\nchannels = [\"two\", \"one\"]\n",
    );
    let road = Road::start(&setup);
    let key = road.make_key(&["plain", "--group", "plain"]);
    for _ in 0..8 {
        assert_eq!(road.ask(&ask(MODEL, "hi")).header("salve-channel"), Some("two"));
        let request = crate::harness::Request::messages(&ask(MODEL, "hi")).with("x-api-key", &key);
        assert_eq!(road.send(&request).header("salve-channel"), Some("two"));
    }
    assert!(first.books().is_empty());
}

#[test]
fn weights_share_out_the_requests_of_one_priority() {
    let (light, heavy) = (Sim::start(), Sim::start());
    let setup = Setup::of(light.url()).channel("heavy", heavy.url()).groups(
        "[[group]]\nname = \"default\"\nchannels = [{ name = \"one\", priority = 0, weight = 1 }, \
         { name = \"heavy\", priority = 0, weight = 3 }]\n",
    );
    let road = Road::start(&setup);
    let mut shares: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..200 {
        let answer = road.ask(&ask(MODEL, "hi"));
        *shares
            .entry(answer.header("salve-channel").expect("a channel").to_owned())
            .or_default() += 1;
    }
    // 150 are expected; six standard deviations to either side are 37.
    let heavy = shares.get("heavy").copied().unwrap_or_default();
    assert!((113..=187).contains(&heavy), "{shares:?}");
}

#[test]
fn a_channel_that_does_not_serve_the_model_or_is_drained_is_not_asked() {
    let (narrow, drained, good) = (Sim::start(), Sim::start(), Sim::start());
    let setup = Setup::of(narrow.url())
        .more("models = [\"claude-haiku-*\"]")
        .channel_with("drained", drained.url(), "drained = true")
        .channel("good", good.url());
    let road = Road::start(&setup);
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!(answer.header("salve-channel"), Some("good"));
    assert_eq!(answer.header("salve-attempts"), Some("1"));
    assert_eq!(road.entry_of(&answer)["outcome"], "passed");
    assert!(narrow.books().is_empty() && drained.books().is_empty());
}

#[test]
fn each_channel_gets_its_own_credential_and_name_for_the_model() {
    let (bad, good) = (
        Upstream::always(upstream::json_of("500 Internal Server Error", b"{}")),
        Upstream::always(upstream::json_of("200 OK", upstream::message("second").as_bytes())),
    );
    let setup = Setup::of(bad.url())
        .more("model_ids = { \"house\" = \"first\" }")
        .channel_with(
            "good",
            good.url(),
            "credential = { bearer = \"${ROAD_BEARER}\" }\nmodel_ids = { \"house\" = \"second\" }",
        )
        .env("ROAD_BEARER", "a-bearer-canary-of-the-test");
    let road = Road::start(&setup);
    let answer = road.ask(&ask("house", "hi"));
    assert_eq!(answer.json()["model"], "house");
    let model = |upstream: &Upstream| {
        let body: Value = serde_json::from_slice(&upstream.last().body).expect("JSON");
        body["model"].clone()
    };
    assert_eq!((model(&bad), model(&good)), (json!("first"), json!("second")));
    assert_eq!(good.last().header("authorization"), Some("Bearer a-bearer-canary-of-the-test"));
    assert_eq!(good.last().header("x-api-key"), None);
    assert_eq!(bad.last().header("authorization"), None);
}
