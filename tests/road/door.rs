//! The door: what is refused before a request is admitted, and in which words.

use crate::harness::{Answer, MODEL, Request, Road, Setup, Upstream, ask, upstream};

fn road() -> (Road, Upstream) {
    let message = upstream::message(MODEL);
    let upstream = Upstream::always(upstream::json_of("200 OK", message.as_bytes()));
    (Road::to(upstream.url()), upstream)
}

/// What is refused at the door: status, fault, and that nobody behind it heard of it.
fn refused(bodies: &[(&[u8], &str, &str)]) {
    let (road, upstream) = road();
    for (body, fault, words) in bodies {
        let answer = road.send(&Request::post("/v1/messages", *body));
        let shown: String = String::from_utf8_lossy(body).chars().take(80).collect();
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some(*fault), "{shown}: {}", answer.text());
        let (kind, message) = answer.error();
        assert_eq!(kind, "invalid_request_error");
        assert!(message.contains(words), "{shown}: {message}");
        assert!(message.contains(&format!("/help/{fault}")), "{message}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    assert!(upstream.seen().is_empty());
}

#[test]
fn a_duplicate_or_case_variant_policy_field_is_refused_by_name() {
    let mut bodies = Vec::new();
    for field in ["model", "messages", "system", "tools", "max_tokens", "stream"] {
        let upper = field.to_uppercase();
        let (first, rest) = field.split_at(1);
        let escaped = format!("\\u{:04x}{rest}", u32::from(first.as_bytes()[0]));
        for second in [field.to_owned(), upper, escaped] {
            let base = match field == "model" {
                true => String::new(),
                false => format!("\"model\":\"{MODEL}\","),
            };
            let body = format!("{{{base}\"{field}\":\"x\",\"{second}\":\"y\"}}");
            bodies.push((body, field));
        }
    }
    let (road, upstream) = road();
    for (body, field) in bodies {
        let answer = road.send(&Request::post("/v1/messages", body.clone()));
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some("body-duplicate-key"), "{body}");
        let (_, message) = answer.error();
        assert!(message.to_lowercase().contains(&format!("`{field}`")), "{body}: {message}");
    }
    assert!(upstream.seen().is_empty());
}

#[test]
fn a_variant_alone_is_refused_too_since_some_parsers_fold_case() {
    let body = format!("{{\"model\":\"{MODEL}\",\"Messages\":[],\"max_tokens\":1}}");
    refused(&[(body.as_bytes(), "body-duplicate-key", "`Messages`")]);
}

#[test]
fn a_body_that_is_no_json_is_refused_with_its_position() {
    refused(&[
        (b"{\"model\":\"m\",\"messages\":[{\"role\":\"user\"", "body-malformed", "byte 39"),
        (b"{\"model\":\"m\"", "body-malformed", "byte 12"),
        (b"{\"model\":\"m\",}", "body-malformed", "byte 13"),
        (b"{\"model\":\"m\"} x", "body-malformed", "byte 14"),
        (b"{\n \"model\": m}", "body-malformed", "line 2, column 11"),
        (b"{\"model\":\"a\nb\"}", "body-malformed", "byte 11"),
        (b"{\"model\":\"m\",\"x\":01}", "body-malformed", "byte 18"),
        (b"{\"model\":\"m\",\"x\":\"\\x\"}", "body-malformed", "byte"),
        (b"{\"model\":\"m\",\"x\":NaN}", "body-malformed", "byte 17"),
        (b"[]", "body-malformed", "byte 0"),
        (b"\xef\xbb\xbf{}", "body-malformed", "byte 0"),
        (b"nonsense", "body-malformed", "byte 0"),
    ]);
}

#[test]
fn a_body_without_anything_is_refused_as_empty() {
    refused(&[(b"", "body-empty", "without a body"), (b" \n\t ", "body-empty", "without a body")]);
}

#[test]
fn a_body_that_is_not_utf8_is_refused_at_the_byte() {
    refused(&[
        (b"{\"model\":\"m\",\"x\":\"ab\xff\"}", "body-not-utf8", "byte 20"),
        (b"{\"model\":\"m\",\"x\":\"\xc3\"}", "body-not-utf8", "byte 18"),
        (b"{\"model\":\"m\",\"x\":\"\xed\xa0\x80\"}", "body-not-utf8", "byte 18"),
        (b"{\"model\":\"m\",\"x\":\"\xc0\xaf\"}", "body-not-utf8", "byte 18"),
    ]);
}

#[test]
fn a_lone_surrogate_is_refused_at_its_byte() {
    refused(&[
        (b"{\"model\":\"m\",\"x\":\"\\ud83d\"}", "body-lone-surrogate", "byte 18"),
        (b"{\"model\":\"m\",\"x\":\"\\ude00 \"}", "body-lone-surrogate", "byte 18"),
        (b"{\"model\":\"m\",\"x\":\"\\ud83d\\ud83d\"}", "body-lone-surrogate", "byte 18"),
        (b"{\"model\":\"m\",\"x\":[{\"\\udfff\":1}]}", "body-lone-surrogate", "byte"),
    ]);
}

#[test]
fn a_depth_bomb_is_refused_and_256_levels_are_not() {
    let nested = |levels: usize| {
        // The object around the field is a level, too.
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"model\":\"{MODEL}\",\"x\":{open}{close}}}").into_bytes()
    };
    refused(&[
        (&nested(257), "body-too-deep", "256 levels"),
        (&nested(1_000_000), "body-too-deep", "256 levels"),
        ("{\"a\":".repeat(300_000).as_bytes(), "body-too-deep", "256 levels"),
    ]);
    let (road, _upstream) = road();
    for levels in [255, 256] {
        let answer = road.send(&Request::post("/v1/messages", nested(levels)));
        assert_eq!(answer.status, 200, "{levels}: {}", answer.text());
    }
}

#[test]
fn fields_that_steer_must_have_their_type() {
    refused(&[
        (b"{}", "body-field-wrong", "model"),
        (b"{\"model\":7}", "body-field-wrong", "model"),
        (b"{\"model\":\"\"}", "body-field-wrong", "model"),
        (b"{\"model\":null}", "body-field-wrong", "model"),
        (b"{\"model\":\"m\",\"stream\":\"yes\"}", "body-field-wrong", "stream"),
    ]);
}

#[test]
fn a_wrong_content_type_is_refused_by_name() {
    let (road, upstream) = road();
    let body = serde_json::to_vec(&ask(MODEL, "hi")).expect("JSON");
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonx",
        "",
    ] {
        let answer =
            road.send(&Request::post("/v1/messages", body.clone()).with("content-type", media));
        assert_eq!(answer.status, 400, "{media}: {}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some("content-type-wrong"), "{media}");
        assert!(answer.error().1.contains(media), "{}", answer.text());
    }
    assert!(upstream.seen().is_empty());
    for media in
        ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/problem+json"]
    {
        let answer =
            road.send(&Request::post("/v1/messages", body.clone()).with("content-type", media));
        assert_eq!(answer.status, 200, "{media}: {}", answer.text());
    }
    let answer = road.send(&Request::post("/v1/messages", body).without("content-type"));
    assert_eq!(answer.status, 200, "a client that names no type sends JSON");
}

fn too_large(answer: &Answer, size: &str, limit: &str) {
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(answer.header("salve-fault"), Some("body-too-large"));
    let (kind, message) = answer.error();
    assert_eq!(kind, "request_too_large");
    assert!(message.contains(size) && message.contains(limit), "{message}");
}

#[test]
fn a_declared_33_megabytes_are_refused_before_they_are_sent() {
    let (road, _upstream) = road();
    let request = Request::post("/v1/messages", "").with("content-length", "34603008");
    let mut wire = road.wire();
    wire.write(&request.head());
    let answer =
        wire.until("the refusal", |answer| answer.status == 413 && !answer.body.is_empty());
    too_large(&answer, "33.0 MiB (34603008 bytes)", "32.0 MiB (33554432 bytes)");
}

#[test]
fn a_client_that_writes_all_33_megabytes_first_sees_the_refusal_and_no_reset() {
    let (road, _upstream) = road();
    let answer = road.send(&Request::post("/v1/messages", vec![b' '; 33 << 20]));
    too_large(&answer, "33.0 MiB", "32.0 MiB");
}

#[test]
fn chunked_33_megabytes_are_refused() {
    let (road, _upstream) = road();
    let mut request = Request::post("/v1/messages", "").with("transfer-encoding", "chunked");
    let chunk = upstream::chunk(&vec![b' '; 1 << 20]);
    request.body = chunk.repeat(33);
    request.body.extend(b"0\r\n\r\n");
    too_large(&road.send(&request), "more than 33554432 bytes", "32.0 MiB");
}

#[test]
fn expect_100_continue_is_answered_by_the_refusal_or_the_go_ahead() {
    let (road, upstream) = road();
    let request = Request::post("/v1/messages", "").with("content-length", "99000000");
    let mut wire = road.wire();
    wire.write(&request.and("expect", "100-continue").head());
    let refused = wire.until("the refusal", |answer| answer.status == 413);
    assert!(!String::from_utf8_lossy(wire.raw()).contains("100 Continue"), "{refused:?}");
    let body = serde_json::to_vec(&ask(MODEL, "hi")).expect("JSON");
    let request = Request::post("/v1/messages", body.clone()).and("expect", "100-continue");
    let mut wire = road.wire();
    wire.write(&request.head());
    crate::harness::wait::until("100 Continue", || {
        wire.pull();
        wire.raw().starts_with(b"HTTP/1.1 100").then_some(())
    });
    wire.write(&body);
    assert_eq!(road.end_of(&mut wire).status, 200);
    assert_eq!(upstream.last().body, body);
    assert_eq!(upstream.last().header("expect"), None);
}

#[test]
fn the_limit_is_exact_declared_chunked_and_by_configuration() {
    let message = upstream::message(MODEL);
    let upstream = Upstream::always(upstream::json_of("200 OK", message.as_bytes()));
    let road = Road::start(&Setup::of(upstream.url()).server("max_body = \"4KiB\""));
    for (length, status) in [(4_095, 200), (4_096, 200), (4_097, 413)] {
        let mut body = serde_json::to_vec(&ask(MODEL, "hi")).expect("JSON");
        body.resize(length, b' ');
        let answer = road.send(&Request::post("/v1/messages", body.clone()));
        assert_eq!(answer.status, status, "{length}: {}", answer.text());
        let mut request = Request::post("/v1/messages", "").with("transfer-encoding", "chunked");
        request.body = [upstream::chunk(&body[..1_000]), upstream::chunk(&body[1_000..])].concat();
        request.body.extend(b"0\r\n\r\n");
        let answer = road.send(&request);
        assert_eq!(answer.status, status, "{length} chunked: {}", answer.text());
        if status == 200 {
            assert_eq!(upstream.last().body, body, "chunks are joined");
        }
    }
}

#[test]
fn slow_headers_and_slow_bodies_are_told_408_and_idle_connections_are_not() {
    let (road, upstream) = road();
    let request = Request::post("/v1/messages", "").with("content-length", "500");
    let head = request.head();
    let mut slow_head = road.wire();
    slow_head.write(&head[..head.len() / 2]);
    let mut slow_body = road.wire();
    slow_body.write(&[&head[..], b"{\"model\":"].concat());
    let mut idle = road.wire();
    let told =
        slow_head.until("408 for the head", |answer| answer.end != crate::harness::BodyEnd::Open);
    assert_eq!(told.status, 408, "{}", told.text());
    assert_eq!(told.json()["error"]["type"], "timeout_error");
    let told =
        slow_body.until("408 for the body", |answer| answer.end != crate::harness::BodyEnd::Open);
    assert_eq!(told.status, 408, "{}", told.text());
    assert_eq!(told.header("salve-fault"), Some("body-too-slow"));
    assert_eq!(told.error().0, "timeout_error");
    idle.send(&Request::messages(&ask(MODEL, "hi")));
    assert_eq!(road.end_of(&mut idle).status, 200, "a connection may wait for its request");
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn a_client_that_leaves_before_its_body_is_whole_leaves_no_entry() {
    let (road, upstream) = road();
    let request = Request::post("/v1/messages", "").with("content-length", "500");
    let mut wire = road.wire();
    wire.write(&[&request.head()[..], b"{\"model\":"].concat());
    wire.finish_writing();
    let told = wire.read_to_end();
    assert!(told.is_none_or(|answer| answer.status == 400), "a body that was cut off");
    assert!(upstream.seen().is_empty());
}

#[test]
fn a_head_over_its_bounds_is_refused_431() {
    let (road, _upstream) = road();
    let mut many = Request::get("/v1/models");
    for number in 0..150 {
        many = many.and(&format!("x-field-{number}"), "x");
    }
    assert_eq!(road.open(&many).read_to_end().expect("an answer").status, 431);
    let large = Request::get("/v1/models").and("x-large", &"x".repeat(600_000));
    assert_eq!(road.open(&large).read_to_end().expect("an answer").status, 431);
}

#[test]
fn ambiguous_framing_is_refused() {
    let (road, upstream) = road();
    let body = serde_json::to_vec(&ask(MODEL, "hi")).expect("JSON");
    let both = Request::post("/v1/messages", body.clone())
        .and("content-length", &body.len().to_string())
        .and("content-length", "3");
    assert_eq!(road.open(&both).read_to_end().expect("an answer").status, 400);
    let two = Request::post("/v1/messages", body).and("transfer-encoding", "chunked, identity");
    assert_eq!(road.open(&two).read_to_end().expect("an answer").status, 400);
    assert!(upstream.seen().is_empty());
}

#[test]
fn what_the_door_refuses_is_told_for_count_tokens_too() {
    let (road, _upstream) = road();
    let answer = road.send(&Request::post("/v1/messages/count_tokens", "{\"model\":1}"));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("salve-fault"), Some("body-field-wrong"));
    answer.error();
}

#[test]
fn unknown_addresses_are_told_in_the_envelope_and_wrong_methods_too() {
    let (road, _upstream) = road();
    let answer = road.send(&Request::get("/v2/nothing"));
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("salve-fault"), Some("address-unknown"));
    let (kind, message) = answer.error();
    assert_eq!(kind, "not_found_error");
    assert!(message.contains("GET /v2/nothing"), "{message}");
    let answer = road.send(&Request::get("/v1/messages"));
    assert_eq!(answer.status, 405);
    answer.error();
}
