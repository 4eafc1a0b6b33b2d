//! Fields, kinds and betas.

use serde_json::json;

use super::{Case, OLD, OPUS, call, case, result, round, said, with};
use crate::client::{request, tool};

pub fn all() -> Vec<Case> {
    vec![
        Case {
            rule: "unknown-beta",
            betas: &["effort-2025-11-24, made-up-2026-01-01", "other-1"],
            refused: request(OPUS, "hi"),
            says: "Unexpected value(s) `made-up-2026-01-01`, `other-1` for the `anthropic-beta` \
                   header. Please consult our documentation at docs.anthropic.com or try again \
                   without the header.",
            accepted: Some((&["effort-2025-11-24"], request(OPUS, "hi"))),
        },
        case(
            "extra-input",
            &[],
            with(OPUS, json!({ "context_management": { "edits": [] } })),
            "context_management: Extra inputs are not permitted",
            request(OPUS, "hi"),
        ),
        case(
            "field-required",
            &[],
            with(OPUS, json!({ "messages": said(json!([{ "type": "text" }])) })),
            "messages.0.content.0.text.text: Field required",
            with(OPUS, json!({ "messages": said(json!([{ "type": "text", "text": "a" }])) })),
        ),
        case(
            "not-text",
            &[],
            with(OPUS, json!({ "model": 4 })),
            "model: Input should be a valid string",
            request(OPUS, "hi"),
        ),
        case(
            "not-bool",
            &[],
            with(OPUS, json!({ "stream": "yes" })),
            "stream: Input should be a valid boolean",
            with(OPUS, json!({ "stream": false })),
        ),
        case(
            "not-whole",
            &[],
            with(OPUS, json!({ "max_tokens": "many" })),
            "max_tokens: Input should be a valid integer",
            with(OPUS, json!({ "max_tokens": 0 })),
        ),
        case(
            "not-number",
            &[],
            with(OLD, json!({ "temperature": "hot" })),
            "temperature: Input should be a valid number",
            with(OLD, json!({ "temperature": 0.5 })),
        ),
        case(
            "not-list",
            &[],
            with(OPUS, json!({ "tools": {} })),
            "tools: Input should be a valid list",
            with(OPUS, json!({ "tools": [] })),
        ),
        case(
            "not-dict",
            &[],
            with(OPUS, json!({ "metadata": "me" })),
            "metadata: Input should be a valid dictionary",
            with(OPUS, json!({ "metadata": { "user_id": "me" } })),
        ),
        case(
            "too-small",
            &[],
            with(OLD, json!({ "thinking": { "type": "enabled", "budget_tokens": 1023 } })),
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
            with(
                OLD,
                json!({ "max_tokens": 2000,
                "thinking": { "type": "enabled", "budget_tokens": 1024 } }),
            ),
        ),
        case(
            "too-large",
            &[],
            with(OLD, json!({ "temperature": 1.1 })),
            "temperature: Input should be less than or equal to 1",
            with(OLD, json!({ "temperature": 1.0 })),
        ),
        case(
            "text-too-long",
            &[],
            with(
                OPUS,
                json!({ "messages": round(
                json!([{ "type": "tool_use", "id": "a", "name": "n".repeat(201), "input": {} }]),
                json!([result("a")])) }),
            ),
            "messages.1.content.0.tool_use.name: String should have at most 200 characters",
            with(
                OPUS,
                json!({ "messages": round(
                json!([{ "type": "tool_use", "id": "a", "name": "n".repeat(200), "input": {} }]),
                json!([result("a")])) }),
            ),
        ),
        case(
            "text-pattern",
            &[],
            with(OPUS, json!({ "tools": [tool("a.b")] })),
            "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
            with(OPUS, json!({ "tools": [tool("a-b_1")] })),
        ),
        case(
            "not-one-of",
            &[],
            with(
                "claude-opus-5-5",
                json!({ "thinking": { "type": "adaptive", "display": "updates" } }),
            ),
            "thinking.adaptive.display: Input should be 'omitted' or 'summarized'",
            with(
                "claude-opus-5-5",
                json!({ "thinking": { "type": "adaptive", "display": "omitted" } }),
            ),
        ),
        case(
            "unknown-tag",
            &[],
            with(
                OPUS,
                json!({ "messages": round(json!([call("a")]), json!([{
                "type": "tool_result", "tool_use_id": "a",
                "content": [{ "type": "tool_reference", "tool_name": "x" }] }])) }),
            ),
            "messages.2.content.0.tool_result.content.0: Input tag 'tool_reference' found using \
             'type' does not match any of the expected tags: 'document', 'image', 'search_result', \
             'text'",
            with(OPUS, json!({ "messages": round(json!([call("a")]), json!([result("a")])) })),
        ),
        case(
            "unknown-model",
            &[],
            request("claude-3-opus", "hi"),
            "model: claude-3-opus",
            request("claude-haiku-4-5-20251001", "hi"),
        ),
    ]
}
