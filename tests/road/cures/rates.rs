//! A rate that passes is waited for; a quota or a credit that is gone never is.

use serde_json::json;

use super::patient::attempts;
use crate::harness::{MODEL, Road, Setup, Sim, Upstream, ask, streamed, upstream};

const RATE: &str = "status=429;type=rate_limit_error;message=\"This request would exceed your \
    account's rate limit. Please try again later.\"";

#[test]
fn a_short_rate_limit_is_waited_for() {
    let sim = Sim::start();
    sim.fail(&format!("{RATE};retry-after=1"));
    let road = Road::to(sim.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
    let entry = road.entry_of(&answer);
    assert_eq!(entry["fault"], "upstream-rate-limited");
    assert!(entry["total_ms"].as_u64().is_none_or(|ms| ms >= 900), "{entry}");
}

#[test]
fn a_long_rate_limit_is_told_at_once_with_its_true_time() {
    let sim = Sim::start();
    sim.fail(&format!("{RATE};retry-after=1234"));
    let road = Road::to(sim.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (429, 1), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some("1234"));
    assert_eq!(answer.error().0, "rate_limit_error");
}

#[test]
fn a_rate_limit_of_one_channel_is_served_by_another_at_once() {
    let (busy, free) = (Sim::start(), Sim::start());
    busy.fail(&format!("{RATE};retry-after=3"));
    let road = Road::start(&Setup::of(busy.url()).channel("free", free.url()));
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
    assert_eq!(answer.header("salve-channel"), Some("free"));
    assert_eq!(attempts(&road.ask(&ask(MODEL, "hi"))), 1, "the busy one is left alone");
}

/// What vendors and relays say when an account is empty: status line, body.
const EMPTY: [(&str, &str); 10] = [
    (
        "400 Bad Request",
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#,
    ),
    (
        "429 Too Many Requests",
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
    ),
    (
        "402 Payment Required",
        r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#,
    ),
    (
        "403 Forbidden",
        r#"{"error":{"message":"用户额度不足，剩余额度: ＄0.000000 (request id: 2026)","type":"new_api_error","code":"insufficient_user_quota"}}"#,
    ),
    (
        "401 Unauthorized",
        r#"{"error":{"message":"该令牌额度已用尽 TokenStatusExhausted[sk-sim***ted] (request id: 2026)","type":"new_api_error"}}"#,
    ),
    (
        "429 Too Many Requests",
        r#"{"error":{"message":"Your account org-x is suspended due to insufficient balance, please recharge your account or check your plan and billing details","type":"exceeded_current_quota_error"}}"#,
    ),
    (
        "402 Payment Required",
        r#"{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 1000 tokens, but can only afford 12.","code":402}}"#,
    ),
    (
        "429 Too Many Requests",
        r#"{"error":{"code":"1113","message":"余额不足或无可用资源包,请充值。"}}"#,
    ),
    (
        "400 Bad Request",
        r#"{"error":{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}"#,
    ),
    (
        "400 Bad Request",
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC."}}"#,
    ),
];

#[test]
fn an_empty_account_is_told_as_402_after_one_attempt_in_any_vendors_words() {
    for (line, body) in EMPTY {
        let upstream = Upstream::always(upstream::json_of(line, body.as_bytes()));
        let road = Road::to(upstream.url());
        let answer = road.ask(&streamed(MODEL, "hi"));
        assert_eq!(answer.status, 402, "{line} {body}: {}", answer.text());
        assert_eq!(upstream.seen().len(), 1, "{line} {body}");
        assert_eq!(answer.header("x-should-retry"), Some("false"), "{body}");
        let (kind, message) = answer.error();
        assert_eq!(kind, "billing_error", "{body}");
        assert!(message.contains("not your balance"), "{message}");
    }
}

#[test]
fn an_empty_account_is_left_for_another_channel_and_tried_once() {
    for (line, body) in EMPTY {
        let empty = Upstream::always(upstream::json_of(line, body.as_bytes()));
        let good = Sim::start();
        let road = Road::start(&Setup::of(empty.url()).channel("good", good.url()));
        let answer = road.ask(&ask(MODEL, "hi"));
        assert_eq!((answer.status, attempts(&answer)), (200, 2), "{body}: {}", answer.text());
        let again = road.ask(&ask(MODEL, "hi"));
        assert_eq!((again.status, attempts(&again)), (200, 1), "{body}");
        assert_eq!(empty.seen().len(), 1, "{body}");
    }
}

#[test]
fn where_every_account_is_empty_each_is_asked_once() {
    let (line, body) = EMPTY[0];
    let doubles = [(); 2].map(|()| Upstream::always(upstream::json_of(line, body.as_bytes())));
    let road = Road::start(&Setup::of(doubles[0].url()).channel("two", doubles[1].url()));
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (402, 2), "{}", answer.text());
    assert_eq!(doubles.map(|double| double.seen().len()), [1, 1]);
    assert_eq!(road.entry_of(&answer)["outcome"], json!("told"));
}
