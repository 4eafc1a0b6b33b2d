//! Requests to try a store with.

use salve_ledger::{
    Attempt, Change, Endpoint, Entry, NanoUsd, Opened, Outcome, RequestId, Skipped, Timestamp,
    Usage,
};

/// A request of that id.
pub fn opened(id: &str) -> Opened {
    Opened {
        request_id: RequestId::new(id),
        time: Timestamp::from_millis(1_790_000_000_000),
        endpoint: Endpoint::Messages,
        key: "laptop".into(),
        user: Some("ada".into()),
        group: "default".into(),
        session: "session-1".into(),
        agent: Some("claude-cli/2.1.290".into()),
        model: "claude-opus-4-8".into(),
        stream: true,
        request_bytes: 4_000,
        input_tokens_floor: 1_000,
        held: NanoUsd::from_nano(5_000),
        queue_ms: 3,
    }
}

/// How that request ended, with something in every field.
pub fn entry(id: &str) -> Entry {
    let opened = opened(id);
    let attempt = |channel: &str, status, fault: Option<&str>| Attempt {
        channel: channel.into(),
        status,
        fault: fault.map(str::to_owned),
        ms: 12,
    };
    Entry {
        request_id: opened.request_id,
        time: opened.time,
        endpoint: opened.endpoint,
        key: opened.key,
        user: opened.user,
        group: opened.group,
        session: opened.session,
        agent: opened.agent,
        model: opened.model,
        model_known: true,
        stream: true,
        channel: Some("direct".into()),
        upstream_model: Some("claude-opus-4-8".into()),
        outcome: Outcome::Cured,
        status: Some(200),
        fault: Some("overloaded".into()),
        remedies: vec!["move:direct".into(), "wait:2s".into()],
        changes: vec![Change {
            remedy: "strip-field:strict".into(),
            path: "tools.0.strict".into(),
            was: Some("true".into()),
            now: None,
        }],
        skipped: vec![Skipped { channel: "drained".into(), reason: "it is drained".into() }],
        attempts: vec![
            attempt("other", Some(529), Some("overloaded")),
            attempt("gone", None, None),
            attempt("direct", Some(200), None),
        ],
        stop_reason: Some("end_turn".into()),
        usage: Usage {
            input_tokens: 1,
            output_tokens: 20,
            cache_read_input_tokens: 300,
            cache_creation_5m_input_tokens: 4_000,
            cache_creation_1h_input_tokens: 50_000,
            web_search_requests: 6,
        },
        cost_nano_usd: NanoUsd::from_nano(123_456_789),
        price_version: "2026-11-22:claude-opus-4-8@2026-05-28*0.85".into(),
        estimated: true,
        queue_ms: 3,
        first_byte_ms: Some(400),
        total_ms: 1_234,
        request_bytes: 4_000,
        response_bytes: 5_000,
    }
}

/// How that request ended, with nothing where nothing may be.
pub fn bare_entry(id: &str) -> Entry {
    Entry {
        endpoint: Endpoint::CountTokens,
        user: None,
        agent: None,
        model_known: false,
        stream: false,
        channel: None,
        upstream_model: None,
        outcome: Outcome::Abandoned,
        status: None,
        fault: None,
        remedies: Vec::new(),
        changes: Vec::new(),
        skipped: Vec::new(),
        attempts: Vec::new(),
        stop_reason: None,
        usage: Usage::ZERO,
        cost_nano_usd: NanoUsd::ZERO,
        estimated: false,
        first_byte_ms: None,
        ..entry(id)
    }
}
