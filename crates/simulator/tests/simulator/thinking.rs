//! Thinking blocks: when they come, what they show, and when they are taken back.

use salve_simulator::{Settings, start};
use serde_json::{Value, json};

use crate::client::{ask, ask_with, request, simulator, streamed, tool};

const BINDING: &str = "claude-opus-5-5";
const FREE: &str = "claude-opus-5";

fn adaptive(model: &str, text: &str) -> Value {
    let mut body = request(model, text);
    body["thinking"] = json!({ "type": "adaptive" });
    body["system"] = json!("be brief");
    body
}

/// The next request of the conversation.
fn continued(mut body: Value, reply: &Value) -> Value {
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({ "role": "assistant", "content": reply["content"] }));
    messages.push(json!({ "role": "user", "content": "go on" }));
    body
}

#[tokio::test]
async fn a_budget_always_thinks_and_adaptive_thinks_when_asked() {
    let running = simulator().await;
    let mut body = request("claude-sonnet-4-5", "hi");
    body["max_tokens"] = json!(3000);
    body["thinking"] = json!({ "type": "enabled", "budget_tokens": 2000 });
    let reply = ask(&running, &body).await.json();
    assert_eq!(reply["content"][0]["type"], "thinking");
    assert!(reply["usage"]["output_tokens_details"]["thinking_tokens"].as_u64() > Some(0));
    let reply = ask(&running, &adaptive(FREE, "hi")).await.json();
    assert_eq!(reply["content"][0]["type"], "text");
    let reply = ask(&running, &adaptive(FREE, "[[think:deeply]] [[say:yes]]")).await.json();
    assert_eq!(reply["content"][0]["thinking"], "deeply");
    assert_eq!(reply["content"][1]["text"], "yes");
    let reply = ask(&running, &request(FREE, "[[think]] hi")).await.json();
    assert_eq!(reply["content"][0]["type"], "text", "thinking is off");
}

#[tokio::test]
async fn omitted_thinking_shows_only_its_signature_and_is_billed() {
    let running = simulator().await;
    let mut body = streamed(BINDING, "[[think:0123456789abcdef]] [[say:yes]]");
    body["thinking"] = json!({ "type": "adaptive", "display": "omitted" });
    let answer = ask(&running, &body).await;
    let message = answer.assembled();
    assert_eq!(message["content"][0]["thinking"], "");
    assert!(!message["content"][0]["signature"].as_str().expect("text").is_empty());
    assert_eq!(message["usage"]["output_tokens_details"]["thinking_tokens"], 4);
    assert!(!answer.text().contains("thinking_delta"));
    let next = ask(&running, &continued(body, &message)).await;
    assert_eq!(next.status, 200, "{}", next.text());
}

#[tokio::test]
async fn genuine_thinking_is_taken_back_with_moved_breakpoints_and_string_content() {
    let running = simulator().await;
    let mut body = adaptive(BINDING, "[[think]] [[tool:Bash {\"command\":\"ls\"}]]");
    body["tools"] = json!([tool("Bash")]);
    body["system"] = json!([{ "type": "text", "text": "x-anthropic-billing-header: cc_version=1;" },
        { "type": "text", "text": "be brief", "cache_control": { "type": "ephemeral" } }]);
    let text = body["messages"][0]["content"].clone();
    body["messages"][0]["content"] =
        json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    let reply = ask(&running, &body).await.json();
    assert_eq!(reply["content"][0]["type"], "thinking");
    body["messages"][0]["content"] = text;
    body["system"][0]["text"] = json!("x-anthropic-billing-header: cc_version=2;");
    let messages = body["messages"].as_array_mut().expect("messages");
    messages.push(json!({ "role": "assistant", "content": reply["content"] }));
    messages.push(json!({ "role": "user", "content": [{ "type": "tool_result",
        "tool_use_id": reply["content"][1]["id"], "content": "a b" }] }));
    let next = ask(&running, &body).await;
    assert_eq!(next.status, 200, "{}", next.text());
}

#[tokio::test]
async fn a_foreign_signature_is_refused_and_a_dropped_block_cures() {
    let running = simulator().await;
    let other = start(Settings { seed: 2, ..Settings::default() }).await.expect("starts");
    let body = adaptive(FREE, "[[think]] [[say:yes]]");
    let reply = ask(&other, &body).await.json();
    let next = continued(body.clone(), &reply);
    let refused = ask(&running, &next).await;
    assert_eq!(refused.error(), "messages.1.content.0: Invalid `signature` in `thinking` block");
    assert_eq!(ask(&other, &next).await.status, 200);
    let mut cured = next;
    cured["messages"][1]["content"].as_array_mut().expect("blocks").remove(0);
    assert_eq!(ask(&running, &cured).await.status, 200);
}

#[tokio::test]
async fn changed_text_is_refused_by_its_place_in_the_conversation() {
    let running = simulator().await;
    let body = adaptive(FREE, "[[think]] [[say:yes]]");
    let reply = ask(&running, &body).await.json();
    let mut latest = continued(body, &reply);
    latest["messages"][1]["content"][0]["thinking"] = json!("something else");
    assert_eq!(
        ask(&running, &latest).await.error(),
        "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant \
         message cannot be modified. These blocks must remain as they were in the original \
         response."
    );
    let mut earlier = latest;
    let messages = earlier["messages"].as_array_mut().expect("messages");
    messages.push(json!({ "role": "assistant", "content": "b" }));
    messages.push(json!({ "role": "user", "content": "c" }));
    assert_eq!(
        ask(&running, &earlier).await.error(),
        "messages.1.content.0: Invalid `signature` in `thinking` block"
    );
}

#[tokio::test]
async fn a_changed_prefix_breaks_thinking_only_where_it_is_bound() {
    let running = simulator().await;
    let beta = ("anthropic-beta", "thinking-binding-controls-2026-08-01");
    for (model, bound) in [(BINDING, true), ("claude-fable-5-1", true), (FREE, false)] {
        let body = adaptive(model, "[[think]] [[say:yes]]");
        let reply = ask(&running, &body).await.json();
        let mut changed = continued(body, &reply);
        changed["system"] = json!("be verbose");
        let answer = ask(&running, &changed).await;
        assert_eq!(answer.status, if bound { 400 } else { 200 }, "{model}");
        if bound {
            assert!(
                answer.error().contains("bound to a different conversation"),
                "{}",
                answer.error()
            );
            let entry = running.control().entries().pop().expect("an entry");
            assert_eq!(entry.refused.expect("refused").rule, "thinking-bound-elsewhere");
        }
        changed["thinking"]["block_binding"] = json!({ "prefix_mismatch_behavior": "drop_block" });
        assert_eq!(ask_with(&running, &[beta], &changed).await.status, 200);
    }
}
