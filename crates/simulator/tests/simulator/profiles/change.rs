//! Changing the profile of a running simulator.

use serde_json::{Value, json};

use super::{like, rule, said, with, with_betas};
use crate::client::{Answer, ask, get, post, request, simulator};
use salve_simulator::Running;

const OPUS: &str = "claude-opus-5-5";

async fn change(running: &Running, change: Value) -> Answer {
    let body = serde_json::to_vec(&change).expect("serialises");
    post(running, "/_sim/profile", &[], &body).await
}

#[tokio::test]
async fn a_profile_is_shown_changed_and_reset_over_the_control_endpoint() {
    let running = simulator().await;
    assert_eq!(get(&running, "/_sim/profile").await.json()["name"], "anthropic");
    let shown = change(&running, json!({ "like": "bedrock" })).await;
    assert_eq!((shown.status, &shown.json()["name"]), (200, &json!("bedrock")));
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    assert_eq!(said(&answer), "invalid beta flag");
    post(&running, "/_sim/reset", &[], b"").await;
    assert_eq!(running.control().profile().name, "anthropic");
}

#[tokio::test]
async fn a_change_that_is_not_understood_changes_nothing() {
    let running = like("bedrock").await;
    for wrong in [
        json!({ "set": { "bettas": {} } }),
        json!({ "like": "azure" }),
        json!({ "set": { "limits": { "body_bytes": "many" } } }),
        json!({ "fields": [] }),
    ] {
        let answer = change(&running, wrong.clone()).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(running.control().profile().name, "bedrock");
}

#[tokio::test]
async fn betas_can_be_refused_and_allowed_beside_the_lists() {
    let running = simulator().await;
    let betas = json!({ "refused": ["effort-*"], "allowed": ["newer-2031-01-01"] });
    change(&running, json!({ "set": { "betas": betas } })).await;
    for (beta, status) in [
        ("effort-2025-11-24", 400),
        ("newer-2031-01-01", 200),
        ("claude-code-20250219", 200),
        ("other-2031-01-01", 400),
    ] {
        let answer = with_betas(&running, beta, &request(OPUS, "hi")).await;
        assert_eq!(answer.status, status, "{beta}");
    }
    change(&running, json!({ "set": { "betas": { "known": ["claude-code-20250219"] } } })).await;
    let answer = with_betas(&running, "context-1m-2025-08-07", &request(OPUS, "hi")).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn fields_can_be_refused_with_a_sentence_and_opened() {
    let running = simulator().await;
    let refused = json!([
        { "path": "metadata", "rule": "my-rule", "says": "unknown field \"{field}\"" },
        { "path": "stop_sequences", "unless_betas": ["claude-code-20250219"] },
        { "path": "temperature", "models": ["claude-opus-4-*"], "says": "no {path} on {model}" },
    ]);
    change(&running, json!({ "add": { "fields": refused, "open_fields": ["field_of_2031"] } }))
        .await;
    let answer = ask(&running, &with(OPUS, json!({ "metadata": {} }))).await;
    assert_eq!(
        (said(&answer).as_str(), rule(&running).as_str()),
        ("unknown field \"metadata\"", "my-rule")
    );
    let stopped = with(OPUS, json!({ "stop_sequences": ["x"] }));
    let answer = ask(&running, &stopped).await;
    assert_eq!(said(&answer), "stop_sequences: Extra inputs are not permitted");
    assert_eq!(with_betas(&running, "claude-code-20250219", &stopped).await.status, 200);
    assert_eq!(ask(&running, &with(OPUS, json!({ "field_of_2031": [1] }))).await.status, 200);
    let answer = ask(&running, &with("claude-opus-4-6", json!({ "temperature": 1 }))).await;
    assert_eq!(said(&answer), "no temperature on claude-opus-4-6");
    assert_eq!(ask(&running, &with(OPUS, json!({ "temperature": 1 }))).await.status, 200);
}

#[tokio::test]
async fn windows_caps_and_limits_can_be_changed_per_model() {
    let running = simulator().await;
    let patches = json!([{ "models": ["claude-opus-*"], "window_tokens": 50_000,
        "output_tokens_max": 100 }]);
    let change_ = json!({ "add": { "models": { "patches": patches } },
        "set": { "limits": { "images": 1, "cache_breakpoints": 0 } } });
    assert_eq!(change(&running, change_).await.status, 200);
    let answer = ask(&running, &request(OPUS, "hi")).await;
    assert_eq!(
        said(&answer),
        "max_tokens: 1000 > 100, which is the maximum allowed number of \
        output tokens for claude-opus-5-5"
    );
    assert_eq!(ask(&running, &request("claude-sonnet-5", "hi")).await.status, 200);
    let listed = get(&running, "/v1/models/claude-opus-5-5").await.json();
    assert_eq!((&listed["max_input_tokens"], &listed["max_tokens"]), (&json!(50_000), &json!(100)));
    let image =
        json!({ "type": "image", "source": { "type": "url", "url": "https://example.com" } });
    let base64 = json!({ "type": "image", "source": { "type": "base64",
        "media_type": "image/png", "data": "" } });
    let content = |blocks: Value| {
        with("claude-sonnet-5", json!({ "messages": [{ "role": "user", "content": blocks }] }))
    };
    let answer = ask(&running, &content(json!([base64, base64]))).await;
    assert_eq!(
        (said(&answer).as_str(), rule(&running).as_str()),
        ("messages: too many images: 2 > 1", "images-too-many")
    );
    assert_eq!(ask(&running, &content(json!([image]))).await.status, 200);
    let cached = json!([{ "type": "text", "text": "a", "cache_control": { "type": "ephemeral" } }]);
    let answer = ask(&running, &content(cached)).await;
    assert_eq!(said(&answer), "A maximum of 0 blocks with cache_control may be provided. Found 1.");
}

#[tokio::test]
async fn words_and_statuses_of_any_rule_can_be_changed() {
    let running = simulator().await;
    let says = json!({ "unknown-model": { "says": "no {0} here", "status": 422 },
        "not-text:model": { "says": "name it" } });
    change(&running, json!({ "set": { "says": says, "off": ["tool-names-repeated"] } })).await;
    let answer = ask(&running, &request("claude-opus-9", "hi")).await;
    assert_eq!((answer.status, said(&answer).as_str()), (422, "no claude-opus-9 here"));
    let answer = ask(&running, &with(OPUS, json!({ "model": 1 }))).await;
    assert_eq!(said(&answer), "name it");
    let twice = json!([crate::client::tool("a"), crate::client::tool("a")]);
    assert_eq!(ask(&running, &with(OPUS, json!({ "tools": twice }))).await.status, 200);
}

#[tokio::test]
async fn an_unknown_field_can_be_told_by_name_or_by_a_path_with_brackets() {
    let running = simulator().await;
    let deferred =
        with(OPUS, json!({ "tools": [super::tool_with(json!({ "defer_loading": true }))] }));
    for (says, told) in [
        ("json: unknown field \"{1}\"", "json: unknown field \"defer_loading\""),
        ("Unknown parameter: '{2}'", "Unknown parameter: 'tools[0].custom.defer_loading'"),
        (
            "#: extraneous key [{1}] is not permitted",
            "#: extraneous key [defer_loading] is not permitted",
        ),
    ] {
        let says = json!({ "extra-input": { "says": says } });
        change(&running, json!({ "set": { "says": says } })).await;
        assert_eq!(said(&ask(&running, &deferred).await), told);
        assert_eq!(rule(&running), "extra-input");
    }
    let own = json!([{ "path": "metadata", "says": "no {field}, please" }]);
    change(&running, json!({ "add": { "fields": own } })).await;
    let answer = ask(&running, &with(OPUS, json!({ "metadata": {} }))).await;
    assert_eq!(said(&answer), "no metadata, please");
    let plain = json!([{ "path": "stop_sequences" }]);
    change(&running, json!({ "add": { "fields": plain } })).await;
    let answer = ask(&running, &with(OPUS, json!({ "stop_sequences": ["x"] }))).await;
    assert_eq!(said(&answer), "#: extraneous key [stop_sequences] is not permitted");
}

#[tokio::test]
async fn refusals_can_come_inside_a_stream_that_began_well() {
    let running = like("relay-zh+bedrock").await;
    change(&running, json!({ "set": { "errors_in_stream": true } })).await;
    let streamed = with(OPUS, json!({ "stream": true }));
    let answer = with_betas(&running, "never-seen-2031-01-01", &streamed).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    let events = answer.events();
    assert_eq!((events.len(), events[0].0.as_str()), (1, "error"));
    let message = events[0].1["error"]["message"].as_str().expect("text");
    assert!(message.starts_with(r#"{"message":"invalid beta flag"}"#), "{message}");
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    assert_eq!(answer.status, 500);
}
