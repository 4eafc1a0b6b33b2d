//! The pass-through law over bodies nobody wrote.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::harness::{MODEL, Request, Road, Setup, Upstream, upstream};

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just(""), 1 => Just(" "), 1 => Just("\n\t "), 1 => Just("\r\n")]
}

/// A JSON string, quotes included: any characters, some written as escapes.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -!#-\\[\\]-~]{0,12}",
        2 => any::<char>().prop_filter("plain", |c| !c.is_control() && !"\"\\".contains(*c))
            .prop_map(String::from),
        1 => prop::sample::select(vec![
            "\\n", "\\\"", "\\\\", "\\/", "\\u0000", "\\u00FC", "\\ud83d\\uDE00", "\\u2028",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "\u{feff}", "\u{1f468}\u{200d}\u{1f469}", "\u{202e}", "\u{7f}",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{20,60}",
        "-?(0|[1-9][0-9]{0,5})\\.[0-9]{1,30}([eE][+-]?[0-9]{1,4})?",
        "-?[1-9][eE][+-]?[0-9]{1,5}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec!["true", "false", "null", "-0", "{}", "[ ]"]);
    let leaf = prop_oneof![string(), number(), words.prop_map(str::to_owned)];
    leaf.prop_recursive(6, 40, 6, |inner| {
        let list = prop::collection::vec((space(), inner.clone(), space()), 0..6);
        let table = prop::collection::vec((string(), space(), inner, space()), 0..6);
        prop_oneof![
            list.prop_map(|items| {
                let items = items.into_iter().map(|(a, item, b)| format!("{a}{item}{b}"));
                format!("[{}]", items.collect::<Vec<_>>().join(","))
            }),
            table.prop_map(|fields| {
                let fields = fields.into_iter().map(|(k, a, v, b)| format!("{a}{k}{b}:{a}{v}{b}"));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

/// A value inside up to 100 more levels.
fn nested() -> impl Strategy<Value = String> {
    (value(), prop::collection::vec(any::<bool>(), 0..100)).prop_map(|(value, levels)| {
        levels.into_iter().fold(value, |inner, is_list| match is_list {
            true => format!("[{inner} ]"),
            false => format!("{{\"k\": {inner}}}"),
        })
    })
}

/// A request's body in two pieces, between which the model's name stands.
fn body() -> impl Strategy<Value = (String, String)> {
    let field = |name: &'static str| {
        (space(), space(), nested(), space())
            .prop_map(move |(a, b, value, c)| format!("{a}\"{name}\"{b}:{value}{c}"))
    };
    let others = (field("messages"), field("system"), field("max_tokens"), field("later"));
    (space(), others, space(), 0..5_usize).prop_map(|(lead, (a, b, c, d), trail, place)| {
        let mut fields = vec![a, b, c, d];
        fields.insert(place, format!("{trail}\"model\"{lead}:{lead}\0{trail}"));
        let whole = format!("{lead}{{{}}}{trail}", fields.join(","));
        let (before, after) = whole.split_once('\0').expect("the model's place");
        (before.to_owned(), after.to_owned())
    })
}

#[test]
fn every_generated_body_passes_byte_for_byte_but_for_a_renamed_model() {
    let message = upstream::message(MODEL);
    let upstream = Upstream::always(upstream::json_of("200 OK", message.as_bytes()));
    let setup = Setup::of(upstream.url()).more("model_ids = { \"rename\" = \"up\" }");
    let road = Road::start(&setup);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let ran = TestRunner::new(config).run(&body(), |(before, after)| {
        for (asked, sent) in [("\"m\\u0061x\"", "\"m\\u0061x\""), ("\"r\\u0065name\"", "\"up\"")] {
            let body = format!("{before}{asked}{after}").into_bytes();
            let expected = format!("{before}{sent}{after}").into_bytes();
            let answer = road.send(&Request::post("/v1/messages", body));
            prop_assert_eq!(answer.status, 200, "{}", answer.text());
            let found = upstream.last().body;
            prop_assert!(found == expected, "{}", String::from_utf8_lossy(&found));
        }
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}
