//! A model that is off is stood in for by the group's fallback models, at once and for a while.

use salve_simulator::{ScriptRule, When};
use serde_json::{Value, json};

use crate::harness::{MODEL, Road, Setup, Sim, ask};

const OTHER: &str = "claude-sonnet-4-6";
const OFF: &str = "status=503;type=new_api_error;\
                   message=No available channel for model X under group default (distributor)";

fn with_fallback(sim: &Sim) -> Road {
    let models = format!("fallback_models = {{ {MODEL:?} = [{OTHER:?}] }}");
    let group = format!("[[group]]\nname = \"default\"\nchannels = [\"one\"]\n{models}");
    Road::start(&Setup::of(sim.url()).groups(&group))
}

/// The next `times` requests for this model find it off.
fn turn_off(sim: &Sim, model: &str, times: u64) {
    let when = When { model: Some(model.to_owned()), ..When::default() };
    let fault = OFF.parse().expect("a fault");
    sim.control().queue_rule(ScriptRule { fault, times: Some(times), when }).expect("queues");
}

fn faults(entry: &Value) -> Vec<Value> {
    let attempts = entry["attempts"].as_array().expect("attempts");
    attempts.iter().map(|attempt| attempt["fault"].clone()).collect()
}

#[test]
fn a_model_that_is_off_is_asked_for_once_and_then_left_alone() {
    let sim = Sim::start();
    let road = with_fallback(&sim);
    turn_off(&sim, MODEL, 9);
    for wanted in [vec![json!("upstream-model-offline"), json!(null)], vec![json!(null)]] {
        let answer = road.ask(&ask(MODEL, "hi"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let entry = road.entry_of(&answer);
        assert_eq!(faults(&entry), wanted, "{entry}");
        assert_eq!(entry["upstream_model"], OTHER);
        assert_eq!(entry["remedies"], json!([format!("fallback-model:{OTHER}")]));
        assert_eq!(entry["outcome"], "cured");
    }
}

#[test]
fn a_model_that_was_off_is_asked_for_again_where_its_stand_in_is_off_too() {
    let sim = Sim::start();
    let road = with_fallback(&sim);
    turn_off(&sim, MODEL, 1);
    assert_eq!(road.ask(&ask(MODEL, "hi")).status, 200);
    turn_off(&sim, OTHER, 1);
    let answer = road.ask(&ask(MODEL, "hi"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let entry = road.entry_of(&answer);
    assert_eq!(faults(&entry), [json!("upstream-model-offline"), json!(null)], "{entry}");
    assert_eq!((&entry["upstream_model"], &entry["remedies"]), (&json!(MODEL), &json!([])));
}
