use super::*;

fn answer(status: u16, media: &'static str, body: &'static str) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::CONTENT_TYPE, media.parse().unwrap());
    let body = AnswerBody::Whole(Bytes::from_static(body.as_bytes()));
    Answer { status: StatusCode::from_u16(status).unwrap(), headers, body }
}

fn judged(answer: Answer, wants_stream: bool) -> String {
    match judge(Ok(answer), Endpoint::Messages, wants_stream) {
        Judged::Whole(_) => "whole".to_owned(),
        Judged::Stream(..) => "stream".to_owned(),
        Judged::Pass(refusal) => format!("pass {}", refusal.diagnosis.fault.id),
        Judged::Next(diagnosis) => format!("next {}", diagnosis.fault.id),
        Judged::Tell(diagnosis, told) => format!("tell {} {}", told.status, diagnosis.fault.id),
    }
}

const MESSAGE: &str = r#"{"type":"message","content":[],"usage":{"input_tokens":1}}"#;
const OVERLOADED: &str =
    r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
const REFUSED: &str = r#"{"type":"error","error":{"type":"invalid_request_error","message":"messages: at least one message is required"}}"#;

#[test]
fn an_answer_is_told_from_a_failure_whatever_its_status_says() {
    let json = "application/json";
    assert_eq!(judged(answer(200, json, MESSAGE), false), "whole");
    assert_eq!(judged(answer(529, json, OVERLOADED), false), "next upstream-overloaded");
    assert_eq!(judged(answer(200, json, OVERLOADED), false), "next upstream-overloaded");
    assert_eq!(judged(answer(200, json, ""), false), "next upstream-malformed-answer");
    assert_eq!(judged(answer(200, json, "{\"a\":"), false), "next upstream-malformed-answer");
    assert_eq!(
        judged(answer(200, "text/html", "<html><title>Login</title></html>"), false),
        "next upstream-malformed-answer"
    );
    assert_eq!(
        judged(answer(502, "text/html", "<html></html>"), true),
        "next upstream-server-error"
    );
    assert_eq!(judged(answer(200, json, MESSAGE), true), "next upstream-malformed-answer");
    assert_eq!(judged(answer(400, json, REFUSED), true), "pass upstream-request-refused");
}

#[test]
fn a_failure_without_an_answer_moves_to_the_next_candidate() {
    let errors = [
        (SendError::Unreachable("tcp connect error".into()), "upstream-unreachable"),
        (SendError::Broken("connection reset".into()), "upstream-unreachable"),
        (SendError::TimedOut(std::time::Duration::from_secs(1)), "upstream-timeout"),
        (SendError::TooLarge(http::StatusCode::OK, 1), "upstream-malformed-answer"),
    ];
    for (error, fault) in errors {
        let Judged::Next(diagnosis) = judge(Err(error), Endpoint::Messages, true) else {
            panic!("{fault}: not moved on");
        };
        assert_eq!(diagnosis.fault.id, fault);
    }
}

#[test]
fn a_break_after_content_is_told_and_names_the_gateway_where_it_is_its_own() {
    let told = |how: &Break| midstream(how).1;
    assert_eq!(told(&Break::Ended).fault.id, "upstream-stream-broken");
    assert_eq!(told(&Break::Silent).fault.id, "upstream-stream-broken");
    assert_eq!(told(&Break::Shutdown).fault.id, "gateway-stopped");
    assert!(!told(&Break::Ended).message.contains("unknown"), "{}", told(&Break::Ended).message);
    let overloaded = Bytes::from_static(OVERLOADED.as_bytes());
    assert_eq!(told(&Break::Error(overloaded)).fault.id, "upstream-overloaded");
}
