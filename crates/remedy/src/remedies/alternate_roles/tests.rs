use serde_json::{Value, json};

use crate::remedies::tests::{done, prepared_by_lessons, refused, refused_as, request, sent};

const REPEATED: &str = "messages: roles must alternate between \"user\" and \"assistant\", but \
                        found multiple \"user\" roles in a row";
const FIRST: &str = "messages: first message must use the \"user\" role";

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// The rule: the first is the user's, and then they take turns.
fn alternates(body: &Value) -> bool {
    let messages = body["messages"].as_array().expect("messages");
    let roles: Vec<_> = messages.iter().map(|message| message["role"].as_str()).collect();
    roles.first() == Some(&Some("user")) && roles.windows(2).all(|pair| pair[0] != pair[1])
}

#[test]
fn turns_of_one_role_are_joined_with_results_first() {
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": "r"});
    let body = json!({"messages": [
        {"role": "user", "content": "a"}, {"role": "user", "content": [text("b")]},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": [text("d")]}, {"role": "assistant", "content": "e"},
        {"role": "user", "content": "f"}, {"role": "user", "content": [result, text("g")]}]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, REPEATED));
    let expected = json!({"messages": [
        {"role": "user", "content": [text("a"), text("b"), text("c")]},
        {"role": "assistant", "content": [text("d"), text("e")]},
        {"role": "user", "content": [result, text("f"), text("g")]}]});
    assert_eq!(sent(&mut first), expected);
    assert!(alternates(&expected));
    assert_eq!(done(&first), ["alternate-roles:4 turns"]);
    let mut longer = body;
    let more =
        [json!({"role": "assistant", "content": "h"}), json!({"role": "user", "content": "i"})];
    longer["messages"].as_array_mut().expect("messages").extend(more);
    let mut later = request(&longer, "");
    prepared_by_lessons(&mut later, &first);
    let turns = |body: &Value| body["messages"].as_array().expect("messages")[..3].to_vec();
    assert_eq!(turns(&sent(&mut later)), turns(&expected));
    assert!(alternates(&sent(&mut later)));
}

#[test]
fn a_conversation_that_the_model_opens_gets_an_opening() {
    let body = json!({"messages": [{"role": "assistant", "content": "hi"},
        {"role": "user", "content": "a"}]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, FIRST));
    assert!(alternates(&sent(&mut first)));
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn what_alternates_is_left_alone() {
    let fine = json!({"messages": [{"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"}]});
    let odd = json!({"messages": [{"role": "user"}, {"role": "user", "content": 3}, 4, null]});
    for body in [fine, odd, json!({}), json!({"messages": []}), json!({"messages": "x"})] {
        let mut first = request(&body, "");
        assert!(!refused_as("alternate-roles", &mut first, REPEATED), "{body}");
        assert!(!first.body.is_changed());
    }
}
