//! Endpoints, credentials, headers and sizes.

use salve_simulator::{Settings, start};
use serde_json::json;

use crate::client::{ask, get, post, request, send, simulator, tool};

const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

#[tokio::test]
async fn either_credential_header_admits_and_the_wrong_one_is_told() {
    let keys = Some(vec!["right".to_owned()]);
    let running = start(Settings { api_keys: keys, ..Settings::default() }).await.expect("starts");
    let body = serde_json::to_vec(&request("claude-opus-5", "hi")).expect("serialises");
    let cases = [
        (vec![("x-api-key", "right")], 200, ""),
        (vec![("authorization", "Bearer right")], 200, ""),
        (vec![("x-api-key", "stale"), ("authorization", "bearer right")], 200, ""),
        (vec![("x-api-key", "wrong")], 401, "invalid x-api-key"),
        (vec![("authorization", "Bearer wrong")], 401, "Invalid bearer token"),
        (vec![], 401, "x-api-key header is required"),
        (vec![("x-api-key", "")], 401, "x-api-key header is required"),
    ];
    for (mut headers, status, says) in cases {
        headers.push(VERSION);
        let answer = send(&running, "POST", "/v1/messages", &headers, &body).await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 401 {
            assert_eq!(answer.error(), says);
            assert_eq!(answer.json()["error"]["type"], "authentication_error");
        }
    }
}

#[tokio::test]
async fn an_oauth_token_needs_its_beta() {
    let running = simulator().await;
    let body = serde_json::to_vec(&request("claude-opus-5", "hi")).expect("serialises");
    let token = ("authorization", "Bearer sk-ant-oat01-x");
    let answer = send(&running, "POST", "/v1/messages", &[token, VERSION], &body).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "OAuth authentication is currently not supported.")
    );
    let beta = ("anthropic-beta", "oauth-2025-04-20");
    let answer = send(&running, "POST", "/v1/messages", &[token, VERSION, beta], &body).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_version_must_be_given_and_be_a_date() {
    let running = simulator().await;
    let key = ("x-api-key", "k");
    for (version, status) in [(None, 400), (Some("latest"), 400), (Some("2026-10-21"), 200)] {
        let mut headers = vec![key];
        headers.extend(version.map(|version| ("anthropic-version", version)));
        assert_eq!(send(&running, "GET", "/v1/models", &headers, b"").await.status, status);
    }
}

#[tokio::test]
async fn models_are_listed_in_pages() {
    let running = simulator().await;
    let all = get(&running, "/v1/models?limit=1000").await.json();
    let ids: Vec<&str> = all["data"]
        .as_array()
        .expect("models")
        .iter()
        .map(|m| m["id"].as_str().expect("id"))
        .collect();
    assert_eq!(ids.len(), 15);
    assert_eq!(all["has_more"], false);
    assert_eq!((&all["first_id"], &all["last_id"]), (&json!(ids[0]), &json!(ids[14])));
    assert_eq!(
        all["data"][3],
        json!({ "type": "model", "id": "claude-opus-5-5",
        "display_name": "Claude Opus 5.5", "created_at": "2026-10-07T00:00:00Z",
        "max_input_tokens": 1_000_000, "max_tokens": 128_000 })
    );
    let page = get(&running, &format!("/v1/models?limit=2&after_id={}", ids[2])).await.json();
    assert_eq!(
        (&page["first_id"], &page["last_id"], &page["has_more"]),
        (&json!(ids[3]), &json!(ids[4]), &json!(true))
    );
    let page = get(&running, &format!("/v1/models?limit=2&before_id={}", ids[2])).await.json();
    assert_eq!(
        (&page["first_id"], &page["last_id"], &page["has_more"]),
        (&json!(ids[0]), &json!(ids[1]), &json!(false))
    );
    for (limit, says) in [
        ("0", "limit: Input should be greater than or equal to 1"),
        ("1001", "limit: Input should be less than or equal to 1000"),
        ("x", "limit: Input should be a valid integer, unable to parse string as an integer"),
    ] {
        assert_eq!(get(&running, &format!("/v1/models?limit={limit}")).await.error(), says);
    }
}

#[tokio::test]
async fn one_model_is_found_by_id_or_alias() {
    let running = simulator().await;
    let found = get(&running, "/v1/models/claude-sonnet-4-5-20250929").await;
    assert_eq!(found.json()["display_name"], "Claude Sonnet 4.5");
    let unknown = get(&running, "/v1/models/gpt-5").await;
    assert_eq!((unknown.status, unknown.error().as_str()), (404, "model: gpt-5"));
}

#[tokio::test]
async fn connection_checks_need_no_credential() {
    let running = simulator().await;
    for path in ["/", "/api/hello"] {
        assert_eq!(send(&running, "HEAD", path, &[], b"").await.status, 200);
    }
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_told_in_the_envelope() {
    let running = simulator().await;
    let unknown = get(&running, "/v2/chat").await;
    assert_eq!((unknown.status, unknown.error().as_str()), (404, "Not Found"));
    assert_eq!(unknown.json()["error"]["type"], "not_found_error");
    assert_eq!(get(&running, "/v1/messages").await.status, 405);
}

#[tokio::test]
async fn thirty_two_mebibytes_are_the_most() {
    let running = simulator().await;
    let max = 32 * 1024 * 1024;
    let mut body = serde_json::to_vec(&request("claude-opus-5-5", "hi")).expect("serialises");
    body.resize(max, b' ');
    assert_eq!(post(&running, "/v1/messages", &[], &body).await.status, 200);
    body.push(b' ');
    let answer = post(&running, "/v1/messages", &[], &body).await;
    assert_eq!((answer.status, answer.error().as_str()), (413, "Request exceeds the maximum size"));
    assert_eq!(answer.json()["error"]["type"], "request_too_large");
}

#[tokio::test]
async fn counting_gives_the_tokens_that_serving_bills() {
    let running = simulator().await;
    let mut body = request("claude-opus-5", "how many tokens is this?");
    body["tools"] = json!([tool("Bash")]);
    body["system"] = json!("be brief");
    let served = ask(&running, &body).await.json();
    body.as_object_mut().expect("a body").remove("max_tokens");
    let body = serde_json::to_vec(&body).expect("serialises");
    let counted = post(&running, "/v1/messages/count_tokens?beta=true", &[], &body).await.json();
    assert_eq!(counted["input_tokens"], served["usage"]["input_tokens"]);
    let refused = post(
        &running,
        "/v1/messages/count_tokens",
        &[],
        br#"{"model":"claude-opus-5","messages":[{"role":"user","content":"x"}],"stream":true}"#,
    )
    .await;
    assert_eq!(refused.error(), "stream: Extra inputs are not permitted");
}

#[tokio::test]
async fn answers_carry_the_headers_of_the_service() {
    let running = simulator().await;
    let answer = ask(&running, &request("claude-opus-5", "hi")).await;
    assert!(answer.header("request-id").expect("an id").starts_with("req_01"));
    assert!(answer.header("anthropic-organization-id").is_some());
    for name in ["requests", "tokens", "input-tokens", "output-tokens"] {
        for part in ["limit", "remaining", "reset"] {
            let header = format!("anthropic-ratelimit-{name}-{part}");
            assert!(answer.header(&header).is_some(), "{header}");
        }
    }
    let second = ask(&running, &request("claude-opus-5", "hi")).await;
    assert_ne!(second.header("request-id"), answer.header("request-id"));
}
