use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    done, lessons, prepared_by_lessons, refused, refused_as, request, sent,
};

fn body() -> Value {
    let call = json!({"type": "tool_use", "id": "t1", "name": "n", "input": {}});
    let result = json!({"type": "tool_result", "tool_use_id": "t1", "content": "r"});
    json!({"model": "m", "thinking": {"type": "adaptive"}, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
        {"role": "assistant", "content": "done"},
        {"role": "user", "content": "more"}]})
}

fn blank() -> Value {
    json!({"type": "thinking", "thinking": " ", "signature": ""})
}

const MISSING: &str = "The content[].thinking in the thinking mode must be passed back to the API";

#[test]
fn turns_that_call_tools_get_a_blank_one() {
    for words in [
        MISSING,
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        "Missing reasoning_content field in the assistant message at message index 2.",
        "thinking is enabled but reasoning_content is missing in assistant tool call message at \
         index 3",
    ] {
        let mut first = request(&body(), "");
        assert!(refused(&mut first, words), "{words}");
        let mut expected = body();
        expected["messages"][1]["content"].as_array_mut().expect("blocks").insert(0, blank());
        assert_eq!(sent(&mut first), expected);
        assert_eq!(done(&first), ["give-thinking-back:1 turn"]);
        assert_eq!(lessons(&first), [("thinking-back".to_owned(), Says::Needs)]);
        let mut later = request(&body(), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), expected);
    }
}

#[test]
fn every_turn_gets_one_where_that_is_not_enough() {
    let plain = json!({"messages": [{"role": "user", "content": "a"},
        {"role": "assistant", "content": "done"}, {"role": "user", "content": "b"}]});
    let mut first = request(&plain, "");
    assert!(refused(&mut first, MISSING));
    let expected = json!([blank(), {"type": "text", "text": "done"}]);
    assert_eq!(sent(&mut first)["messages"][1]["content"], expected);
    let mut later = request(&plain, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn a_vendor_that_takes_no_blank_one_is_asked_not_to_think() {
    let mut first = request(&body(), "");
    assert!(refused(&mut first, MISSING));
    assert!(refused_as("disable-thinking", &mut first, MISSING));
    let mut expected = body();
    expected["thinking"] = json!({"type": "disabled"});
    assert_eq!(sent(&mut first), expected);
    let mut later = request(&body(), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn a_request_that_does_not_think_is_left_alone() {
    let mut quiet = body();
    quiet["thinking"] = json!({"type": "disabled"});
    let mut first = request(&quiet, "");
    assert!(!refused_as("give-thinking-back", &mut first, MISSING));
    assert!(!first.body.is_changed());
}
