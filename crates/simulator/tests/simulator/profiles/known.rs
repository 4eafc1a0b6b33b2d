//! Refusals that were really met, each from the request that causes it, in the words met.

use serde_json::{Value, json};

use super::{history, like, said, tool_with, with};
use crate::client::{ask_with, request, tool};

const OPUS: &str = "claude-opus-5-5";
const OLD: &str = "claude-sonnet-4-5";

struct Known {
    profile: &'static str,
    betas: &'static str,
    body: Value,
    says: &'static str,
}

fn known(profile: &'static str, betas: &'static str, body: Value, says: &'static str) -> Known {
    Known { profile, betas, body, says }
}

/// Tools, of which the last is special.
fn tools(before: usize, last: Value) -> Value {
    let mut tools: Vec<Value> = (0..before).map(|number| tool(&format!("t{number}"))).collect();
    tools.push(last);
    with(OPUS, json!({ "tools": tools }))
}

fn said_before(blocks: Value) -> Value {
    with(OPUS, json!({ "messages": history(blocks, json!("on")) }))
}

fn fields() -> Vec<Known> {
    let long = json!({ "type": "ephemeral", "ttl": "1h" });
    let text = |control: &Value| json!({ "type": "text", "text": "s", "cache_control": control });
    let scope = json!({ "type": "ephemeral", "scope": "global" });
    let system = json!([{ "type": "text", "text": "s" }, text(&scope)]);
    vec![
        known(
            "bedrock",
            "",
            tools(11, tool_with(json!({ "defer_loading": true }))),
            "tools.11.custom.defer_loading: Extra inputs are not permitted",
        ),
        known(
            "anthropic",
            "",
            tools(3, tool_with(json!({ "input_examples": [] }))),
            "tools.3.custom.input_examples: Extra inputs are not permitted",
        ),
        known(
            "vertex",
            "",
            with(OPUS, json!({ "system": system })),
            "system.1.cache_control.ephemeral.scope: Extra inputs are not permitted",
        ),
        known(
            "anthropic",
            "context-management-2025-06-27",
            with(OPUS, json!({ "context_management": { "enabled": true } })),
            "context_management: Extra inputs are not permitted",
        ),
        known(
            "anthropic",
            "",
            with(
                OPUS,
                json!({ "messages": [{ "role": "user", "content": "a",
                "output_config": { "effort": "low" } }] }),
            ),
            "messages.0.output_config: Extra inputs are not permitted",
        ),
        known(
            "anthropic",
            "",
            with(OPUS, json!({ "system": [text(&long)] })),
            "system.0.cache_control.ephemeral.ttl: Extra inputs are not permitted",
        ),
        known(
            "old-build",
            "",
            tools(63, tool(&"n".repeat(65))),
            "tools.63.custom.name: String should have at most 64 characters",
        ),
        known("bedrock", "extended-cache-ttl-2025-04-11", request(OPUS, "a"), "invalid beta flag"),
        known("bedrock", "mcp-servers-2025-12-04", request(OPUS, "a"), "invalid beta flag"),
    ]
}

fn tags() -> Vec<Known> {
    let tagged = |kind: &str| tools(0, json!({ "type": kind, "name": "x" }));
    let found =
        json!([{ "type": "tool_result", "tool_use_id": "a", "content": [{ "text": "x" }] }]);
    let called = json!([{ "type": "tool_use", "id": "a", "name": "Bash", "input": {} }]);
    vec![
        known("anthropic", "", tagged("advisor_20260301"), "tools.0: Input tag 'advisor_20260301'"),
        known("anthropic", "", tagged("computer_20250124"), "tools.0: Input tag 'computer_2025012"),
        known(
            "bedrock",
            "",
            tagged("tool_search_tool_regex_20251119"),
            "tools.0: Input tag 'tool_search_tool_regex_20251119' found using 'type' does not \
             match any of the expected tags: 'bash_20250124', 'custom', ",
        ),
        known(
            "anthropic",
            "",
            with(OPUS, json!({ "messages": history(called, found) })),
            "messages.2.content.0.tool_result.content.0.type: Field required",
        ),
        known(
            "anthropic",
            "",
            said_before(json!([{ "type": "server_tool_use", "id": "s", "name": "google_search",
                "input": {} }])),
            "messages.1.content.0.server_tool_use.name: Input should be 'web_search', 'web_fetch',",
        ),
    ]
}

fn thinking() -> Vec<Known> {
    let thought = |signature: &str| {
        said_before(json!([{ "type": "thinking", "thinking": "x", "signature": signature },
            { "type": "text", "text": "y" }]))
    };
    let unsigned = json!([{ "type": "thinking", "thinking": "x" }]);
    let foreign = "messages.1.content.0: Invalid `signature` in `thinking` block";
    vec![
        known("anthropic", "", thought(""), foreign),
        known("bedrock", "", thought("gAAAAABforeign"), foreign),
        known("vertex", "", thought("claude#abc"), foreign),
        known(
            "anthropic",
            "",
            said_before(unsigned),
            "messages.1.content.0.thinking.signature: Field required",
        ),
        known(
            "anthropic",
            "",
            said_before(json!([{ "type": "redacted_thinking", "data": "x" }])),
            "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
        ),
        known(
            "converse",
            "",
            with(OPUS, json!({ "temperature": 0.5 })),
            "The model returned the following errors: `temperature` is deprecated for this model.",
        ),
        known(
            "anthropic",
            "",
            with(OLD, json!({ "max_tokens": 64_001 })),
            "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for",
        ),
    ]
}

#[tokio::test]
async fn refusals_that_were_met_are_told_in_the_words_met() {
    for known in fields().into_iter().chain(tags()).chain(thinking()) {
        let running = like(known.profile).await;
        let betas = ("anthropic-beta", known.betas);
        let answer = ask_with(&running, &[betas], &known.body).await;
        assert_eq!(answer.status, 400, "{}: {}", known.says, answer.text());
        assert!(said(&answer).starts_with(known.says), "{}\n{}", known.says, said(&answer));
    }
}
