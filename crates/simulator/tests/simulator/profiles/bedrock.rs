//! Claude on AWS.

use serde_json::json;

use super::{history, like, rule, said, tool_with, with, with_betas};
use crate::client::{ask, ask_with, get, post, request};

const OPUS: &str = "claude-opus-5-5";

#[tokio::test]
async fn an_unknown_beta_is_refused_without_being_named() {
    let running = like("bedrock").await;
    let betas = "claude-code-20250219,prompt-caching-scope-2026-01-05,effort-2025-11-24";
    let answer = with_betas(&running, betas, &request(OPUS, "hi")).await;
    assert_eq!((answer.status, answer.text()), (400, r#"{"message":"invalid beta flag"}"#));
    assert_eq!(answer.header("x-amzn-errortype"), Some("ValidationException"));
    assert_eq!(answer.header("x-amzn-requestid").map(str::len), Some(36));
    assert_eq!(rule(&running), "unknown-beta");
    let betas = "claude-code-20250219,effort-2025-11-24";
    assert_eq!(with_betas(&running, betas, &request(OPUS, "hi")).await.status, 200);
}

#[tokio::test]
async fn betas_of_header_and_body_are_one_set() {
    let running = like("bedrock").await;
    let body = |betas: &[&str]| with(OPUS, json!({ "anthropic_beta": betas }));
    let answer = ask(&running, &body(&["advanced-tool-use-2025-11-20"])).await;
    assert_eq!((answer.status, said(&answer).as_str()), (400, "invalid beta flag"));
    let mut opened = body(&["context-management-2025-06-27"]);
    opened["context_management"] = json!({ "edits": [] });
    assert_eq!(ask(&running, &opened).await.status, 200);
    opened["anthropic_beta"] = json!([]);
    let answer = ask(&running, &opened).await;
    assert_eq!(said(&answer), "context_management: Extra inputs are not permitted");
    let betas = "context-management-2025-06-27";
    assert_eq!(with_betas(&running, betas, &opened).await.status, 200);
}

#[tokio::test]
async fn families_of_models_know_different_betas() {
    let running = like("bedrock").await;
    let cases = [
        ("claude-opus-4-7", "claude-code-20250219", 400),
        ("us.anthropic.claude-opus-4-7", "claude-code-20250219", 400),
        ("claude-opus-4-7", "interleaved-thinking-2025-05-14", 200),
        ("claude-opus-4-6", "claude-code-20250219", 200),
        ("claude-sonnet-4-5-20250929", "effort-2025-11-24", 400),
        ("claude-opus-4-5", "effort-2025-11-24", 200),
        (OPUS, "per-turn-control-2026-07-01", 200),
        (OPUS, "advisor-tool-2026-03-01", 400),
        (OPUS, "never-seen-2031-01-01", 400),
    ];
    for (model, beta, status) in cases {
        let answer = with_betas(&running, beta, &request(model, "hi")).await;
        assert_eq!(answer.status, status, "{model} {beta}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_user_id_with_other_characters_than_a_name_has_is_refused() {
    let running = like("bedrock").await;
    let body = |id: &str| with(OPUS, json!({ "metadata": { "user_id": id } }));
    let refused = ["{\"device_id\":\"0\"}", "a:b", "ä"];
    for id in refused {
        let answer = ask(&running, &body(id)).await;
        let says = "Request metadata contains a value that violates the regular expression";
        assert_eq!((answer.status, said(&answer).as_str()), (400, says), "{id}");
        assert_eq!(rule(&running), "user-id-letters");
    }
    for id in ["", "0f3a-9", "a_b.c@d e"] {
        assert_eq!(ask(&running, &body(id)).await.status, 200, "{id}");
    }
}

#[tokio::test]
async fn fields_of_the_service_alone_are_refused_by_their_paths() {
    let running = like("bedrock").await;
    let schema = json!({ "type": "json_schema", "schema": { "type": "object" } });
    let scope = json!({ "type": "ephemeral", "scope": "global" });
    let cases = [
        (json!({ "service_tier": "auto" }), "service_tier"),
        (json!({ "container": "c" }), "container"),
        (json!({ "inference_geo": "us" }), "inference_geo"),
        (json!({ "mcp_servers": [] }), "mcp_servers"),
        (json!({ "speed": "fast" }), "speed"),
        (json!({ "output_config": { "effort": "low" } }), "output_config.effort"),
        (json!({ "output_config": { "format": schema } }), "output_config.format"),
        (json!({ "tools": [tool_with(json!({ "strict": true }))] }), "tools.0.custom.strict"),
        (
            json!({ "tools": [tool_with(json!({ "defer_loading": true }))] }),
            "tools.0.custom.defer_loading",
        ),
        (
            json!({ "system": [{ "type": "text", "text": "s", "cache_control": scope }] }),
            "system.0.cache_control.ephemeral.scope",
        ),
        (json!({ "safeguards": [] }), "safeguards"),
        (json!({ "field_of_2031": 1 }), "field_of_2031"),
    ];
    for (fields, path) in cases {
        let answer = ask(&running, &with(OPUS, fields)).await;
        assert_eq!(said(&answer), format!("{path}: Extra inputs are not permitted"));
        assert_eq!((answer.status, rule(&running).as_str()), (400, "extra-input"));
    }
    let formatted = with(OPUS, json!({ "output_config": { "format": schema } }));
    let answer = with_betas(&running, "structured-outputs-2025-12-15", &formatted).await;
    assert_eq!(said(&answer), "output_config.format: Extra inputs are not permitted");
    let deferred = json!([tool_with(json!({ "defer_loading": true })),
        { "name": "b", "input_schema": { "type": "object" } }]);
    let deferred = with(OPUS, json!({ "tools": deferred }));
    assert_eq!(with_betas(&running, "tool-search-tool-2025-10-19", &deferred).await.status, 200);
}

#[tokio::test]
async fn server_tools_and_what_they_left_behind_are_refused() {
    let running = like("bedrock").await;
    for kind in ["web_search_20250305", "advisor_20260301", "code_execution_20250825"] {
        let tools = json!([{ "type": kind, "name": "x" }]);
        let answer = ask(&running, &with(OPUS, json!({ "tools": tools }))).await;
        assert_eq!(said(&answer), format!("tool type '{kind}' is not supported for this model"));
        assert_eq!(rule(&running), "tool-type-unsupported");
    }
    let found = json!([{ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} },
        { "type": "web_search_tool_result", "tool_use_id": "s", "content": [] }]);
    let body = with(OPUS, json!({ "messages": history(found, json!("on")) }));
    let answer = ask(&running, &body).await;
    assert!(said(&answer).starts_with("messages.1.content.1: Input tag 'web_search_tool_result'"));
    assert!(!said(&answer).contains("'web_fetch_tool_result'"), "{}", said(&answer));
}

#[tokio::test]
async fn references_to_tools_want_the_beta_of_tool_search() {
    let running = like("bedrock").await;
    let called = json!([{ "type": "tool_use", "id": "t", "name": "Bash", "input": {} }]);
    let found = json!([{ "type": "tool_result", "tool_use_id": "t",
        "content": [{ "type": "tool_reference", "tool_name": "Bash" }] }]);
    let body = with(OPUS, json!({ "messages": history(called, found) }));
    let answer = ask(&running, &body).await;
    let says = "messages.2.content.0.tool_result.content.0: Input tag 'tool_reference' found using \
                'type' does not match any of the expected tags: 'document', 'image', \
                'search_result', 'text'";
    assert_eq!(said(&answer), says);
    assert_eq!(with_betas(&running, "tool-search-tool-2025-10-19", &body).await.status, 200);
}

#[tokio::test]
async fn a_system_message_depends_on_the_model() {
    let running = like("bedrock").await;
    let messages =
        json!([{ "role": "user", "content": "a" }, { "role": "system", "content": "b" }]);
    for (model, status) in [
        (OPUS, 200),
        ("claude-opus-4-8", 200),
        ("claude-sonnet-4-6", 400),
        ("claude-haiku-4-5", 400),
        ("claude-opus-4-7", 400),
    ] {
        let answer = ask(&running, &with(model, json!({ "messages": messages }))).await;
        assert_eq!(answer.status, status, "{model}: {}", answer.text());
    }
}

#[tokio::test]
async fn amounts_are_told_in_the_words_of_aws() {
    let running = like("bedrock").await;
    let answer = ask(&running, &with("claude-opus-4-5", json!({ "max_tokens": 64_001 }))).await;
    assert_eq!(
        said(&answer),
        "The maximum tokens you requested exceeds the model limit of 64000. \
        Try again with a maximum tokens value that is lower than 64000."
    );
    let mut body = request(OPUS, "hi");
    body.as_object_mut().expect("fields").remove("max_tokens");
    let answer = ask(&running, &body).await;
    assert_eq!(
        said(&answer),
        "Malformed input request: #: required key [max_tokens] not found, \
        please reformat your input and try again."
    );
    let answer = ask(&running, &request("claude-opus-4-5", &"word ".repeat(200_001))).await;
    assert_eq!(said(&answer), "Input is too long for requested model.");
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_body_of_more_than_twenty_megabytes_is_refused() {
    let running = like("bedrock").await;
    let body = vec![b' '; 20 * 1024 * 1024 + 1];
    assert_eq!(post(&running, "/v1/messages", &[], &body).await.status, 413);
    let mut body = serde_json::to_vec(&request(OPUS, "hi")).expect("serialises");
    body.resize(20 * 1024 * 1024, b' ');
    assert_eq!(post(&running, "/v1/messages", &[], &body).await.status, 200);
}

#[tokio::test]
async fn routes_that_are_missing_say_so_in_their_own_ways() {
    let running = like("bedrock").await;
    let body = serde_json::to_vec(&request(OPUS, "hi")).expect("serialises");
    let answer = post(&running, "/v1/messages/count_tokens", &[], &body).await;
    assert_eq!(answer.status, 400);
    assert_eq!(said(&answer), "The provided model doesn't support counting tokens.");
    let answer = get(&running, "/v1/models").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("UnknownOperationException"));
}

#[tokio::test]
async fn models_want_a_profile_before_their_names() {
    let running = like("bedrock").await;
    let answer = ask(&running, &request("anthropic.claude-opus-5-5", "hi")).await;
    assert!(said(&answer).contains("with on-demand throughput isn\u{2019}t supported"));
    assert_eq!(rule(&running), "model-profile-needed");
    let answer = ask(&running, &request("us.anthropic.claude-opus-5-5", "hi")).await;
    assert_eq!(answer.status, 200);
    let answer = ask(&running, &request("claude-opus-9", "hi")).await;
    assert_eq!((answer.status, rule(&running).as_str()), (400, "unknown-model"));
    assert_eq!(said(&answer), "The provided model identifier is invalid.");
}

#[tokio::test]
async fn ids_carry_its_mark_and_streams_no_pings() {
    let running = like("bedrock").await;
    let body = with(
        OPUS,
        json!({ "stream": true, "tools": [tool_with(json!({}))],
        "messages": [{ "role": "user", "content": "[[tool:Bash {}]]" }] }),
    );
    let answer = ask(&running, &body).await;
    let message = answer.assembled();
    assert!(message["id"].as_str().expect("an id").starts_with("msg_bdrk_01"), "{message}");
    let id = message["content"][0]["id"].as_str().expect("an id");
    assert!(id.starts_with("toolu_bdrk_01"), "{message}");
    assert!(!answer.names().contains(&"ping".to_owned()));
    assert!(answer.header("anthropic-ratelimit-requests-limit").is_none());
}

#[tokio::test]
async fn throttling_comes_with_the_name_of_its_exception() {
    let running = like("bedrock").await;
    let throttled = ("x-sim-fault", "named=throttled");
    let answer = ask_with(&running, &[throttled], &request(OPUS, "hi")).await;
    assert_eq!(answer.status, 429);
    assert_eq!(said(&answer), "Too many tokens, please wait before trying again.");
    assert_eq!(answer.header("x-amzn-errortype"), Some("ThrottlingException"));
    assert!(answer.header("retry-after").is_none());
}

#[tokio::test]
async fn the_endpoint_of_this_dialect_names_betas_and_answers_200_for_routes_it_lacks() {
    let running = like("bedrock-endpoint").await;
    let betas = "advanced-tool-use-2025-11-20,prompt-caching-scope-2026-01-05";
    let answer = with_betas(&running, betas, &request(OPUS, "hi")).await;
    let says = "Unexpected value(s) `prompt-caching-scope-2026-01-05` for the `anthropic-beta` \
                header.";
    assert!(said(&answer).starts_with(says), "{}", said(&answer));
    let body = serde_json::to_vec(&request(OPUS, "hi")).expect("serialises");
    let answer = post(&running, "/v1/messages/count_tokens", &[], &body).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("UnknownOperationException"));
    let body = with(OPUS, json!({ "metadata": { "user_id": "{}" } }));
    assert_eq!(ask(&running, &body).await.status, 400);
    let body = with(OPUS, json!({ "anthropic_beta": ["x"] }));
    assert_eq!(ask(&running, &body).await.status, 200);
}
