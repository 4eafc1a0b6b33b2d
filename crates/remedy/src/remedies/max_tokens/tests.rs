use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    lessons, prepared, prepared_by_lessons, refused, refused_as, request, sent,
};

fn asked(max: u64) -> Value {
    json!({"model": "m", "max_tokens": max, "messages": []})
}

#[test]
fn the_cap_is_read_from_every_wording_and_known_from_then_on() {
    let cases = [
        (
            "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for \
          claude-opus-4-5-20251101",
            64_000,
        ),
        (
            "The maximum tokens you requested exceeds the model limit of 4096. Try again with a \
          maximum tokens value that is lower than 4096.",
            4096,
        ),
        (
            "max_tokens is too large: 128000. This model supports at most 16384 completion tokens, \
          whereas you provided 128000.",
            16_384,
        ),
        (
            "Unable to submit request because it has a maxOutputTokens value of 128000 but the \
          supported range is from 1 (inclusive) to 65537 (exclusive).",
            65_536,
        ),
        (
            "Malformed input request: #/max_tokens: 128000 is not less or equal to 8192, please \
          reformat your input and try again.",
            8192,
        ),
        ("Range of max_tokens should be [1, 8192]", 8192),
        ("`max_tokens` must be less than or equal to `32,768`, the maximum value", 32_768),
        ("max_tokens is too large", 8192),
    ];
    for (words, expected) in cases {
        let mut first = request(&asked(128_000), "");
        assert!(refused_as("max-tokens", &mut first, words), "{words}");
        assert_eq!(sent(&mut first), asked(expected), "{words}");
        let mut named = request(&asked(128_000), "");
        if refused(&mut named, words) {
            assert_eq!(sent(&mut named), asked(expected), "recognised: {words}");
        }
        assert_eq!(lessons(&first), [("limit:max_tokens".to_owned(), Says::Limit(expected))]);
        let mut later = request(&asked(100_000), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), asked(expected));
        let mut small = request(&asked(1000), "");
        prepared_by_lessons(&mut small, &first);
        assert!(!small.body.is_changed());
    }
}

#[test]
fn a_budget_comes_down_with_the_cap() {
    let thinking = json!({"type": "enabled", "budget_tokens": 31_999});
    let body = json!({"max_tokens": 32_000, "thinking": thinking});
    let mut first = request(&body, "");
    prepared(&mut first, &[("limit:max_tokens", Says::Limit(8192))]);
    let thinking = json!({"type": "enabled", "budget_tokens": 7168});
    assert_eq!(sent(&mut first), json!({"max_tokens": 8192, "thinking": thinking}));
}

#[test]
fn room_in_the_window_is_used_and_nothing_is_learned() {
    let cases = [
        (
            "input length and `max_tokens` exceed context limit: 186433 + 20000 > 200000, decrease \
          input length or `max_tokens` and try again",
            20_000,
            13_503,
        ),
        (
            "This model's maximum context length is 102400 tokens. However, you requested 107837 \
          tokens (99645 in the messages, 8192 in the completion).",
            8192,
            2691,
        ),
        (
            "This endpoint's maximum context length is 128000 tokens. However, you requested about \
          140000 tokens (100000 of text input, 10000 of tool input, 30000 in the output).",
            30_000,
            17_936,
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum \
          context length is 32768 tokens and your request has 1200 input tokens (32000 > 32768 - \
          1200).",
            32_000,
            31_504,
        ),
        (
            "This model's maximum context length is 32768 tokens. However, you requested 32000 \
          output tokens and your prompt contains at least 769 input tokens, for a total of at \
          least 32769 tokens.",
            32_000,
            31_935,
        ),
        ("max_tokens is larger than the context left by the prompt", 32_000, 8192),
    ];
    for (words, max, expected) in cases {
        let mut first = request(&asked(max), "");
        let is_told = words.contains(char::is_numeric);
        assert!(
            if is_told {
                refused_as("max-tokens", &mut first, words)
            } else {
                refused(&mut first, words)
            },
            "{words}",
        );
        assert_eq!(sent(&mut first), asked(expected), "{words}");
        assert!(lessons(&first).is_empty());
    }
}

#[test]
fn a_window_without_room_for_an_answer_is_the_clients_to_know() {
    let words = "input length and `max_tokens` exceed context limit: 199500 + 20000 > 200000";
    let mut first = request(&asked(20_000), "");
    assert!(!refused(&mut first, words));
    let thinking = json!({"type": "enabled", "budget_tokens": 12_500});
    let words = "input length and `max_tokens` exceed context limit: 186433 + 20000 > 200000";
    let mut thinks = request(&json!({"max_tokens": 20_000, "thinking": thinking}), "");
    assert!(!refused(&mut thinks, words));
    assert!(!first.body.is_changed() && !thinks.body.is_changed());
}

#[test]
fn room_is_made_above_the_budget_or_the_budget_comes_down() {
    let words = "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our \
                 documentation.";
    let body = |max: u64, budget: u64| {
        let thinking = json!({"type": "enabled", "budget_tokens": budget});
        json!({"max_tokens": max, "thinking": thinking})
    };
    let mut first = request(&body(4096, 8000), "");
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first), body(9024, 8000));
    let mut later = request(&body(4096, 8000), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    let mut capped = request(&body(4096, 8000), "");
    let known = [("limit:max_tokens", Says::Limit(8192))].into_iter().collect();
    assert!(crate::remedies::tests::refused_knowing(&mut capped, words, &known));
    assert_eq!(sent(&mut capped), body(8192, 7168));
}

#[test]
fn what_is_missing_is_added_but_not_to_a_count() {
    let bare = json!({"model": "m", "messages": []});
    for words in [
        "max_tokens: Field required",
        "Malformed input request: #: subject must not be valid against schema \
         {required:[messages]}#: required key [max_tokens] not found, please reformat your input",
    ] {
        let mut first = request(&bare, "");
        assert!(refused(&mut first, words), "{words}");
        assert_eq!(sent(&mut first)["max_tokens"], 4096);
        let mut later = request(&bare, "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), sent(&mut first));
        let mut count = request(&bare, "");
        count.is_count = true;
        prepared_by_lessons(&mut count, &first);
        assert!(!refused(&mut count, words) && !count.body.is_changed());
    }
}
