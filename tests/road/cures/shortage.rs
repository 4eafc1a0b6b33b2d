//! A model that was served a moment ago and is now called unknown is short, not unknown; and a
//! model that is offline at one channel is looked for elsewhere.

use std::collections::BTreeSet;

use serde_json::json;

use super::patient::{attempts, remedies, sim};
use crate::harness::{MODEL, Road, Setup, Sim, Upstream, ask, streamed, upstream};

const SHORT: &str = "status=400;type=invalid_request_error;message=system: Invalid model name";

#[test]
fn a_shortage_is_waited_out_and_never_shown() {
    let sim = sim("gateway-shortage");
    let road = Road::to(sim.url());
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200);
    sim.fail_times(SHORT, 2);
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 3), "{}", answer.text());
    assert!(!answer.text().contains("Invalid model"), "{}", answer.text());
    let entry = road.entry_of(&answer);
    assert_eq!((&entry["outcome"], &entry["fault"]), (&json!("cured"), &json!("model-shortage")));
}

#[test]
fn a_shortage_is_known_for_one_after_a_restart_too() {
    let sim = sim("gateway-shortage");
    let mut road = Road::to(sim.url());
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200);
    assert_eq!(road.stop(), Some(0));
    road.start_again();
    sim.fail(SHORT);
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
}

#[test]
fn a_shortage_at_one_channel_is_cured_by_the_next() {
    let (short, other) = (sim("gateway-shortage"), Sim::start());
    let road = Road::start(&Setup::of(short.url()).channel("other", other.url()));
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200);
    short.fail(SHORT);
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
    assert_eq!(answer.header("salve-channel"), Some("other"));
}

#[test]
fn a_model_that_was_never_served_is_told_as_404_with_models_there_are() {
    let sim = sim("gateway-shortage");
    let road = Road::to(sim.url());
    let answer = road.ask(&ask("claude-opus-9-9", "hi"));
    assert_eq!(answer.status, 404, "{}", answer.text());
    let (kind, message) = answer.error();
    assert_eq!(kind, "not_found_error");
    assert!(message.contains("claude-opus-"), "no models: {message}");
}

const OFFLINE: &str = r#"{"error":{"message":"分组 default 下模型 claude-opus-4-8 无可用渠道（distributor） (request id: 2026)","type":"new_api_error","code":"model_not_found"}}"#;

fn offline() -> Upstream {
    let answer = upstream::json_of("503 Service Unavailable", OFFLINE.as_bytes());
    Upstream::always(answer)
}

#[test]
fn a_model_that_is_offline_at_one_channel_is_served_by_another() {
    let (bad, good) = (offline(), Sim::start());
    let road = Road::start(&Setup::of(bad.url()).channel("good", good.url()));
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!((answer.status, attempts(&answer)), (200, 2), "{}", answer.text());
    assert_eq!(answer.header("salve-channel"), Some("good"));
    assert_eq!(road.entry_of(&answer)["attempts"][0]["fault"], "upstream-model-offline");
    let again = road.ask(&ask(MODEL, "hi"));
    assert_eq!((again.status, attempts(&again)), (200, 1), "it is remembered for a moment");
}

#[test]
fn a_fallback_model_answers_under_the_name_that_was_asked_for() {
    for is_stream in [false, true] {
        let upstream = Upstream::start(move |seen| {
            let is_other = String::from_utf8_lossy(&seen.body).contains("claude-sonnet-5");
            vec![upstream::Step::Send(match (is_other, is_stream) {
                (false, _) => {
                    upstream::json_of("503 Service Unavailable", OFFLINE.as_bytes())
                }
                (true, true) => {
                    upstream::stream_of(upstream::events("claude-sonnet-5").as_bytes())
                }
                (true, false) => {
                    upstream::json_of("200 OK", upstream::message("claude-sonnet-5").as_bytes())
                }
            })]
        });
        let setup = Setup::of(upstream.url()).groups(&format!(
            "[[group]]\nname = \"default\"\nchannels = [\"one\"]\n\
             fallback_models = {{ \"{MODEL}\" = [\"claude-sonnet-5\"] }}"
        ));
        let road = Road::start(&setup);
        let body = if is_stream { streamed(MODEL, "hi") } else { ask(MODEL, "hi") };
        let answer = road.ask(&body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text().contains(&format!("\"model\":\"{MODEL}\"")), "{}", answer.text());
        assert!(!answer.text().contains("claude-sonnet-5"), "{}", answer.text());
        assert!(remedies(&answer).contains(&"fallback-model:claude-sonnet-5".to_owned()));
        let entry = road.entry_of(&answer);
        assert_eq!((&entry["outcome"], &entry["model"]), (&json!("cured"), &json!(MODEL)));
    }
}

#[test]
fn without_a_fallback_it_is_told_when_to_come_back() {
    let upstream = offline();
    let road = Road::to(upstream.url());
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.status, 503, "{}", answer.text());
    let (kind, message) = answer.error();
    assert_eq!(kind, "api_error");
    assert!(message.contains("offline") && !message.contains("分组"), "{message}");
    let after: u64 = answer.header("retry-after").expect("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&after), "{after}");
    let asked: BTreeSet<String> = upstream.seen().iter().map(|seen| seen.line.clone()).collect();
    assert_eq!(asked.len(), 1);
}
