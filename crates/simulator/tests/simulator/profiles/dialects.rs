//! Older builds, vendors, small windows and pools.

use serde_json::{Value, json};

use super::{history, like, rule, said, tool_with, with, with_betas};
use crate::client::{ask, ask_with, post, request, tool};

const OPUS: &str = "claude-opus-5-5";

#[tokio::test]
async fn an_old_build_refuses_betas_one_at_a_time() {
    let running = like("old-build").await;
    let betas = "claude-code-20250219,effort-2025-11-24,context-management-2025-06-27";
    let answer = with_betas(&running, betas, &request(OPUS, "hi")).await;
    assert_eq!(
        (answer.status, said(&answer).as_str()),
        (400, "Unsupported beta header: effort-2025-11-24")
    );
    let betas = "claude-code-20250219,context-management-2025-06-27";
    let answer = with_betas(&running, betas, &request(OPUS, "hi")).await;
    assert_eq!(said(&answer), "Unsupported beta header: context-management-2025-06-27");
}

#[tokio::test]
async fn an_old_build_knows_none_of_the_newer_fields() {
    let running = like("old-build").await;
    let extra = |path: &str| format!("{path}: Extra inputs are not permitted");
    let messages = json!([{ "role": "user", "content": "a",
        "output_config": { "effort": "low" } }]);
    let cases = [
        (json!({ "output_config": { "effort": "low" } }), extra("output_config")),
        (json!({ "context_management": { "edits": [] } }), extra("context_management")),
        (json!({ "cache_control": { "type": "ephemeral" } }), extra("cache_control")),
        (json!({ "safeguards": [] }), extra("safeguards")),
        (json!({ "messages": messages }), extra("messages.0.output_config")),
        (
            json!({ "tools": [tool_with(json!({ "defer_loading": true }))] }),
            extra("tools.0.custom.defer_loading"),
        ),
        (
            json!({ "thinking": { "type": "adaptive" } }),
            "thinking: Input tag 'adaptive' found using 'type' does not match expected tags: \
             'enabled', 'disabled'"
                .to_owned(),
        ),
        (
            json!({ "thinking": { "type": "enabled", "budget_tokens": 1024, "display": "omitted" },
            "max_tokens": 2000 }),
            extra("thinking.enabled.display"),
        ),
        (
            json!({ "tools": [tool(&"x".repeat(65))] }),
            "tools.0.custom.name: String should have at most 64 characters".to_owned(),
        ),
    ];
    for (fields, says) in cases {
        let answer = ask(&running, &with(OPUS, fields)).await;
        assert_eq!((answer.status, said(&answer)), (400, says));
    }
    assert_eq!(
        ask(&running, &with(OPUS, json!({ "tools": [tool(&"x".repeat(64))] }))).await.status,
        200
    );
    let budget = json!({ "max_tokens": 2000,
        "thinking": { "type": "enabled", "budget_tokens": 1024 } });
    assert_eq!(ask(&running, &with(OPUS, budget)).await.status, 200);
}

#[tokio::test]
async fn an_old_build_wants_roles_to_alternate_and_no_system_among_them() {
    let running = like("old-build").await;
    let user = json!({ "role": "user", "content": "a" });
    let answer = ask(&running, &with(OPUS, json!({ "messages": [user, user] }))).await;
    assert_eq!(
        said(&answer),
        "messages: roles must alternate between \"user\" and \"assistant\", \
        but found multiple \"user\" roles in a row"
    );
    assert_eq!(rule(&running), "roles-alternate");
    let system = json!({ "role": "system", "content": "a" });
    let answer = ask(&running, &with(OPUS, json!({ "messages": [user, system] }))).await;
    assert_eq!(rule(&running), "system-message-unsupported");
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn deepseek_wants_the_thinking_of_tool_calls_back_and_ignores_its_signature() {
    let running = like("deepseek").await;
    let call = json!({ "type": "tool_use", "id": "t", "name": "Bash", "input": {} });
    let result = json!([{ "type": "tool_result", "tool_use_id": "t", "content": "ok" }]);
    let thought = json!({ "type": "thinking", "thinking": "hm", "signature": "foreign" });
    let unsigned = json!({ "type": "thinking", "thinking": "hm" });
    let body = |blocks: Value, mode: &str| {
        with(
            OPUS,
            json!({ "thinking": { "type": mode },
            "messages": history(blocks, result.clone()) }),
        )
    };
    let answer = ask(&running, &body(json!([call]), "adaptive")).await;
    let says = "The content[].thinking in the thinking mode must be passed back to the API";
    assert_eq!((answer.status, said(&answer).as_str()), (400, says));
    assert_eq!(answer.json()["error"]["code"], "invalid_request_error");
    assert_eq!(rule(&running), "thinking-not-returned");
    for (blocks, mode) in [
        (json!([thought, call]), "adaptive"),
        (json!([unsigned, call]), "adaptive"),
        (json!([call]), "disabled"),
    ] {
        let answer = ask(&running, &body(blocks, mode)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn deepseek_begins_every_reply_with_thinking_so_that_it_can_come_back() {
    let running = like("deepseek").await;
    let body = with(
        OPUS,
        json!({ "thinking": { "type": "adaptive" }, "tools": [tool("Bash")],
        "messages": [{ "role": "user", "content": "[[tool:Bash {}]]" }] }),
    );
    let answer = ask(&running, &body).await.json();
    assert_eq!(answer["content"][0]["type"], "thinking");
    assert_eq!(answer["content"][1]["type"], "tool_use");
}

#[tokio::test]
async fn deepseek_ignores_betas_and_unknown_fields_and_tells_amounts_like_openai() {
    let running = like("deepseek").await;
    let odd = with(
        "deepseek-v4-pro",
        json!({ "field_of_2031": 1,
        "metadata": { "user_id": "{}" }, "context_management": { "edits": [] } }),
    );
    let answer = with_betas(&running, "never-seen-2031-01-01", &odd).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = ask(&running, &request("gpt-9", "hi")).await;
    assert_eq!((answer.status, said(&answer).as_str()), (400, "Model Not Exist"));
    let long = request(OPUS, &"word ".repeat(131_073));
    let answer = ask(&running, &long).await;
    assert!(
        said(&answer).starts_with(
            "This model's maximum context length is 131072 tokens. \
        However, you requested "
        ),
        "{}",
        said(&answer)
    );
    let broke = ("x-sim-fault", "named=insufficient-balance");
    let answer = ask_with(&running, &[broke], &request(OPUS, "hi")).await;
    assert_eq!((answer.status, said(&answer).as_str()), (402, "Insufficient Balance"));
}

#[tokio::test]
async fn a_small_window_is_told_with_its_numbers() {
    let running = like("small-window").await;
    let count = |body: Value| serde_json::to_vec(&body).expect("serialises");
    let body = request(OPUS, &"word ".repeat(100_000));
    let counted = post(
        &running,
        "/v1/messages/count_tokens",
        &[],
        &count(json!({ "model": OPUS, "messages": body["messages"] })),
    )
    .await;
    let input = counted.json()["input_tokens"].as_u64().expect("a number");
    assert!(input < 128_000, "{input}");
    let answer = ask(&running, &with(OPUS, json!({ "max_tokens": 8193 }))).await;
    assert_eq!(
        said(&answer),
        "max_tokens is too large: 8193. This model supports at most 8192 \
        completion tokens, whereas you provided 8193."
    );
    let answer = ask(&running, &request(OPUS, &"word ".repeat(128_000))).await;
    let says = said(&answer);
    assert!(
        says.starts_with(
            "This model's maximum context length is 128000 tokens. However, you \
        requested "
        ),
        "{says}"
    );
    assert!(says.contains("in the messages, 1000 in the completion)"), "{says}");
    assert_eq!(rule(&running), "prompt-too-long");
}

#[tokio::test]
async fn a_pool_calls_a_model_it_is_short_of_an_invalid_name_and_serves_it_later() {
    let running = like("gateway-shortage").await;
    assert_eq!(ask(&running, &request(OPUS, "hi")).await.status, 200);
    let short = json!({ "set": { "shortage": ["claude-opus-*"] } });
    running.control().change_profile(&short).expect("changes");
    let answer = ask(&running, &request(OPUS, "hi")).await;
    assert_eq!((answer.status, said(&answer).as_str()), (400, "system: Invalid model name"));
    assert_eq!(rule(&running), "model-shortage");
    assert_eq!(ask(&running, &request("claude-sonnet-5", "hi")).await.status, 200);
    running.control().change_profile(&json!({ "set": { "shortage": [] } })).expect("changes");
    assert_eq!(ask(&running, &request(OPUS, "hi")).await.status, 200);
}
