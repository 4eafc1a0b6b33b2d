use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    betas, done, lessons, prepared, prepared_by_lessons, refused, refused_as, request, sent,
};

fn asking(thinking: &Value) -> Value {
    json!({"model": "m", "max_tokens": 32_000, "thinking": thinking, "messages": []})
}

fn thinking(request: &mut crate::Outbound) -> Value {
    sent(request)["thinking"].clone()
}

#[test]
fn adaptive_becomes_a_budget_in_every_wording_and_stays_so() {
    let wordings = [
        "thinking: Input tag 'adaptive' found using 'type' does not match expected tags: \
         'enabled', 'disabled'",
        "adaptive thinking is not supported on this model",
        "thinking.type: Input should be 'enabled' or 'disabled'",
        "\"thinking.type.adaptive\" is not supported for this model.",
        "thinking.type: unknown variant `adaptive`, expected `enabled` or `disabled`",
    ];
    let body = asking(&json!({"type": "adaptive", "display": "updates"}));
    for words in wordings {
        let mut first = request(&body, "thinking-display-updates-2026-08-18,x-1");
        assert!(refused(&mut first, words), "{words}");
        let enabled = json!({"type": "enabled", "budget_tokens": 16_384});
        assert_eq!(thinking(&mut first), enabled, "{words}");
        assert_eq!(betas(&first).as_deref(), Some("x-1"));
        assert_eq!(lessons(&first), [("thinking:adaptive".to_owned(), Says::Refuses)]);
        let mut later = request(&body, "thinking-display-updates-2026-08-18,x-1");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), sent(&mut first));
        assert_eq!(done(&later), done(&first));
    }
}

#[test]
fn adaptive_goes_where_there_is_no_room_for_a_budget() {
    let mut first = request(&json!({"max_tokens": 1024, "thinking": {"type": "adaptive"}}), "");
    assert!(refused(&mut first, "adaptive thinking is not supported on this model"));
    assert_eq!(sent(&mut first), json!({"max_tokens": 1024}));
}

#[test]
fn a_budget_becomes_adaptive_and_keeps_what_is_shown() {
    let body = asking(&json!({"type": "enabled", "budget_tokens": 31_999, "display": "omitted"}));
    let mut first = request(&body, "");
    let words = "\"thinking.type.enabled\" is not supported for this model. Use \
                 \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking.";
    assert!(refused(&mut first, words));
    assert_eq!(thinking(&mut first), json!({"type": "adaptive", "display": "omitted"}));
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
}

#[test]
fn thinking_goes_where_it_is_taken_in_no_way_with_what_clears_it() {
    let mut body = asking(&json!({"type": "adaptive"}));
    body["context_management"] = json!({"edits": [{"type": "clear_thinking_20251015"}]});
    let expected = json!({"model": "m", "max_tokens": 32_000, "messages": []});
    let mut twice = request(&body, "");
    assert!(refused(&mut twice, "adaptive thinking is not supported on this model"));
    assert!(refused(&mut twice, "\"thinking.type.enabled\" is not supported for this model."));
    assert_eq!(sent(&mut twice), expected);
    let mut once = request(&body, "");
    assert!(refused(&mut once, "claude-3-5-haiku does not support extended thinking"));
    assert_eq!(sent(&mut once), expected);
    for taught in [&twice, &once] {
        let mut later = request(&body, "");
        prepared_by_lessons(&mut later, taught);
        assert_eq!(sent(&mut later), expected);
    }
}

#[test]
fn a_model_that_always_thinks_is_not_told_otherwise() {
    let mut first = request(&asking(&json!({"type": "disabled"})), "");
    assert!(refused(&mut first, "thinking type 'disabled' is not supported by this model"));
    assert_eq!(thinking(&mut first), Value::Null);
    let mut later = request(&asking(&json!({"type": "adaptive"})), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(thinking(&mut later), json!({"type": "adaptive"}));
}

#[test]
fn a_display_that_is_unknown_goes_and_others_stay() {
    let body = asking(&json!({"type": "adaptive", "display": "updates"}));
    let words = "thinking.adaptive.display: Input should be 'omitted' or 'summarized'";
    let mut first = request(&body, "thinking-display-updates-2026-08-18");
    assert!(refused(&mut first, words));
    assert_eq!(thinking(&mut first), json!({"type": "adaptive"}));
    assert_eq!(betas(&first).as_deref(), Some(""));
    let mut later = request(&body, "thinking-display-updates-2026-08-18");
    prepared_by_lessons(&mut later, &first);
    assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
    let mut other = request(&asking(&json!({"type": "adaptive", "display": "omitted"})), "");
    prepared_by_lessons(&mut other, &first);
    assert!(!other.body.is_changed());
}

#[test]
fn a_field_inside_goes_alone_and_a_missing_budget_comes() {
    let words = "thinking.adaptive.block_binding: Extra inputs are not permitted";
    let mut bound = request(&asking(&json!({"type": "adaptive", "block_binding": {}})), "");
    assert!(refused(&mut bound, words));
    assert_eq!(thinking(&mut bound), json!({"type": "adaptive"}));
    let body = asking(&json!({"type": "enabled"}));
    let mut bare = request(&body, "");
    assert!(refused(&mut bare, "thinking.enabled.budget_tokens: Field required"));
    assert_eq!(thinking(&mut bare), json!({"type": "enabled", "budget_tokens": 16_384}));
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &bare);
    assert_eq!(sent(&mut later), sent(&mut bare));
}

#[test]
fn a_request_without_thinking_is_left_alone() {
    for thinking in [Value::Null, json!({}), json!("adaptive"), json!([])] {
        let mut odd = request(&asking(&thinking), "");
        assert!(!refused_as("thinking-shape", &mut odd, "adaptive thinking is not supported"));
        prepared(&mut odd, &[("thinking:adaptive", Says::Refuses)]);
        assert!(!odd.body.is_changed() && lessons(&odd).is_empty());
    }
}
