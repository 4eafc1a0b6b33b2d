use salve_wire::anthropic::stream::event;

use super::*;

const START: &str = r#"{"type":"message_start","message":{"usage":{"input_tokens":1}}}"#;
const BLOCK: &str =
    r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#;
const TOOL: &str = r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{}}}"#;
const BLOCK_STOP: &str = r#"{"type":"content_block_stop","index":0}"#;
const STOP: &str = r#"{"type":"message_stop"}"#;

fn text(words: &str) -> String {
    let data =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#;
    data.replace("\"text\":\"\"", &format!("\"text\":{}", serde_json::Value::from(words)))
}

fn done(reason: &str) -> String {
    format!(r#"{{"type":"message_delta","delta":{{"stop_reason":{reason}}}}}"#)
}

/// What each of some events makes of an opening, one after another.
fn found(events: &[&str]) -> Vec<Found> {
    let mut splitter = Splitter::new(limits::EVENT_BYTES_MAX);
    let mut opening = Opening::default();
    let batches = events.iter().map(|data| event("", data.as_bytes()));
    let batches = batches.map(|bytes| splitter.push(Bytes::from(bytes)).unwrap().unwrap());
    batches.map(|batch| opening.take(&batch)).collect()
}

fn last(events: &[&str]) -> Found {
    found(events).pop().unwrap()
}

#[test]
fn an_answer_begins_with_its_first_word_or_its_first_other_block() {
    use Found::{Content, Nothing};
    assert_eq!(found(&[START, BLOCK, &text("Hello")]), [Nothing, Nothing, Content]);
    assert_eq!(found(&[START, BLOCK, &text("I"), &text("'m")])[2..], [Nothing, Content]);
    assert_eq!(found(&[START, TOOL]), [Nothing, Content]);
    assert_eq!(last(&[START, r#"{"type":"from_the_future"}"#]), Content);
    assert_eq!(last(&[START, BLOCK, &text("I"), BLOCK_STOP, &done("\"end_turn\""), STOP]), Content);
    assert_eq!(last(&[START, BLOCK, &text("I"), BLOCK_STOP, TOOL]), Content);
}

#[test]
fn what_comes_before_a_message_and_is_none_of_it_begins_no_answer() {
    assert_eq!(last(&["[DONE]"]), Found::Nothing);
    assert_eq!(last(&[r#"{"object":"chat.completion.chunk","choices":[]}"#]), Found::Nothing);
    assert_eq!(last(&[r#"{"type":"from_the_future"}"#]), Found::Nothing);
}

#[test]
fn an_ended_turn_without_a_word_is_blank() {
    for reason in ["\"end_turn\"", "null"] {
        assert_eq!(last(&[START, &done(reason), STOP]), Found::Blank);
        assert_eq!(last(&[START, BLOCK, BLOCK_STOP, &done(reason), STOP]), Found::Blank);
    }
}

#[test]
fn an_answer_that_gives_a_reason_for_being_empty_is_an_answer() {
    for reason in ["\"refusal\"", "\"max_tokens\"", "\"pause_turn\"", "\"tool_use\""] {
        assert_eq!(last(&[START, &done(reason), STOP]), Found::Content, "{reason}");
    }
}

#[test]
fn a_failures_sentence_in_an_answers_place_is_a_failure() {
    let words = [text("No available"), text(" channel for model claude-opus-4-8")];
    let events = [START, BLOCK, &words[0], &words[1], BLOCK_STOP, &done("\"end_turn\""), STOP];
    let mut found = found(&events);
    let text = "No available channel for model claude-opus-4-8".to_owned();
    assert_eq!(found.pop(), Some(Found::Broken(Break::Said { status: 503, text })));
    assert!(found.iter().all(|found| *found == Found::Nothing), "all of it was held: {found:?}");
}

#[test]
fn an_error_is_a_failure_in_any_dialect() {
    for error in [r#"{"type":"error","error":{}}"#, r#"{"error":{"message":"no"}}"#] {
        let how = Break::Error(Bytes::from(error.to_owned()));
        assert_eq!(last(&[START, BLOCK, error]), Found::Broken(how));
    }
}
