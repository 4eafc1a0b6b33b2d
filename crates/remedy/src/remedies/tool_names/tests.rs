use serde_json::{Value, json};

use crate::Outbound;
use crate::remedies::tests::{prepared_by_lessons, refused, request, sent};

fn body(names: &[&str]) -> Value {
    let tools: Vec<_> =
        names.iter().map(|name| json!({"name": name, "input_schema": {}})).collect();
    let calls: Vec<_> = names
        .iter()
        .map(|name| json!({"type": "tool_use", "id": "i", "name": name, "input": {}}))
        .collect();
    json!({"tools": tools, "tool_choice": {"type": "tool", "name": names[0]},
        "messages": [{"role": "assistant", "content": calls}]})
}

fn cured(words: &str, body: &Value) -> Outbound {
    let mut first = request(body, "");
    assert!(refused(&mut first, words), "{body}");
    let mut later = request(body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    assert_eq!(later.tool_names, first.tool_names);
    first
}

#[test]
fn a_long_name_is_short_everywhere_and_known_by_both() {
    let long = format!("mcp__{}", "x".repeat(80));
    let other = format!("{long}y");
    let words = "tools.0.custom.name: String should have at most 64 characters";
    let mut first = cured(words, &body(&[&long, "Bash", &other]));
    let names: Vec<_> = first.tool_names.iter().map(|(_, original)| original.clone()).collect();
    assert_eq!(names, [long, other]);
    let [one, two] = [0, 1].map(|at| first.tool_names[at].0.clone());
    assert!(one.len() == 64 && two.len() == 64 && one != two);
    assert_eq!(sent(&mut first), body(&[&one, "Bash", &two]));
}

#[test]
fn a_name_of_a_call_alone_is_shortened_and_nothing_is_to_be_put_back() {
    let body = json!({"messages": [{"role": "assistant", "content": [
        {"type": "tool_use", "id": "i", "name": "x".repeat(300), "input": {}}]}]});
    let words = "messages.0.content.0.tool_use.name: String should have at most 200 characters";
    let mut first = cured(words, &body);
    let name = sent(&mut first)["messages"][0]["content"][0]["name"].clone();
    assert_eq!(name.as_str().unwrap().len(), 200);
    assert!(first.tool_names.is_empty());
}

#[test]
fn signs_that_are_not_taken_are_replaced() {
    let words = "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'";
    let first = cured(words, &body(&["a.b/c", "Bash"]));
    assert_eq!(first.tool_names.len(), 1);
    assert!(first.tool_names[0].0.starts_with("a_b_c_"), "{:?}", first.tool_names);
}

#[test]
fn a_second_limit_lower_than_the_first_keeps_the_clients_name() {
    let long = "x".repeat(150);
    let body = body(&[&long]);
    let mut first = request(&body, "");
    for limit in [128, 64] {
        let words = format!("tools.0.custom.name: String should have at most {limit} characters");
        assert!(refused(&mut first, &words));
    }
    assert_eq!(first.tool_names.len(), 1);
    assert_eq!(first.tool_names[0].1, long);
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn of_tools_with_one_name_the_first_stays() {
    let body = json!({"tools": [{"name": "a", "description": "1"}, {"name": "a"}, {"name": "b"}]});
    let mut first = cured("tools: Tool names must be unique.", &body);
    let expected = json!({"tools": [{"name": "a", "description": "1"}, {"name": "b"}]});
    assert_eq!(sent(&mut first), expected);
}

#[test]
fn names_that_are_right_are_left_alone() {
    let mut first = request(&body(&["Bash"]), "");
    let words = "tools.0.custom.name: String should have at most 64 characters";
    assert!(!refused(&mut first, words));
    assert!(!first.body.is_changed() && first.lessons().is_empty());
}
