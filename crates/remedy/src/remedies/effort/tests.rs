use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{
    betas, done, lessons, prepared, prepared_by_lessons, refused, refused_as, request, sent,
};

fn asking(effort: &str) -> Value {
    json!({"model": "m", "output_config": {"effort": effort, "format": {}}, "messages": [
        {"role": "user", "content": "x", "output_config": {"effort": effort}},
        {"role": "user", "content": "\"effort\""}]})
}

fn efforts(request: &mut crate::Outbound) -> (Value, Value) {
    let body = sent(request);
    let turn = body["messages"][0]["output_config"]["effort"].clone();
    (body["output_config"]["effort"].clone(), turn)
}

#[test]
fn an_effort_that_no_model_of_the_channel_knows_goes_with_its_beta() {
    for words in [
        "This model does not support the effort parameter.",
        "output_config.effort: Extra inputs are not permitted",
        "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
    ] {
        let mut first = request(&asking("high"), "effort-2025-11-24,x-1");
        assert!(refused(&mut first, words), "{words}");
        let expected = json!({"model": "m", "output_config": {"format": {}}, "messages": [
            {"role": "user", "content": "x"}, {"role": "user", "content": "\"effort\""}]});
        assert_eq!((sent(&mut first), betas(&first)), (expected, Some("x-1".into())), "{words}");
        let mut later = request(&asking("high"), "effort-2025-11-24,x-1");
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (sent(&mut first), betas(&first)));
    }
}

#[test]
fn a_config_that_held_an_effort_alone_goes_too() {
    let mut first = request(&json!({"output_config": {"effort": "low"}, "model": "m"}), "");
    assert!(refused(&mut first, "This model does not support the effort parameter."));
    assert_eq!(sent(&mut first), json!({"model": "m"}));
}

#[test]
fn the_next_lower_effort_that_is_taken_stands_in() {
    let cases = [
        ("xhigh", "output_config.effort: Input should be 'low', 'medium' or 'high'", "high"),
        (
            "max",
            "output_config.effort: Input should be 'low', 'medium', 'high' or 'xhigh'",
            "xhigh",
        ),
        ("max", "Unsupported reasoning effort: max", "xhigh"),
        ("xhigh", "think value \"xhigh\" is not supported for this model", "high"),
        ("low", "output_config.effort: Input should be 'medium' or 'high'", "medium"),
        ("odd", "output_config.effort: Input should be 'low', 'medium' or 'high'", "high"),
        (
            "xhigh",
            "Unsupported value: 'xhigh' is not supported with the 'gpt-5' model. Supported values \
             are: 'minimal', 'low', 'medium', and 'high'.",
            "high",
        ),
    ];
    for (asked, words, expected) in cases {
        let mut first = request(&asking(asked), "");
        assert!(refused_as("effort", &mut first, words), "{words}");
        assert!(refused(&mut request(&asking(asked), ""), words), "recognised: {words}");
        assert_eq!(efforts(&mut first), (json!(expected), json!(expected)), "{words}");
        let instead = Says::Instead(expected.to_owned());
        assert_eq!(lessons(&first), [(format!("effort:{asked}"), instead)]);
        let mut later = request(&asking(asked), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), sent(&mut first));
    }
}

#[test]
fn an_effort_refused_without_thinking_is_lowered_only_there() {
    let words = "output_config.effort 'xhigh' is not supported when thinking is disabled on this \
                 model. Use effort 'high' or below, or enable thinking.";
    let body = |thinking: Value| {
        let config = json!({"effort": "xhigh"});
        json!({"model": "m", "thinking": thinking, "output_config": config})
    };
    let mut first = request(&body(json!({"type": "disabled"})), "");
    assert!(refused(&mut first, words));
    assert_eq!(sent(&mut first)["output_config"]["effort"], "high");
    assert_eq!(done(&first), ["effort:xhigh-to-high"]);
    let mut later = request(&body(json!({"type": "disabled"})), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(sent(&mut later), sent(&mut first));
    let mut thinks = request(&body(json!({"type": "adaptive"})), "");
    prepared_by_lessons(&mut thinks, &first);
    assert!(!thinks.body.is_changed());
}

#[test]
fn seeded_refusals_step_down_and_odd_bodies_stay() {
    let facts = [("effort:max", Says::Refuses), ("effort:xhigh", Says::Refuses)];
    let mut seeded = request(&asking("max"), "");
    prepared(&mut seeded, &facts);
    assert_eq!(efforts(&mut seeded), (json!("high"), json!("high")));
    for config in [json!(null), json!([]), json!({"effort": 3}), json!("high")] {
        let mut odd = request(&json!({"model": "m", "output_config": config}), "");
        assert!(!refused_as("effort", &mut odd, "does not support the effort parameter"));
        assert!(!odd.body.is_changed());
    }
}
