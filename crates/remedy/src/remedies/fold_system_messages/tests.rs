use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    betas, done, lessons, prepared, prepared_by_lessons, refused, request, sent,
};

const ROLE: &str = "messages.1.role: Input should be 'user' or 'assistant'";
const ORDER: &str =
    "messages.1: role 'system' must precede an 'assistant' message or end the array";

fn body(messages: &Value) -> Value {
    json!({"model": "m", "messages": messages})
}

fn folded(messages: &Value) -> Value {
    let mut request = request(&body(messages), "");
    prepared(&mut request, &[("role:system", Says::Refuses)]);
    sent(&mut request)["messages"].take()
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn reminder(of: &str) -> Value {
    text(&format!("<system-reminder>\n{of}\n</system-reminder>"))
}

#[test]
fn what_claude_code_says_as_system_is_said_in_the_users_turn() {
    let cache = json!({"type": "ephemeral"});
    let said = json!({"type": "text", "text": "r", "cache_control": cache});
    let messages = json!([{"role": "user", "content": [text("a")]},
        {"role": "system", "content": [said], "output_config": {"effort": "medium"}}]);
    let set = "claude-code-20250219,per-turn-control-2026-07-01,mid-conversation-system-2026-04-07";
    for message in [
        ROLE,
        "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` \
         parameter, not \"system\" as an input message role.",
        "System messages are not allowed",
        "Invalid value: 'system'. Supported values are: 'user' and 'assistant'.",
    ] {
        let mut first = request(&body(&messages), set);
        assert!(refused(&mut first, message), "{message}");
        let mut told = reminder("r");
        told["cache_control"] = cache.clone();
        let left = json!([{"role": "user", "content": [text("a"), told]}]);
        assert_eq!(sent(&mut first)["messages"], left, "{message}");
        assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"));
        assert_eq!(done(&first), ["fold-system-messages:1 messages"]);
        let mut later = request(&body(&messages), set);
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (body(&left), betas(&first)));
        assert!(!refused(&mut first, message));
    }
}

#[test]
fn later_turns_leave_earlier_ones_as_they_were() {
    let result = |id: &str| json!({"type": "tool_result", "tool_use_id": id, "content": "ok"});
    let call = |id: &str| json!({"type": "tool_use", "id": id, "name": "a", "input": {}});
    let all = [
        json!({"role": "user", "content": "a"}),
        json!({"role": "system", "content": "r"}),
        json!({"role": "assistant", "content": [call("t")]}),
        json!({"role": "user", "content": [result("t")]}),
        json!({"role": "system", "content": [text("s")]}),
        json!({"role": "assistant", "content": "b"}),
        json!({"role": "user", "content": "c"}),
    ];
    let whole = folded(&json!(all));
    assert_eq!(whole[0]["content"], json!([text("a"), reminder("r")]));
    assert_eq!(whole[2]["content"], json!([result("t"), reminder("s")]));
    // A request ends with the system message or with the user's.
    for end in [2, 5, 7] {
        let part = folded(&json!(all[..end]));
        let part = part.as_array().expect("a list");
        assert_eq!(part.as_slice(), &whole.as_array().expect("a list")[..part.len()], "{end}");
    }
}

#[test]
fn without_a_users_turn_before_it_goes_behind_the_results_of_the_next_or_gets_its_own() {
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": "ok"});
    let messages = json!([{"role": "assistant", "content": "a"}, {"role": "system", "content": "r"},
        {"role": "user", "content": [result, text("b")]}]);
    let content = json!([result, reminder("r"), text("b")]);
    assert_eq!(folded(&messages)[1], json!({"role": "user", "content": content}));
    let messages = json!([{"role": "assistant", "content": "a"}, {"role": "system", "content": "r"},
        {"role": "assistant", "content": "b"}]);
    let alone = json!({"role": "user", "content": [reminder("r")]});
    assert_eq!(folded(&messages)[1], alone);
}

#[test]
fn turns_alternate_afterwards() {
    let messages = json!([{"role": "system", "content": "0"}, {"role": "user", "content": "a"},
        {"role": "system", "content": "1"}, {"role": "system", "content": "2"},
        {"role": "user", "content": [text("b")]}, {"role": "assistant", "content": "c"},
        {"role": "system", "content": "3"}]);
    let left = json!([{"role": "user", "content": [reminder("0"), text("a"), reminder("1"),
            reminder("2"), text("b")]},
        {"role": "assistant", "content": "c"}, {"role": "user", "content": [reminder("3")]}]);
    assert_eq!(folded(&messages), left);
}

#[test]
fn what_changes_tools_goes_and_what_is_empty_too() {
    let added =
        json!({"type": "tool_addition", "tool": {"type": "tool_reference", "tool_name": "a"}});
    let messages = json!([{"role": "user", "content": "a"},
        {"role": "system", "content": [added, text(" "), text("<system-reminder>x")]},
        {"role": "system", "content": null}, {"role": "system"}]);
    let content = json!([text("a"), text("<system-reminder>x")]);
    assert_eq!(folded(&messages), json!([{"role": "user", "content": content}]));
    let only = json!([{"role": "user", "content": "a"}, {"role": "system", "content": []}]);
    assert_eq!(folded(&only), json!([{"role": "user", "content": "a"}]));
}

#[test]
fn where_only_the_order_is_wrong_the_others_stay() {
    let messages = json!([{"role": "user", "content": "a"}, {"role": "system", "content": "1"},
        {"role": "user", "content": "b"}, {"role": "system", "content": "2"},
        {"role": "assistant", "content": "c"}]);
    let mut first = request(&body(&messages), "");
    assert!(refused(&mut first, ORDER));
    let content = json!([text("a"), reminder("1"), text("b")]);
    let left = json!([{"role": "user", "content": content}, {"role": "system", "content": "2"},
        {"role": "assistant", "content": "c"}]);
    assert_eq!(sent(&mut first)["messages"], left);
    assert_eq!(lessons(&first), [("body:system-order".to_owned(), Says::Refuses)]);
    // Not even there: then nowhere.
    assert!(refused(&mut first, ORDER));
    assert!(lessons(&first).contains(&("role:system".to_owned(), Says::Refuses)));
}

#[test]
fn conversations_without_such_messages_are_left_alone() {
    for body in [
        json!({}),
        json!({"messages": null}),
        json!({"system": "system", "messages": [
        null, {"role": null}, {"role": "user", "content": "\"system\""}]}),
    ] {
        let mut first = request(&body, "");
        assert!(!refused(&mut first, ROLE));
        assert!(!first.body.is_changed() && lessons(&first).is_empty());
    }
}
