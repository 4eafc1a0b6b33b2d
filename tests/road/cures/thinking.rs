//! Thinking goes only where the upstream cannot take it, and before it has to say so.

use serde_json::{Value, json};

use super::patient::{
    Patient, asked, attempts, body, differs_in_nothing, refusals, seeded, was_given,
};
use crate::harness::{Answer, Request, Road, Setup, wait};

const THINKER: &str = "claude-opus-5-5";

fn talk(messages: Value) -> Value {
    json!({ "model": THINKER, "max_tokens": 1000, "thinking": { "type": "adaptive" },
        "messages": messages })
}

fn first_turn() -> Value {
    json!({ "role": "user", "content": "[[think:hm]] [[say:yes]]" })
}

/// The turn after this answer.
fn next_turn(first: Value, answer: &Answer) -> Value {
    let content = answer.json()["content"].clone();
    assert_eq!(content[0]["type"], "thinking", "{content}");
    talk(json!([first, { "role": "assistant", "content": content },
        { "role": "user", "content": "go on" }]))
}

/// The same without what was thought.
fn without_thinking(body: &Value) -> Value {
    let mut body = body.clone();
    body["messages"][1]["content"].as_array_mut().expect("blocks").remove(0);
    body
}

#[test]
fn thinking_of_its_own_channel_passes_to_the_byte() {
    let patient = Patient::before(seeded("anthropic", 1));
    let first = patient.send(&Request::messages(&talk(json!([first_turn()]))));
    let request = Request::messages(&next_turn(first_turn(), &first));
    let second = patient.send(&request);
    assert_eq!((second.status, attempts(&second)), (200, 1), "{}", second.text());
    assert_eq!(second.header("salve-remedies"), None);
    assert!(asked(&patient.sim).pop().expect("a request").body == request.body);
}

#[test]
fn foreign_thinking_goes_before_the_next_channel_can_refuse_it() {
    let (minter, other) = (seeded("anthropic", 1), seeded("anthropic", 2));
    let road = Road::start(&Setup::of(minter.url()).channel("two", other.url()));
    let first = road.ask(&talk(json!([first_turn()])));
    assert_eq!(first.header("salve-channel"), Some("one"), "{}", first.text());
    minter.fail_always("status=529");
    let sent = next_turn(first_turn(), &first);
    let second = road.ask(&sent);
    assert_eq!(second.status, 200, "{}", second.text());
    assert_eq!(second.header("salve-channel"), Some("two"));
    assert_eq!(refusals(&other), []);
    assert_eq!(asked(&other).len(), 1);
    differs_in_nothing(&body(&other), &without_thinking(&sent));
    was_given(&second, "drop-thinking");
}

#[test]
fn after_a_channel_is_drained_its_thinking_costs_the_next_one_nothing() {
    let (minter, other) = (seeded("anthropic", 1), seeded("anthropic", 2));
    let road = Road::start(&Setup::of(minter.url()).channel("two", other.url()));
    let first = road.ask(&talk(json!([first_turn()])));
    let drained = Setup::of(minter.url()).more("drained = true").channel("two", other.url());
    road.reconfigure(&drained);
    wait::until("the channel to be drained", || {
        let listed = road.salve(&["channel", "list", "--json"]).lines();
        (listed[0]["drained"] == true).then_some(())
    });
    let sent = next_turn(first_turn(), &first);
    let second = road.ask(&sent);
    assert_eq!((second.status, attempts(&second)), (200, 1), "{}", second.text());
    differs_in_nothing(&body(&other), &without_thinking(&sent));
    assert_eq!(road.entry_of(&second)["skipped"][0]["channel"], "one");
}

#[test]
fn thinking_of_another_life_of_the_gateway_is_cured_once_it_is_refused() {
    let (minter, other) = (seeded("anthropic", 1), seeded("anthropic", 2));
    let elsewhere = Road::to(minter.url());
    let first = elsewhere.ask(&talk(json!([first_turn()])));
    let sent = next_turn(first_turn(), &first);
    let mut patient = Patient::before(other);
    let answer = patient.is_cured(&Request::messages(&sent), &without_thinking(&sent));
    was_given(&answer, "drop-thinking");
}

#[test]
fn thinking_bound_to_another_beginning_goes_and_nothing_else() {
    let patient = Patient::before(seeded("anthropic", 1));
    let first = patient.send(&Request::messages(&talk(json!([first_turn()]))));
    let edited = json!({ "role": "user", "content": "something else entirely" });
    let sent = next_turn(edited, &first);
    let second = patient.send(&Request::messages(&sent));
    assert_eq!(second.status, 200, "{} {:?}", second.text(), refusals(&patient.sim));
    assert!(attempts(&second) > 1, "the upstream took it");
    was_given(&second, "drop-thinking");
    differs_in_nothing(&body(&patient.sim), &without_thinking(&sent));
    let again = patient.send(&Request::messages(&sent));
    assert_eq!((again.status, attempts(&again)), (200, 1), "{}", again.text());
}
