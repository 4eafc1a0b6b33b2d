use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    betas, done, lessons, prepared_by_lessons, refused, refused_as, request, sent,
};

const THINKING: &str = "Thinking may not be enabled when tool_choice forces tool use.";

fn body(choice: &Value) -> Value {
    json!({"model": "m", "tools": [{"name": "a", "input_schema": {}}], "tool_choice": choice,
        "thinking": {"type": "adaptive"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015"}]}})
}

#[test]
fn a_program_that_forces_a_tool_keeps_it_and_does_not_think() {
    let asked = body(&json!({"type": "tool", "name": "a"}));
    let mut first = request(&asked, "context-management-2025-06-27");
    assert!(refused(&mut first, THINKING));
    let expected =
        json!({"model": "m", "tools": asked["tools"], "tool_choice": asked["tool_choice"]});
    assert_eq!((sent(&mut first), betas(&first)), (expected, Some(String::new())));
    let mut later = request(&asked, "context-management-2025-06-27");
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
    let mut free = request(&body(&json!({"type": "auto"})), "");
    prepared_by_lessons(&mut free, &first);
    assert!(!free.body.is_changed());
}

#[test]
fn claude_code_thinks_on_and_chooses_itself() {
    let mut asked = body(&json!({"type": "any", "disable_parallel_tool_use": true}));
    let mut by_beta = request(&asked, "claude-code-20250219");
    asked["metadata"] = json!({"user_id": "{\"device_id\":\"d\",\"session_id\":\"s\"}"});
    let mut by_user = request(&asked, "");
    for first in [&mut by_beta, &mut by_user] {
        assert!(refused(first, THINKING));
        let auto = json!({"type": "auto", "disable_parallel_tool_use": true});
        assert_eq!(sent(first)["tool_choice"], auto);
        assert_eq!(sent(first)["thinking"], json!({"type": "adaptive"}));
        assert_eq!(done(first), ["tool-choice:auto"]);
    }
    let mut later = request(&asked, "");
    prepared_by_lessons(&mut later, &by_user);
    assert_eq!(sent(&mut later), sent(&mut by_user));
}

#[test]
fn a_model_that_lets_nobody_force_it_is_left_the_choice() {
    for words in [
        "tool_choice: forced tool use is not supported by this model",
        "Invalid value for 'tool_choice': 'required' is not supported by this model",
        "deepseek-reasoner does not support this tool_choice",
    ] {
        let asked = body(&json!({"type": "tool", "name": "a"}));
        let mut first = request(&asked, "");
        assert!(refused(&mut first, words), "{words}");
        assert_eq!(sent(&mut first)["tool_choice"], json!({"type": "auto"}));
        assert_eq!(lessons(&first), [("forced-tool".to_owned(), Says::Refuses)]);
        let mut later = request(&asked, "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), sent(&mut first));
    }
}

#[test]
fn a_choice_without_tools_or_of_an_unknown_kind_goes() {
    let bare = json!({"model": "m", "tools": [], "tool_choice": {"type": "auto"}});
    let mut first = request(&bare, "");
    assert!(refused(&mut first, "tool_choice may only be specified while providing tools"));
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": []}));
    let mut later = request(&bare, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    let mut none = request(&body(&json!({"type": "none"})), "");
    assert!(refused(&mut none, "tool_choice: 'none' is not supported"));
    assert_eq!(sent(&mut none).get("tool_choice"), None);
    assert_eq!(lessons(&none), [("tool-choice:none".to_owned(), Says::Refuses)]);
    let mut auto = request(&body(&json!({"type": "auto"})), "");
    prepared_by_lessons(&mut auto, &none);
    assert!(!auto.body.is_changed());
}

#[test]
fn a_tool_that_is_not_there_is_not_forced() {
    let mut first = request(&body(&json!({"type": "tool", "name": "gone"})), "");
    assert!(refused_as("tool-choice", &mut first, "tool_choice: tool 'gone' not found in tools"));
    assert_eq!(sent(&mut first)["tool_choice"], json!({"type": "auto"}));
    assert!(!refused_as("tool-choice", &mut request(&json!({"model": "m"}), ""), THINKING));
}
