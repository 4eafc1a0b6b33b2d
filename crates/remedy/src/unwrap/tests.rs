use proptest::prelude::*;

use super::{Inner, Shape, unwrap};
use crate::limits::{
    BODY_READ_BYTES_MAX, EMBEDDED_PREFIX_BYTES_MAX, LISTED_ERRORS_MAX, NESTED_VALUES_MAX,
};

fn read(body: &str) -> Inner {
    unwrap(body.as_bytes(), None)
}

/// Body, and the message, type and code in it.
type Row = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

#[test]
fn the_innermost_message_is_found_in_every_known_envelope() {
    let rows: &[Row] = &[
        // Anthropic
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "Overloaded",
            Some("overloaded_error"),
            None,
        ),
        // OpenAI, with a numeric code as vLLM writes it
        (r#"{"error":{"message":"m","type":"t","code":400}}"#, "m", Some("t"), Some("400")),
        // Google, and Vertex in a list
        (
            r#"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]"#,
            "m",
            Some("RESOURCE_EXHAUSTED"),
            Some("429"),
        ),
        // AWS
        (r#"{"Message":"m"}"#, "m", None, None),
        (
            r#"{"__type":"com.amazon.coral#ThrottlingException","message":"m"}"#,
            "m",
            Some("ThrottlingException"),
            None,
        ),
        // relays: error as a string, alone and beside a message
        (r#"{"error":"Rate limit exceeded"}"#, "Rate limit exceeded", None, None),
        (r#"{"error":"Invalid key","message":"m"}"#, "m", None, Some("Invalid key")),
        (r#"{"error":"invalid_grant","error_description":"m"}"#, "m", None, Some("invalid_grant")),
        // FastAPI, as text, object and list
        (r#"{"detail":"Not Found"}"#, "Not Found", None, None),
        (r#"{"detail":{"code":503130,"message":"m"}}"#, "m", None, Some("503130")),
        (r#"{"detail":[{"loc":["body"],"msg":"m","type":"missing"}]}"#, "m", Some("missing"), None),
        (
            r#"{"detail":[{"loc":["body","tools",0,"strict"],"msg":"no","type":"extra_forbidden"}]}"#,
            "tools.0.strict: no",
            Some("extra_forbidden"),
            None,
        ),
        // the same from vLLM, as Python with a tuple
        (
            "{'type': 'extra_forbidden', 'loc': ('body', 'x',), 'msg': 'no'}",
            "x: no",
            Some("extra_forbidden"),
            None,
        ),
        // OpenRouter keeps what it got in a string beside its own words
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"message\":\"m\"}"}}}"#,
            "m",
            None,
            None,
        ),
        // of a router's attempts the last decided
        (
            r#"{"error":{"message":"all","attempts":[{"details":{"message":"a"}},{"details":{"message":"b"}}]}}"#,
            "b",
            None,
            None,
        ),
        // MiniMax; an error dressed up as a completion
        (r#"{"base_resp":{"status_code":1008,"status_msg":"m"}}"#, "m", None, Some("1008")),
        (r#"{"choices":[{"message":{"role":"assistant","content":"m"}}]}"#, "m", None, None),
        // problem details
        (r#"{"title":"Error 524","status":524,"detail":"d"}"#, "Error 524: d", None, None),
        // JSON within the string of JSON, three deep
        (
            r#"{"error":{"message":"{\"error\":{\"message\":\"{\\\"message\\\":\\\"m\\\"}\",\"type\":\"t\"}}"}}"#,
            "m",
            Some("t"),
            None,
        ),
        // LiteLLM: JSON in a string with a tail, and `None` for nothing
        (
            r#"{"error":{"message":"{\"message\":\"invalid beta flag\"}. Received Model Group=x","type":"None","code":"400"}}"#,
            "invalid beta flag",
            None,
            Some("400"),
        ),
        // SDKs: a prefix, JSON or Python
        (r#"400 {"type":"error","error":{"type":"t","message":"m"}}"#, "m", Some("t"), None),
        (
            "Error code: 400 - {'error': {'type': 't', 'message': \"it's\", 'param': None}}",
            "it's",
            Some("t"),
            None,
        ),
        (r"[{'error': {'message': 'a \'b\' \u00e9'}}]", "a 'b' é", None, None),
        // event streams, whole and cut
        (
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"t\",\"message\":\"m\"}}\n",
            "m",
            Some("t"),
            None,
        ),
        // plain
        ("404 page not found", "404 page not found", None, None),
        ("\u{feff} upstream rejected the request\n", "upstream rejected the request", None, None),
        // braces in prose are no envelope, nor is JSON without a message
        ("expected {a: b} here", "expected {a: b} here", None, None),
        (r#"{"input_tokens":1}"#, r#"{"input_tokens":1}"#, None, None),
    ];
    for (body, message, error_type, code) in rows {
        let inner = read(body);
        let found = (&*inner.message, inner.error_type.as_deref(), inner.code.as_deref());
        assert_eq!(found, (*message, *error_type, *code), "{body}");
    }
}

#[test]
fn a_page_is_read_by_its_title_then_heading_then_words() {
    let title = "<!DOCTYPE html>\n<HTML><head><TITLE>a |\n 524: B &amp; C</TITLE>";
    assert_eq!(read(title).message, "a | 524: B & C");
    assert_eq!(read("<html><body><h1 class=x>502</h1></body></html>").message, "502");
    assert_eq!(read("<html><body><p>Go <b>away</b></p></html>").message, "Go away");
    assert_eq!(unwrap(b"Bad gateway", Some("text/html")).shape, Shape::Html);
}

#[test]
fn the_shape_of_the_whole_body_is_told_apart() {
    assert_eq!(read(" \n").shape, Shape::Empty);
    assert_eq!(read("<html>").shape, Shape::Html);
    assert_eq!(read(r#"{"error":{"message":"m"}}"#).shape, Shape::Envelope);
    assert_eq!(read(r#"{"error":"m"}"#).shape, Shape::Json);
    assert_eq!(read(r#"[{"error":{"message":"m"}}]"#).shape, Shape::Json);
    assert_eq!(read("oops").shape, Shape::Text);
    assert_eq!(unwrap(br#"{"error":{}}"#, Some("text/html")).shape, Shape::Envelope);
}

#[test]
fn a_fourth_nested_string_stays_closed() {
    let wrap = |message: &str| serde_json::json!({ "error": { "message": message } }).to_string();
    let three = wrap(&wrap(&wrap(&wrap("m"))));
    assert_eq!(read(&three).message, "m");
    assert_eq!(read(&wrap(&three)).message, wrap("m"));
}

#[test]
fn no_more_than_the_bound_is_read() {
    let body = "x".repeat(BODY_READ_BYTES_MAX + 10);
    assert_eq!(read(&body).message.len(), BODY_READ_BYTES_MAX);
    let deep = "[{".repeat(BODY_READ_BYTES_MAX);
    assert_eq!(read(&deep).shape, Shape::Text);
}

#[test]
fn an_embedded_error_is_opened_behind_a_prefix_up_to_the_bound() {
    let behind = |prefix: usize| {
        let body = format!("{}{}", "x".repeat(prefix), r#"{"message":"m"}"#);
        read(&body).message == "m"
    };
    assert!(behind(EMBEDDED_PREFIX_BYTES_MAX - 1));
    assert!(behind(EMBEDDED_PREFIX_BYTES_MAX));
    assert!(!behind(EMBEDDED_PREFIX_BYTES_MAX + 1));
}

#[test]
fn a_list_is_searched_up_to_the_bound() {
    let after = |silent: usize| {
        let body = format!("[{}{}]", "{},".repeat(silent), r#"{"message":"m"}"#);
        read(&body).message == "m"
    };
    assert!(after(LISTED_ERRORS_MAX - 2));
    assert!(after(LISTED_ERRORS_MAX - 1));
    assert!(!after(LISTED_ERRORS_MAX));
}

#[test]
fn objects_are_opened_up_to_the_bound() {
    // Each object and the string in the innermost one take a step.
    let deep = |objects: usize| {
        let around = objects - 1;
        let open = "{\"error\":".repeat(around);
        let body = format!("{open}{}{}", r#"{"message":"m"}"#, "}".repeat(around));
        read(&body).message == "m"
    };
    let objects_max = usize::from(NESTED_VALUES_MAX);
    assert!(deep(objects_max - 1));
    assert!(deep(objects_max));
    assert!(!deep(objects_max + 1));
}

/// Bytes that look like envelopes: fragments of all of them in any order.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        ":",
        ",",
        "\\",
        "\\\"",
        "error",
        "\"error\":",
        "'message':",
        "\"message\":\"",
        "detail",
        "None",
        "<html>",
        "<title>",
        "</title>",
        "data: ",
        "\n",
        "é",
        "400 ",
        "\\u",
        "\\x",
        "\u{1f600}",
        "event: error\n",
    ]);
    prop::collection::vec(fragment, 0..60).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_break_it(body in prop::collection::vec(any::<u8>(), 0..2000)) {
        let inner = unwrap(&body, None);
        // A byte that is no UTF-8 becomes a sign of three.
        prop_assert!(inner.message.len() <= body.len() * 3);
    }

    #[test]
    fn broken_envelopes_never_break_it(body in fragments()) {
        for content_type in [None, Some("text/html")] {
            let inner = unwrap(body.as_bytes(), content_type);
            prop_assert_eq!(inner.shape == super::Shape::Empty, body.trim().is_empty());
        }
    }

    #[test]
    fn any_message_is_found_again(message in "[a-zA-Z0-9 .,'\\\\\"é]{1,80}") {
        prop_assume!(!message.trim().is_empty());
        let body = serde_json::json!([{ "error": { "message": message } }]).to_string();
        // A message that is itself a quoted string is opened too.
        prop_assume!(!message.trim_start().starts_with('"'));
        prop_assert_eq!(read(&body).message, message.trim());
    }
}
