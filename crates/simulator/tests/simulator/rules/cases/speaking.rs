//! Roles and texts.

use serde_json::json;

use super::{Case, OLD, OPUS, call, case, said, with};
use crate::client::request;

pub fn all() -> Vec<Case> {
    let user = json!({ "role": "user", "content": "a" });
    let assistant = json!({ "role": "assistant", "content": "b" });
    let system = json!({ "role": "system", "content": "c" });
    let text = |words: &str| said(json!([super::text(words)]));
    let block = |text: &str| json!([{ "type": "text", "text": text }]);
    vec![
        case(
            "messages-empty",
            &[],
            with(OPUS, json!({ "messages": [] })),
            "messages: at least one message is required",
            with(OPUS, json!({ "messages": [user] })),
        ),
        case(
            "role-unknown",
            &[],
            with(OPUS, json!({ "messages": [user, { "role": "tool", "content": "x" }] })),
            "messages.1.role: Input should be 'user' or 'assistant'",
            with(OPUS, json!({ "messages": [user, assistant, user] })),
        ),
        Case {
            rule: "system-message-unsupported",
            betas: &[],
            refused: with("claude-opus-4-8", json!({ "messages": [user, system] })),
            says: "messages: Unexpected role \"system\". The Messages API accepts a top-level \
                   `system` parameter, not \"system\" as an input message role.",
            accepted: Some((
                &["mid-conversation-system-2026-04-07"],
                with("claude-opus-4-8", json!({ "messages": [user, system] })),
            )),
        },
        Case {
            rule: "system-message-unsupported",
            betas: &["mid-conversation-system-2026-04-07"],
            refused: with("claude-sonnet-4-6", json!({ "messages": [user, system] })),
            says: "messages: Unexpected role \"system\". The Messages API accepts a top-level \
                   `system` parameter, not \"system\" as an input message role.",
            accepted: Some((&[], with("claude-opus-5-5", json!({ "messages": [user, system] })))),
        },
        case(
            "system-message-first",
            &[],
            with(OPUS, json!({ "messages": [system, assistant, user] })),
            "messages.0: role 'system' must not open the conversation; use the top-level 'system' \
             parameter",
            with(OPUS, json!({ "system": "c", "messages": [user] })),
        ),
        case(
            "system-message-place",
            &[],
            with(OPUS, json!({ "messages": [user, system, user] })),
            "messages.1: role 'system' must precede an 'assistant' message or end the array",
            with(OPUS, json!({ "messages": [user, system, assistant, user, system] })),
        ),
        case(
            "first-role",
            &[],
            with(OPUS, json!({ "messages": [assistant, user] })),
            "messages: first message must use the \"user\" role",
            with(OPUS, json!({ "messages": [user, user] })),
        ),
        case(
            "block-of-other-role",
            &[],
            with(OPUS, json!({ "messages": said(json!([call("a")])) })),
            "messages.0: `tool_use` blocks can only be in `assistant` messages",
            request(OPUS, "a"),
        ),
        case(
            "prefill",
            &[],
            with(OPUS, json!({ "messages": [user, assistant] })),
            "This model does not support assistant message prefill. The conversation must end with \
             a user message.",
            with(OLD, json!({ "messages": [user, assistant] })),
        ),
        case(
            "content-empty",
            &[],
            with(OPUS, json!({ "messages": [user, { "role": "assistant", "content": [] }, user] })),
            "messages.1: all messages must have non-empty content except for the optional final \
             assistant message",
            with(OLD, json!({ "messages": [user, { "role": "assistant", "content": [] }] })),
        ),
        case(
            "text-empty",
            &[],
            with(OPUS, json!({ "messages": text("") })),
            "messages: text content blocks must be non-empty",
            with(OPUS, json!({ "messages": text("a") })),
        ),
        case(
            "text-blank",
            &[],
            with(OPUS, json!({ "messages": text(" \n") })),
            "messages: text content blocks must contain non-whitespace text",
            with(OPUS, json!({ "messages": text(" a\n") })),
        ),
        case(
            "system-text-empty",
            &[],
            with(OPUS, json!({ "system": block("") })),
            "system: text content blocks must be non-empty",
            with(OPUS, json!({ "system": "" })),
        ),
        case(
            "system-text-blank",
            &[],
            with(OPUS, json!({ "system": block(" ") })),
            "system: text content blocks must contain non-whitespace text",
            with(OPUS, json!({ "system": block("a") })),
        ),
        case(
            "prefill-ends-blank",
            &[],
            with(OLD, json!({ "messages": [user, { "role": "assistant", "content": "x " }] })),
            "messages: final assistant content cannot end with trailing whitespace",
            with(OLD, json!({ "messages": [user, { "role": "assistant", "content": "x" }] })),
        ),
    ]
}
