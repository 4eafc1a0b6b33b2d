use serde_json::{Value, json};

use crate::remedies::tests::{lessons, prepared_by_lessons, refused, request, sent};

fn body() -> Value {
    let cache = json!({"type": "ephemeral"});
    json!({"model": "m", "messages": [
    {"role": "user", "content": [
        {"type": "search_result", "title": "T", "source": "https://a.example",
            "content": [{"type": "text", "text": "found"}], "cache_control": cache},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain",
            "data": "words"}}]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [
        {"type": "search_result", "title": "U", "source": "s", "content": []}]}]}]})
}

#[test]
fn a_block_of_an_unknown_type_becomes_text_wherever_it_stands() {
    for message in [
        "messages.0.content.0: Input tag 'search_result' found using 'type' does not match any of \
         the expected tags: 'document', 'image', 'text', 'tool_result', 'tool_use'",
        "messages[0].content[0].type: unknown variant `search_result`, expected `text` or `image`",
        "Unsupported content type: 'search_result'",
    ] {
        let mut first = request(&body(), "");
        assert!(refused(&mut first, message), "{message}");
        let now = sent(&mut first);
        let text = json!({"type": "text", "text": "T\nhttps://a.example\nfound",
            "cache_control": {"type": "ephemeral"}});
        assert_eq!(now["messages"][0]["content"][0], text);
        assert_eq!(now["messages"][0]["content"][1], body()["messages"][0]["content"][1]);
        let inner = &now["messages"][1]["content"][0]["content"][0];
        assert_eq!(*inner, json!({"type": "text", "text": "U\ns"}));
        let mut later = request(&body(), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), now);
        assert!(!refused(&mut first, message));
    }
}

#[test]
fn one_kind_goes_and_the_others_stay() {
    let mut first = request(&body(), "");
    assert!(refused(&mut first, "content type 'document' is not supported by this model"));
    let now = sent(&mut first);
    assert_eq!(now["messages"][0]["content"][0], body()["messages"][0]["content"][0]);
    let text = json!({"type": "text", "text": "words"});
    assert_eq!(now["messages"][0]["content"][1], text);
}

#[test]
fn thinking_goes_and_leaves_no_empty_turn() {
    let thinking = json!({"type": "thinking", "thinking": "hm", "signature": "s"});
    let body = json!({"model": "m", "messages": [
        {"role": "assistant", "content": [thinking, {"type": "text", "text": "a"}]},
        {"role": "assistant", "content": [thinking]}]});
    let mut first = request(&body, "");
    let message = "messages.0.content.0: Input tag 'thinking' found using 'type' does not match \
                   any of the expected tags: 'image', 'text', 'tool_result', 'tool_use'";
    assert!(refused(&mut first, message));
    let messages = json!([{"role": "assistant", "content": [{"type": "text", "text": "a"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "[thinking removed]"}]}]);
    assert_eq!(sent(&mut first)["messages"], messages);
}

#[test]
fn what_a_conversation_is_made_of_is_never_replaced() {
    for body in [body(), json!({}), json!({"messages": [null, {"content": null}]})] {
        for tag in ["text", "tool_result", "tool_use", "never_seen"] {
            let mut first = request(&body, "");
            let message = format!(
                "messages.1.content.0: Input tag '{tag}' found using 'type' does not match any of \
                 the expected tags: 'image'"
            );
            assert!(!refused(&mut first, &message), "{tag}");
            assert!(!first.body.is_changed() && lessons(&first).is_empty());
        }
    }
}
