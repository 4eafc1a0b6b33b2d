//! The same refusals of malformed histories in the words of several services.

use serde_json::{Value, json};

use super::{REMEDIES, done, refusal_of, request};
use crate::{Facts, Known, NoProvenance, react};

fn broken() -> Value {
    let long = "x".repeat(80);
    let mark = json!({"type": "ephemeral"});
    let text = |text: &str| json!({"type": "text", "text": text, "cache_control": mark});
    let call = |name: &str| json!({"type": "tool_use", "id": "a:1", "name": name, "input": {}});
    json!({
        "tools": [{"name": long, "input_schema": {"anyOf": []}}],
        "system": [text("s"), text(" ")],
        "messages": [
            {"role": "user", "content": [text("u"), {"type": "tool_result", "tool_use_id": "b",
                "content": [{"text": "r"}]}]},
            {"role": "assistant", "content": [call(&long), call("Bash"),
                {"type": "server_tool_use", "id": "s", "name": "x", "input": {"query": "q"}}]},
            {"role": "user", "content": [text("v"), text("w"), text("y")]}]})
}

#[test]
fn malformed_histories_are_mended_whoever_says_so() {
    let bedrock = |words: &str| json!({"message": words}).to_string();
    let wrapped =
        |words: &str| bedrock(&format!("The model returned the following errors: {words}"));
    let openai = |words: &str| {
        json!({"error": {"message": words, "type": "invalid_request_error"}}).to_string()
    };
    let cases = [
        (
            "drop-empty-text",
            wrapped("messages: text content blocks must contain non-whitespace text"),
        ),
        (
            "drop-empty-text",
            bedrock(
                "The text field in the ContentBlock object at messages.0.content.0 is blank. \
                 Add text to the text field, and try again.",
            ),
        ),
        (
            "drop-empty-text",
            openai("litellm.BadRequestError: system: text content blocks must be non-empty"),
        ),
        (
            "pair-tools",
            wrapped(
                "messages.1: `tool_use` ids were found without `tool_result` blocks \
                 immediately after: a:1.",
            ),
        ),
        (
            "pair-tools",
            bedrock("Expected toolResult blocks at messages.2.content for the following Ids: a:1"),
        ),
        (
            "pair-tools",
            openai(
                "An assistant message with 'tool_calls' must be followed by tool messages \
                 responding to each 'tool_call_id'.",
            ),
        ),
        ("unique-tool-ids", openai("Duplicate tool_call id found: a:1")),
        ("unique-tool-ids", wrapped("messages.1.content.1: `tool_use` ids must be unique")),
        (
            "unique-tool-ids",
            bedrock(
                "messages.1.content.0.tool_use.id: String should match pattern \
                 '^[a-zA-Z0-9_-]+$'",
            ),
        ),
        (
            "cache-breakpoints",
            wrapped("A maximum of 4 blocks with cache_control may be provided. Found 6."),
        ),
        ("tool-schema", wrapped("tools.0.custom.input_schema: JSON schema is invalid")),
        ("tool-names", wrapped("tools.0.custom.name: String should have at most 64 characters")),
        (
            "tool-names",
            bedrock(
                "1 validation error detected: Value at \
                 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: \
                 Member must have length less than or equal to 64",
            ),
        ),
        (
            "type-result-content",
            wrapped("messages.0.content.1.tool_result.content.0.type: Field required"),
        ),
        (
            "text-for-hosted-search",
            wrapped("messages.1.content.2.server_tool_use.name: Input should be 'web_search'"),
        ),
    ];
    let mut wrong = Vec::new();
    for (remedy, body) in cases {
        assert!(REMEDIES.iter().any(|own| own.id() == remedy));
        let mut first = request(&broken(), "");
        let refusal = refusal_of(400, &body);
        react(&mut first, &refusal, &Known::new(&Facts::default(), None, &NoProvenance));
        if !done(&first).iter().any(|done| done.starts_with(remedy)) {
            wrong.push(format!("{remedy}: {} did {:?}: {body}", refusal.fault.id, done(&first)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
