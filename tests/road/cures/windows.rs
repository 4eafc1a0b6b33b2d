//! A conversation that is too long is told in the words that make clients compact.

use serde_json::{Value, json};

use super::patient::{asked, attempts, changed, sim, turn};
use crate::harness::{Answer, MODEL, Request, Road, Setup, Sim, Upstream, ask, upstream};

/// The two numbers of the sentence on which clients act.
fn told_numbers(answer: &Answer) -> (u64, u64) {
    assert_eq!(answer.status, 400, "{}", answer.text());
    let error = answer.json();
    assert_eq!(error["error"]["type"], "invalid_request_error", "{error}");
    let message = error["error"]["message"].as_str().expect("a message");
    let numbers = message
        .strip_prefix("prompt is too long: ")
        .and_then(|rest| rest.strip_suffix(" maximum"))
        .and_then(|rest| rest.split_once(" tokens > "));
    let (tokens, maximum) = numbers.unwrap_or_else(|| panic!("other words: {message}"));
    (tokens.parse().expect("tokens"), maximum.parse().expect("a maximum"))
}

/// A status line, a body, and the numbers of tokens and of the window that it names.
type Wording = (&'static str, &'static str, Option<(u64, u64)>);

/// Statuses and bodies in which upstreams say it, with the numbers if they are in them.
const WORDS: [Wording; 7] = [
    (
        "400 Bad Request",
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213456 tokens > 200000 maximum"}}"#,
        Some((213_456, 200_000)),
    ),
    ("400 Bad Request", r#"{"message":"Input is too long for requested model."}"#, None),
    (
        "400 Bad Request",
        r#"{"message":"The model returned the following errors: Input is too long for requested model."}"#,
        None,
    ),
    (
        "400 Bad Request",
        r#"{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130241 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
        Some((130_241, 128_000)),
    ),
    (
        "400 Bad Request",
        r#"{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144","type":"invalid_request_error"}}"#,
        Some((0, 262_144)),
    ),
    (
        "500 Internal Server Error",
        r#"{"error":{"message":"{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 213456 tokens > 200000 maximum\"}} (request id: 2026)","type":"new_api_error","code":"bad_response_status_code"}}"#,
        Some((213_456, 200_000)),
    ),
    (
        "400 Bad Request",
        r#"{"error":{"code":400,"message":"The input token count (1048790) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}"#,
        Some((1_048_790, 1_048_576)),
    ),
];

#[test]
fn every_wording_is_told_in_the_one_on_which_clients_act_with_numbers() {
    for (line, body, numbers) in WORDS {
        let upstream = Upstream::always(upstream::json_of(line, body.as_bytes()));
        let road = Road::to(upstream.url());
        let answer = road.ask(&ask(MODEL, "hi"));
        let (tokens, maximum) = told_numbers(&answer);
        assert!(tokens > maximum, "{body}: {tokens} > {maximum}");
        if let Some((said, limit)) = numbers {
            assert_eq!(maximum, limit, "{body}");
            assert!(said == 0 || said == tokens, "{body}: {tokens}");
        }
        assert_eq!(upstream.seen().len(), 1, "{body}: asked again");
        assert_eq!(road.entry_of(&answer)["fault"], "context-too-long", "{body}");
    }
}

fn windowed(tokens: u64) -> Sim {
    changed(
        "anthropic",
        &json!({ "add": { "models": { "patches": [
        { "models": ["*"], "window_tokens": tokens } ] } } }),
    )
}

fn long(words: usize) -> Value {
    turn(json!("word ".repeat(words)))
}

#[test]
fn a_channel_with_a_larger_window_is_asked_before_anything_is_told() {
    let (small, large) = (windowed(20_000), sim("anthropic"));
    let road = Road::start(&Setup::of(small.url()).channel("large", large.url()));
    let request = Request::messages(&long(40_000));
    let answer = road.send(&request);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("salve-channel"), Some("large"));
    assert!(asked(&large)[0].body == request.body);
    assert_eq!(road.ask(&ask(MODEL, "hi")).header("salve-channel"), Some("one"));
}

#[test]
fn a_window_that_a_conversation_has_outgrown_is_left_out_at_once() {
    let (small, large) = (sim("anthropic"), sim("anthropic"));
    let windows = "context_windows = { \"claude-opus-*\" = 20000 }";
    let road = Road::start(&Setup::of(small.url()).more(windows).channel("large", large.url()));
    let session = |body: &Value| {
        Request::messages(body).and("x-claude-code-session-id", "11111111-2222-4333-8444-5555")
    };
    let mut body = long(60_000);
    let first = road.send(&session(&body));
    assert_eq!(first.status, 200, "{}", first.text());
    let reply = json!({ "role": "assistant", "content": first.json()["content"] });
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.extend([reply, json!({ "role": "user", "content": "go on" })]);
    let second = road.send(&session(&body));
    assert_eq!((second.status, attempts(&second)), (200, 1), "{}", second.text());
    assert_eq!(second.header("salve-channel"), Some("large"), "{}", road.entry_of(&second));
    let skipped = &road.entry_of(&second)["skipped"][0];
    assert_eq!(skipped["channel"], "one", "{skipped}");
}

#[test]
fn tokens_that_an_upstream_cannot_count_are_never_told_too_few() {
    let (unable, able) = (sim("bedrock"), sim("anthropic"));
    let (estimating, exact) = (Road::to(unable.url()), Road::to(able.url()));
    let recorded = super::patient::recorded("p_subagent");
    for request in &recorded {
        let mut body = super::patient::json_of(request);
        let fields = body.as_object_mut().expect("an object");
        for name in ["max_tokens", "metadata", "stream"] {
            fields.remove(name);
        }
        let mut counting = request.clone();
        counting.path = "/v1/messages/count_tokens".to_owned();
        counting.body = serde_json::to_vec(&body).expect("JSON");
        let counted = |road: &Road| {
            let answer = road.send(&counting);
            assert_eq!(answer.status, 200, "{}", answer.text());
            (answer.json()["input_tokens"].as_u64().expect("a count"), answer)
        };
        let (real, _) = counted(&exact);
        let (estimate, answer) = counted(&estimating);
        assert!(estimate >= real, "{estimate} of {real}");
        assert_eq!(estimating.entry_of(&answer)["cost_nano_usd"], 0);
    }
}
