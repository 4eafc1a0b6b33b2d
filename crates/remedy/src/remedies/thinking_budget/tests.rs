use serde_json::{Value, json};

use crate::remedies::tests::{prepared_by_lessons, refused, refused_as, request, sent};

fn body(max: u64, budget: u64) -> Value {
    json!({"max_tokens": max, "thinking": {"type": "enabled", "budget_tokens": budget}})
}

#[test]
fn a_budget_comes_into_the_range_that_is_taken() {
    let cases = [
        (
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
            500,
            1024,
        ),
        ("thinking_budget must be less than or equal to 38912", 60_000, 38_912),
        ("The thinking_budget parameter must be in range [1, 38912]", 60_000, 38_912),
        (
            "The thinking budget 65536 is invalid. Please choose a value between 512 and 24576.",
            65_536,
            24_576,
        ),
    ];
    for (words, budget, expected) in cases {
        let mut first = request(&body(70_000, budget), "");
        assert!(refused(&mut first, words), "{words}");
        assert_eq!(sent(&mut first), body(70_000, expected), "{words}");
        let mut bare = request(&body(70_000, budget), "");
        assert!(refused_as("thinking-budget", &mut bare, words));
        assert_eq!(sent(&mut bare), sent(&mut first), "{words}");
        let mut later = request(&body(70_000, budget), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), sent(&mut first));
    }
}

#[test]
fn thinking_goes_where_the_smallest_budget_does_not_fit() {
    let words = "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024";
    let mut first = request(&body(1000, 500), "");
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first), json!({"max_tokens": 1000}));
    let mut none = request(&json!({"thinking": {"type": "adaptive"}}), "");
    assert!(!refused_as("thinking-budget", &mut none, words));
    assert!(!none.body.is_changed());
}
