//! Claude on Google Cloud.

use serde_json::json;

use super::{like, rule, tool_with, with, with_betas};
use crate::client::{ask, ask_with, request, send};

const OPUS: &str = "claude-opus-5-5";

#[tokio::test]
async fn every_unknown_beta_is_named_in_one_sentence() {
    let running = like("vertex").await;
    let betas = "claude-code-20250219,advanced-tool-use-2025-11-20,\
                 prompt-caching-scope-2026-01-05,thinking-token-count-2026-05-13";
    let answer = with_betas(&running, betas, &request(OPUS, "hi")).await;
    let says = "Unexpected value(s) `advanced-tool-use-2025-11-20`, \
                `prompt-caching-scope-2026-01-05`, `thinking-token-count-2026-05-13` for the \
                `anthropic-beta` header. Please consult our documentation at docs.anthropic.com \
                or try again without the header.";
    assert_eq!((answer.status, answer.error().as_str()), (400, says));
    let body = answer.json();
    assert!(body["request_id"].as_str().expect("an id").starts_with("req_vrtx_01"), "{body}");
    assert_eq!(body["type"], "error");
}

#[tokio::test]
async fn deferred_tools_want_the_beta_of_tool_search() {
    let running = like("vertex").await;
    let tools = json!([tool_with(json!({ "defer_loading": true })),
        { "name": "b", "input_schema": { "type": "object" } }]);
    let body = with(OPUS, json!({ "tools": tools }));
    let answer = ask(&running, &body).await;
    assert_eq!(answer.error(), "tools.0.custom.defer_loading: Extra inputs are not permitted");
    assert_eq!(with_betas(&running, "tool-search-tool-2025-10-19", &body).await.status, 200);
}

#[tokio::test]
async fn fields_want_their_betas_where_the_service_wants_them() {
    let running = like("vertex").await;
    let managed = with(OPUS, json!({ "context_management": { "edits": [] } }));
    let answer = ask(&running, &managed).await;
    assert_eq!(answer.error(), "context_management: Extra inputs are not permitted");
    assert_eq!(with_betas(&running, "context-management-2025-06-27", &managed).await.status, 200);
    let control = json!({ "type": "ephemeral", "ttl": "1h" });
    let system = json!([{ "type": "text", "text": "s", "cache_control": control }]);
    let free = json!({ "system": system, "output_config": { "effort": "low" } });
    assert_eq!(ask(&running, &with(OPUS, free)).await.status, 200);
}

#[tokio::test]
async fn a_tool_the_platform_lacks_is_told_with_the_model() {
    let running = like("vertex").await;
    let tools = json!([{ "type": "web_fetch_20250910", "name": "web_fetch" }]);
    let answer = ask(&running, &with(OPUS, json!({ "tools": tools }))).await;
    let says = "'claude-opus-5-5' does not support tool types: web_fetch_20250910. Did you mean";
    assert!(answer.error().starts_with(says), "{}", answer.error());
    assert_eq!(rule(&running), "tool-type-unsupported");
}

#[tokio::test]
async fn errors_of_the_platform_have_googles_form_and_an_array_in_a_stream() {
    let running = like("vertex").await;
    let quota = ("x-sim-fault", "named=quota");
    let answer = ask_with(&running, &[quota], &request(OPUS, "hi")).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]["code"]), (429, &json!(429)));
    assert_eq!(body["error"]["status"], "RESOURCE_EXHAUSTED");
    let streamed = with(OPUS, json!({ "stream": true }));
    let answer = ask_with(&running, &[quota], &streamed).await;
    assert_eq!(answer.json()[0]["error"]["code"], 429);
    let answer = ask(&running, &request("claude-opus-9", "hi")).await;
    assert_eq!(answer.status, 404);
    assert!(answer.error().starts_with("Publisher Model `projects/"));
    assert_eq!(answer.json()["error"]["status"], "NOT_FOUND");
    let answer = send(&running, "POST", "/v1/messages", &[], b"{}").await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["status"]),
        (401, &json!("UNAUTHENTICATED"))
    );
}

#[tokio::test]
async fn a_project_that_may_not_use_a_model_is_told_in_an_array() {
    let running = like("vertex").await;
    let fault = ("x-sim-fault", "named=not-allowed");
    let answer = ask_with(&running, &[fault], &request(OPUS, "hi")).await;
    assert_eq!(answer.json()[0]["error"]["status"], "FAILED_PRECONDITION");
}

#[tokio::test]
async fn its_ids_carry_its_mark() {
    let running = like("vertex").await;
    let answer = ask(&running, &request(OPUS, "hi")).await;
    assert!(answer.json()["id"].as_str().expect("an id").starts_with("msg_vrtx_01"));
}
