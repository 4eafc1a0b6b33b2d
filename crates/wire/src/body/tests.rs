use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::anthropic::request::POLICY_FIELDS;

fn scan(text: &str) -> Result<Body, ScanError> {
    Body::scan(Bytes::copy_from_slice(text.as_bytes()))
}

fn refusal(bytes: &[u8]) -> String {
    let body = Body::scan(Bytes::copy_from_slice(bytes));
    body.and_then(|body| body.refuse_ambiguous(POLICY_FIELDS)).unwrap_err().to_string()
}

fn concat(slices: &[Bytes]) -> Vec<u8> {
    slices.concat()
}

#[test]
fn each_kind_of_broken_body_is_refused_with_its_place() {
    let at = |offset: usize, line, column| format!("byte {offset} (line {line}, column {column})");
    let cases: &[(&[u8], &str, String)] = &[
        (b"", "the body is empty", at(0, 1, 1)),
        (b" \n ", "the body is empty", at(3, 2, 2)),
        (b"\xEF\xBB\xBF{}", "the body starts with a byte order mark", at(0, 1, 1)),
        (b"[1]", "the body is not a JSON object", at(0, 1, 1)),
        (b"{} x", "the JSON text ends, but more bytes follow", at(3, 1, 4)),
        (b"{\"a\": \"b", "the body is cut off: the JSON text ends inside a value", at(8, 1, 9)),
        (b"{\"a\": [1,", "the body is cut off: the JSON text ends inside a value", at(9, 1, 10)),
        (b"{\"a\"", "the body is cut off: the JSON text ends inside a value", at(4, 1, 5)),
        (b"{\"a\": tru", "the body is cut off: the JSON text ends inside a value", at(9, 1, 10)),
        (b"{\"a\": -", "the body is cut off: the JSON text ends inside a value", at(7, 1, 8)),
        (
            b"{\"a\": \"\\u12",
            "the body is cut off: the JSON text ends inside a value",
            at(11, 1, 12),
        ),
        (b"{\"a\": \"\xFF\"}", "the body is not valid UTF-8", at(7, 1, 8)),
        (b"{\"a\": \"\xED\xA0\x80\"}", "the body is not valid UTF-8", at(7, 1, 8)),
        (
            b"{\n\"a\": \"x\\ud83d\"}",
            "a string holds a lone surrogate: one half of a \\u pair without the other",
            at(9, 2, 8),
        ),
        (
            b"{\"a\": \"\\udc00\"}",
            "a string holds a lone surrogate: one half of a \\u pair without the other",
            at(7, 1, 8),
        ),
        (
            b"{\"a\": \"\\ud83d\\u0041\"}",
            "a string holds a lone surrogate: one half of a \\u pair without the other",
            at(7, 1, 8),
        ),
        (b"{\"a\": \"x\ny\"}", "a string holds an unescaped control character", at(8, 1, 9)),
        (b"{\"a\": \"\\q\"}", "a string holds an invalid escape", at(7, 1, 8)),
        (b"{\"a\": 1.}", "a number is malformed", at(8, 1, 9)),
        (b"{\"a\": 01}", "the JSON text is malformed: expected `,` or `}`", at(7, 1, 8)),
        (b"{\"a\": [1 2]}", "the JSON text is malformed: expected `,` or `]`", at(9, 1, 10)),
        (b"{\"a\" 1}", "the JSON text is malformed: expected `:`", at(5, 1, 6)),
        (b"{a: 1}", "the JSON text is malformed: expected a key in quotes", at(1, 1, 2)),
        (b"{\"a\": 1,}", "the JSON text is malformed: expected a key in quotes", at(8, 1, 9)),
        (b"{\"a\": }", "the JSON text is malformed: expected a value", at(6, 1, 7)),
        (b"{\"model\":1,\"model\":2}", "the field `model` stands more than once", at(11, 1, 12)),
        (
            b"{\"m\\u006fdel\":1,\"model\":2}",
            "the field `model` stands more than once",
            at(16, 1, 17),
        ),
        (
            b"{\"Stream\":1}",
            "the field `Stream` differs from `stream` in letter case only",
            at(1, 1, 2),
        ),
        (
            "{\"\u{17F}ystem\":1}".as_bytes(),
            "the field `\u{17F}ystem` differs from `system` in letter case only",
            at(1, 1, 2),
        ),
    ];
    for (bytes, kind, place) in cases {
        let expected = format!("{kind} at {place}");
        assert_eq!(refusal(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn nesting_is_taken_to_its_bound_and_refused_one_beyond() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(scan(&nested(DEPTH_MAX - 1)).is_ok());
    let error = scan(&nested(DEPTH_MAX)).unwrap_err();
    assert_eq!(error.kind, ScanErrorKind::TooDeep);
}

#[test]
fn a_depth_bomb_costs_no_more_than_reading_to_the_bound() {
    let bomb = format!("{{\"a\":{}", "[".repeat(5_000_000));
    let error = scan(&bomb).unwrap_err();
    assert_eq!(error.position.offset, 5 + DEPTH_MAX - 1);
}

#[test]
fn fields_are_read_without_touching_the_rest() {
    let text = r#" {"model" : "claude-\u00e9", "stream":true,"max_tokens": 18446744073709551615,
        "nested":{"model":"other"}, "n":1e400, "a\"b":[], "surrogates":"\ud83d\ude00" } "#;
    let body = scan(text).unwrap();
    assert_eq!(body.string("model").unwrap().unwrap(), "claude-é");
    assert_eq!(body.boolean("stream"), Ok(Some(true)));
    assert_eq!(body.unsigned("max_tokens"), Ok(Some(u64::MAX)));
    assert_eq!(body.raw("nested").unwrap(), br#"{"model":"other"}"#);
    assert_eq!(body.raw("a\"b").unwrap(), b"[]");
    assert_eq!(body.raw("absent"), None);
    assert_eq!(body.unsigned("n").unwrap_err().to_string(), "n: expected a whole number");
    assert_eq!(body.boolean("model").unwrap_err().to_string(), "model: expected true or false");
}

#[test]
fn an_edit_changes_its_span_and_no_other_byte() {
    let text = r#"{"model":"claude-a","messages":[1,2,3]}"#;
    let body = scan(text).unwrap();
    let mut edits = Edits::none();
    edits.replace(body.span("model").unwrap(), &b"\"us.claude-a\""[..]).unwrap();
    let slices = edits.apply(body.bytes());
    assert_eq!(concat(&slices), br#"{"model":"us.claude-a","messages":[1,2,3]}"#);
    let at = |part: &Bytes| part.as_ptr() as usize - body.bytes().as_ptr() as usize;
    assert_eq!((at(&slices[0]), at(&slices[2])), (0, 19), "the original is sliced, not copied");
}

#[test]
fn overlapping_edits_are_refused_and_neighbours_are_not() {
    let mut edits = Edits::none();
    edits.replace(4..8, &b"x"[..]).unwrap();
    assert_eq!(edits.replace(7..9, &b""[..]), Err(Overlap { span: 7..9 }));
    assert_eq!(edits.replace(0..5, &b""[..]), Err(Overlap { span: 0..5 }));
    edits.replace(8..9, &b"y"[..]).unwrap();
    edits.replace(4..4, &b"<"[..]).unwrap();
    edits.replace(0..4, &b""[..]).unwrap();
    assert_eq!(concat(&edits.apply(&Bytes::from_static(b"0123456789"))), b"<xy9");
}

/// JSON values with the things that trip parsers: unicode, escapes, huge numbers, depth.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(|f| json!(f).to_string()),
        "-?(0|[1-9][0-9]{0,400})(\\.[0-9]{1,50})?([eE][+-]?[0-9]{1,5})?",
        any::<String>().prop_map(|s| Value::from(s).to_string()),
        "(\\\\u(00[0-9a-f]{2}|4e2d|d83d\\\\ude00)|\\\\[\"\\\\/bfnrt]|[a-z é中😀]){0,40}"
            .prop_map(|s| format!("\"{s}\"")),
    ];
    scalar.prop_recursive(12, 200, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| format!("[ {} ]", items.join(" ,\n"))),
            proptest::collection::vec((any::<String>(), inner), 0..6).prop_map(|fields| {
                let fields = fields.into_iter().map(|(k, v)| format!("{}:\t{v}", Value::from(k)));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn every_well_formed_object_is_taken_and_its_fields_are_where_they_are(
        fields in proptest::collection::vec(("[a-z]{1,8}", value()), 0..8),
    ) {
        let members: Vec<String> = fields.iter().map(|(k, v)| format!("\"{k}\" :{v}")).collect();
        let body = scan(&format!("{{{}}}", members.join(","))).unwrap();
        for (name, _) in &fields {
            let (_, last) = fields.iter().rfind(|(k, _)| k == name).unwrap();
            prop_assert_eq!(body.raw(name).unwrap(), last.as_bytes());
        }
    }

    #[test]
    fn what_the_scan_takes_and_refuses_agrees_with_a_full_parser(text in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,60}") {
        let text = format!("{{{text}}}");
        let parsed = serde_json::from_str::<serde_json::Map<String, Value>>(&text);
        let out_of_range = parsed.as_ref().is_err_and(|e| e.to_string().contains("out of range"));
        prop_assert_eq!(scan(&text).is_ok(), parsed.is_ok() || out_of_range, "{}", text);
    }

    #[test]
    fn no_bytes_make_the_scan_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Body::scan(Bytes::from(bytes));
    }

    #[test]
    fn a_cut_body_is_refused_wherever_it_is_cut(value in value(), cut in 0.0..1.0f64) {
        let text = format!("{{\"a\":{value}}}");
        let at = (text.len() as f64 * cut) as usize;
        let error = Body::scan(Bytes::copy_from_slice(&text.as_bytes()[..at])).unwrap_err();
        let expected = [ScanErrorKind::Truncated, ScanErrorKind::Empty, ScanErrorKind::NotUtf8];
        prop_assert!(expected.contains(&error.kind), "{error} in {text}");
    }

    #[test]
    fn edits_agree_with_splicing_a_vector(
        original in proptest::collection::vec(any::<u8>(), 0..200),
        cuts in proptest::collection::btree_set(0usize..200, 0..12),
        with in proptest::collection::vec(any::<u8>(), 0..20),
    ) {
        let cuts: Vec<usize> = cuts.into_iter().map(|at| at.min(original.len())).collect();
        let mut edits = Edits::none();
        let mut expected = original.clone();
        for pair in cuts.chunks_exact(2).rev() {
            edits.replace(pair[0]..pair[1], with.clone()).unwrap();
            expected.splice(pair[0]..pair[1], with.iter().copied());
        }
        prop_assert_eq!(concat(&edits.apply(&Bytes::from(original))), expected);
    }
}
