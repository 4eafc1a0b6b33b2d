//! Relays that wrap what is behind them.

use serde_json::{Value, json};

use super::{like, rule, said, with, with_betas};
use crate::client::{ask, ask_with, get, request, send};

const OPUS: &str = "claude-opus-5-5";

#[tokio::test]
async fn a_relay_wraps_the_refusal_behind_it_as_a_string_and_changes_the_status() {
    let running = like("relay-zh").await;
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    assert_eq!(answer.status, 500);
    let body = answer.json();
    assert_eq!(body["error"]["type"], "new_api_error");
    assert_eq!(body["error"]["code"], "bad_response_status_code");
    let message = said(&answer);
    let (inner, id) = message.split_once(" (request id: 2026").expect("an id");
    assert!(id.ends_with(')'), "{message}");
    let inner: Value = serde_json::from_str(inner).expect("JSON");
    assert_eq!(inner["error"]["type"], "invalid_request_error");
    let says = inner["error"]["message"].as_str().expect("text");
    assert!(says.starts_with("Unexpected value(s) `never-seen-2031-01-01`"), "{says}");
    assert_eq!(rule(&running), "unknown-beta");
    let id = answer.header("x-oneapi-request-id").expect("an id");
    assert!(message.contains(id), "{message}");
}

#[tokio::test]
async fn a_relay_hides_every_limit_of_rate_behind_one_sentence() {
    for (name, says) in [
        ("relay-zh", "当前分组上游负载已饱和，请稍后再试 (request id: 2026"),
        ("relay-en", "Current group upstream load is saturated, please try again later (request"),
    ] {
        let running = like(name).await;
        let fault = ("x-sim-fault", "status=429;message=whatever;retry-after=7");
        let answer = ask_with(&running, &[fault], &request(OPUS, "hi")).await;
        assert_eq!(answer.status, 429);
        assert!(said(&answer).starts_with(says), "{}", said(&answer));
        assert_eq!(answer.json()["error"]["type"], "upstream_error");
    }
}

#[tokio::test]
async fn a_relay_without_a_channel_for_a_model_is_out_of_service() {
    for (name, says) in [
        ("relay-zh", "分组 default 下模型 claude-opus-9 无可用渠道（distributor） (request id: "),
        (
            "relay-en",
            "No available channel for model claude-opus-9 under group default \
            (distributor) (request id: ",
        ),
    ] {
        let running = like(name).await;
        let answer = ask(&running, &request("claude-opus-9", "hi")).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (503, &json!("model_not_found"))
        );
        assert!(said(&answer).starts_with(says), "{}", said(&answer));
        let answer = send(&running, "POST", "/v1/messages", &[], b"{}").await;
        assert_eq!((answer.status, rule(&running).as_str()), (401, "credential"));
    }
}

#[tokio::test]
async fn a_relay_can_stand_before_any_other_upstream() {
    let running = like("relay-zh+bedrock").await;
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    assert_eq!(answer.status, 500);
    assert!(said(&answer).starts_with(r#"{"message":"invalid beta flag"} (request id: "#));
    assert_eq!(get(&running, "/v1/models").await.json()["has_more"], false);
}

#[tokio::test]
async fn litellm_tells_the_inner_error_as_a_string_and_the_status_as_text() {
    let running = like("litellm").await;
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    let says = "{\"message\":\"invalid beta flag\"}. Received Model Group=claude-opus-5-5\n\
                Available Model Group Fallbacks=None";
    let error = json!({ "message": says, "type": "None", "param": "None", "code": "400" });
    assert_eq!((answer.status, answer.json()), (400, json!({ "error": error })));
    let managed = with(OPUS, json!({ "context_management": { "edits": [] } }));
    let answer = ask(&running, &managed).await;
    let says = "{\"message\":\"context_management: Extra inputs are not permitted\"}. Received";
    assert!(said(&answer).starts_with(says), "{}", said(&answer));
    let answer = ask(&running, &request("claude-opus-9", "hi")).await;
    assert_eq!(answer.status, 400);
    let says = "{'error': '/v1/messages: Invalid model name passed in model=claude-opus-9. Call";
    assert!(said(&answer).starts_with(says), "{}", said(&answer));
}

#[tokio::test]
async fn converse_puts_a_sentence_of_the_platform_before_the_models() {
    let running = like("converse").await;
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    let says = "The model returned the following errors: invalid beta flag";
    assert_eq!((answer.status, answer.json()), (400, json!({ "message": says })));
}

#[tokio::test]
async fn a_relay_in_googles_form_holds_the_inner_error_as_a_string() {
    let running = like("relay-google+vertex").await;
    let managed = with(OPUS, json!({ "context_management": { "edits": [] } }));
    let answer = ask(&running, &managed).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]["status"]), (400, &json!("INVALID_ARGUMENT")));
    assert_eq!(body["error"]["code"], 400);
    let inner: Value = serde_json::from_str(&said(&answer)).expect("JSON");
    assert_eq!(inner["error"]["message"], "context_management: Extra inputs are not permitted");
    assert!(inner["request_id"].as_str().expect("an id").starts_with("req_vrtx_"));
}

#[tokio::test]
async fn a_relay_may_answer_what_is_no_json() {
    let running = like("relay-python").await;
    running.control().change_profile(&json!({ "set": { "shortage": ["*"] } })).expect("changes");
    let answer = ask(&running, &request(OPUS, "hi")).await;
    let says = "{'detail': {'code': 503130, 'message': 'HTTP error occurred when calling Claude \
                AI: invalid_request_error - system: Invalid model name (Status: 400)'}}";
    assert_eq!((answer.status, answer.text()), (400, says));
}

#[tokio::test]
async fn a_router_lists_what_its_providers_said() {
    let running = like("router").await;
    let answer = with_betas(&running, "never-seen-2031-01-01", &request(OPUS, "hi")).await;
    assert_eq!(said(&answer), "All target providers failed.");
    let attempt = &answer.json()["error"]["attempts"][0];
    assert_eq!(attempt["status"], 400);
    assert_eq!(attempt["details"]["error"]["type"], "invalid_request_error");
}

#[tokio::test]
async fn an_error_body_of_any_form_can_be_given() {
    let running = like("anthropic").await;
    let change = json!({ "set": {
        "error_body": "{\"detail\":\"{message}\",\"n\":{status},\"t\":\"{kind}\",\"x\":\"{odd}\"}",
        "says": { "unknown-beta": { "says": "a \"bad\" {1}\n{status}" } } } });
    running.control().change_profile(&change).expect("changes");
    let answer = with_betas(&running, "x", &request(OPUS, "hi")).await;
    let says = json!({ "detail": "a \"bad\" x\n{status}", "n": 400, "t": "invalid_request_error",
        "x": "{odd}" });
    assert_eq!((answer.status, answer.json()), (400, says));
}

#[tokio::test]
async fn what_chooses_by_model_looks_for_it_before_anything_else() {
    for (name, rule_id) in [
        ("relay-zh", "unknown-model"),
        ("bedrock", "unknown-model"),
        ("vertex", "unknown-model"),
        ("anthropic", "unknown-beta"),
    ] {
        let running = like(name).await;
        with_betas(&running, "never-seen-2031-01-01", &request("claude-opus-9", "hi")).await;
        assert_eq!(rule(&running), rule_id, "{name}");
    }
}
