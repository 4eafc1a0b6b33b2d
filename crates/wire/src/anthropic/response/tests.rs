use super::*;

fn read(text: &str) -> Option<Response> {
    Response::read(Bytes::copy_from_slice(text.as_bytes()))
}

#[test]
fn an_answer_is_read_where_its_fields_are() {
    let answer = read(
        r#"{"type":"message","model":"m","content":[],"stop_reason":"end_turn","usage":{"input_tokens":3}}"#,
    );
    let answer = answer.unwrap();
    assert_eq!(
        (answer.kind.as_deref(), answer.stop_reason.as_deref()),
        (Some("message"), Some("end_turn"))
    );
    assert_eq!(answer.usage.unwrap().input_tokens.or_zero(), 3);
    assert_eq!(answer.bytes.get(answer.model_span().unwrap()).unwrap(), b"\"m\"");
    assert!(answer.has_content && !answer.has_error && !answer.has_input_tokens);
}

#[test]
fn an_answer_that_a_request_could_not_be_is_still_an_answer() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let odd = [
        r#"{"type":"message","content":[{"text":"\ud83d"}]}"#.to_owned(),
        format!(r#"{{"type":"message","content":{deep}}}"#),
        "\u{feff}{\"type\":\"message\",\"content\":[]}".to_owned(),
    ];
    for text in odd {
        assert!(read(&text).is_some_and(|answer| answer.has_content), "{text:.60}");
    }
    for text in ["", "[]", "<html>", "{\"type\":"] {
        assert!(read(text).is_none(), "{text}");
    }
}

#[test]
fn the_model_of_a_stream_is_found_under_an_escaped_key_too() {
    let data = br#"{"type":"message_start","message":{"id":"a","mod\u0065l":"upstream-name"}}"#;
    let span = model_span_in_start(data).unwrap();
    assert_eq!(data.get(span).unwrap(), b"\"upstream-name\"");
}
