//! What cannot be cured is told in the shape on which clients act.

use serde_json::json;

use crate::harness::{Answer, MODEL, Road, Setup, Sim, Upstream, ask, streamed, upstream};

/// What is told when every channel fails so, to streams and to others.
fn told(faults: &[&str], status: u16, kind: &str, retry_after: Option<&str>, id: &str) {
    for is_stream in [true, false] {
        let sims: Vec<Sim> = faults.iter().map(|_| Sim::start()).collect();
        let mut setup = Setup::of(sims[0].url());
        for (number, sim) in sims.iter().enumerate().skip(1) {
            setup = setup.channel(&format!("spare-{number}"), sim.url());
        }
        for (sim, fault) in sims.iter().zip(faults) {
            sim.fail_always(fault);
        }
        let road = Road::start(&setup);
        let body = if is_stream { streamed(MODEL, "hi") } else { ask(MODEL, "hi") };
        let answer = road.ask(&body);
        assert_eq!(answer.status, status, "{faults:?}: {}", answer.text());
        assert_eq!(answer.header("retry-after"), retry_after, "{faults:?}: {}", answer.text());
        assert_eq!(answer.header("salve-fault"), Some(id), "{faults:?}");
        let attempts = answer.header("salve-attempts").expect("salve-attempts");
        let attempts: usize = attempts.parse().expect("a number");
        assert!(attempts >= faults.len(), "{attempts} attempts at {faults:?}");
        assert_eq!(answer.error().0, kind, "{faults:?}");
        assert!(answer.error().1.contains(&format!("/help/{id}")), "{}", answer.text());
        settled(&road, &answer, id);
    }
}

fn settled(road: &Road, answer: &Answer, id: &str) {
    let entry = road.entry_of(answer);
    assert_eq!((&entry["outcome"], &entry["fault"]), (&json!("told"), &json!(id)));
    assert_eq!(entry["status"], answer.status);
    assert_eq!((&entry["cost_nano_usd"], &entry["estimated"]), (&json!(0), &json!(false)));
    assert_eq!(entry["response_bytes"], answer.body.len());
}

#[test]
fn overload_everywhere_is_told_as_503_and_never_as_529() {
    told(&["status=529", "status=529"], 503, "api_error", Some("10"), "upstream-overloaded");
}

#[test]
fn an_overload_names_when_to_come_back() {
    told(&["status=529;retry-after=27"], 503, "api_error", Some("27"), "upstream-overloaded");
}

#[test]
fn failure_everywhere_is_told_as_503() {
    told(&["status=500", "html=502"], 503, "api_error", Some("5"), "upstream-server-error");
}

#[test]
fn nothing_but_nonsense_is_told_as_503() {
    told(&["empty", "html=200"], 503, "api_error", Some("10"), "upstream-malformed-answer");
}

#[test]
fn a_rate_limit_is_told_as_429_with_the_true_time() {
    told(
        &["status=429;retry-after=42"],
        429,
        "rate_limit_error",
        Some("42"),
        "upstream-rate-limited",
    );
}

#[test]
fn a_long_rate_limit_is_told_with_its_true_time_too() {
    told(
        &["status=429;retry-after=3600"],
        429,
        "rate_limit_error",
        Some("3600"),
        "upstream-rate-limited",
    );
}

#[test]
fn the_channel_soonest_free_decides_what_is_told() {
    let faults = ["status=429;retry-after=300", "status=529;retry-after=24", "status=402"];
    told(&faults, 503, "api_error", Some("24"), "upstream-overloaded");
}

#[test]
fn an_upstream_account_out_of_credit_is_told_as_402() {
    told(&["status=402"], 402, "billing_error", None, "upstream-credit-empty");
}

#[test]
fn a_refused_credential_of_ours_is_not_told_as_401() {
    for fault in ["status=401", "status=403"] {
        told(&[fault], 503, "api_error", Some("60"), "upstream-credential-refused");
    }
}

#[test]
fn a_reset_everywhere_is_told_as_503() {
    told(&["reset;at=headers"], 503, "api_error", Some("10"), "upstream-unreachable");
}

#[test]
fn a_prompt_too_long_is_told_in_the_words_on_which_the_client_compacts() {
    let message = "prompt is too long: 213456 tokens > 200000 maximum";
    let fault = format!("status=400;type=invalid_request_error;message={message}");
    let (sim, spare) = (Sim::start(), Sim::start());
    sim.fail(&fault);
    spare.fail(&fault);
    let road = Road::start(&Setup::of(sim.url()).channel("spare", spare.url()));
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!(answer.status, 400);
    let error = answer.json();
    assert_eq!(error["error"]["type"], "invalid_request_error");
    assert_eq!(error["error"]["message"], message);
    assert_eq!(spare.books().len(), 1, "another window may be larger, but is asked once");
}

#[test]
fn an_unknown_model_is_told_with_the_models_there_are() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).more("models = [\"claude-haiku-4-5\"]"));
    let answer = road.ask(&streamed("claude-nowhere", "hi"));
    assert_eq!(answer.status, 404);
    let (kind, message) = answer.error();
    assert_eq!(kind, "not_found_error");
    assert!(
        message.contains("claude-nowhere") && message.contains("claude-haiku-4-5"),
        "{message}"
    );
    settled(&road, &answer, "model-unknown");
    assert!(sim.books().is_empty());
}

#[test]
fn a_model_whose_channels_are_drained_is_told_as_503() {
    let sim = Sim::start();
    let road = Road::start(&Setup::of(sim.url()).more("drained = true"));
    let answer = road.ask(&streamed(MODEL, "hi"));
    assert_eq!((answer.status, answer.error().0.as_str()), (503, "api_error"));
    assert!(answer.header("retry-after").is_some());
    settled(&road, &answer, "model-not-served-now");
}

#[test]
fn what_an_upstream_says_of_its_credential_is_not_repeated() {
    let said =
        b"{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"invalid \
                 x-api-key sk-upstream-canary-9876543210\"}}";
    let bad = Upstream::always(upstream::json_of("401 Unauthorized", said));
    let road = Road::to(bad.url());
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!(answer.status, 503);
    assert!(!answer.text().contains("sk-upstream"), "{}", answer.text());
}

#[test]
fn a_break_in_the_middle_of_a_whole_answer_is_told_as_503() {
    for fault in ["reset;at=block.0.1", "cut;at=block.0.1"] {
        let sim = Sim::start();
        sim.fail_always(fault);
        let road = Road::to(sim.url());
        let answer = road.ask(&ask(MODEL, "[[tokens:200]]"));
        assert_eq!(answer.status, 503, "{fault}: {}", answer.text());
        answer.error();
        assert_eq!(road.entry_of(&answer)["outcome"], "told");
    }
}
