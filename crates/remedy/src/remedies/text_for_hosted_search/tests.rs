use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{lessons, prepared_by_lessons, refused, request, sent};

const REFUSALS: [&str; 3] = [
    "messages.0.content.1: Invalid `encrypted_content` in `search_result` block",
    "messages.0.content.0.server_tool_use.name: Input should be 'web_search', 'web_fetch'",
    "Failed to decrypt web search result content",
];

fn searched() -> Value {
    json!({"messages": [{"role": "assistant", "content": [
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": [
            {"type": "web_search_result", "title": "T", "url": "https://a.example",
                "encrypted_content": "x"},
            {"type": "web_search_result", "title": "U", "url": "https://b.example"}],
            "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "said", "citations": [
            {"type": "web_search_result_location", "encrypted_index": "y"}]},
        {"type": "mcp_tool_result", "tool_use_id": "m", "content": []}]}]})
}

#[test]
fn searches_stay_as_text_without_what_only_their_service_can_read() {
    let expected = json!({"messages": [{"role": "assistant", "content": [
        {"type": "text", "text": "[web search: q]"},
        {"type": "text", "text": "[results: T – https://a.example; U – https://b.example]",
            "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "said"},
        {"type": "mcp_tool_result", "tool_use_id": "m", "content": []}]}]});
    for words in REFUSALS {
        let mut first = request(&searched(), "");
        assert!(refused(&mut first, words), "{words}");
        assert_eq!(sent(&mut first), expected);
        assert_eq!(lessons(&first), [("hosted-search:to-s".to_owned(), Says::Refuses)]);
        let mut later = request(&searched(), "");
        prepared_by_lessons(&mut later, &first);
        assert_eq!(sent(&mut later), expected);
    }
}

#[test]
fn a_fetched_page_and_an_error_are_told_too() {
    let result = |content: Value| {
        json!({"messages": [{"role": "assistant", "content": [
            {"type": "web_fetch_tool_result", "tool_use_id": "s", "content": content}]}]})
    };
    let page = json!({"type": "web_fetch_result", "url": "https://a.example", "content":
        {"type": "document", "title": "T", "source": {"type": "text", "data": "page"}}});
    let error = json!({"type": "web_fetch_tool_result_error", "error_code": "too_many_requests"});
    for (content, told) in [
        (page, "[results: https://a.example – T – page]"),
        (error, "[results: too_many_requests]"),
        (json!([]), "[results: none]"),
    ] {
        let mut first = request(&result(content), "");
        assert!(refused(&mut first, REFUSALS[0]));
        assert_eq!(sent(&mut first)["messages"][0]["content"][0]["text"], told);
    }
}

#[test]
fn a_history_without_searches_is_left_alone() {
    let cited = json!({"messages": [{"role": "assistant", "content": [
        {"type": "text", "text": "a", "citations": [{"type": "page_location"}]}]}]});
    let mut first = request(&cited, "");
    assert!(!refused(&mut first, REFUSALS[0]));
    assert!(!first.body.is_changed());
}

#[test]
fn what_the_channel_itself_finds_later_is_left_to_it() {
    let mut first = request(&searched(), "");
    assert!(refused(&mut first, REFUSALS[0]));
    let own = json!({"type": "server_tool_use", "id": "own", "name": "web_search", "input": {}});
    let result = json!({"type": "web_search_tool_result", "tool_use_id": "own", "content": []});
    let mut history = searched();
    let messages = history["messages"].as_array_mut().unwrap();
    messages.push(json!({"role": "user", "content": "more"}));
    messages.push(json!({"role": "assistant", "content": [own, result]}));
    let mut later = request(&history, "");
    prepared_by_lessons(&mut later, &first);
    let sent = sent(&mut later);
    assert_eq!(sent["messages"][0]["content"][0]["type"], "text");
    assert_eq!(sent["messages"][2]["content"], json!([own, result]));
    let mut other =
        request(&json!({"messages": [{"role": "assistant", "content": [own, result]}]}), "");
    prepared_by_lessons(&mut other, &first);
    assert!(!other.body.is_changed());
}
