use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::history::{any_messages, texts};
use crate::remedies::tests::{
    done, lessons, prepared, prepared_by_lessons, refused, request, sent,
};

const REFUSAL: &str = "messages: text content blocks must be non-empty";

fn cured(body: &Value) -> Value {
    let mut first = request(body, "");
    assert!(refused(&mut first, REFUSAL), "{body}");
    assert_eq!(lessons(&first), [("body:empty-text".to_owned(), Says::Refuses)]);
    let mut later = request(body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    sent(&mut first)
}

/// The rule: no blank text, no message without content.
fn obeys(body: &Value) -> bool {
    let is_blank = |text: &Value| text.as_str().is_none_or(|text| text.trim().is_empty());
    let is_list_right = |list: &Value| {
        let mut items = list.as_array().into_iter().flatten();
        items.all(|item| item["type"] != "text" || !is_blank(&item["text"]))
    };
    body["messages"].as_array().unwrap().iter().all(|message| {
        let content = &message["content"];
        let inner = content.as_array().into_iter().flatten().map(|block| &block["content"]);
        is_list_right(content)
            && inner.into_iter().all(is_list_right)
            && (content.as_array().is_some_and(|list| !list.is_empty()) || !is_blank(content))
    })
}

#[test]
fn an_empty_block_goes_and_its_breakpoint_moves_to_the_block_before() {
    let mark = json!({"type": "ephemeral"});
    let body = json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "a"}, {"type": "text", "text": " \n", "cache_control": mark},
        {"type": "text", "text": ""}]}]});
    let expected = json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "a", "cache_control": mark}]}]});
    assert_eq!(cured(&body), expected);
}

#[test]
fn thinking_is_given_no_breakpoint() {
    let thinking = json!({"type": "thinking", "thinking": "t", "signature": "s"});
    let empty = json!({"type": "text", "text": "", "cache_control": {"type": "ephemeral"}});
    let body = json!({"messages": [{"role": "assistant", "content": [thinking, empty]}]});
    let expected = json!({"messages": [{"role": "assistant", "content": [thinking]}]});
    assert_eq!(cured(&body), expected);
}

#[test]
fn a_users_empty_message_says_so_and_an_assistants_goes() {
    let body = json!({"messages": [
        {"role": "user", "content": "a"}, {"role": "assistant", "content": ""},
        {"role": "user", "content": []}, {"role": "assistant", "content": "b"},
        {"role": "user", "content": ""}]});
    let none = json!([{"type": "text", "text": "(no content)"}]);
    let joined = json!([{"type": "text", "text": "a"}, {"type": "text", "text": "(no content)"}]);
    let expected = json!({"messages": [
        {"role": "user", "content": joined}, {"role": "assistant", "content": "b"},
        {"role": "user", "content": none}]});
    assert_eq!(cured(&body), expected);
}

#[test]
fn an_empty_system_prompt_goes_and_empty_pieces_of_results_too() {
    let user = json!({"role": "user", "content": "a"});
    let alone = json!({"system": " ", "messages": [user]});
    assert_eq!(cured(&alone), json!({"messages": [user]}));
    let listed = json!({"system": [{"type": "text", "text": "\t"}], "messages": [user]});
    assert_eq!(cured(&listed), json!({"messages": [user]}));
    let result = |content: Value| {
        json!({"messages": [{"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t", "content": content}]}]})
    };
    let full = json!({"type": "text", "text": "x"});
    let body = result(json!([{"type": "text", "text": "\u{3000}"}, full]));
    assert_eq!(cured(&body), result(json!([full])));
}

#[test]
fn white_space_at_the_end_of_a_last_answer_is_trimmed() {
    let body = json!({"messages": [{"role": "assistant", "content": [
        {"type": "text", "text": "a \n"}]}]});
    let mut first = request(&body, "");
    let words = "messages: final assistant content cannot end with trailing whitespace";
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first)["messages"][0]["content"][0]["text"], "a");
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn an_empty_result_is_filled_only_where_it_was_what_was_refused() {
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": ""});
    let body = json!({"messages": [{"role": "user", "content": [result]}]});
    let mut first = request(&body, "");
    let words = "The text field in the ContentBlock object at messages.0.content.0 is blank.";
    assert!(refused(&mut first, words));
    assert_eq!(done(&first), ["drop-empty-text:1 result"]);
    let mut later = request(&body, "");
    prepared(&mut later, &[("body:empty-text", Says::Refuses)]);
    assert!(!later.body.is_changed());
}

#[test]
fn what_is_right_or_odd_is_left_alone() {
    for content in [json!("a"), json!([{"type": "text", "text": "a"}]), json!([1]), json!({})] {
        let body = json!({"messages": [{"role": "user", "content": content}, 3, null]});
        let mut first = request(&body, "");
        assert!(!refused(&mut first, REFUSAL), "{body}");
        assert!(!first.body.is_changed());
    }
}

proptest! {
    #[test]
    fn any_history_obeys_afterwards_keeps_its_texts_and_needs_it_once(body in any_messages()) {
        let mut first = request(&body, "");
        prepared(&mut first, &[("body:empty-text", Says::Refuses)]);
        let after = sent(&mut first);
        prop_assert!(obeys(&after), "{after}");
        let kept = texts(&after);
        prop_assert!(texts(&body).iter().all(|text| kept.contains(text)));
        let mut again = request(&after, "");
        prepared(&mut again, &[("body:empty-text", Says::Refuses)]);
        prop_assert!(!again.body.is_changed(), "{after}");
    }
}
