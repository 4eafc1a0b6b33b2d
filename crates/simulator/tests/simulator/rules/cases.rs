//! One case a rule.

use serde_json::{Value, json};

use crate::client::{request, tool};

/// A request that breaks a rule, and the same without the fault.
pub struct Case {
    pub rule: &'static str,
    pub betas: &'static [&'static str],
    pub refused: Value,
    pub says: &'static str,
    pub accepted: Option<(&'static [&'static str], Value)>,
}

const OPUS: &str = "claude-opus-5";
const OLD: &str = "claude-sonnet-4-5";
const SEARCH: &[&str] = &["advanced-tool-use-2025-11-20"];
const TTL: &[&str] = &["extended-cache-ttl-2025-04-11"];

/// A case from a base request, the fault put into it, and the mending of that.
fn case(
    rule: &'static str,
    betas: &'static [&'static str],
    refused: Value,
    says: &'static str,
    accepted: Value,
) -> Case {
    Case {
        rule,
        betas,
        refused,
        says,
        accepted: Some((betas, accepted)),
    }
}

/// A base request with fields replaced.
fn with(model: &str, fields: Value) -> Value {
    let mut body = request(model, "hello");
    for (key, value) in fields.as_object().expect("fields") {
        body[key] = value.clone();
    }
    body
}

fn said(blocks: Value) -> Value {
    json!([{ "role": "user", "content": blocks }])
}

fn call(id: &str) -> Value {
    json!({ "type": "tool_use", "id": id, "name": "Bash", "input": {} })
}

fn result(id: &str) -> Value {
    json!({ "type": "tool_result", "tool_use_id": id, "content": "ok" })
}

/// prompt, calls, answers
fn round(calls: Value, answers: Value) -> Value {
    json!([{ "role": "user", "content": "go" }, { "role": "assistant", "content": calls },
        { "role": "user", "content": answers }])
}

fn schema(schema: Value) -> Value {
    with(
        OPUS,
        json!({ "tools": [tool("a"), { "name": "b", "input_schema": schema }] }),
    )
}

fn good_schema() -> Value {
    schema(json!({ "type": "object", "properties": { "a.b-c": { "type": ["string", "null"] } } }))
}

fn png(width: u32, height: u32) -> Value {
    use base64::Engine;
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    image(
        "image/png",
        &base64::engine::general_purpose::STANDARD.encode(bytes),
    )
}

fn image(media_type: &str, data: &str) -> Value {
    json!({ "type": "image", "source": { "type": "base64", "media_type": media_type, "data": data } })
}

fn pdf(pages: usize) -> Value {
    use base64::Engine;
    let text = format!("%PDF-1.4 /Type /Pages {}", "/Type /Page ".repeat(pages));
    let data = base64::engine::general_purpose::STANDARD.encode(text);
    let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
    json!({ "type": "document", "source": source })
}

fn cached(text: &str, ttl: &str) -> Value {
    json!({ "type": "text", "text": text, "cache_control": { "type": "ephemeral", "ttl": ttl } })
}

pub fn all() -> Vec<Case> {
    [
        shapes(),
        tools(),
        caching(),
        speaking(),
        pairing(),
        thinking(),
        amounts(),
        media(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn shapes() -> Vec<Case> {
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
            with(
                OPUS,
                json!({ "messages": said(json!([{ "type": "text" }])) }),
            ),
            "messages.0.content.0.text.text: Field required",
            with(
                OPUS,
                json!({ "messages": said(json!([{ "type": "text", "text": "a" }])) }),
            ),
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
            with(
                OLD,
                json!({ "thinking": { "type": "enabled", "budget_tokens": 1023 } }),
            ),
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
            with(
                OPUS,
                json!({ "messages": round(json!([call("a")]), json!([result("a")])) }),
            ),
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

fn tools() -> Vec<Case> {
    let deferred =
        json!({ "name": "d", "input_schema": { "type": "object" }, "defer_loading": true });
    let mut both = deferred.clone();
    both["cache_control"] = json!({ "type": "ephemeral" });
    vec![
        case(
            "tool-names-repeated",
            &[],
            with(OPUS, json!({ "tools": [tool("a"), tool("a")] })),
            "tools: Tool names must be unique.",
            with(OPUS, json!({ "tools": [tool("a"), tool("b")] })),
        ),
        case(
            "tool-deferred-and-cached",
            SEARCH,
            with(OPUS, json!({ "tools": [tool("a"), both] })),
            "tools.1.custom: `cache_control` cannot be set on a tool with `defer_loading`",
            with(OPUS, json!({ "tools": [tool("a"), deferred] })),
        ),
        case(
            "tools-all-deferred",
            SEARCH,
            with(OPUS, json!({ "tools": [deferred] })),
            "tools: At least one tool must not be deferred with `defer_loading`",
            with(OPUS, json!({ "tools": [deferred, tool("a")] })),
        ),
        case(
            "tool-choice-without-tools",
            &[],
            with(OPUS, json!({ "tool_choice": { "type": "auto" } })),
            "tool_choice: `tool_choice` may only be specified while providing `tools`.",
            with(
                OPUS,
                json!({ "tool_choice": { "type": "auto" }, "tools": [tool("a")] }),
            ),
        ),
        case(
            "tool-choice-unknown",
            &[],
            with(
                OPUS,
                json!({ "tool_choice": { "type": "tool", "name": "b" }, "tools": [tool("a")] }),
            ),
            "Tool 'b' not found in provided tools",
            with(
                OPUS,
                json!({ "tool_choice": { "type": "tool", "name": "a" }, "tools": [tool("a")] }),
            ),
        ),
        case(
            "schema-not-object",
            &[],
            schema(json!({ "properties": {} })),
            "tools.1.custom.input_schema.type: Field required",
            good_schema(),
        ),
        case(
            "schema-wrong-type",
            &[],
            schema(json!({ "type": "array" })),
            "tools.1.custom.input_schema.type: Input should be 'object'",
            good_schema(),
        ),
        case(
            "schema-top-choice",
            &[],
            schema(json!({ "type": "object", "anyOf": [{ "type": "object" }] })),
            "tools.1.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at \
             the top level",
            schema(json!({ "type": "object",
                "properties": { "a": { "anyOf": [{ "type": "string" }] } } })),
        ),
        case(
            "schema-property-key",
            &[],
            schema(json!({ "type": "object", "properties": { "a b": { "type": "string" } } })),
            "tools.1.custom.input_schema.properties: Property keys should match pattern \
             '^[a-zA-Z0-9_.-]{1,64}$'",
            good_schema(),
        ),
        case(
            "schema-invalid",
            &[],
            schema(json!({ "type": "object", "properties": { "a": { "type": "text" } } })),
            "tools.1.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft \
             2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at \
             https://docs.claude.com/en/docs/tool-use.",
            good_schema(),
        ),
    ]
}

fn caching() -> Vec<Case> {
    let five = json!([
        cached("1", "5m"),
        cached("2", "5m"),
        cached("3", "5m"),
        cached("4", "5m"),
        cached("5", "5m")
    ]);
    let four = json!([
        cached("1", "5m"),
        cached("2", "5m"),
        cached("3", "5m"),
        cached("4", "5m")
    ]);
    let wrong = json!([cached("a", "5m"), cached("b", "1h")]);
    let right = json!([cached("a", "1h"), cached("b", "5m")]);
    vec![
        Case {
            rule: "cache-ttl-beta",
            betas: &[],
            refused: with(
                OPUS,
                json!({ "messages": said(json!([cached("a", "1h")])) }),
            ),
            says: "messages.0.content.0.text.cache_control.ephemeral.ttl: Extra inputs are not permitted",
            accepted: Some((
                TTL,
                with(
                    OPUS,
                    json!({ "messages": said(json!([cached("a", "1h")])) }),
                ),
            )),
        },
        case(
            "cache-too-many",
            &[],
            with(OPUS, json!({ "messages": said(five) })),
            "A maximum of 4 blocks with cache_control may be provided. Found 5.",
            with(OPUS, json!({ "messages": said(four) })),
        ),
        case(
            "cache-ttl-order",
            TTL,
            with(OPUS, json!({ "messages": said(wrong) })),
            "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come \
             after a ttl='5m' cache_control block. Note that blocks are processed in the following \
             order: `tools`, `system`, `messages`.",
            with(OPUS, json!({ "messages": said(right) })),
        ),
        case(
            "cache-on-empty-text",
            &[],
            with(
                OPUS,
                json!({ "messages": said(json!([{ "type": "text", "text": "a" }, cached("", "5m")])) }),
            ),
            "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
            with(
                OPUS,
                json!({ "messages": said(json!([cached("a", "5m")])) }),
            ),
        ),
        case(
            "cache-on-empty-system",
            &[],
            with(
                OPUS,
                json!({ "system": [cached("a", "5m"), cached("", "5m")] }),
            ),
            "system.1: cache_control cannot be set for empty text blocks",
            with(
                OPUS,
                json!({ "system": [cached("a", "5m"), cached("b", "5m")] }),
            ),
        ),
    ]
}

fn speaking() -> Vec<Case> {
    let user = json!({ "role": "user", "content": "a" });
    let assistant = json!({ "role": "assistant", "content": "b" });
    let system = json!({ "role": "system", "content": "c" });
    let text = |text: &str| said(json!([{ "type": "text", "text": text }]));
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
            with(
                OPUS,
                json!({ "messages": [user, { "role": "tool", "content": "x" }] }),
            ),
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
            accepted: Some((
                &[],
                with("claude-opus-5-5", json!({ "messages": [user, system] })),
            )),
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
            with(
                OPUS,
                json!({ "messages": [user, system, assistant, user, system] }),
            ),
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
            with(
                OPUS,
                json!({ "messages": [user, { "role": "assistant", "content": [] }, user] }),
            ),
            "messages.1: all messages must have non-empty content except for the optional final \
             assistant message",
            with(
                OLD,
                json!({ "messages": [user, { "role": "assistant", "content": [] }] }),
            ),
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
            with(
                OLD,
                json!({ "messages": [user, { "role": "assistant", "content": "x " }] }),
            ),
            "messages: final assistant content cannot end with trailing whitespace",
            with(
                OLD,
                json!({ "messages": [user, { "role": "assistant", "content": "x" }] }),
            ),
        ),
    ]
}

fn pairing() -> Vec<Case> {
    let good = with(
        OPUS,
        json!({ "messages": round(json!([call("a"), call("b")]),
        json!([result("b"), result("a"), { "type": "text", "text": "on" }])) }),
    );
    let texts_first = round(
        json!([call("a")]),
        json!([{ "type": "text", "text": "x" }, result("a")]),
    );
    let foreign_search = json!([{ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} },
        { "type": "web_search_tool_result", "tool_use_id": "s", "content": [{
            "type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "EqMD" }] }]);
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
            with(
                OPUS,
                json!({ "messages": said(json!([{ "type": "text", "text": "x" }, result("toolu_01")])) }),
            ),
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
                json!({ "messages": round(json!([call("toolu_01"), call("b")]), json!([result("b")])) }),
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
                "content": [{ "type": "redacted_thinking", "data": "x" }, { "type": "text", "text": "b" }] },
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
                { "role": "assistant", "content": foreign_search }, { "role": "user", "content": "c" }] }),
            ),
            "messages.1.content.1: Invalid `encrypted_content` in `search_result` block",
            request(OPUS, "a"),
        ),
    ]
}

fn thinking() -> Vec<Case> {
    let adaptive = json!({ "type": "adaptive" });
    let budget = json!({ "type": "enabled", "budget_tokens": 2000 });
    let off = json!({ "type": "disabled" });
    let effort = |effort: &str| json!({ "effort": effort });
    const EFFORT: &[&str] = &["effort-2025-11-24"];
    vec![
        case(
            "thinking-adaptive-unsupported",
            &[],
            with(OLD, json!({ "thinking": adaptive })),
            "adaptive thinking is not supported on this model",
            with(OPUS, json!({ "thinking": adaptive })),
        ),
        case(
            "thinking-type-unsupported",
            &[],
            with(
                "claude-opus-4-7",
                json!({ "max_tokens": 3000, "thinking": budget }),
            ),
            "\"thinking.type.enabled\" is not supported for this model. Use \
             \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
            with(
                "claude-opus-4-6",
                json!({ "max_tokens": 3000, "thinking": budget }),
            ),
        ),
        case(
            "thinking-type-unsupported",
            &[],
            with("claude-opus-5-5", json!({ "thinking": off })),
            "\"thinking.type.disabled\" is not supported for this model. Use \
             \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
            with("claude-sonnet-5-5", json!({ "thinking": off })),
        ),
        case(
            "thinking-budget-over-max-tokens",
            &[],
            with(OLD, json!({ "max_tokens": 2000, "thinking": budget })),
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our \
             documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #max-tokens-and-context-window-size",
            with(OLD, json!({ "max_tokens": 2001, "thinking": budget })),
        ),
        case(
            "effort-unsupported",
            EFFORT,
            with(OLD, json!({ "output_config": effort("low") })),
            "This model does not support the effort parameter.",
            with("claude-opus-4-5", json!({ "output_config": effort("low") })),
        ),
        case(
            "effort-needs-thinking",
            EFFORT,
            with(
                OPUS,
                json!({ "thinking": off, "output_config": effort("xhigh") }),
            ),
            "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. \
             Use effort 'high' or below, or enable thinking.",
            with(
                OPUS,
                json!({ "thinking": off, "output_config": effort("high") }),
            ),
        ),
        case(
            "thinking-expected-first",
            &[],
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget,
                "messages": round(json!([call("a")]), json!([result("a")])) }),
            ),
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found \
             `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a \
             thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks). We \
             recommend you include thinking blocks from previous turns. To avoid this requirement, \
             disable `thinking`.",
            with(
                OLD,
                json!({ "messages": round(json!([call("a")]), json!([result("a")])) }),
            ),
        ),
        case(
            "tool-choice-thinking",
            &[],
            with(
                OPUS,
                json!({ "thinking": adaptive, "tools": [tool("a")], "tool_choice": { "type": "any" } }),
            ),
            "Thinking may not be enabled when tool_choice forces tool use.",
            with(
                OPUS,
                json!({ "tools": [tool("a")], "tool_choice": { "type": "any" } }),
            ),
        ),
        case(
            "tool-choice-forced",
            &[],
            with(
                "claude-sonnet-5-5",
                json!({ "tools": [tool("a")], "tool_choice": { "type": "any" } }),
            ),
            "tool_choice.type 'any' is not supported for this model. Use 'auto' or 'none'.",
            with(
                "claude-sonnet-5-5",
                json!({ "tools": [tool("a")], "tool_choice": { "type": "auto" } }),
            ),
        ),
        case(
            "sampling-deprecated",
            &[],
            with(OPUS, json!({ "temperature": 0.5 })),
            "`temperature` is deprecated for this model.",
            with(OPUS, json!({ "temperature": 1 })),
        ),
        case(
            "sampling-deprecated",
            &[],
            with(OPUS, json!({ "top_k": 5 })),
            "`top_k` is deprecated for this model.",
            with("claude-opus-4-6", json!({ "top_k": 5 })),
        ),
        case(
            "sampling-both",
            &[],
            with(OLD, json!({ "temperature": 0.5, "top_p": 0.5 })),
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
            with(OLD, json!({ "top_p": 0.5 })),
        ),
        case(
            "temperature-thinking",
            &[],
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget, "temperature": 0.5 }),
            ),
            "`temperature` may only be set to 1 when thinking is enabled. Please consult our \
             documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #important-considerations-when-using-extended-thinking",
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget, "temperature": 1 }),
            ),
        ),
        case(
            "top-k-thinking",
            &[],
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget, "top_k": 3 }),
            ),
            "`top_k` must be unset when thinking is enabled. Please consult our documentation at \
             https://docs.claude.com/en/docs/build-with-claude/extended-thinking\
             #important-considerations-when-using-extended-thinking",
            with(OLD, json!({ "top_k": 3 })),
        ),
        case(
            "top-p-thinking",
            &[],
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget, "top_p": 0.9 }),
            ),
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled. \
             Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/\
             extended-thinking#important-considerations-when-using-extended-thinking",
            with(
                OLD,
                json!({ "max_tokens": 3000, "thinking": budget, "top_p": 0.95 }),
            ),
        ),
    ]
}

fn amounts() -> Vec<Case> {
    // A request of one user message costs 5 + 3 tokens beside its text.
    let sized = |tokens: usize, max: u64| {
        let mut body = request(OLD, &"word".repeat(tokens - 8));
        body["max_tokens"] = json!(max);
        body
    };
    vec![
        case(
            "max-tokens-over-model",
            &[],
            with("claude-opus-4-5-20251101", json!({ "max_tokens": 64_001 })),
            "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens for \
             claude-opus-4-5-20251101",
            with("claude-opus-4-5-20251101", json!({ "max_tokens": 64_000 })),
        ),
        case(
            "prompt-too-long",
            &[],
            sized(200_001, 0),
            "prompt is too long: 200001 tokens > 200000 maximum",
            sized(200_000, 0),
        ),
        case(
            "input-plus-max-tokens",
            &[],
            sized(190_000, 10_001),
            "input length and `max_tokens` exceed context limit: 190000 + 10001 > 200000, decrease \
             input length or `max_tokens` and try again",
            sized(190_000, 10_000),
        ),
    ]
}

fn media() -> Vec<Case> {
    let many = |edge: u32| (0..21).map(|_| png(edge, 10)).collect::<Vec<_>>();
    let seen = |blocks: Value| with(OPUS, json!({ "messages": said(blocks) }));
    vec![
        case(
            "image-too-large",
            &[],
            seen(
                json!([{ "type": "text", "text": "x" }, image("image/png", &"A".repeat(5_242_881))]),
            ),
            "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 5242881 bytes > \
             5242880 bytes",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-unreadable",
            &[],
            seen(json!([image("image/png", "AAAA")])),
            "messages.0.content.0.image.source.base64.data: Could not process image",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-media-type",
            &[],
            seen(json!([image(
                "image/jpeg",
                png(10, 10)["source"]["data"].as_str().expect("data")
            )])),
            "messages.0.content.0.image.source.base64.data: Image does not match the provided media \
             type image/jpeg",
            seen(json!([png(10, 10)])),
        ),
        case(
            "image-edge",
            &[],
            seen(json!([png(8001, 10)])),
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions \
             exceed max allowed size: 8000 pixels",
            seen(json!([png(8000, 10)])),
        ),
        case(
            "image-edge-many",
            &[],
            seen(json!(many(2001))),
            "messages.0.content.0.image.source.base64.data: At least one of the image dimensions \
             exceed max allowed size for many-image requests: 2000 pixels",
            seen(json!(many(2000))),
        ),
        case(
            "pdf-pages",
            &[],
            seen(json!([pdf(101)])),
            "messages.0.content.0.pdf.source.base64.data: A maximum of 100 PDF pages may be provided.",
            seen(json!([pdf(100)])),
        ),
    ]
}
