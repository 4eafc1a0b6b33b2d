use serde_json::{Value, json};

use crate::Says;
use crate::remedies::tests::{betas, done, lessons, prepared_by_lessons, refused, request, sent};

const ADVISOR: &str = "tools.1: Input tag 'advisor_20260301' found using 'type' does not match any \
                       of the expected tags: 'bash_20250124', 'custom', 'web_search_20250305'";

fn body() -> Value {
    json!({"model": "m", "tool_choice": {"type": "tool", "name": "advisor"},
    "tools": [{"name": "Bash"}, {"type": "advisor_20260301", "name": "advisor",
        "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "x"},
        {"role": "system", "content": [{"type": "tool_addition",
            "tool": {"type": "tool_reference", "tool_name": "advisor"}}]},
        {"role": "assistant", "content": [
            {"type": "server_tool_use", "id": "s", "name": "advisor", "input": {}},
            {"type": "advisor_tool_result", "tool_use_id": "s",
                "content": {"type": "advisor_result", "text": "advice"}},
            {"type": "text", "text": "done"}]}]})
}

#[test]
fn a_tool_of_the_service_goes_with_its_choice_its_history_and_its_beta() {
    for message in [
        ADVISOR,
        "tool type 'advisor_20260301' is not supported for this model",
        "'claude-opus-5-5' does not support tool types: advisor_20260301. Did you mean one of \
         bash_20250124?",
        "Unsupported tool: advisor_20260301",
        "The advisor tool is not available on this provider",
    ] {
        let mut first = request(&body(), "advisor-tool-2026-03-01,claude-code-20250219");
        assert!(refused(&mut first, message), "{message}");
        let text = |text: &str| json!({"type": "text", "text": text});
        let left = json!({"model": "m", "tool_choice": {"type": "auto"},
        "tools": [{"name": "Bash", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": "x"},
            {"role": "system", "content": [text("Tool added: advisor")]},
            {"role": "assistant", "content": [text("[advisor]"), text("advice"), text("done")]}]});
        assert_eq!(sent(&mut first), left, "{message}");
        assert_eq!(betas(&first).as_deref(), Some("claude-code-20250219"));
        assert_eq!(done(&first), ["drop-tool-type:advisor_20260301"]);
        let mut later = request(&body(), "advisor-tool-2026-03-01,claude-code-20250219");
        prepared_by_lessons(&mut later, &first);
        assert_eq!((sent(&mut later), betas(&later)), (left, betas(&first)));
        assert!(!refused(&mut first, message));
    }
}

#[test]
fn the_last_tool_takes_the_list_and_the_choice_with_it() {
    let search = json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 8});
    let body = json!({"model": "m", "tools": [search], "tool_choice": {"type": "auto"},
        "messages": [{"role": "user", "content": "x"}]});
    let mut first = request(&body, "");
    let message = "Input tag 'web_search_20250305' found using 'type' does not match any of the \
                   expected tags: 'bash_20250124', 'custom', 'text_editor_20250124'";
    assert!(refused(&mut first, message));
    let left = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    assert_eq!(sent(&mut first), left);
}

#[test]
fn a_tool_whose_beta_is_missing_gets_it_before_it_goes() {
    let body = json!({"model": "m", "tools": [{"type": "computer_20250124", "name": "computer"}]});
    let message = "tools.0: Input tag 'computer_20250124' found using 'type' does not match any of \
                   the expected tags: 'bash_20250124', 'custom', 'text_editor_20250124'";
    let mut first = request(&body, "");
    assert!(refused(&mut first, message));
    assert_eq!(
        (sent(&mut first), betas(&first).as_deref()),
        (body.clone(), Some("computer-use-2025-01-24"))
    );
    let mut later = request(&body, "");
    prepared_by_lessons(&mut later, &first);
    assert_eq!(betas(&later), betas(&first));
    assert!(refused(&mut first, message));
    assert_eq!((sent(&mut first), betas(&first).as_deref()), (json!({"model": "m"}), Some("")));
    assert_eq!(lessons(&first), [("tool-type:computer_20250124".to_owned(), Says::Refuses)]);
}

#[test]
fn a_tool_named_by_its_place_is_meant() {
    let body = json!({"model": "m", "tools": [{"name": "a"},
        {"type": "web_fetch_20250910", "name": "web_fetch"}]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, "tools.1.type: Input should be 'function'"));
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": [{"name": "a"}]}));
}

#[test]
fn the_type_of_plain_tools_goes_and_the_tools_stay() {
    let body = json!({"model": "m", "tools": [{"type": "custom", "name": "a"}]});
    let mut first = request(&body, "");
    let message = "tools.0: Input tag 'custom' found using 'type' does not match any of the \
                   expected tags: 'function'";
    assert!(refused(&mut first, message));
    assert_eq!(sent(&mut first), json!({"model": "m", "tools": [{"name": "a"}]}));
}

#[test]
fn what_a_search_found_stays_readable_and_uncited() {
    let found = json!({"type": "web_search_result", "title": "T", "url": "https://a.example",
        "encrypted_content": "zz"});
    let cited = json!({"type": "web_search_result_location", "encrypted_index": "zz"});
    let body = json!({"model": "m", "tools": [{"name": "a"},
        {"type": "web_search_20250305", "name": "web_search"}],
    "messages": [{"role": "assistant", "content": [
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": [found]},
        {"type": "text", "text": "so", "citations": [cited]}]}]});
    let mut first = request(&body, "");
    assert!(refused(&mut first, "tool type 'web_search_20250305' is not supported for this model"));
    let text = |text: &str| json!({"type": "text", "text": text});
    let content =
        json!([text("[web_search {\"query\":\"q\"}]"), text("T\nhttps://a.example"), text("so")]);
    assert_eq!(sent(&mut first)["messages"][0]["content"], content);
}

#[test]
fn without_such_a_tool_nothing_changes() {
    for body in [json!({}), json!({"tools": null}), json!({"tools": [null, {"name": "a"}]})] {
        let mut first = request(&body, "");
        assert!(!refused(&mut first, ADVISOR));
        assert!(!first.body.is_changed() && lessons(&first).is_empty());
    }
}
