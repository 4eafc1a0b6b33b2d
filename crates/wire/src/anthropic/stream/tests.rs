use super::*;

const START: &str = r#"{"type":"message_start","message":{"id":"m","model":"c","content":[],"usage":{"input_tokens":10,"cache_read_input_tokens":5,"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":1}}}"#;

fn block(index: u64, kind: &str) -> String {
    format!(
        r#"{{"type":"content_block_start","index":{index},"content_block":{{"type":"{kind}"}}}}"#
    )
}

fn seen(events: &[&str]) -> Progress {
    let mut progress = Progress::default();
    for data in events {
        progress.observe(b"", data.as_bytes());
    }
    progress
}

fn ending(events: &[&str]) -> String {
    match seen(events).ending(Envelope::new("api_error", "broke", None)) {
        Ending::Complete(bytes) => format!("complete {}", names(&bytes)),
        Ending::Broken(bytes) => format!("broken {}", names(&bytes)),
        Ending::Cut => "cut".to_owned(),
    }
}

fn names(events: &[u8]) -> String {
    let text = std::str::from_utf8(events).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("event: "));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_break_is_told_at_each_place_as_the_client_mends_it_best() {
    let delta =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}"#;
    let stop = r#"{"type":"content_block_stop","index":0}"#;
    let done = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#;
    let end = r#"{"type":"message_stop"}"#;
    let (text, tool, thinking) = (block(0, "text"), block(0, "tool_use"), block(0, "thinking"));
    let later_tool = block(1, "tool_use");
    let later_text = block(1, "text");
    assert_eq!(ending(&[START]), "broken error");
    assert_eq!(ending(&[START, &text, delta]), "broken content_block_stop error");
    assert_eq!(ending(&[START, &tool]), "cut");
    assert_eq!(ending(&[START, &thinking, delta]), "cut");
    assert_eq!(ending(&[START, &text, delta, stop]), "broken error");
    assert_eq!(ending(&[START, &text, delta, stop, &later_tool]), "broken error");
    assert_eq!(ending(&[START, &tool, stop, &later_text]), "broken content_block_stop error");
    assert_eq!(ending(&[START, &tool, stop]), "complete message_delta message_stop");
    assert_eq!(ending(&[START, &text, stop, done]), "complete message_stop");
    assert_eq!(ending(&[START, &text, stop, done, end]), "complete ");
}

#[test]
fn usage_is_cumulative_and_final_with_the_stop_reason() {
    let mut progress = seen(&[START]);
    assert!(!progress.is_usage_final());
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":42,"server_tool_use":{"web_search_requests":2}}}"#;
    progress.observe(b"message_delta", delta.as_bytes());
    let usage = progress.usage().unwrap();
    assert_eq!(usage.input_tokens.or_zero(), 10);
    assert_eq!(usage.output_tokens.or_zero(), 42);
    assert_eq!(usage.ephemeral_1h_input_tokens.or_zero(), 4);
    assert_eq!(usage.web_search_requests.or_zero(), 2);
    assert!(progress.is_usage_final());
    assert_eq!(progress.stop_reason(), Some("tool_use"));
}

#[test]
fn a_hostile_usage_report_is_read_without_harm() {
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":-5,"output_tokens":1e30,"cache_read_input_tokens":"many","cache_creation_input_tokens":[{}],"cache_creation":7,"input_tokens":1e400}}"#;
    let usage = *seen(&[delta]).usage().unwrap();
    assert_eq!(usage.input_tokens, super::super::usage::Count(Some(u64::MAX)));
    assert_eq!(usage.output_tokens, super::super::usage::Count(Some(u64::MAX)));
    assert_eq!(usage.cache_read_input_tokens.or_zero(), 0);
    assert_eq!(usage.cache_creation_input_tokens.or_zero(), 0);
}

#[test]
fn events_are_known_by_name_or_by_their_data() {
    let mut progress = Progress::default();
    assert_eq!(progress.observe(b"", b""), Seen::Nothing);
    assert_eq!(progress.observe(b"ping", b"{}"), Seen::Ping);
    assert_eq!(progress.observe(b"", br#"{"type":"ping"}"#), Seen::Ping);
    assert_eq!(progress.observe(b"brand_new", b"{}"), Seen::Content);
    assert_eq!(progress.observe(b"", b"not json"), Seen::Content);
    assert_eq!(progress.observe(b"error", b"{}"), Seen::Error(b"{}".to_vec()));
    assert_eq!(progress.observe(b"message_stop", b"{}"), Seen::Stop);
}
