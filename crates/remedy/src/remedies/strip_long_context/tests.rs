use serde_json::json;

use crate::remedies::tests::{betas, done, prepared_by_lessons, refused, request, sent};

#[test]
fn the_long_window_is_not_asked_for_again() {
    for message in [
        "Usage credits required for 1M context",
        "Extra usage is required for long context requests.",
    ] {
        let body = json!({"model": "claude-sonnet-4-5[1m]", "max_tokens": 5});
        let set = "claude-code-20250219,context-1m-2025-08-07";
        let mut first = request(&body, set);
        assert!(refused(&mut first, message), "{message}");
        assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"));
        let left = json!({"model": "claude-sonnet-4-5", "max_tokens": 5});
        assert_eq!(sent(&mut first), left);
        assert_eq!(first.model, "claude-sonnet-4-5");
        assert_eq!(done(&first).len(), 2);
        let mut later = request(&body, set);
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (left, betas(&first)));
        assert!(!refused(&mut first, message));
    }
}

#[test]
fn a_request_that_did_not_ask_for_it_is_left_alone() {
    for model in ["claude-opus-5-5", "[1m]", "", "é]"] {
        let mut first = request(&json!({"model": model}), "a-2026-01-01");
        assert!(!refused(&mut first, "Usage credits required for 1M context"));
        assert!(!first.body.is_changed() && betas(&first).is_none());
    }
}
