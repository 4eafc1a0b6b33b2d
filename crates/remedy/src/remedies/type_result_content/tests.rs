use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{lessons, prepared_by_lessons, refused, request, sent};

const REFUSAL: &str =
    r#"{"message":"messages.0.content.0.tool_result.content.0.type: Field required"}"#;

fn body(content: Value) -> Value {
    json!({"messages": [{"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t", "content": content}]}]})
}

#[test]
fn every_item_gets_the_type_that_its_fields_tell() {
    let untyped = body(json!(["a", {"text": "b"}, {"tool_name": "c"}, {"d": 1}, 5,
        {"type": "text", "text": "e"}]));
    let mut first = request(&untyped, "");
    assert!(refused(&mut first, REFUSAL));
    let expected = body(json!([
        {"type": "text", "text": "a"}, {"text": "b", "type": "text"},
        {"tool_name": "c", "type": "tool_reference"}, {"type": "text", "text": "{\"d\":1}"},
        {"type": "text", "text": "5"}, {"type": "text", "text": "e"}]));
    assert_eq!(sent(&mut first), expected);
    assert_eq!(lessons(&first), [("body:untyped-result".to_owned(), Says::Refuses)]);
    let mut later = request(&untyped, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), expected);
}

#[test]
fn an_object_in_place_of_the_list_becomes_its_only_item() {
    let mut first = request(&body(json!({"text": "a"})), "");
    assert!(refused(&mut first, REFUSAL));
    assert_eq!(sent(&mut first), body(json!([{"text": "a", "type": "text"}])));
}

#[test]
fn typed_content_is_left_alone() {
    for content in [json!("a"), json!(null), json!([]), json!([{"type": "text", "text": "a"}])] {
        let mut first = request(&body(content), "");
        assert!(!refused(&mut first, REFUSAL));
        assert!(!first.body.is_changed());
    }
}
