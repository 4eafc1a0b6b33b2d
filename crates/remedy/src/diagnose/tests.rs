use proptest::prelude::*;

use super::{Cools, Diagnosis, Verdict, diagnose};
use crate::catalogue::Place;
use crate::cause::{Answer, Cause, Malformed, Timeout, Unreachable};
use crate::dialect::Dialect;

fn answer(status: u16, body: &str) -> Answer<'_> {
    Answer {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: None,
        content_type: None,
        retry_after: None,
        body: body.as_bytes(),
        place: Place::Head,
    }
}

fn of(answer: Answer<'_>) -> Diagnosis {
    diagnose(&Cause::Answer(answer))
}

/// Fault, verdict and cooling in one line, for tables.
fn seen(diagnosis: &Diagnosis) -> String {
    let verdict = match &diagnosis.verdict {
        Verdict::NextCandidate => "next".to_owned(),
        Verdict::PassAsIs => "pass".to_owned(),
        Verdict::Tell(told) => format!("tell {} {}", told.status, told.error_type),
    };
    format!("{} · {verdict} · {:?}", diagnosis.fault.id, diagnosis.cools)
}

#[test]
fn the_status_decides_where_the_words_say_nothing() {
    let rows = [
        (200, "upstream-malformed-answer · next"),
        (302, "upstream-path-missing · next"),
        (400, "upstream-request-refused · tell 400 invalid_request_error"),
        (401, "upstream-credential-refused · next"),
        (402, "upstream-credit-empty · next"),
        (403, "upstream-credential-refused · next"),
        (404, "upstream-path-missing · next"),
        (405, "upstream-path-missing · next"),
        (408, "upstream-timeout · next"),
        (409, "upstream-request-refused · tell 409 conflict_error"),
        (413, "upstream-body-too-large · next"),
        (422, "upstream-request-refused · tell 422 invalid_request_error"),
        (429, "upstream-rate-limited · next"),
        (500, "upstream-server-error · next"),
        (502, "upstream-server-error · next"),
        (504, "upstream-timeout · next"),
        (529, "upstream-overloaded · next"),
        (599, "upstream-server-error · next"),
        (999, "upstream-server-error · next"),
        (0, "upstream-malformed-answer · next"),
    ];
    for (status, expected) in rows {
        let seen = seen(&of(answer(status, "blah")));
        assert!(seen.starts_with(expected), "{status}: {seen}");
    }
}

#[test]
fn the_words_decide_over_the_status() {
    let rows = [
        // A relay's mapping of statuses.
        (500, "You exceeded your current quota", "upstream-credit-empty · next · Account"),
        (
            500,
            "messages.1: tool_use ids were found without tool_result blocks",
            "tool-pairing-broken · tell 400 invalid_request_error · Nothing",
        ),
        (403, "insufficient balance", "upstream-credit-empty · next · Account"),
        (503, "invalid x-api-key", "upstream-credential-refused · next · Credential"),
        (
            500,
            "litellm.ContextWindowExceededError: too long",
            "context-too-long · tell 400 invalid_request_error · Nothing",
        ),
        (500, "Too many requests", "upstream-rate-limited · next · Briefly { secs: 15 }"),
        (500, "无可用渠道", "upstream-model-offline · next · Model { secs: 30 }"),
    ];
    for (status, words, expected) in rows {
        let bodies = [
            words.to_owned(),
            serde_json::json!({ "error": { "message": words } }).to_string(),
            serde_json::json!([{ "error": { "message": words, "code": "x" } }]).to_string(),
            serde_json::json!({ "detail": format!("{{'message': '{words}'}}") }).to_string(),
        ];
        for body in bodies {
            assert_eq!(seen(&of(answer(status, &body))), expected, "{body}");
        }
    }
}

#[test]
fn a_request_shaped_refusal_never_cools_a_channel() {
    for words in [
        "messages: text content blocks must be non-empty",
        "context_management: Extra inputs are not permitted",
        "invalid beta flag",
        "a sentence nobody has seen before",
        "tools.0.custom.input_schema: rate limit of 5 is not a schema",
    ] {
        for status in [400, 422] {
            let body = serde_json::json!({ "error": { "message": words } }).to_string();
            let diagnosis = of(answer(status, &body));
            assert_eq!(diagnosis.cools, Cools::Nothing, "{words}");
            assert!(matches!(diagnosis.verdict, Verdict::PassAsIs), "{words}");
        }
    }
}

#[test]
fn words_without_an_envelope_get_one_and_keep_their_status() {
    let diagnosis = of(answer(422, r#"{"message":"max_tokens. must be positive"}"#));
    let Verdict::Tell(told) = diagnosis.verdict else { panic!("told") };
    assert_eq!((told.status, told.error_type), (422, "invalid_request_error"));
    assert_eq!(told.message, "max_tokens. must be positive");
}

#[test]
fn a_wait_the_upstream_names_is_believed_within_reason() {
    let limited = |secs| of(Answer { retry_after: Some(secs), ..answer(429, "") }).cools;
    assert_eq!(limited(2892), Cools::Briefly { secs: 2892 });
    assert_eq!(limited(0), Cools::Briefly { secs: 1 });
    assert_eq!(limited(u64::MAX), Cools::Briefly { secs: 8 * 24 * 3600 });
}

#[test]
fn after_content_everything_is_told() {
    let body = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let midstream = Answer { place: Place::Midstream, ..answer(200, body) };
    assert_eq!(
        seen(&of(midstream)),
        "upstream-overloaded · tell 503 api_error · Briefly { secs: 10 }"
    );
    let refused = r#"{"error":{"type":"invalid_request_error","message":"no"}}"#;
    for place in [Place::FirstEvent, Place::Midstream] {
        let refused = Answer { place, ..answer(200, refused) };
        assert_eq!(
            seen(&of(refused)),
            "upstream-request-refused · tell 400 invalid_request_error · Nothing"
        );
    }
}

#[test]
fn silence_and_breaks_have_their_own_faults() {
    let rows = [
        (Cause::Unreachable(Unreachable::Dns), "upstream-unreachable · next"),
        (Cause::Unreachable(Unreachable::Reset), "upstream-unreachable · next"),
        (Cause::Timeout(Timeout::Connect), "upstream-timeout · next"),
        (Cause::Timeout(Timeout::FirstByte), "upstream-timeout · next"),
        (Cause::Timeout(Timeout::Idle(Place::FirstEvent)), "upstream-timeout · next"),
        (
            Cause::Timeout(Timeout::Idle(Place::Midstream)),
            "upstream-stream-broken · tell 503 api_error",
        ),
        (Cause::Cut(Place::FirstEvent), "upstream-stream-broken · next"),
        (Cause::Cut(Place::Midstream), "upstream-stream-broken · tell 503 api_error"),
        (Cause::Malformed(Malformed::Empty), "upstream-malformed-answer · next"),
        (Cause::Malformed(Malformed::Html), "upstream-malformed-answer · next"),
    ];
    for (cause, expected) in rows {
        let seen = seen(&diagnose(&cause));
        assert!(seen.starts_with(expected), "{cause:?}: {seen}");
    }
}

#[test]
fn what_the_upstream_said_is_kept_without_its_secrets() {
    let body = r#"{"error":{"message":"Incorrect API key provided: sk-proj-madeup123"}}"#;
    let diagnosis = of(answer(401, body));
    assert_eq!(diagnosis.inner.message, "Incorrect API key provided: sk-…");
}

proptest! {
    // Fewer cases than usual: unoptimised, the automaton takes milliseconds for such bytes.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_answer_breaks_it(
        status in any::<u16>(),
        body in prop::collection::vec(any::<u8>(), 0..600),
        header in proptest::option::of(".{0,40}"),
        midstream in any::<bool>(),
    ) {
        let place = if midstream { Place::Midstream } else { Place::Head };
        let headers_error_type = header.as_deref();
        let diagnosis = of(Answer { body: &body, headers_error_type, place, ..answer(status, "") });
        let moves = matches!(diagnosis.verdict, Verdict::NextCandidate);
        prop_assert!(!(midstream && moves));
    }
}
