//! `max_tokens` beyond what a model can write is lowered to it, whoever says so and how.

use serde_json::{Value, json};

use super::patient::{Patient, attempts, body, changed, differs_in_nothing, sim, was_given};
use crate::harness::{MODEL, Request, Road, Setup, Sim, ask};

const CAP: u64 = 8_192;

fn asking_for(max_tokens: u64) -> Value {
    let mut body = ask(MODEL, "hi");
    body["max_tokens"] = json!(max_tokens);
    body
}

/// An upstream with this cap, told in its own profile's words.
fn capped(profile: &str) -> Sim {
    changed(profile, &json!({ "add": { "models": { "patches": [
        { "models": ["*"], "output_tokens_max": CAP } ] } } }))
}

fn is_lowered(sim: Sim) {
    let mut patient = Patient::before(sim);
    let request = Request::messages(&asking_for(64_000));
    let first = patient.is_cured(&request, &asking_for(CAP));
    assert_eq!(attempts(&first), 2, "one extra round trip");
    was_given(&first, "max-tokens");
    let low = Request::messages(&asking_for(CAP));
    let answer = patient.send(&low);
    assert_eq!(answer.header("salve-remedies"), None, "what fits is left alone");
}

#[test]
fn in_anthropics_words() {
    is_lowered(capped("anthropic"));
}

#[test]
fn in_the_words_of_bedrock() {
    is_lowered(capped("bedrock"));
}

#[test]
fn in_openais_words() {
    is_lowered(sim("small-window"));
}

#[test]
fn in_words_of_a_relay() {
    is_lowered(capped("relay-zh"));
}

#[test]
fn a_low_max_tokens_is_raised_only_where_the_group_wants_it() {
    let group = "[[group]]\nname = \"default\"\nchannels = [\"one\"]\nraise_max_tokens = true";
    let sim = sim("anthropic");
    let setup = Setup::of(sim.url())
        .more("max_output_tokens = { \"claude-opus-*\" = 20000 }")
        .groups(group);
    let road = Road::start(&setup);
    let answer = road.ask(&asking_for(1_000));
    assert_eq!((answer.status, attempts(&answer)), (200, 1), "{}", answer.text());
    differs_in_nothing(&body(&sim), &asking_for(20_000));
    was_given(&answer, "raise-max-tokens");
    let plain = Patient::at("anthropic");
    plain.send(&Request::messages(&asking_for(1_000)));
    differs_in_nothing(&body(&plain.sim), &asking_for(1_000));
}
