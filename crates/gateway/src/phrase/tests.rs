use super::*;

/// Failures that relays were seen to give for answers, and some of their kin.
const FAILURES: &[(&str, u16)] = &[
    ("当前分组上游负载已饱和，请稍后重试", 503),
    ("当前分组上游负载已饱和，请稍后再试 (request id: 20260101010203)", 503),
    ("当前模型负载过高，请稍后重试", 503),
    ("No available channel for model claude-opus-4-8 under group default (distributor)", 503),
    ("Internal server error", 500),
    ("  internal server error.\n", 500),
    ("Internal Server Error, please try again later", 500),
    ("error: upstream connect failed", 502),
    ("upstream connect error or disconnect/reset before headers. reset reason: overflow", 503),
    ("Service Unavailable", 503),
    ("Overloaded", 529),
    ("Too many requests, please try again later.", 429),
    ("bad_response_status_code 529", 502),
    ("Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error'}}", 502),
    (
        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
        502,
    ),
    ("用户额度不足", 402),
];

/// Answers that begin like failures and are none.
const ANSWERS: &[&str] = &[
    "",
    "I",
    "Hello",
    "Internal server errors are 500s.",
    "Overloaded functions share a name and differ in their parameters.",
    "Upstream changes were merged into main.",
    "Error: `foo` is not defined in line 3.",
    "{\"error\": \"not a number\"}",
    "The model is trained on the corpus in `data/`.",
    "Service unavailable is what 503 says: the server cannot answer now.",
    "请求失败是因为后端返回了 500。",
    "上游分支已经合并。",
    "Rate limit exceeded is raised in `limiter.rs` where the bucket is empty.",
];

#[test]
fn a_failure_in_an_answers_place_is_told_by_all_its_text() {
    for (text, expected) in FAILURES {
        assert_eq!(status(text), Some(*expected), "{text}");
    }
}

#[test]
fn every_beginning_of_a_failure_is_held_until_it_is_whole() {
    for (text, _) in FAILURES {
        let mut beginnings = text.char_indices().filter_map(|(at, _)| text.get(..at));
        assert!(beginnings.all(may_become), "{text}");
    }
}

#[test]
fn an_answer_that_only_begins_like_a_failure_is_an_answer() {
    for text in ANSWERS {
        assert_eq!(status(text), None, "{text}");
    }
}

#[test]
fn the_first_words_of_an_answer_set_it_free() {
    for text in ["Hello", "I'll", "Let me", "There", "Sure", "# Title", "好的", "```rust", "Here"]
    {
        assert!(!may_become(text), "{text}");
    }
}

#[test]
fn a_long_text_is_an_answer_whatever_it_begins_with() {
    let begun = "No available channel";
    let longest = format!("{begun}{}", "x".repeat(PHRASE_BYTES_MAX - begun.len()));
    assert!(may_become(&longest) && status(&longest).is_some());
    let longer = format!("{longest}x");
    assert!(!may_become(&longer) && status(&longer).is_none());
}

#[test]
fn what_a_failure_stands_for_is_the_catalogues_to_say() {
    let fault = |text: &str| {
        let status = status(text).unwrap();
        salve_remedy::diagnose(&Cause::Answer(answer(status, text.as_bytes()))).fault.id.clone()
    };
    assert_eq!(fault("当前分组上游负载已饱和，请稍后重试"), "upstream-saturated");
    assert_eq!(fault("Internal server error"), "upstream-server-error");
    assert_eq!(fault("Too many requests, try again later"), "upstream-rate-limited");
}
