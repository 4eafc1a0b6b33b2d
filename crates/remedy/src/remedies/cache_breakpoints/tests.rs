use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{done, lessons, prepared_by_lessons, refused, request, sent};

const TOO_MANY: &str = "A maximum of 4 blocks with cache_control may be provided. Found 6.";
const ORDER: &str = "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must \
    not come after a ttl='5m' cache_control block. Note that blocks are processed in the \
    following order: `tools`, `system`, `messages`.";

fn marked(text: &str) -> Value {
    json!({"type": "text", "text": text, "cache_control": {"type": "ephemeral"}})
}

fn long(text: &str) -> Value {
    json!({"type": "text", "text": text, "cache_control": {"type": "ephemeral", "ttl": "1h"}})
}

fn plain(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn tool(cache: bool) -> Value {
    let mut tool = json!({"name": "t", "input_schema": {}});
    if cache {
        tool["cache_control"] = json!({"type": "ephemeral"});
    }
    tool
}

fn body(tools: Value, system: Value, content: Value) -> Value {
    json!({"tools": tools, "system": system, "messages": [{"role": "user", "content": content}]})
}

fn cured(words: &str, body: &Value) -> Value {
    let mut first = request(body, "");
    assert!(refused(&mut first, words), "{body}");
    let mut later = request(body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    sent(&mut first)
}

fn count(body: &Value) -> usize {
    body.to_string().matches("cache_control").count()
}

#[test]
fn of_too_many_marks_those_stay_that_save_most() {
    let body_before = body(
        json!([tool(true)]),
        json!([marked("a"), marked("b")]),
        json!([marked("c"), marked("d"), marked("e")]),
    );
    let expected = body(
        json!([tool(true)]),
        json!([plain("a"), marked("b")]),
        json!([plain("c"), marked("d"), marked("e")]),
    );
    assert_eq!(cured(TOO_MANY, &body_before), expected);
    let mut first = request(&body_before, "");
    assert!(refused(&mut first, TOO_MANY));
    assert_eq!(done(&first), ["cache-breakpoints:2 marks"]);
    assert_eq!(lessons(&first), [("limit:cache-breakpoints".to_owned(), Says::Limit(4))]);
}

#[test]
fn marks_that_somebody_on_the_way_adds_leave_less_room() {
    let body = body(json!([tool(true)]), json!([marked("a")]), json!([marked("b"), marked("c")]));
    assert_eq!(count(&cured(TOO_MANY, &body)), 2);
}

#[test]
fn a_limit_in_other_words_is_kept_too() {
    let content: Vec<_> = ["a", "b", "c", "d", "e"].iter().map(|text| marked(text)).collect();
    let body = body(json!([]), json!([]), json!(content));
    let after = cured("Too many cache_control breakpoints in the request", &body);
    assert_eq!(count(&after), 4);
}

#[test]
fn a_longer_lived_mark_behind_another_lives_as_short() {
    let before = body(json!([]), json!([long("a"), marked("b")]), json!([long("c"), marked("d")]));
    let expected =
        body(json!([]), json!([long("a"), marked("b")]), json!([marked("c"), marked("d")]));
    assert_eq!(cured(ORDER, &before), expected);
}

#[test]
fn no_mark_stands_on_thinking_or_a_deferred_tool() {
    let mut thinking = json!({"type": "thinking", "thinking": "t", "signature": "s"});
    let bare = thinking.clone();
    thinking["cache_control"] = json!({"type": "ephemeral"});
    let mut deferred = tool(true);
    deferred["defer_loading"] = json!(true);
    let before = body(json!([deferred]), json!([]), json!([thinking, marked("a")]));
    let mut unmarked = tool(false);
    unmarked["defer_loading"] = json!(true);
    let expected = body(json!([unmarked]), json!([]), json!([bare, marked("a")]));
    let words = "messages.0.content.0: cache_control cannot be set on thinking blocks";
    assert_eq!(cured(words, &before), expected);
}

#[test]
fn a_mark_on_empty_text_moves_to_the_block_before() {
    let before = body(json!([]), json!("s"), json!([plain("a"), marked("")]));
    let words = "messages.0.content.1.text: cache_control cannot be set for empty text blocks";
    assert_eq!(cured(words, &before), body(json!([]), json!("s"), json!([marked("a")])));
}

#[test]
fn a_lifetime_that_is_not_taken_goes_from_every_mark() {
    let before = body(json!([]), json!([long("a")]), json!([long("b")]));
    let expected = body(json!([]), json!([marked("a")]), json!([marked("b")]));
    assert_eq!(cured("system.0.cache_control.ttl: Input should be '5m'", &before), expected);
}

#[test]
fn a_mark_inside_a_result_that_is_not_taken_goes_there_alone() {
    let result = |item: Value| {
        json!([{"type": "tool_result", "tool_use_id": "t",
        "content": [item], "cache_control": {"type": "ephemeral"}}])
    };
    let words = "messages.0.content.0.tool_result.content.0.cache_control: cache_control cannot \
        be set on this block";
    let before = body(json!([]), json!([]), result(marked("a")));
    assert_eq!(cured(words, &before), body(json!([]), json!([]), result(plain("a"))));
}

#[test]
fn a_request_without_marks_is_left_alone() {
    for words in [TOO_MANY, ORDER] {
        let mut first = request(&body(json!([tool(false)]), json!("s"), json!("a")), "");
        assert!(!refused(&mut first, words));
        assert!(!first.body.is_changed());
    }
}
