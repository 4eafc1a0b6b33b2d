//! Cache breakpoints.

use serde_json::json;

use super::{Case, OPUS, TTL, cached, case, said, text, with};

pub fn all() -> Vec<Case> {
    let five = json!([
        cached("1", "5m"),
        cached("2", "5m"),
        cached("3", "5m"),
        cached("4", "5m"),
        cached("5", "5m")
    ]);
    let four = json!([cached("1", "5m"), cached("2", "5m"), cached("3", "5m"), cached("4", "5m")]);
    let wrong = json!([cached("a", "5m"), cached("b", "1h")]);
    let right = json!([cached("a", "1h"), cached("b", "5m")]);
    vec![
        Case {
            rule: "cache-ttl-beta",
            betas: &[],
            refused: with(OPUS, json!({ "messages": said(json!([cached("a", "1h")])) })),
            says: "messages.0.content.0.text.cache_control.ephemeral.ttl: \
                   Extra inputs are not permitted",
            accepted: Some((
                TTL,
                with(OPUS, json!({ "messages": said(json!([cached("a", "1h")])) })),
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
            with(OPUS, json!({ "messages": said(json!([text("a"), cached("", "5m")])) })),
            "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
            with(OPUS, json!({ "messages": said(json!([cached("a", "5m")])) })),
        ),
        case(
            "cache-on-empty-system",
            &[],
            with(OPUS, json!({ "system": [cached("a", "5m"), cached("", "5m")] })),
            "system.1: cache_control cannot be set for empty text blocks",
            with(OPUS, json!({ "system": [cached("a", "5m"), cached("b", "5m")] })),
        ),
    ]
}
