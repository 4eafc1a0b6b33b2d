use serde_json::{Value, json};

use crate::remedies::tests::{lessons, prepared_by_lessons, refused, refused_as, request, sent};

fn check(asked: &Value, words: &str, expected: &Value) -> crate::Outbound {
    let mut first = request(asked, "");
    assert!(refused(&mut first, words), "{words}");
    assert_eq!(sent(&mut first), *expected, "{words}");
    let mut later = request(asked, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), *expected, "later: {words}");
    first
}

#[test]
fn a_field_that_the_model_does_not_take_goes_and_the_others_stay() {
    let asked = json!({"model": "m", "temperature": 0.7, "top_k": 5});
    let expected = json!({"model": "m", "top_k": 5});
    for words in [
        "`temperature` is deprecated for this model.",
        "The model returned the following errors: temperature is deprecated for this model.",
        "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default \
         (1) value is supported.",
        "invalid temperature: only 1 is allowed for this model",
    ] {
        check(&asked, words, &expected);
    }
    check(
        &asked,
        "top_k: Extra inputs are not permitted",
        &json!({"model": "m", "temperature": 0.7}),
    );
}

#[test]
fn of_two_that_exclude_each_other_temperature_stays() {
    let words = "`temperature` and `top_p` cannot both be specified for this model. Please use \
                 only one.";
    let asked = json!({"temperature": 0.7, "top_p": 0.9, "top_k": 5});
    let first = check(&asked, words, &json!({"temperature": 0.7, "top_k": 5}));
    let mut alone = request(&json!({"top_p": 0.9}), "");
    prepared_by_lessons(&mut alone, &first);
    assert!(!alone.body.is_changed());
}

#[test]
fn what_excludes_thinking_goes_while_the_model_thinks() {
    let words = "`temperature` may only be set to 1 when thinking is enabled. Please consult our \
                 documentation.";
    let on = json!({"type": "enabled", "budget_tokens": 2000});
    let asked = json!({"thinking": on, "temperature": 0.2, "top_p": 0.5, "top_k": 5});
    let first = check(&asked, words, &json!({"thinking": on}));
    let kept = json!({"thinking": on, "temperature": 1, "top_p": 0.97});
    let off = json!({"temperature": 0.2, "top_p": 0.5, "top_k": 5});
    for other in [kept, off] {
        let mut later = request(&other, "");
        prepared_by_lessons(&mut later, &first);
        assert!(!later.body.is_changed(), "{other}");
    }
}

#[test]
fn a_temperature_out_of_range_is_cooled_and_another_value_out_of_range_goes() {
    let words = "temperature: Input should be less than or equal to 1";
    check(&json!({"temperature": 1.6}), words, &json!({"temperature": 1}));
    let words = "temperature must be in range (0, 1]";
    let first = check(&json!({"temperature": 0, "top_k": 1}), words, &json!({"top_k": 1}));
    let mut warm = request(&json!({"temperature": 0.5}), "");
    prepared_by_lessons(&mut warm, &first);
    assert!(!warm.body.is_changed());
}

#[test]
fn a_request_without_them_is_left_alone() {
    let mut first = request(&json!({"model": "m", "temperature": null}), "");
    for words in ["top_p is deprecated", "cannot both be specified", "with thinking"] {
        assert!(!refused_as("strip-sampling", &mut first, words), "{words}");
    }
    assert!(!first.body.is_changed() && lessons(&first).is_empty());
}
