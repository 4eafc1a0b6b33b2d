use serde_json::{Value, json};

use crate::remedies::tests::{prepared_by_lessons, refused, refused_as, request, sent};

const PREFILL: &str = "This model does not support assistant message prefill. The conversation \
                       must end with a user message.";
const SPACE: &str = "messages: final assistant content cannot end with trailing whitespace";

fn body(content: &Value) -> Value {
    json!({"messages": [{"role": "user", "content": "a"},
        {"role": "assistant", "content": content}]})
}

#[test]
fn the_user_has_the_last_word_and_nothing_of_the_models_is_lost() {
    for words in [PREFILL, "The last message cannot be from the assistant"] {
        let mut first = request(&body(&json!("half a")), "");
        assert!(refused(&mut first, words));
        let mut expected = body(&json!("half a"));
        let last = json!({"role": "user", "content": "Continue."});
        expected["messages"].as_array_mut().expect("messages").push(last);
        assert_eq!(sent(&mut first), expected);
        let mut later = request(&body(&json!("half a")), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), expected);
        let mut ended = request(&expected, "");
        prepared_by_lessons(&mut ended, &first);
        assert!(!ended.body.is_changed());
    }
}

#[test]
fn white_space_at_the_end_is_trimmed() {
    let text = |text: &str| json!({"type": "text", "text": text});
    let cases = [
        (json!("half a \n"), Some(json!("half a"))),
        (json!([text("a "), text("b\t")]), Some(json!([text("a "), text("b")]))),
        (json!([text("a"), text("  ")]), Some(json!([text("a")]))),
        (json!("  "), None),
    ];
    for (content, expected) in cases {
        let mut first = request(&body(&content), "");
        assert!(refused_as("end-with-user", &mut first, SPACE), "{content}");
        let expected = expected.map_or_else(
            || json!({"messages": [{"role": "user", "content": "a"}]}),
            |content| body(&content),
        );
        assert_eq!(sent(&mut first), expected);
        let mut later = request(&body(&content), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), expected);
    }
}

#[test]
fn nothing_to_mend_is_left_alone() {
    let ends_well = json!({"messages": [{"role": "user", "content": "a "}]});
    for odd in [json!({}), json!({"messages": []}), json!({"messages": null}), ends_well] {
        for words in [PREFILL, SPACE] {
            let mut first = request(&odd, "");
            assert!(!refused_as("end-with-user", &mut first, words), "{odd}");
            assert!(!first.body.is_changed());
        }
    }
}
