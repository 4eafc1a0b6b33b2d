use super::super::explain;

/// Ids and counts, in their order.
fn found(log: &str) -> Vec<(&'static str, usize)> {
    let findings = explain(log).findings;
    findings.iter().map(|finding| (finding.fault.id.as_str(), finding.count)).collect()
}

#[test]
fn a_plain_log_gives_each_fault_once_with_its_count() {
    let log = "\
2026-11-22T10:00:00.123Z INFO starting\n\
2026-11-22T10:00:01.000Z ERROR API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},\"request_id\":\"req_011CX1\"}\n\
[2026-11-22 10:00:02] error: API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},\"request_id\":\"req_011CX2\"}\n\
10:00:03 WARN exceeded retry limit, last status: 429 Too Many Requests\n\
all 42 files were written, 404 lines changed\n\
2026-11-22T10:00:04Z ERROR Command timed out after 2m 0.0s\n";
    assert_eq!(
        found(log),
        [("upstream-overloaded", 2), ("upstream-rate-limited", 1), ("command-timed-out", 1)]
    );
}

#[test]
fn colours_bullets_and_boxes_are_looked_through() {
    let log = "\u{1b}[31m  ⎿ \u{1b}[1mAPI Error: 529 Overloaded\u{1b}[0m\n\
               \u{1b}]8;;http://example.org\u{7}● Credit balance is too low\u{1b}]8;;\u{7}\n\
               │ > Not logged in · Please run /login │\n";
    assert_eq!(
        found(log),
        [("upstream-overloaded", 1), ("upstream-credit-empty", 1), ("not-logged-in", 1)]
    );
}

#[test]
fn what_happens_beside_the_requests_comes_after_their_errors() {
    let log = "Command timed out after 2m 0.0s\nAPI Error: 500 Internal server error\n";
    assert_eq!(found(log), [("upstream-server-error", 1), ("command-timed-out", 1)]);
}

#[test]
fn events_of_a_client_are_read_and_its_result_is_not_counted_twice() {
    let log = r#"{"type":"system","subtype":"init","session_id":"s","model":"claude-opus-5-5"}
{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":500,"error_status":529,"error":"overloaded"}
{"type":"system","subtype":"api_retry","attempt":2,"max_retries":10,"retry_delay_ms":900,"error_status":529,"error":"overloaded"}
{"type":"assistant","message":{"model":"claude-opus-5-5","content":[{"type":"text","text":"I see `Command timed out after 2m` in your notes"}]}}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":"Exit code 143\nCommand timed out after 2m 0s"}]}}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"HTTP 500 in a page that was read"}]}}
{"type":"assistant","message":{"model":"<synthetic>","content":[{"type":"text","text":"API Error: 400 due to something new"}]},"error":"invalid_request"}
{"type":"result","subtype":"success","is_error":true,"result":"API Error: 400 due to something new"}
"#;
    assert_eq!(
        found(log),
        [("upstream-overloaded", 2), ("upstream-request-refused", 1), ("command-timed-out", 1)]
    );
}

#[test]
fn a_command_that_was_moved_to_the_background_is_found_among_results() {
    let log = r#"{"type":"user","message":{"content":[{"type":"tool_result","content":[{"type":"text","text":"Command did not complete within its 2s timeout and was moved to the background (ID: b1)"}]}]}}"#;
    assert_eq!(found(log), [("command-timed-out", 1)]);
}

#[test]
fn a_transcript_of_claude_code_is_read() {
    let log = r#"{"type":"system","subtype":"api_error","level":"error","error":{"status":529,"error":{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}},"retryAttempt":1}
{"type":"assistant","isApiErrorMessage":true,"message":{"model":"<synthetic>","content":[{"type":"text","text":"Prompt is too long"}]}}
"#;
    assert_eq!(found(log), [("upstream-overloaded", 1), ("context-too-long", 1)]);
}

#[test]
fn salves_own_log_is_read_by_the_faults_it_names() {
    let log = r#"{"request_id":"req_1","outcome":"passed","status":200,"fault":null,"model":"m","attempts":[]}
{"request_id":"req_2","outcome":"told","status":404,"fault":"model-unknown","model":"claude-nowhere","attempts":[]}
{"request_id":"req_3","outcome":"cured","status":200,"fault":"upstream-overloaded","model":"m","attempts":[{"channel":"a","status":529,"fault":"upstream-overloaded","ms":1}]}
{"request_id":"req_4","outcome":"told","status":404,"fault":"model-unknown","model":"claude-nowhere","attempts":[]}
"#;
    assert_eq!(found(log), [("model-unknown", 2), ("upstream-overloaded", 1)]);
}

#[test]
fn other_json_logs_are_read_by_their_messages() {
    let log = r#"{"level":"info","time":1,"msg":"listening on 8080"}
{"level":"error","time":2,"msg":"upstream said: API Error: 529 Overloaded"}
{"level":50,"err":{"type":"APIError","statusCode":429,"message":"Rate limit reached"}}
{"level":"error","status":402,"message":"Insufficient Balance"}
"#;
    assert_eq!(
        found(log),
        [("upstream-overloaded", 1), ("upstream-rate-limited", 1), ("upstream-credit-empty", 1)]
    );
}

#[test]
fn a_body_on_several_lines_is_read_as_one() {
    let pretty = "API Error: 400 {\n  \"type\": \"error\",\n  \"error\": {\n    \"type\": \
                  \"invalid_request_error\",\n    \"message\": \"prompt is too long: 215000 \
                  tokens > 200000 maximum\"\n  }\n}\nAPI Error: 529 Overloaded\n";
    assert_eq!(found(pretty), [("context-too-long", 1), ("upstream-overloaded", 1)]);
    let body = "{\n  \"error\": {\n    \"message\": \"Overloaded\",\n    \"type\": \
                \"overloaded_error\"\n  }\n}";
    assert_eq!(found(body), [("upstream-overloaded", 1)]);
    let wrapped = "  API Error: 400 {\"type\":\"error\",\"error\":{\"type\":\"invalid_request_er\n  \
                   ror\",\"message\":\"prompt is too long: 215000 tokens > 200000\n  \
                   maximum\"},\"request_id\":\"req_1\"}";
    assert_eq!(found(wrapped), [("context-too-long", 1)]);
}

#[test]
fn a_sentence_that_a_terminal_wrapped_is_understood() {
    let wrapped =
        "There's an issue with the\n  selected model (claude-nowhere). It may not\n  exist";
    assert_eq!(found(wrapped), [("model-unknown", 1)]);
}

#[test]
fn a_log_without_an_error_has_none() {
    let access = "10.0.0.1 \"GET /a HTTP/1.1\" 404 153\nall 500 files were written\n".repeat(20);
    assert!(explain(&access).unknown.is_empty() && found(&access).is_empty());
    assert!(explain("{\"type\":\"result\",\"is_error\":false}").unknown.is_empty());
    for log in ["Compiling salve\nFinished in 3 s\n", "{\"type\":\"result\",\"is_error\":false}"] {
        assert!(found(log).is_empty(), "{log}");
    }
}

#[test]
fn errors_that_are_not_known_stand_beside_those_that_are() {
    let explained = explain("API Error: 529 Overloaded\nAPI Error: the flux is inverted\n");
    assert_eq!(explained.findings.len(), 1);
    assert_eq!(explained.unknown.len(), 1);
    assert_eq!(explained.unknown[0].said, "API Error: the flux is inverted");
}
