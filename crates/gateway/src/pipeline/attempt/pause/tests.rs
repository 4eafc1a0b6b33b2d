use rand::SeedableRng;
use rand::rngs::StdRng;
use salve_remedy::{Answer, Cause, Dialect, Place, diagnose};

use super::*;

fn failed(status: u16, message: &str, retry_after: Option<u64>) -> Diagnosis {
    let body =
        serde_json::json!({"type": "error", "error": {"type": "api_error", "message": message}});
    diagnose(&Cause::Answer(Answer {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: None,
        content_type: Some("application/json"),
        retry_after,
        body: body.to_string().as_bytes(),
        place: Place::Head,
    }))
}

fn pause(round: usize, failures: &[Diagnosis]) -> Option<Duration> {
    before_round(round, failures.iter(), Duration::ZERO, &mut StdRng::seed_from_u64(7))
}

#[test]
fn pauses_grow_from_round_to_round_and_end() {
    let busy = [failed(529, "Overloaded", None)];
    let pauses: Vec<Duration> = (0..9).map_while(|round| pause(round, &busy)).collect();
    assert_eq!(pauses.len(), limits::ROUNDS_MAX);
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_millis(1_500)));
    assert!(pauses.iter().all(|pause| *pause >= Duration::from_millis(125)));
}

#[test]
fn the_time_an_upstream_asks_for_is_kept_if_it_is_short_and_told_if_it_is_long() {
    let short = [failed(429, "Rate limited", Some(3))];
    assert!(pause(0, &short).is_some_and(|pause| pause >= Duration::from_secs(3)));
    let long = [failed(429, "Rate limited", Some(40))];
    assert_eq!(pause(0, &long), None);
    let both = [failed(429, "Rate limited", Some(40)), failed(529, "Overloaded", None)];
    assert!(pause(0, &both).is_some_and(|pause| pause < Duration::from_secs(1)));
}

#[test]
fn what_does_not_pass_by_itself_is_not_waited_for() {
    assert_eq!(pause(0, &[failed(401, "invalid x-api-key", None)]), None);
    let empty = failed(400, "Your credit balance is too low to access the Anthropic API.", None);
    assert_eq!(pause(0, &[empty]), None);
    assert_eq!(pause(0, &[]), None);
}

#[test]
fn a_time_out_is_repeated_only_while_the_request_is_young() {
    let timed_out = diagnose(&Cause::Timeout(salve_remedy::Timeout::FirstByte));
    assert!(passes_by_itself(&timed_out, Duration::from_secs(1)));
    assert!(!passes_by_itself(&timed_out, limits::TIMEOUT_REPEATED_MAX * 2));
}
