use super::named_in;

#[test]
fn a_time_to_wait_is_read_from_words() {
    for (words, seconds) in [
        ("Rate limit reached for gpt-5 in organization x. Please try again in 1.242s.", 2),
        ("Please try again in 6m0s. Visit https://example.com", 360),
        ("Please retry after 30 seconds.", 30),
        ("Please try again in 340ms.", 1),
        ("please wait 12 seconds before trying again", 12),
        (r#"{"details":[{"retryDelay": "34s"}]}"#, 34),
        (r#"{"error":{"retry_after_seconds":7}}"#, 7),
        ("请求过于频繁，请 15 秒后重试", 15),
        ("try again in 1 hour 5 minutes", 3_900),
        ("resets in 2h", 7_200),
    ] {
        assert_eq!(named_in(words.as_bytes()), Some(seconds), "{words}");
    }
}

#[test]
fn a_time_that_is_not_named_is_not_read() {
    for words in [
        "Too many tokens, please wait before trying again.",
        "maximum 10 requests in 1 minutes",
        "This request would exceed your account's rate limit. Please try again later.",
        "",
        "try again in a moment",
    ] {
        assert_eq!(named_in(words.as_bytes()), None, "{words}");
    }
}
