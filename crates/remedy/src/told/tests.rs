use super::{Told, excerpt, told_when_all_failed};
use crate::catalogue::{Place, fault, faults};
use crate::cause::{Answer, Cause, Unreachable};
use crate::diagnose::{Diagnosis, Verdict, diagnose};
use crate::dialect::Dialect;
use crate::limits::WORDS_TOLD_BYTES_MAX;

fn refused(status: u16, retry_after: Option<u64>, words: &str) -> Diagnosis {
    diagnose(&Cause::Answer(Answer {
        dialect: Dialect::Anthropic,
        status,
        headers_error_type: None,
        content_type: None,
        retry_after,
        body: words.as_bytes(),
        place: Place::Head,
    }))
}

fn unreachable() -> Diagnosis {
    diagnose(&Cause::Unreachable(Unreachable::Connect))
}

/// Status, type, retry-after and x-should-retry.
fn shape(told: &Told) -> (u16, &str, Option<u64>, Option<bool>) {
    (told.status, told.error_type, told.retry_after, told.should_retry)
}

fn all(diagnoses: &[Diagnosis]) -> (u16, &'static str, Option<u64>, Option<bool>) {
    let told = told_when_all_failed(diagnoses);
    (told.status, told.error_type, told.retry_after, told.should_retry)
}

#[test]
fn each_way_in_which_all_fail_has_its_shape() {
    let limited = |secs| refused(429, Some(secs), "");
    let busy = || refused(529, None, "");
    let empty = || refused(402, None, "");
    let key = || refused(401, None, "");
    let missing = || refused(404, None, "model: x");
    let offline = || refused(503, None, "No available channel for model x");
    let large = || refused(413, None, "");
    let rows: Vec<(Vec<Diagnosis>, _)> = vec![
        (vec![], (503, "api_error", Some(15), None)),
        (vec![busy()], (503, "api_error", Some(10), None)),
        (vec![refused(529, Some(600), "")], (503, "api_error", Some(60), None)),
        (vec![unreachable(), refused(500, None, "")], (503, "api_error", Some(5), None)),
        (vec![limited(2892), limited(700)], (429, "rate_limit_error", Some(700), None)),
        (vec![limited(20)], (429, "rate_limit_error", Some(20), None)),
        (vec![refused(429, None, "")], (429, "rate_limit_error", Some(15), None)),
        (vec![empty(), empty()], (402, "billing_error", None, Some(false))),
        (vec![key()], (503, "api_error", Some(60), Some(false))),
        (vec![missing()], (404, "not_found_error", None, None)),
        (vec![offline()], (503, "api_error", Some(30), None)),
        (vec![large()], (413, "request_too_large", None, None)),
        // Mixed: the one soonest free decides.
        (vec![limited(2892), busy()], (503, "api_error", Some(10), None)),
        (vec![busy(), limited(3)], (429, "rate_limit_error", Some(3), None)),
        (vec![key(), limited(2892), empty()], (429, "rate_limit_error", Some(2892), None)),
        (vec![missing(), limited(2892)], (429, "rate_limit_error", Some(2892), None)),
        (vec![key(), empty()], (402, "billing_error", None, Some(false))),
        (vec![missing(), key(), empty()], (404, "not_found_error", None, None)),
        (vec![large(), key()], (413, "request_too_large", None, None)),
    ];
    for (diagnoses, expected) in rows {
        let met = diagnoses.iter().map(|diagnosis| &diagnosis.fault.id).collect::<Vec<_>>();
        assert_eq!(all(&diagnoses), expected, "{met:?}");
    }
}

#[test]
fn the_sentence_names_every_fault_that_was_met() {
    let one = told_when_all_failed(&[unreachable()]);
    assert!(!one.message.contains("tried"), "{}", one.message);
    let three = [refused(529, None, ""), unreachable(), refused(529, None, "")];
    let told = told_when_all_failed(&three).with_help("http://127.0.0.1:8787/");
    assert_eq!(
        told.message,
        "The model's upstream is overloaded (tried: upstream-overloaded ×2, \
         upstream-unreachable); nothing is wrong with the request, so try again in a moment. \
         http://127.0.0.1:8787/help/upstream-overloaded"
    );
}

#[test]
fn a_fault_of_the_door_is_told_with_its_details() {
    let problem = "the field `model` stands more than once";
    let told = faults::BODY_DUPLICATE_KEY.tell(&[("problem", problem), ("position", "17")]);
    assert_eq!(shape(&told), (400, "invalid_request_error", None, None));
    assert!(told.message.contains("byte 17: the field `model` stands more"), "{}", told.message);
    let told = faults::KEY_WRONG.tell(&[]);
    assert_eq!(shape(&told), (401, "authentication_error", None, Some(false)));
}

#[test]
fn a_detail_nobody_knows_reads_unknown() {
    let told = faults::BODY_TOO_LARGE.tell(&[("size", "33 MB")]);
    assert!(told.message.contains("is 33 MB, over this gateway's limit of unknown;"));
}

#[test]
fn a_detail_is_not_read_as_a_template() {
    let told = faults::MODEL_UNKNOWN.tell(&[("model", "{models}"), ("models", "a, b")]);
    assert!(told.message.starts_with("model: {models} is not offered"), "{}", told.message);
    assert!(told.message.contains("choose one of a, b."));
}

#[test]
fn the_exact_sentence_needs_every_number() {
    let known = fault("context-too-long").unwrap();
    let both = known.tell(&[("requested", "2"), ("limit", "1")]);
    assert_eq!(both.message, "prompt is too long: 2 tokens > 1 maximum");
    let one = known.tell(&[("requested", "2")]);
    assert!(one.message.starts_with("prompt is too long: the request"), "{}", one.message);
}

#[test]
fn no_more_of_an_upstreams_words_is_told_than_the_bound() {
    for length in [WORDS_TOLD_BYTES_MAX - 1, WORDS_TOLD_BYTES_MAX, WORDS_TOLD_BYTES_MAX + 1] {
        let Verdict::Tell(told) = refused(400, None, &"x".repeat(length)).verdict else {
            panic!("told");
        };
        assert_eq!(told.message.len(), length.min(WORDS_TOLD_BYTES_MAX));
    }
}

#[test]
fn an_excerpt_ends_between_characters() {
    assert_eq!(excerpt("aé", 0), "");
    assert_eq!(excerpt("aé", 2), "a");
    assert_eq!(excerpt("aé", 3), "aé");
    assert_eq!(excerpt("aé", 99), "aé");
}
