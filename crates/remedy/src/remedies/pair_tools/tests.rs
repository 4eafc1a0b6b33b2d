use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::history::{any_messages, texts};
use crate::remedies::tests::{lessons, prepared, prepared_by_lessons, refused, request, sent};

const MISSING: &str = "messages.1: `tool_use` ids were found without `tool_result` blocks \
    immediately after: toolu_01. Each `tool_use` block must have a corresponding `tool_result` \
    block in the next message.";
const ORPHAN: &str = "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` \
    blocks: toolu_01. Each `tool_result` block must have a corresponding `tool_use` block in the \
    previous message.";

fn call(id: &str) -> Value {
    json!({"type": "tool_use", "id": id, "name": "Bash", "input": {}})
}

fn result(id: &str) -> Value {
    json!({"type": "tool_result", "tool_use_id": id, "content": format!("of {id}")})
}

fn none(id: &str) -> Value {
    json!({"type": "tool_result", "tool_use_id": id, "is_error": true,
        "content": "[no result recorded: the tool call was interrupted]"})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn model(content: Value) -> Value {
    json!({"role": "assistant", "content": content})
}

fn cured(words: &str, messages: Value) -> Value {
    let body = json!({"messages": messages});
    let mut first = request(&body, "");
    assert!(refused(&mut first, words), "{body}");
    assert_eq!(lessons(&first), [("body:tool-pairs".to_owned(), Says::Refuses)]);
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    let after = sent(&mut first)["messages"].clone();
    assert!(obeys(&after), "{after}");
    after
}

/// The rule: the results at the head of a user's turn are those of the calls of the turn before,
/// each once, and there are no others. Messages of one role in a row are one turn.
fn obeys(messages: &Value) -> bool {
    let mut calls: Vec<String> = Vec::new();
    let mut turn: Vec<Value> = Vec::new();
    let mut role = "";
    let mut is_right = true;
    let list = messages.as_array().unwrap();
    for message in list.iter().chain([&json!({"role": "end"})]) {
        let own = message["role"].as_str().unwrap_or_default();
        if own != role {
            is_right &= role != "user" || is_turn_right(&turn, &calls);
            if role == "assistant" {
                calls = ids(&turn, "tool_use", "id");
                is_right &= calls.is_empty() || own == "user";
                is_right &= ids(&turn, "tool_result", "tool_use_id").is_empty();
            } else {
                calls.clear();
            }
            turn.clear();
            role = own;
        }
        turn.extend(message["content"].as_array().into_iter().flatten().cloned());
    }
    is_right
}

fn is_turn_right(turn: &[Value], calls: &[String]) -> bool {
    let head = turn.iter().take_while(|block| block["type"] == "tool_result").count();
    let mut has = ids(turn, "tool_result", "tool_use_id");
    let mut wanted = calls.to_vec();
    let is_all_at_head = head == has.len();
    has.sort();
    wanted.sort();
    wanted.dedup();
    is_all_at_head && has == wanted
}

fn ids(blocks: &[Value], tag: &str, field: &str) -> Vec<String> {
    let of = blocks.iter().filter(|block| block["type"] == tag);
    of.map(|block| block[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_call_without_result_gets_one_that_says_so() {
    let after = cured(
        MISSING,
        json!([
            user(json!("a")),
            model(json!([call("x"), call("y")])),
            user(json!([result("y"), text("b")]))
        ]),
    );
    let expected = json!([
        user(json!("a")),
        model(json!([call("x"), call("y")])),
        user(json!([none("x"), result("y"), text("b")]))
    ]);
    assert_eq!(after, expected);
}

#[test]
fn a_text_behind_a_call_and_the_end_of_a_conversation_get_results_too() {
    let after = cured(
        MISSING,
        json!([
            user(json!("a")),
            model(json!([call("x")])),
            user(json!("b")),
            model(json!([call("y")]))
        ]),
    );
    let expected = json!([
        user(json!("a")),
        model(json!([call("x")])),
        user(json!([none("x"), text("b")])),
        model(json!([call("y")])),
        user(json!([none("y")]))
    ]);
    assert_eq!(after, expected);
}

#[test]
fn a_result_without_call_stays_as_text_with_its_image_and_its_breakpoint() {
    let image = json!({"type": "image", "source": {"type": "base64", "data": "x"}});
    let orphan = json!({"type": "tool_result", "tool_use_id": "gone",
        "content": [text("told"), image], "cache_control": {"type": "ephemeral"}});
    let after = cured(ORPHAN, json!([user(json!([text("a"), orphan]))]));
    let told = json!({"type": "text", "text": "[result of an earlier tool call] told",
        "cache_control": {"type": "ephemeral"}});
    assert_eq!(after, json!([user(json!([text("a"), told, image]))]));
}

#[test]
fn results_stand_first_together_and_once() {
    let after = cured(
        "tool_result blocks must come first in the user message",
        json!([
            model(json!([call("x"), call("y")])),
            user(json!([text("a"), result("x")])),
            user(json!([result("y"), result("x"), text("b")])),
        ]),
    );
    let expected = json!([
        model(json!([call("x"), call("y")])),
        user(json!([result("x"), result("y"), text("a"), text("b")]))
    ]);
    assert_eq!(after, expected);
}

#[test]
fn a_result_behind_a_system_message_comes_before_it() {
    let system = json!({"role": "system", "content": "s"});
    let after =
        cured(MISSING, json!([model(json!([call("x")])), system, user(json!([result("x")]))]));
    assert_eq!(after, json!([model(json!([call("x")])), user(json!([result("x")])), system]));
}

#[test]
fn what_is_paired_and_what_the_service_runs_itself_are_left_alone() {
    let hosted = json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}});
    let body = json!({"messages": [user(json!("a")), model(json!([hosted, call("x"), call("y")])),
        user(json!([result("y"), result("x"), text("b")])), 7, {"role": "assistant"}]});
    let mut first = request(&body, "");
    assert!(!refused(&mut first, MISSING));
    assert!(!first.body.is_changed());
}

#[test]
fn a_new_turn_leaves_the_repair_of_the_earlier_ones_as_it_was() {
    let mut list = vec![user(json!("a")), model(json!([call("x")])), user(json!("b"))];
    let early = cured(MISSING, json!(list));
    list.extend([model(json!([call("y")])), user(json!([result("y")]))]);
    let late = cured(MISSING, json!(list));
    assert_eq!(late.as_array().unwrap()[..3], early.as_array().unwrap()[..]);
}

proptest! {
    #[test]
    fn any_history_is_paired_afterwards_keeps_its_texts_and_needs_it_once(body in any_messages()) {
        let mut first = request(&body, "");
        prepared(&mut first, &[("body:tool-pairs", Says::Refuses)]);
        let after = sent(&mut first);
        prop_assert!(obeys(&after["messages"]), "{after}");
        let kept = texts(&after);
        prop_assert!(texts(&body).iter().all(|text| kept.contains(text)));
        let mut again = request(&after, "");
        prepared(&mut again, &[("body:tool-pairs", Says::Refuses)]);
        prop_assert!(!again.body.is_changed(), "{after}");
    }
}
