//! Tool calls, their results, and what a history brings back.

use serde_json::json;

use super::{Case, OPUS, call, case, result, round, said, text, with};
use crate::client::request;

pub fn all() -> Vec<Case> {
    let good = with(
        OPUS,
        json!({ "messages": round(json!([call("a"), call("b")]),
        json!([result("b"), result("a"), { "type": "text", "text": "on" }])) }),
    );
    let texts_first = round(json!([call("a")]), json!([text("x"), result("a")]));
    let foreign_search = json!([
        { "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} },
        { "type": "web_search_tool_result", "tool_use_id": "s", "content": [{
            "type": "web_search_result", "url": "u", "title": "t",
            "encrypted_content": "EqMD" }] }]);
    vec![
        case(
            "tool-use-id-repeated",
            &[],
            with(
                OPUS,
                json!({ "messages": round(json!([call("a"), call("b"), call("a")]),
                json!([result("a"), result("b")])) }),
            ),
            "messages.1.content.2: `tool_use` ids must be unique",
            good.clone(),
        ),
        case(
            "tool-result-orphan",
            &[],
            with(OPUS, json!({ "messages": said(json!([text("x"), result("toolu_01")])) })),
            "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: \
             toolu_01. Each `tool_result` block must have a corresponding `tool_use` block in the \
             previous message.",
            good.clone(),
        ),
        case(
            "tool-result-repeated",
            &[],
            with(
                OPUS,
                json!({ "messages": round(json!([call("a")]), json!([result("a"), result("a")])) }),
            ),
            "messages.2.content.1: each tool_use must have a single result. Found multiple \
             `tool_result` blocks with id: a",
            good.clone(),
        ),
        case(
            "tool-use-unanswered",
            &[],
            with(
                OPUS,
                json!({ "messages": round(json!([call("toolu_01"), call("b")]),
                    json!([result("b")])) }),
            ),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: \
             toolu_01. Each `tool_use` block must have a corresponding `tool_result` block in the \
             next message.",
            good.clone(),
        ),
        case(
            "tool-use-unanswered",
            &[],
            with(OPUS, json!({ "messages": texts_first })),
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: \
             a. Each `tool_use` block must have a corresponding `tool_result` block in the next \
             message.",
            good,
        ),
        case(
            "redacted-thinking-foreign",
            &[],
            with(
                OPUS,
                json!({ "messages": [{ "role": "user", "content": "a" }, { "role": "assistant",
                "content": [{ "type": "redacted_thinking", "data": "x" }, text("b")] },
                { "role": "user", "content": "c" }] }),
            ),
            "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
            request(OPUS, "a"),
        ),
        case(
            "search-content-foreign",
            &[],
            with(
                OPUS,
                json!({ "messages": [{ "role": "user", "content": "a" },
                { "role": "assistant", "content": foreign_search },
                    { "role": "user", "content": "c" }] }),
            ),
            "messages.1.content.1: Invalid `encrypted_content` in `search_result` block",
            request(OPUS, "a"),
        ),
    ]
}
