//! Replies: directives, limits, both forms, determinism.

use serde_json::{Value, json};

use crate::client::{BodyEnd, ask, ask_with, request, simulator, streamed, tool};

const MODEL: &str = "claude-opus-5";

fn with_tools(text: &str) -> Value {
    let mut body = request(MODEL, text);
    body["tools"] = json!([tool("Bash"), tool("Read")]);
    body
}

#[tokio::test]
async fn without_directives_the_prompt_is_quoted() {
    let running = simulator().await;
    let answer = ask(&running, &request(MODEL, "hello there")).await.json();
    assert_eq!(
        answer["content"],
        json!([{ "type": "text",
        "text": "You wrote: \"hello there\". This is a simulated reply of claude-opus-5." }])
    );
    assert_eq!(answer["stop_reason"], "end_turn");
    assert_eq!(answer["model"], MODEL);
    assert_eq!(answer["role"], "assistant");
}

#[tokio::test]
async fn a_stream_brings_the_same_message_as_one_answer() {
    let running = simulator().await;
    let text = "[[say:one two three four five six seven]] \
        [[tool:Bash {\"command\":\"echo [[hi]]\"}]] [[blocks:2]]";
    let whole = ask(&running, &with_tools(text)).await.json();
    let mut body = with_tools(text);
    body["stream"] = json!(true);
    let stream = ask(&running, &body).await;
    assert_eq!(stream.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(stream.end, BodyEnd::Whole);
    let assembled = stream.assembled();
    assert_eq!(assembled["content"], whole["content"]);
    assert_eq!(assembled["usage"], whole["usage"]);
    assert_eq!(assembled["stop_reason"], "tool_use");
    assert_eq!(assembled["content"][1]["input"], json!({ "command": "echo [[hi]]" }));
    assert!(assembled["content"][1]["id"].as_str().expect("an id").starts_with("toolu_01"));
}

#[tokio::test]
async fn a_stream_keeps_the_grammar() {
    let running = simulator().await;
    let answer = ask(&running, &streamed(MODEL, "[[say:hi]]")).await;
    assert_eq!(
        answer.names(),
        [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "ping",
            "message_delta",
            "message_stop"
        ]
    );
    let events = answer.events();
    assert_eq!(events[0].1["message"]["content"], json!([]));
    assert_eq!(events[0].1["message"]["stop_reason"], Value::Null);
    assert_eq!(events[5].1["delta"], json!({ "stop_reason": "end_turn", "stop_sequence": null }));
    assert!(events[0].1["message"]["usage"]["output_tokens"].as_u64() <= Some(1));
}

#[tokio::test]
async fn tool_input_comes_in_several_shreds() {
    let running = simulator().await;
    let mut body = with_tools("[[tool:Bash {\"command\":\"echo a rather long command line\"}]]");
    body["stream"] = json!(true);
    let answer = ask(&running, &body).await;
    let deltas = answer.names().iter().filter(|name| *name == "content_block_delta").count();
    assert!(deltas >= 3, "{deltas} shreds");
    assert_eq!(answer.events()[1].1["content_block"]["input"], json!({}));
}

#[tokio::test]
async fn a_tool_that_is_not_offered_is_not_called() {
    let running = simulator().await;
    let answer = ask(&running, &with_tools("[[tool:Write {}]]")).await.json();
    assert_eq!(answer["content"][0]["text"], "The request offers no tool named Write.");
}

#[tokio::test]
async fn tool_results_are_quoted_and_then_goes_on_after_them() {
    let running = simulator().await;
    let prompt =
        "[[tool:Bash {\"command\":\"ls\"}]] [[then]] [[tool:Read {}]] [[then]] [[say:all done]]";
    let mut body = with_tools(prompt);
    let mut names = Vec::new();
    for result in ["a.txt", "hello", ""] {
        let reply = ask(&running, &body).await.json();
        let block = reply["content"][0].clone();
        names.push(block["name"].as_str().or(block["text"].as_str()).expect("a block").to_owned());
        let messages = body["messages"].as_array_mut().expect("messages");
        messages.push(json!({ "role": "assistant", "content": reply["content"] }));
        messages.push(json!({ "role": "user", "content": [{ "type": "tool_result",
            "tool_use_id": block["id"], "content": result }] }));
        if block["type"] == "text" {
            break;
        }
    }
    assert_eq!(names, ["Bash", "Read", "all done"]);

    let mut body = with_tools("[[tool:Bash {}]]");
    let reply = ask(&running, &body).await.json();
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({ "role": "assistant", "content": reply["content"] }));
    messages.push(json!({ "role": "user", "content": [{ "type": "tool_result",
        "tool_use_id": reply["content"][0]["id"], "content": "hi from bash" }] }));
    let reply = ask(&running, &body).await.json();
    assert_eq!(reply["content"][0]["text"], "The tool answered: hi from bash");
}

#[tokio::test]
async fn max_tokens_and_stop_sequences_end_a_reply() {
    let running = simulator().await;
    let mut body = request(MODEL, "[[tokens:50]]");
    for (max, tokens, reason) in
        [(49, 49, "max_tokens"), (50, 50, "end_turn"), (0, 0, "max_tokens")]
    {
        body["max_tokens"] = json!(max);
        let answer = ask(&running, &body).await.json();
        assert_eq!(answer["usage"]["output_tokens"], tokens);
        assert_eq!(answer["stop_reason"], reason);
    }
    let mut body = request(MODEL, "[[say:one STOP two]]");
    body["stop_sequences"] = json!(["STOP", "two"]);
    let answer = ask(&running, &body).await.json();
    assert_eq!(answer["content"][0]["text"], "one ");
    assert_eq!(
        (&answer["stop_reason"], &answer["stop_sequence"]),
        (&json!("stop_sequence"), &json!("STOP"))
    );
}

#[tokio::test]
async fn a_stop_reason_can_be_asked_for() {
    let running = simulator().await;
    let answer = ask(&running, &request(MODEL, "[[say:no]] [[stop:refusal]]")).await.json();
    assert_eq!(answer["stop_reason"], "refusal");
    assert_eq!(answer["stop_details"]["type"], "refusal");
    let answer = ask(&running, &request(MODEL, "[[say:x]] [[stop:pause_turn]]")).await.json();
    assert_eq!(answer["stop_reason"], "pause_turn");
}

#[tokio::test]
async fn deltas_are_as_many_as_asked() {
    let running = simulator().await;
    let answer = ask(&running, &streamed(MODEL, "[[tokens:100]] [[deltas:60]]")).await;
    let deltas = answer.names().iter().filter(|name| *name == "content_block_delta").count();
    // 400 letters in portions of ceil(400 / 60) = 7 are 58.
    assert_eq!(deltas, 58);
    assert_eq!(answer.assembled()["usage"]["output_tokens"], 100);
}

#[tokio::test]
async fn equal_requests_get_equal_bytes() {
    let running = simulator().await;
    let body = streamed(MODEL, "[[say:same]]");
    let (first, second) = (ask(&running, &body).await, ask(&running, &body).await);
    assert_eq!(first.text(), second.text());
    let other = ask(&running, &streamed(MODEL, "[[say:other]]")).await;
    assert_ne!(first.assembled()["id"], other.assembled()["id"]);
}

#[tokio::test]
async fn an_output_schema_is_met_with_the_smallest_json() {
    let running = simulator().await;
    let mut body = request(MODEL, "name this session");
    body["output_config"] = json!({ "format": { "type": "json_schema", "schema": {
        "type": "object", "required": ["title", "tags"], "additionalProperties": false,
        "properties": { "title": { "type": "string", "maxLength": 12 },
            "count": { "type": "integer" },
            "kind": { "enum": ["b", "a"] },
            "tags": { "type": "array", "items": { "$ref": "#/$defs/t" }, "minItems": 1 } },
        "$defs": { "t": { "type": "boolean" } } } } });
    let beta = ("anthropic-beta", "structured-outputs-2025-12-15");
    let answer = ask_with(&running, &[beta], &body).await.json();
    let text = answer["content"][0]["text"].as_str().expect("text");
    let value: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(value, json!({ "title": "Simulated ti", "count": 0, "kind": "b", "tags": [false] }));
}

#[tokio::test]
async fn a_request_to_compact_gets_a_summary() {
    let running = simulator().await;
    let text =
        "CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.\nSummarize [[tool:Bash {}]]";
    let answer = ask(&running, &request(MODEL, text)).await.json();
    let text = answer["content"][0]["text"].as_str().expect("text");
    assert!(text.starts_with("<summary>") && text.ends_with("</summary>"), "{text}");
}

#[tokio::test]
async fn a_web_search_is_run_billed_and_can_be_replayed() {
    let running = simulator().await;
    let mut body = request(MODEL, "rust gateways");
    body["tools"] = json!([{ "type": "web_search_20250305", "name": "web_search", "max_uses": 8 }]);
    let reply = ask(&running, &body).await.json();
    let kinds: Vec<&str> = reply["content"]
        .as_array()
        .expect("blocks")
        .iter()
        .map(|block| block["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, ["server_tool_use", "web_search_tool_result", "text"]);
    assert_eq!(reply["usage"]["server_tool_use"]["web_search_requests"], 1);
    assert_eq!(reply["stop_reason"], "end_turn");
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({ "role": "assistant", "content": reply["content"] }));
    messages.push(json!({ "role": "user", "content": "more" }));
    let again = ask(&running, &body).await;
    assert_eq!(again.status, 200, "{}", again.text());
}

#[tokio::test]
async fn safeguards_are_accepted_and_never_judged() {
    let running = simulator().await;
    let mut body = streamed(MODEL, "do it");
    body["safeguards"] =
        json!([{ "type": "dangerous_tool_use", "classifier_context": { "v": 1 } }]);
    let beta = ("anthropic-beta", "dangerous-tool-use-2026-09-03");
    let answer = ask_with(&running, &[beta], &body).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.text().contains("safeguard"));
}

#[tokio::test]
async fn context_management_is_reported_when_asked_for() {
    let running = simulator().await;
    let mut body = request(MODEL, "hi");
    body["context_management"] =
        json!({ "edits": [{ "type": "clear_thinking_20251015", "keep": "all" }] });
    let beta = ("anthropic-beta", "context-management-2025-06-27");
    let answer = ask_with(&running, &[beta], &body).await.json();
    assert_eq!(answer["context_management"], json!({ "applied_edits": [] }));
}
