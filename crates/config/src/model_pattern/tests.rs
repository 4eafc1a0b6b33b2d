//! Patterns match what their letters and stars say, in linear time.

use proptest::prelude::*;

use super::*;

fn matches(pattern: &str, model: &str) -> bool {
    ModelPattern::new(pattern).matches(model)
}

/// The definition: a star takes any number of letters, tried one after the other.
fn matches_naively(pattern: &[u8], model: &[u8]) -> bool {
    match (pattern.split_first(), model.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((b'*', rest)), None) => matches_naively(rest, model),
        (Some((b'*', rest)), Some((_, after))) => {
            matches_naively(rest, model) || matches_naively(pattern, after)
        }
        (Some(_), None) => false,
        (Some((letter, rest)), Some((first, after))) => {
            letter == first && matches_naively(rest, after)
        }
    }
}

#[test]
fn a_star_stands_for_any_text_anywhere() {
    let table = [
        ("*", "", true),
        ("*", "claude-opus-4-8", true),
        ("claude-*", "claude-", true),
        ("claude-*", "gpt-5", false),
        ("*-4-8", "claude-opus-4-8", true),
        ("claude-*-4-*", "claude-opus-4-8", true),
        ("claude-*-4-*", "claude-opus-5-0", false),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("*ab*ba*", "aba", false),
        ("**", "x", true),
        ("claude-opus-4-8", "claude-opus-4-8", true),
        ("claude-opus-4-8", "claude-opus-4-8-fast", false),
        ("Claude-*", "claude-x", false),
    ];
    for (pattern, model, expected) in table {
        assert_eq!(matches(pattern, model), expected, "{pattern} {model}");
    }
}

#[test]
fn a_pattern_made_to_explode_is_decided_at_once() {
    let pattern = "a*".repeat(50_000) + "b";
    assert!(!matches(&pattern, &"a".repeat(200_000)));
    assert!(matches(&pattern, &("a".repeat(200_000) + "b")));
}

#[test]
fn a_pattern_without_star_is_a_model() {
    assert_eq!(ModelPattern::new("claude-opus-4-8").literal(), Some("claude-opus-4-8"));
    assert_eq!(ModelPattern::new("claude-*").literal(), None);
}

proptest! {
    #[test]
    fn matching_is_what_the_naive_definition_says(pattern in "[ab*]{0,10}", model in "[ab]{0,12}") {
        let expected = matches_naively(pattern.as_bytes(), model.as_bytes());
        prop_assert_eq!(matches(&pattern, &model), expected);
    }

    #[test]
    fn no_pattern_and_model_make_it_panic(pattern in any::<String>(), model in any::<String>()) {
        let _ = matches(&pattern, &model);
    }
}
