//! Every rule: a request that breaks it, the exact answer, and the same request mended.

mod cases;

use std::collections::BTreeSet;

use salve_simulator::rule_texts;
use serde_json::json;

use crate::client::{ask, ask_with, post, request, simulator};

#[tokio::test]
async fn every_rule_refuses_in_its_own_words_and_accepts_the_mended_request() {
    let running = simulator().await;
    for case in cases::all() {
        let betas: Vec<(&str, &str)> =
            case.betas.iter().map(|beta| ("anthropic-beta", *beta)).collect();
        let answer = ask_with(&running, &betas, &case.refused).await;
        assert_eq!(answer.error(), case.says, "{}", case.rule);
        let expected = if case.rule == "unknown-model" { 404 } else { 400 };
        assert_eq!(answer.status, expected, "{}", case.rule);
        let entry = running.control().entries().pop().expect("an entry");
        assert_eq!(entry.refused.expect("a refusal").rule, case.rule);
        let kind = if expected == 404 { "not_found_error" } else { "invalid_request_error" };
        assert_eq!(answer.json()["error"]["type"], kind);
        assert_eq!(answer.json()["request_id"], answer.header("request-id").expect("an id"));
        if let Some((betas, accepted)) = case.accepted {
            let betas: Vec<(&str, &str)> =
                betas.iter().map(|beta| ("anthropic-beta", *beta)).collect();
            let answer = ask_with(&running, &betas, &accepted).await;
            assert_eq!(answer.status, 200, "{}: {}", case.rule, answer.text());
        }
    }
}

#[test]
fn every_rule_has_a_case() {
    let tested: BTreeSet<&str> = cases::all().iter().map(|case| case.rule).collect();
    let elsewhere = [
        // Need a conversation with the simulator: see `thinking`.
        "thinking-signature",
        "thinking-modified",
        "thinking-bound-elsewhere",
        // Of other upstreams: see `profiles`.
        "roles-alternate",
        "thinking-not-returned",
        "images-too-many",
        "model-shortage",
        // Needs a hundred thousand messages: see below.
        "messages-too-many",
    ];
    let known: BTreeSet<&str> = rule_texts().iter().map(|rule| rule.id).collect();
    let untested: Vec<&&str> =
        known.iter().filter(|id| !tested.contains(*id) && !elsewhere.contains(id)).collect();
    assert!(untested.is_empty(), "no case for {untested:?}");
    assert_eq!(known.len(), rule_texts().len(), "two rules share a name");
}

#[tokio::test]
async fn a_hundred_thousand_messages_are_the_most() {
    let running = simulator().await;
    for (count, status) in [(100_000, 200), (100_001, 400)] {
        let mut body = request("claude-opus-5", "x");
        body["messages"] = (0..count).map(|_| json!({ "role": "user", "content": "x" })).collect();
        let answer = ask(&running, &body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[tokio::test]
async fn bodies_that_are_not_json_are_refused_with_their_place() {
    let running = simulator().await;
    let cases: [(&[u8], &str); 7] = [
        (b"{\"a\": \"\\ud83d\"}", "no low surrogate in string: line 1 column 14 (char 13)"),
        (b"{\"a\": 1", "unexpected end of data: line 1 column 7 (char 6)"),
        (b"{\"a\": nope}", "unexpected character: line 1 column 8 (char 7)"),
        (b"", "Input is a zero-length, empty document: line 1 column 1 (char 0)"),
        ("{\"\u{fc}\":\n tru}".as_bytes(), "unexpected character: line 2 column 5 (char 10)"),
        (
            b"{\"a\": \"\xff\"}",
            "str is not valid UTF-8: surrogates not allowed: line 1 column 8 (char 7)",
        ),
        (&[b'['; 3_000], "Recursion limit reached: line 1 column 128 (char 127)"),
    ];
    for (body, says) in cases {
        let answer = post(&running, "/v1/messages", &[], body).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.error(), format!("The request body is not valid JSON: {says}"));
    }
}
