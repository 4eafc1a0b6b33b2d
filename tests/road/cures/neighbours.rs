//! What is nobody's cure: the operator's credentials, and answers that are refusals.

use serde_json::json;

use super::patient::attempts;
use crate::harness::{MODEL, Road, Setup, Sim, Upstream, ask, streamed, upstream};

const UNAUTHORIZED: [(&str, &str); 6] = [
    (
        "401 Unauthorized",
        r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
    ),
    (
        "401 Unauthorized",
        r#"{"type":"error","error":{"type":"authentication_error","message":"OAuth token has expired. Please obtain a new token or refresh your existing token."}}"#,
    ),
    (
        "403 Forbidden",
        r#"{"type":"error","error":{"type":"permission_error","message":"OAuth authentication is currently not allowed for this organization."}}"#,
    ),
    (
        "403 Forbidden",
        r#"{"message":"The security token included in the request is invalid.","__type":"UnrecognizedClientException"}"#,
    ),
    ("401 Unauthorized", r#"{"error":{"message":"无效的令牌 (request id: 2026)","type":"new_api_error"}}"#),
    (
        "400 Bad Request",
        r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#,
    ),
];

#[test]
fn a_refused_credential_of_the_operator_never_sends_the_user_to_log_in() {
    for (line, body) in UNAUTHORIZED {
        let upstream = Upstream::always(upstream::json_of(line, body.as_bytes()));
        let road = Road::to(upstream.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!(answer.status, 503, "{body}: {}", answer.text());
        let (kind, message) = answer.error();
        assert_eq!(kind, "api_error", "{body}");
        for word in ["/login", "API key not valid", "invalid x-api-key"] {
            assert!(!message.contains(word), "{message}");
        }
    }
}

#[test]
fn a_refused_credential_leaves_the_other_channels() {
    for (line, body) in UNAUTHORIZED {
        let bad = Upstream::always(upstream::json_of(line, body.as_bytes()));
        let good = Sim::start();
        let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
        let answer = road.ask(&ask(MODEL, "hi"));
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
        assert_eq!(answer.header("salve-channel"), Some("good"), "{body}");
        // Where a beta may have been lost on the way, the channel is asked once more with it.
        assert!(attempts(&answer) <= 3, "{body}: {}", attempts(&answer));
    }
}

#[test]
fn a_refusal_of_the_model_passes_as_it_is() {
    for is_stream in [true, false] {
        let sim = Sim::start();
        let road = Road::to(sim.url());
        let words = "[[say:I would rather not]] [[stop:refusal]]";
        let body = if is_stream { streamed(MODEL, words) } else { ask(MODEL, words) };
        let answer = road.ask(&body);
        assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
        assert_eq!(answer.body, sim.only().answer, "to the byte");
        assert!(answer.text().contains("\"stop_reason\":\"refusal\""), "{}", answer.text());
        assert_eq!(road.entry_of(&answer)["stop_reason"], json!("refusal"));
    }
}
