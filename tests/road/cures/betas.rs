//! Betas and fields that an upstream does not know are taken from the request, and nothing else.

use serde_json::{Value, json};

use super::patient::{
    Patient, asked, attempts, betas, body, changed, differs_in_nothing, json_of, learned, recorded,
    refusals, remedies, sim, turn, was_given, with_betas,
};
use crate::harness::{MODEL, Request, Road, Setup, ask};

const NEW: &str = "moon-phase-2031-02-03";

/// What the client sent, with what this upstream refuses mended as it should be.
fn expected(sent: &Request, came: &Value, mend: fn(&mut Value)) -> Value {
    let mut expected = json_of(sent);
    mend(&mut expected);
    let (ours, theirs) = (&expected["metadata"]["user_id"], &came["metadata"]["user_id"]);
    if ours != theirs {
        let id = theirs.as_str().expect("an id");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.@ -".contains(c);
        assert!(!id.is_empty() && id.chars().all(is_plain), "{id}");
        expected["metadata"]["user_id"] = json!(id);
    }
    expected
}

/// Everything in these recordings is answered at this upstream; the second time at once.
fn is_answered(profile: &str, recording: &str, mend: fn(&mut Value)) {
    let mut patient = Patient::at(profile);
    let requests = recorded(recording);
    for request in &requests {
        let answer = patient.send(request);
        assert_eq!(answer.status, 200, "{} {:?}", answer.text(), refusals(&patient.sim));
        let came = body(&patient.sim);
        differs_in_nothing(&came, &expected(request, &came, mend));
    }
    for request in &requests {
        let answer = patient.send(request);
        assert_eq!((answer.status, attempts(&answer)), (200, 1), "{:?}", refusals(&patient.sim));
    }
    patient.restart();
    let new = with_betas(&requests[0], NEW);
    let first = patient.send(&new);
    assert_eq!(first.status, 200, "{} {:?}", first.text(), refusals(&patient.sim));
    let came = body(&patient.sim);
    differs_in_nothing(&came, &expected(&new, &came, mend));
    assert!(!betas(&patient.sim).contains(&NEW.to_owned()));
    let sent = asked(&patient.sim).pop().expect("a request").body;
    patient.costs_one_attempt(&new, &sent);
}

fn nothing(_: &mut Value) {}

/// AWS runs no searches.
fn no_search(body: &mut Value) {
    let is_search = body["tools"][0]["type"] == "web_search_20250305";
    if let Some(body) = body.as_object_mut().filter(|_| is_search) {
        body.remove("tools");
        body.remove("tool_choice");
    }
}

/// As the generation before wrote it: with a budget to think, but not where a turn that began
/// without thinking goes on.
fn as_before(body: &mut Value) {
    let fields = body.as_object_mut().expect("an object");
    fields.remove("context_management");
    fields.remove("output_config");
    let last = fields["messages"].as_array().and_then(|all| all.last()).expect("a message");
    let is_within_a_turn = last["content"][0]["type"] == "tool_result";
    if fields.remove("thinking").is_some() && !is_within_a_turn {
        let thinking = json!({ "type": "enabled", "budget_tokens": 16_384 });
        fields.insert("thinking".to_owned(), thinking);
    }
    fold_system_messages(body);
    if let Some(tools) = body["tools"].as_array_mut() {
        tools.retain(|tool| !tool["defer_loading"].is_boolean());
    }
}

/// What the system says between turns is said by the user, marked as the system's.
fn fold_system_messages(body: &mut Value) {
    let messages = body["messages"].as_array_mut().expect("messages");
    while let Some(at) = messages.iter().position(|message| message["role"] == "system") {
        let content = messages.remove(at)["content"].take();
        let mut blocks = match content {
            Value::Array(blocks) => blocks,
            words => vec![json!({ "type": "text", "text": words })],
        };
        for block in &mut blocks {
            let words = block["text"].as_str().expect("text");
            block["text"] = json!(format!("<system-reminder>\n{words}\n</system-reminder>"));
        }
        let before = messages[at - 1]["content"].as_array_mut().expect("blocks");
        before.append(&mut blocks);
    }
}

macro_rules! answered {
    ($($profile:literal as $module:ident: $mend:expr;)*) => {$(
        mod $module {
            #[test]
            fn a_first_turn_is_answered() {
                super::is_answered($profile, "p_default", $mend);
            }

            #[test]
            fn subagents_are_answered() {
                super::is_answered($profile, "p_subagent", $mend);
            }

            #[test]
            fn a_tool_round_trip_is_answered() {
                super::is_answered($profile, "p_tool_roundtrip", $mend);
            }

            #[test]
            fn a_web_search_is_answered() {
                super::is_answered($profile, "p_websearch", $mend);
            }
        }
    )*};
}

answered! {
    "bedrock" as at_bedrock: super::no_search;
    "vertex" as at_vertex: super::nothing;
    "old-build" as at_an_old_build: super::as_before;
    "litellm" as at_litellm: super::no_search;
    "relay-zh+bedrock" as at_a_relay_before_bedrock: super::no_search;
    "converse" as at_converse: super::no_search;
}

#[test]
fn betas_that_bedrock_does_not_name_are_found_and_the_others_kept() {
    let patient = Patient::at("bedrock");
    let request = with_betas(&recorded("p_default")[0], NEW);
    let first = patient.send(&request);
    assert_eq!(first.status, 200, "{}", first.text());
    let sent = request.headers.iter().find(|(name, _)| name == "anthropic-beta").expect("betas");
    let rename = |beta: &str| match beta {
        "advanced-tool-use-2025-11-20" => "tool-search-tool-2025-10-19".to_owned(),
        other => other.to_owned(),
    };
    let kept: Vec<String> =
        sent.1.split(',').filter(|beta| *beta != NEW).map(rename).collect();
    assert_eq!(betas(&patient.sim), kept);
    assert!(attempts(&first) <= 6, "{} attempts: {:?}", attempts(&first), remedies(&first));
}

#[test]
fn each_channel_learns_its_own() {
    let (strict, open) = (sim("old-build"), sim("anthropic"));
    let strict_url = strict.url();
    let road = Road::start(&Setup::of(strict_url).channel("open", open.url()));
    let request = Request::messages(&ask(MODEL, "hi")).with("anthropic-beta", "effort-2025-11-24");
    let first = road.send(&request);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.header("salve-channel"), Some("one"));
    assert!(betas(&strict).is_empty(), "{:?}", betas(&strict));
    let ours: Vec<_> = learned(&road).into_iter().collect();
    assert_eq!(ours, [("one".to_owned(), "beta:effort-2025-11-24".to_owned())]);
    strict.fail("status=529");
    let second = road.send(&request);
    assert_eq!(second.header("salve-channel"), Some("open"), "{}", second.text());
    assert_eq!(betas(&open), ["effort-2025-11-24"]);
    assert_eq!(asked(&open).pop().expect("a request").body, request.body);
    assert_eq!(remedies(&second), Vec::<String>::new());
    let ours: Vec<_> = learned(&road).into_iter().collect();
    assert_eq!(ours, [("one".to_owned(), "beta:effort-2025-11-24".to_owned())]);
}

#[test]
fn a_field_that_was_never_heard_of_is_taken_out_wherever_it_stands() {
    let refused = json!({ "add": { "fields": [
        { "path": "moon", "says": "json: unknown field \"{field}\"" },
        { "path": "content[].tide", "says": "{path}: Extra inputs are not permitted" } ] } });
    let sim = changed("anthropic", &refused);
    let mut body = turn(json!([{ "type": "text", "text": "hi", "tide": 3 }]));
    let expected = turn(json!([{ "type": "text", "text": "hi" }]));
    body["moon"] = json!({ "phase": "full" });
    let first = Patient::before(sim).is_cured(&Request::messages(&body), &expected);
    was_given(&first, "strip-field");
}
