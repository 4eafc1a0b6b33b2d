use super::Accusation;

#[test]
fn a_value_is_quoted_whole_or_not_at_all() {
    for words in ["`A-1`", "'a-1', b", "beta: a-1", "[\"a-1\"]", "a-1."] {
        assert!(Accusation::of(words).quotes("a-1"), "{words}");
    }
    for words in ["a-12", "x-a-1", "a_1", ""] {
        assert!(!Accusation::of(words).quotes("a-1"), "{words}");
    }
}

#[test]
fn what_would_be_right_is_not_accused() {
    for words in [
        "Input tag 'a' found using 'type' does not match any of the expected tags: 'b'",
        "unsupported beta 'a'; supported values: b",
        "'m' does not support tool types: a. Did you mean one of b?",
        "a is not one of the allowed values [b]",
    ] {
        let accused = Accusation::of(words);
        assert!(accused.quotes("a") && !accused.quotes("b"), "{words}");
    }
    for words in ["Unsupported values: a", "Unexpected value(s) `a`", "not expected: a"] {
        assert!(Accusation::of(words).quotes("a"), "{words}");
    }
}
