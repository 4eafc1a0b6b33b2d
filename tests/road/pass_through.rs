//! The pass-through law: what needs no cure passes byte for byte, both ways.

use crate::harness::upstream::{self, Seen};
use crate::harness::{CREDENTIAL, KEY, MODEL, Request, Road, Setup, Upstream, road};

/// A body of this client's own: order, white space, escapes and unknown fields are its own.
fn odd_body(model: &str, is_stream: bool) -> Vec<u8> {
    format!(
        " {{\n\t\"messages\" : [ {{\"role\":\"user\",\"content\":\"\\u00fc \\/ \u{1f600} \
         \\ud83d\\ude00\"}} ],\r\n\"model\"\t:\"{model}\" ,\"max_tokens\":1e2,\
         \"stream\": {is_stream},\"future\":{{\"a\":[1.0,1E+400,-0,\
         123456789012345678901234567890,{{}},[]]}},\"metadata\":{{\"user_id\":\"u\"}},\"twice\":1,\
         \"twice\":2}}\n\n"
    )
    .into_bytes()
}

fn whole() -> Upstream {
    Upstream::always(upstream::json_of("200 OK", upstream::message(MODEL).as_bytes()))
}

#[test]
fn a_body_reaches_the_upstream_byte_for_byte() {
    let upstream = whole();
    let road = Road::to(upstream.url());
    let body = odd_body(MODEL, false);
    let answer = road.send(&Request::post("/v1/messages?beta=true&x=%20a", body.clone()));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(upstream.last().body, body);
    assert_eq!(upstream.last().line, "POST /v1/messages?beta=true&x=%20a HTTP/1.1");
}

#[test]
fn a_whole_answer_reaches_the_client_byte_for_byte() {
    let road = Road::to(whole().url());
    let answer = road.send(&Request::post("/v1/messages", odd_body(MODEL, false)));
    assert_eq!(answer.text(), upstream::message(MODEL));
    assert_eq!(answer.header("request-id"), Some("req_upstream"));
    assert_eq!(answer.header("salve-channel"), Some("one"));
    assert_eq!(answer.header("salve-attempts"), Some("1"));
    assert_eq!(answer.header("salve-remedies"), None);
    assert_eq!(road.entry_of(&answer)["outcome"], "passed");
}

#[test]
fn a_renamed_model_is_the_only_change_both_ways() {
    let upstream = Upstream::start(|seen: &Seen| {
        let is_stream = String::from_utf8_lossy(&seen.body).contains("\"stream\": true");
        vec![upstream::Step::Send(match is_stream {
            true => upstream::stream_of(upstream::events("up/stream-id").as_bytes()),
            false => upstream::json_of("200 OK", upstream::message("up/stream-id").as_bytes()),
        })]
    });
    let setup = Setup::of(upstream.url()).more("model_ids = { \"asked\" = \"up/stream-id\" }");
    let road = Road::start(&setup);
    for is_stream in [false, true] {
        let answer = road.send(&Request::post("/v1/messages", odd_body("asked", is_stream)));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(upstream.last().body, odd_body("up/stream-id", is_stream));
        let expected = match is_stream {
            true => upstream::events("asked"),
            false => upstream::message("asked"),
        };
        assert_eq!(answer.text(), expected);
        let entry = road.entry_of(&answer);
        assert_eq!(entry["model"], "asked");
        assert_eq!(entry["upstream_model"], "up/stream-id");
        assert_eq!(entry["outcome"], "passed", "a rename is no cure");
    }
}

#[test]
fn headers_pass_but_for_those_of_the_connection_and_the_credential() {
    let upstream = whole();
    let road = Road::to(upstream.url());
    let request = Request::post("/v1/messages", odd_body(MODEL, false))
        .and("Authorization", &road::bearer())
        .with("Connection", "close, X-Hop")
        .and("X-Hop", "of this connection")
        .and("User-Agent", "claude-cli/2.1.330 (external, cli)")
        .and("anthropic-beta", "a-2025-01-01,b-2026-02-02")
        .and("anthropic-beta", "c-2027-03-03")
        .and("X-Stainless-Retry-Count", "0")
        .and("x-unknown-to-all", "  \u{fc}ml\u{e4}ut;=\"quoted\"  ")
        .and("Accept", "application/json")
        .and("Accept-Encoding", "gzip, br")
        .and("Cookie", "session=secret")
        .and("X-Forwarded-For", "10.0.0.1");
    assert_eq!(road.send(&request).status, 200);
    let authority = upstream.authority();
    let length = odd_body(MODEL, false).len().to_string();
    let mut expected = vec![
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("anthropic-beta", "a-2025-01-01,b-2026-02-02"),
        ("anthropic-beta", "c-2027-03-03"),
        ("anthropic-version", "2023-06-01"),
        ("content-length", length.as_str()),
        ("content-type", "application/json"),
        ("host", authority.as_str()),
        ("user-agent", "claude-cli/2.1.330 (external, cli)"),
        ("x-api-key", CREDENTIAL),
        ("x-stainless-retry-count", "0"),
        ("x-unknown-to-all", "\u{fc}ml\u{e4}ut;=\"quoted\""),
    ];
    expected.sort_unstable();
    let seen = upstream.last();
    let mut found: Vec<(&str, &str)> =
        seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    assert!(seen.headers.iter().all(|(_, value)| !value.contains(KEY)));
}

#[test]
fn count_tokens_passes_byte_for_byte_both_ways_and_is_free() {
    let reply = b"{ \"input_tokens\" : 42 ,\"future\":1e999 }";
    let upstream = Upstream::always(upstream::json_of("200 OK", reply));
    let road = Road::to(upstream.url());
    let body = odd_body(MODEL, false);
    let answer = road.send(&Request::post("/v1/messages/count_tokens?beta=true", body.clone()));
    assert_eq!(answer.body, reply);
    assert_eq!(upstream.last().body, body);
    assert_eq!(upstream.last().line, "POST /v1/messages/count_tokens?beta=true HTTP/1.1");
    let entry = road.entry_of(&answer);
    assert_eq!(entry["cost_nano_usd"], 0);
    assert_eq!(entry["usage"]["input_tokens"], 0);
    assert_eq!(entry["estimated"], false);
}

#[test]
fn a_base_url_with_a_path_keeps_it() {
    let upstream = whole();
    let road = Road::to(format!("{}/proxy/anthropic", upstream.url()));
    assert_eq!(road.send(&Request::post("/v1/messages", odd_body(MODEL, false))).status, 200);
    assert_eq!(upstream.last().line, "POST /proxy/anthropic/v1/messages HTTP/1.1");
}

#[test]
fn a_body_of_30_megabytes_passes_whole() {
    let upstream = whole();
    let road = Road::to(upstream.url());
    let mut body = format!("{{\"model\":\"{MODEL}\",\"max_tokens\":5,\"messages\":[").into_bytes();
    let mut turn = 0_u32;
    while body.len() < 30_000_000 {
        let content = format!("{turn} \\u20ac \u{20ac} \\\"quoted\\\" ").repeat(2_000);
        let comma = if turn == 0 { "" } else { "," };
        body.extend(format!("{comma}{{\"role\":\"user\",\"content\":\"{content}\"}}").bytes());
        turn += 1;
    }
    body.extend(b"]}");
    let answer = road.send(&Request::post("/v1/messages", body.clone()));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(upstream.last().body == body, "30 MB came out otherwise than they went in");
}

#[test]
fn the_upstreams_headers_that_clients_act_on_are_relayed_and_no_others() {
    let upstream = Upstream::always(upstream::stream_of(upstream::events(MODEL).as_bytes()));
    let road = Road::to(upstream.url());
    let answer = road.send(&Request::post("/v1/messages", odd_body(MODEL, true)));
    assert_eq!(answer.header("request-id"), Some("req_upstream"));
    assert_eq!(answer.header("anthropic-organization-id"), Some("org-1"));
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(answer.header("x-internal"), None);
    assert!(answer.header("salve-request-id").is_some_and(|id| id.starts_with("req_")));
}
