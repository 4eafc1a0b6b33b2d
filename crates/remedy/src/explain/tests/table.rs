//! Texts as people paste them, and the fault that each is. Where several ids stand, the first
//! one that the catalogue has is meant: a catalogue that tells more apart says so.

use super::super::explain;
use crate::catalogue::{Fault, fault};

type Row = (&'static str, &'static [&'static str]);

fn assert_rows(rows: &[Row]) {
    let mut wrong = Vec::new();
    for (text, ids) in rows {
        let wanted: &Fault = ids.iter().find_map(|id| fault(id)).expect("a fault of this id");
        let explained = explain(text);
        let found: Vec<_> = explained.findings.iter().map(|f| f.fault.id.as_str()).collect();
        if found != [wanted.id.as_str()] || !explained.unknown.is_empty() {
            wrong.push(format!("{} wanted, {found:?} found: {text}", wanted.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const REFUSED: &str = "upstream-request-refused";

#[test]
fn what_claude_code_shows_of_a_refused_request_is_understood() {
    assert_rows(&[
        (
            r#"API Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"messages: text content blocks must be non-empty"},"request_id":"req_011CX"}"#,
            &["text-empty", REFUSED],
        ),
        ("API Error: 400 due to tool use concurrency issues.", &["tool-pairing-broken", REFUSED]),
        (
            "API Error: 400 due to tool use concurrency issues. Run /rewind to recover the conversation.",
            &["tool-pairing-broken", REFUSED],
        ),
        (
            "API Error: 400 orphaned tool_result in conversation history.",
            &["tool-pairing-broken", REFUSED],
        ),
        ("API Error: 400 invalid beta flag", &["beta-refused-unnamed", REFUSED]),
        (
            "API Error: 400 The model returned the following errors: invalid beta flag",
            &["beta-refused-unnamed", REFUSED],
        ),
        (
            "API Error: 400 Unexpected value(s) `context-1m-2025-08-07` for the `anthropic-beta` header.",
            &["beta-refused", REFUSED],
        ),
        (
            "API Error: 400 context_management: Extra inputs are not permitted",
            &["field-refused", REFUSED],
        ),
        (
            "API Error: 400 tools.11.custom.defer_loading: Extra inputs are not permitted",
            &["deferred-tools-refused", "field-refused", REFUSED],
        ),
        (
            r#"API Error: 400 {"error":{"message":"{\"message\":\"context_management: Extra inputs are not permitted\"}. Received Model Group=bedrock-sonnet-4.5\nAvailable Model Group Fallbacks=None","type":"None","param":"None","code":"400"}}"#,
            &["field-refused", REFUSED],
        ),
        (
            "API Error: 400 messages.3.content.0: Invalid `signature` in `thinking` block",
            &["thinking-signature-refused", REFUSED],
        ),
        (
            "API Error: 400 messages.12: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01A. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
            &["tool-pairing-broken", REFUSED],
        ),
        ("API Error: 400 something nobody has seen before", &[REFUSED]),
        ("API Error: 418 I am a teapot", &[REFUSED]),
    ]);
}

#[test]
fn what_claude_code_shows_of_limits_accounts_and_models_is_understood() {
    assert_rows(&[
        ("Prompt is too long", &["context-too-long"]),
        (
            "Prompt is too long · the request is ~215000 tokens (limit 200000) but this conversation is only ~2504 tokens",
            &["context-too-long"],
        ),
        (
            "API Error: 400 prompt is too long: 215000 tokens > 200000 maximum",
            &["context-too-long"],
        ),
        (
            "API Error: 400 input length and `max_tokens` exceed context limit: 186433 + 20000 > 200000, decrease input length or `max_tokens` and try again",
            &["max-tokens-over-window"],
        ),
        ("API Error: The model has reached its context window limit.", &["context-too-long"]),
        (
            "Request too large (max 32MB). Accumulated images and attachments … Run /compact, or double press esc",
            &["body-too-large"],
        ),
        (
            "API Error: 413 <html><head><title>413 Request Entity Too Large</title></head></html>",
            &["upstream-body-too-large"],
        ),
        ("Credit balance is too low", &["upstream-credit-empty"]),
        (
            "API Error: Request rejected (429) · This request would exceed your account's rate limit. Please try again later.",
            &["upstream-rate-limited"],
        ),
        (
            "API Error: Request rejected (429) · You exceeded your current quota, please check your plan and billing details.",
            &["upstream-credit-empty"],
        ),
        ("API Error: 402 用户额度不足, 剩余额度: ＄0.00", &["upstream-credit-empty"]),
        (
            "API Error: 402 The gateway's upstream account is out of credit; it is not your balance, and asking again does not help: tell the operator. http://127.0.0.1:8787/help/upstream-credit-empty",
            &["upstream-credit-empty"],
        ),
        (
            "There's an issue with the selected model (claude-nowhere). It may not exist or you may not have access to it. Run --model to pick a different model.",
            &["model-unknown"],
        ),
        ("There’s an issue with the selected model (gpt-9). Run /model", &["model-unknown"]),
        (
            "Failed to authenticate. API Error: 401 This gateway does not know the key that was sent. http://127.0.0.1:8787/help/key-wrong",
            &["key-wrong"],
        ),
        (
            "Failed to authenticate. API Error: 401 invalid x-api-key",
            &["upstream-credential-refused"],
        ),
        ("Failed to authenticate. API Error: 401", &["upstream-credential-refused"]),
        (
            "Please run /login · API Error: 403 The security token included in the request is expired",
            &["upstream-credential-refused"],
        ),
        (
            "API Error: 503 model_not_found: No available channel for model claude-opus-4-8 under group default (distributor)",
            &["upstream-model-offline"],
        ),
    ]);
}

#[test]
fn what_claude_code_shows_of_failing_servers_is_understood() {
    assert_rows(&[
        (
            "API Error: 500 Internal server error. This is a server-side issue, usually temporary — try again in a moment. If it persists, check your inference gateway (127.0.0.1:8787).",
            &["upstream-server-error"],
        ),
        (
            "API Error: Repeated 529 Overloaded errors. The API is at capacity — this is usually temporary.",
            &["upstream-overloaded"],
        ),
        ("API Error: 529 Overloaded", &["upstream-overloaded"]),
        (
            r#"API Error (529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}) · Retrying in 5 seconds… (attempt 4/10)"#,
            &["upstream-overloaded"],
        ),
        ("API Error: Overloaded", &["upstream-overloaded"]),
        ("API Error: 502 502 Bad Gateway", &["upstream-server-error"]),
        ("API Error: 524 upstream.example | 524: A timeout occurred", &["upstream-timeout"]),
        (
            "API Error: API returned an empty or malformed response (HTTP 200) — check for a proxy or gateway intercepting the request. Response: content-type html, body is an HTML page, 46 bytes, request-id none",
            &["upstream-malformed-answer"],
        ),
        (
            "API Error: Connection lost mid-response. The response above may be incomplete.",
            &["upstream-stream-broken"],
        ),
        (
            "API Error: Server error mid-response. The response above may be incomplete.",
            &["upstream-stream-broken"],
        ),
        ("API Error: Stream ended without receiving any events", &["upstream-malformed-answer"]),
        (
            "stream disconnected before completion: stream closed before response.completed",
            &["upstream-stream-broken"],
        ),
    ]);
}

#[test]
fn what_happens_beside_the_requests_is_known_as_local() {
    assert_rows(&[
        ("Command timed out after 2m 0.0s", &["command-timed-out"]),
        ("Error: Command timed out after 2m 0.0s", &["command-timed-out"]),
        ("Exit code 143\nCommand timed out after 2m 0s", &["command-timed-out"]),
        ("Error: Exit code 143\nCommand timed out after 2s", &["command-timed-out"]),
        ("  ⎿  Error: Command timed out after 10m 0.0s tests/a.py ..", &["command-timed-out"]),
        (
            "Command did not complete within its 2s timeout and was moved to the background (ID: b1x2)",
            &["command-timed-out"],
        ),
        ("MCP error -32001: Request timed out", &["mcp-tool-timed-out"]),
        (
            "Error: MCP server \"github\" tool \"search\" timed out after 60s",
            &["mcp-tool-timed-out"],
        ),
        (
            "Failed to call tool codemcp: Error: MCP error -32001: Request timed out.",
            &["mcp-tool-timed-out"],
        ),
        ("Not logged in · Please run /login", &["not-logged-in"]),
        ("Invalid API key · Fix external API key", &["not-logged-in"]),
        ("Invalid API key · Please run /login", &["not-logged-in"]),
        (
            "API Error: Claude's response exceeded the 32000 output token maximum. To configure this behavior, set the CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable.",
            &["output-cap-reached"],
        ),
        ("Claude's response exceeded the 128000 output token maximum", &["output-cap-reached"]),
        ("the model exceeded the 8192 output token maximum", &["output-cap-reached"]),
        ("Timeout: command exceeded the 2m limit", &["command-timed-out"]),
        ("Bash tool: Command timed out after 120000ms", &["command-timed-out"]),
        ("ECONNRESET", &["client-connection-lost"]),
        ("Request timed out", &["client-timed-out"]),
        (
            "Request timed out. If the API is slow to answer, or a proxy or gateway holds responses, set API_TIMEOUT_MS above 600000.",
            &["client-timed-out"],
        ),
        (
            "API Error (Request timed out.) · Retrying in 5 seconds… (attempt 4/10)",
            &["client-timed-out"],
        ),
        ("API Error: Request timed out.", &["client-timed-out"]),
        ("Connection dropped (ECONNRESET)", &["client-connection-lost"]),
        (
            "API Error: Connection dropped (ECONNRESET). Check the gateway set in ANTHROPIC_BASE_URL, then try again.",
            &["client-connection-lost"],
        ),
        (
            "API Error (Connection error.) · Retrying in 1 seconds… (attempt 1/10)",
            &["client-connection-lost"],
        ),
        ("API Error: Unable to connect to API (ConnectionRefused)", &["client-connection-lost"]),
        ("Cannot connect to API: connect ECONNREFUSED 127.0.0.1:8787", &["client-connection-lost"]),
        (
            "We're having trouble connecting to the model provider. This might be temporary - please try again in a moment.",
            &["client-connection-lost"],
        ),
        (
            "Auto mode is unavailable: its safety check does not run for this session",
            &["auto-mode-unavailable"],
        ),
        (r#"[claude-code:unrecognized_model] {"model":"glm-5"}"#, &["model-unrecognised"]),
        ("Gateway model discovery failed: timeout", &["model-discovery-empty"]),
    ]);
}

#[test]
fn what_sdks_and_other_agents_print_is_understood() {
    assert_rows(&[
        (
            "Error code: 429 - {'error': {'message': 'Rate limit reached for requests', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}",
            &["upstream-rate-limited"],
        ),
        (
            "openai.RateLimitError: Error code: 429 - {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'param': None, 'code': 'insufficient_quota'}}",
            &["upstream-credit-empty"],
        ),
        (
            "anthropic.BadRequestError: Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'prompt is too long: 215000 tokens > 200000 maximum'}}",
            &["context-too-long"],
        ),
        (
            "anthropic.APIStatusError: {'type': 'error', 'error': {'details': None, 'type': 'overloaded_error', 'message': 'Overloaded'}}",
            &["upstream-overloaded"],
        ),
        ("anthropic.APITimeoutError: Request timed out.", &["client-timed-out"]),
        ("anthropic.APIConnectionError: Connection error.", &["client-connection-lost"]),
        (
            r#"BadRequestError: 400 {"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
            &["upstream-credit-empty"],
        ),
        (
            r#"RateLimitError: 429 {"type":"error","error":{"type":"rate_limit_error","message":"Number of concurrent connections to Claude exceeds your rate limit."}}"#,
            &["upstream-rate-limited"],
        ),
        (
            r#"litellm.BadRequestError: AnthropicException - {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 205000 tokens > 200000 maximum"}}"#,
            &["context-too-long"],
        ),
        (
            "botocore.errorfactory.ThrottlingException: An error occurred (ThrottlingException) when calling the InvokeModel operation (reached max retries: 4): Too many tokens, please wait before trying again.",
            &["upstream-rate-limited"],
        ),
        (
            "ValidationException: The provided model identifier is invalid.",
            &["upstream-model-missing"],
        ),
        (
            "■ exceeded retry limit, last status: 429 Too Many Requests, request id: 9c84b52ce87fbe62-SJC",
            &["upstream-rate-limited"],
        ),
        (
            r#"stream error: unexpected status 400 Bad Request: {"error":{"message":"This model's maximum context length is 102400 tokens. However, you requested 107837 tokens","type":"invalid_request_error"}}; retrying 1/5 in 211ms…"#,
            &["context-too-long"],
        ),
        (
            "unexpected status 503 Service Unavailable: upstream connect error or disconnect/reset before headers",
            &["upstream-unreachable"],
        ),
        (
            r#"{"name":"APIError","data":{"message":"Too Many Requests","statusCode":429,"isRetryable":true,"responseBody":"{\"error\":{\"message\":\"Rate limited\"}}"}}"#,
            &["upstream-rate-limited"],
        ),
        ("AI_APICallError: Too Many Requests", &["upstream-rate-limited"]),
        ("AxiosError: Request failed with status code 529", &["upstream-overloaded"]),
        ("HTTP 404: model: claude-haiku-9 not found", &["upstream-model-missing"]),
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            &["upstream-overloaded"],
        ),
        (
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
            &["upstream-overloaded"],
        ),
        (
            r#"[{"error":{"code":429,"message":"Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model","status":"RESOURCE_EXHAUSTED"}}]"#,
            &["upstream-rate-limited"],
        ),
        (
            "<html><head><title>502 Bad Gateway</title></head><body></body></html>",
            &["upstream-server-error", "upstream-malformed-answer"],
        ),
        ("529 Overloaded", &["upstream-overloaded"]),
        ("overloaded_error", &["upstream-overloaded"]),
        ("context_length_exceeded", &["context-too-long"]),
        ("request ended without sending any chunks", &["upstream-stream-broken"]),
        (
            "API Error (us.anthropic.claude-opus-4-8): 400 The provided model identifier is invalid.",
            &["upstream-model-missing"],
        ),
        (
            r#"400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2 tokens > 1 maximum"}}"#,
            &["context-too-long"],
        ),
        ("rate limit reached", &["upstream-rate-limited"]),
        ("当前分组上游负载已饱和，请稍后再试", &["upstream-saturated", "upstream-rate-limited"]),
    ]);
}
