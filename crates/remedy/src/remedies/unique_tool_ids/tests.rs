use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::history::{any_messages, texts};
use crate::remedies::tests::{
    lessons, prepared, prepared_by_lessons, refused, refused_as, request, sent,
};

const REFUSAL: &str = "messages.5.content.2: `tool_use` ids must be unique";

fn turn(call: &str, result: &str) -> [Value; 2] {
    [
        json!({"role": "assistant", "content": [
            {"type": "tool_use", "id": call, "name": "Bash", "input": {}}]}),
        json!({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": result, "content": "r"}]}),
    ]
}

fn body(turns: &[(&str, &str)]) -> Value {
    let messages: Vec<_> = turns.iter().flat_map(|(call, result)| turn(call, result)).collect();
    json!({"messages": messages})
}

/// The rule: ids are legal and no two alike.
fn obeys(body: &Value) -> bool {
    let mut seen = HashSet::new();
    let messages = body["messages"].as_array().unwrap().iter();
    let of_model = messages.filter(|message| message["role"] == "assistant");
    let mut blocks =
        of_model.flat_map(|message| message["content"].as_array().into_iter().flatten());
    blocks.all(|block| {
        let id = block["id"].as_str().unwrap_or_default();
        let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let is_legal = (1..=64).contains(&id.len()) && id.chars().all(is_sign);
        block["type"] != "tool_use" || (is_legal && seen.insert(id.to_owned()))
    })
}

#[test]
fn a_later_call_with_the_same_id_is_renamed_with_its_result() {
    let same = body(&[("a", "a"), ("a", "a"), ("a-2", "a-2"), ("a", "a")]);
    let mut first = request(&same, "");
    assert!(refused(&mut first, REFUSAL));
    let expected = body(&[("a", "a"), ("a-2", "a-2"), ("a-2-2", "a-2-2"), ("a-3", "a-3")]);
    assert_eq!(sent(&mut first), expected);
    assert_eq!(lessons(&first), [("body:tool-ids".to_owned(), Says::Refuses)]);
    let mut later = request(&same, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn signs_that_no_id_may_have_are_replaced_in_call_and_result() {
    let odd = body(&[("functions.Bash:0", "functions.Bash:0"), ("", "")]);
    let mut first = request(&odd, "");
    let words = "messages.1.content.0.tool_use.id: String should match pattern \
        '^[a-zA-Z0-9_-]+$'";
    assert!(refused(&mut first, words));
    let expected = body(&[("functions_Bash_0", "functions_Bash_0"), ("toolu", "toolu")]);
    assert_eq!(sent(&mut first), expected);
}

#[test]
fn long_ids_stay_within_the_bound_and_apart() {
    let long = "x".repeat(70);
    let body = body(&[(&long, &long), (&long, &long)]);
    let mut first = request(&body, "");
    assert!(refused(&mut first, REFUSAL));
    let after = sent(&mut first);
    assert!(obeys(&after), "{after}");
}

#[test]
fn ids_that_are_right_are_left_alone() {
    let mut first = request(&body(&[("a", "a"), ("b", "c")]), "");
    assert!(!refused_as("unique-tool-ids", &mut first, REFUSAL));
    assert!(!first.body.is_changed());
}

proptest! {
    #[test]
    fn any_history_has_ids_of_its_own_afterwards_and_needs_it_once(body in any_messages()) {
        let mut first = request(&body, "");
        prepared(&mut first, &[("body:tool-ids", Says::Refuses)]);
        let after = sent(&mut first);
        prop_assert!(obeys(&after), "{after}");
        prop_assert_eq!(texts(&after), texts(&body));
        let mut again = request(&after, "");
        prepared(&mut again, &[("body:tool-ids", Says::Refuses)]);
        prop_assert!(!again.body.is_changed(), "{after}");
    }
}
