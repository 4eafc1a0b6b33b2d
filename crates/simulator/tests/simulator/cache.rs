//! Prompt-cache accounting across requests.

use std::time::Duration;

use salve_simulator::Running;
use serde_json::{Value, json};

use crate::client::{ask_with, simulator};

const MODEL: &str = "claude-opus-5";

/// (plain, written for 5 minutes, written for an hour, read)
async fn use_of(running: &Running, body: &Value) -> (u64, u64, u64, u64) {
    let beta = ("anthropic-beta", "extended-cache-ttl-2025-04-11");
    let answer = ask_with(running, &[beta], body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let usage = answer.json()["usage"].clone();
    let number = |pointer: &str| usage.pointer(pointer).and_then(Value::as_u64).expect("a number");
    let five = number("/cache_creation/ephemeral_5m_input_tokens");
    let hour = number("/cache_creation/ephemeral_1h_input_tokens");
    assert_eq!(five + hour, number("/cache_creation_input_tokens"));
    (number("/input_tokens"), five, hour, number("/cache_read_input_tokens"))
}

/// A text of so many tokens, marked when a lifetime is given.
fn text(tokens: usize, ttl: Option<&str>) -> Value {
    let mut block = json!({ "type": "text", "text": "word".repeat(tokens) });
    if let Some(ttl) = ttl {
        block["cache_control"] = json!({ "type": "ephemeral", "ttl": ttl });
    }
    block
}

fn body(system: Vec<Value>, turns: Vec<Vec<Value>>) -> Value {
    let roles = ["user", "assistant"].into_iter().cycle();
    let messages: Vec<Value> = roles
        .zip(turns)
        .map(|(role, content)| json!({ "role": role, "content": content }))
        .collect();
    json!({ "model": MODEL, "max_tokens": 10, "system": system, "messages": messages })
}

#[tokio::test]
async fn a_prefix_is_written_once_and_then_read() {
    let running = simulator().await;
    let first = body(vec![text(2000, Some("5m"))], vec![vec![text(100, None)]]);
    // The request costs 5 before the system text, a message 3.
    assert_eq!(use_of(&running, &first).await, (103, 2005, 0, 0));
    assert_eq!(use_of(&running, &first).await, (103, 0, 0, 2005));
    running.control().reset();
    assert_eq!(use_of(&running, &first).await, (103, 2005, 0, 0));
}

#[tokio::test]
async fn a_growing_conversation_reads_what_it_wrote_and_writes_the_rest() {
    let running = simulator().await;
    let system = || vec![text(2000, Some("5m"))];
    let first = body(system(), vec![vec![text(100, Some("5m"))]]);
    assert_eq!(use_of(&running, &first).await, (0, 2108, 0, 0));
    let second = body(
        system(),
        vec![vec![text(100, None)], vec![text(50, None)], vec![text(20, Some("5m"))]],
    );
    assert_eq!(use_of(&running, &second).await, (0, 50 + 3 + 20 + 3, 0, 2108));
}

#[tokio::test]
async fn lifetimes_divide_what_is_written() {
    let running = simulator().await;
    let both = body(vec![text(2000, Some("1h"))], vec![vec![text(300, Some("5m"))]]);
    assert_eq!(use_of(&running, &both).await, (0, 303, 2005, 0));
}

#[tokio::test]
async fn a_prefix_below_the_minimum_is_not_kept() {
    let running = simulator().await;
    for (tokens, written) in [(1018, 0), (1019, 1024)] {
        let short = body(vec![text(tokens, Some("5m"))], vec![vec![text(10, None)]]);
        assert_eq!(use_of(&running, &short).await.1, written);
        running.control().reset();
    }
}

#[tokio::test]
async fn another_model_or_credential_reads_nothing() {
    let running = simulator().await;
    let mut first = body(vec![text(2000, Some("5m"))], vec![vec![text(100, None)]]);
    use_of(&running, &first).await;
    first["model"] = json!("claude-opus-4-8");
    assert_eq!(use_of(&running, &first).await.3, 0);
    assert_eq!(use_of(&running, &first).await.3, 2005);
}

#[tokio::test]
async fn a_breakpoint_looks_back_twenty_blocks_and_no_further() {
    let running = simulator().await;
    for (blocks, read) in [(20, 2008), (21, 0)] {
        running.control().reset();
        let first = body(vec![], vec![vec![text(2000, Some("5m"))]]);
        use_of(&running, &first).await;
        let mut content = vec![text(2000, None)];
        content.extend((1..blocks).map(|_| text(1, None)));
        content.push(text(1, Some("5m")));
        assert_eq!(use_of(&running, &body(vec![], vec![content])).await.3, read, "{blocks}");
    }
}

#[tokio::test]
async fn automatic_caching_marks_the_last_block() {
    let running = simulator().await;
    let mut first = body(vec![], vec![vec![text(2000, None)]]);
    first["cache_control"] = json!({ "type": "ephemeral" });
    assert_eq!(use_of(&running, &first).await, (0, 2008, 0, 0));
    assert_eq!(use_of(&running, &first).await, (0, 0, 0, 2008));
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_ends_and_is_renewed_by_reading() {
    let running = simulator().await;
    let first = body(vec![text(2000, Some("5m"))], vec![vec![text(100, None)]]);
    use_of(&running, &first).await;
    for (minutes, read) in [(4, 2005), (4, 2005), (6, 0)] {
        tokio::time::advance(Duration::from_secs(minutes * 60)).await;
        assert_eq!(use_of(&running, &first).await.3, read, "after {minutes} minutes");
    }
}
