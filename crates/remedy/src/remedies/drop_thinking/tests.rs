use serde_json::{Value, json};

use crate::remedies::tests::{
    done, lessons, prepared_by_lessons, refused, refused_as, request, sent,
};
use crate::{Facts, Known, Provenance, Says, prepare};

const OURS: &str = "EqQBCkYIAxgCKkDabc+/=";
const OTHER: &str = "ZmY5OTk5OTk5OTk5";

fn thought(signature: &str) -> Value {
    json!({"type": "thinking", "thinking": "t", "signature": signature})
}

fn turn(blocks: &[Value]) -> Value {
    json!({"role": "assistant", "content": blocks})
}

fn body(turns: &[Value]) -> Value {
    let mut messages = vec![json!({"role": "user", "content": "the word \"thinking\""})];
    for turn in turns {
        messages.push(turn.clone());
        messages.push(json!({"role": "user", "content": [{"type": "text", "text": "next"}]}));
    }
    json!({"model": "m", "thinking": {"type": "adaptive"}, "messages": messages})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// Nothing but thinking is lost, and no turn is empty.
fn signatures(body: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for message in body["messages"].as_array().expect("messages") {
        let Some(blocks) = message["content"].as_array() else { continue };
        assert!(!blocks.is_empty(), "an empty turn");
        all.extend(blocks.iter().filter_map(|block| Some(block["signature"].as_str()?.to_owned())));
    }
    all
}

const INVALID: &str = "messages.3.content.0: Invalid `signature` in `thinking` block";

#[test]
fn what_is_named_goes_and_what_is_plainly_foreign_and_no_more() {
    let turns = [
        turn(&[thought(OURS), text("a")]),
        turn(&[thought(OTHER), text("b")]),
        turn(&[thought(""), text("c")]),
        turn(&[thought("gAAAAABo"), text("d")]),
        turn(&[thought("skip_thought_signature_validator")]),
        turn(&[thought("claude#EqQB"), json!({"type": "redacted_thinking"})]),
        turn(&[thought(OURS), text("e")]),
    ];
    let mut first = request(&body(&turns), "");
    assert!(refused(&mut first, INVALID));
    assert_eq!(signatures(&sent(&mut first)), [OURS, OURS]);
    assert_eq!(sent(&mut first)["messages"][9]["content"], json!([text("(no content)")]));
    assert_eq!(done(&first), ["drop-thinking:6 blocks"]);
    let known: Vec<_> = lessons(&first).into_iter().map(|(feature, _)| feature).collect();
    assert!(known.contains(&"thinking-from:openai".to_owned()), "{known:?}");
    assert!(known.iter().any(|feature| feature.starts_with("thinking-signature:")), "{known:?}");
    let mut longer = turns.to_vec();
    longer.push(turn(&[thought("RmlyZQ=="), text("new")]));
    let mut later = request(&body(&longer), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(signatures(&sent(&mut later)), [OURS, OURS, "RmlyZQ=="]);
    let turns = |body: &Value| body["messages"].as_array().expect("messages")[..15].to_vec();
    assert_eq!(turns(&sent(&mut later)), turns(&sent(&mut first)));
}

#[test]
fn the_same_refusal_again_takes_all_and_is_remembered_as_one() {
    let turns = [turn(&[thought(OTHER), text("a")]), turn(&[thought("QQ=="), text("b")])];
    let mut first = request(&body(&turns), "");
    assert!(refused(&mut first, "messages.1.content.0: Invalid `signature` in `thinking` block"));
    assert_eq!(signatures(&sent(&mut first)), ["QQ=="]);
    assert!(refused(&mut first, INVALID));
    assert!(signatures(&sent(&mut first)).is_empty());
    assert!(!refused(&mut first, INVALID), "nothing is left to go");
    let longer = [turns[0].clone(), turns[1].clone(), turn(&[thought(OURS), text("c")])];
    let mut later = request(&body(&longer), "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(signatures(&sent(&mut later)), [OURS]);
}

#[test]
fn blocks_bound_elsewhere_go_all_at_once_and_go_again_later() {
    for words in [
        "messages.5.content.0: thinking block is bound to a different conversation",
        "messages.3.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant \
         message cannot be modified. These blocks must remain as they were.",
    ] {
        let redacted = json!({"type": "redacted_thinking", "data": "Zm9v"});
        let turns = [turn(&[thought(OURS), text("a")]), turn(&[redacted, text("b")])];
        let mut first = request(&body(&turns), "");
        assert!(refused(&mut first, words), "{words}");
        assert!(!sent(&mut first).to_string().contains("redacted"));
        assert!(signatures(&sent(&mut first)).is_empty());
        assert_eq!(lessons(&first).len(), 1);
        let longer = [turns[0].clone(), turns[1].clone(), turn(&[thought("bmV3"), text("c")])];
        let mut later = request(&body(&longer), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(signatures(&sent(&mut later)), ["bmV3"]);
        let mut other = request(&body(&[turn(&[thought(OTHER), text("x")])]), "");
        prepared_by_lessons(&mut other, &first);
        assert!(!other.body.is_changed(), "another conversation keeps its thinking");
    }
}

#[test]
fn a_refusal_without_a_place_takes_all() {
    let mut first = request(&body(&[turn(&[thought(OTHER), text("a")])]), "");
    assert!(refused(&mut first, "Corrupted thought signature."));
    assert!(signatures(&sent(&mut first)).is_empty());
}

struct Foreign;

impl Provenance for Foreign {
    fn has_foreign(&self) -> bool {
        true
    }

    fn is_foreign(&self, signature: &str) -> bool {
        signature == OTHER
    }
}

#[test]
fn what_another_service_made_goes_before_it_is_refused_unless_it_is_wanted_back() {
    let turns = [turn(&[thought(OURS), text("a")]), turn(&[thought(OTHER), text("b")])];
    let mut moved = request(&body(&turns), "");
    prepare(&mut moved, &Known::new(&Facts::default(), None, &Foreign));
    assert_eq!(signatures(&sent(&mut moved)), [OURS]);
    let wanted = Facts::from_iter([("thinking-back", Says::Needs)]);
    let mut kept = request(&body(&turns), "");
    prepare(&mut kept, &Known::new(&wanted, None, &Foreign));
    assert_eq!(signatures(&sent(&mut kept)), [OURS, OTHER]);
}

#[test]
fn nothing_goes_where_there_is_no_thinking() {
    let users = json!({"messages": [{"role": "user", "content": [thought(OURS)]}]});
    for odd in [json!({}), json!({"messages": null}), json!({"messages": [1, {}]}), users] {
        let mut first = request(&odd, "");
        assert!(!refused_as("drop-thinking", &mut first, INVALID), "{odd}");
        assert!(!first.body.is_changed() && lessons(&first).is_empty());
    }
}
