//! Other upstreams of the same dialect: what each promises, in its own words.

mod bedrock;
mod change;
mod dialects;
mod known;
mod relays;
mod vertex;

use salve_simulator::{Profile, Running, Settings, profile_texts, start};
use serde_json::{Value, json};

use crate::client::{Answer, ask_with, request, tool};

/// A simulator of a profile.
async fn like(name: &str) -> Running {
    let profile = Profile::named(name).expect("a profile");
    start(Settings { profile, ..Settings::default() }).await.expect("starts")
}

/// Asks with betas.
async fn with_betas(running: &Running, betas: &str, body: &Value) -> Answer {
    ask_with(running, &[("anthropic-beta", betas)], body).await
}

/// The rule that refused the last request.
fn rule(running: &Running) -> String {
    let entry = running.control().entries().pop().expect("an entry");
    entry.refused.expect("a refusal").rule.into_owned()
}

/// A small request with fields set.
fn with(model: &str, fields: Value) -> Value {
    let mut body = request(model, "hello");
    for (key, value) in fields.as_object().expect("fields") {
        body[key] = value.clone();
    }
    body
}

/// `error.message`, or the `message` of AWS.
fn said(answer: &Answer) -> String {
    let body = answer.json();
    let message = body["message"].as_str().or_else(|| body["error"]["message"].as_str());
    message.expect("a message").to_owned()
}

/// A tool with fields set.
fn tool_with(fields: Value) -> Value {
    let mut tool = tool("Bash");
    for (key, value) in fields.as_object().expect("fields") {
        tool[key] = value.clone();
    }
    tool
}

fn history(blocks: Value, last: Value) -> Value {
    json!([{ "role": "user", "content": "go" }, { "role": "assistant", "content": blocks },
        { "role": "user", "content": last }])
}

#[test]
fn every_profile_is_named_told_in_a_line_and_read_without_complaint() {
    for text in profile_texts() {
        let profile = Profile::named(text.name).expect("a profile");
        assert_eq!((profile.name.as_str(), profile.about.as_str()), (text.name, text.about));
    }
    let wanted = [
        "anthropic",
        "bedrock",
        "vertex",
        "old-build",
        "relay-zh",
        "litellm",
        "deepseek",
        "small-window",
        "gateway-shortage",
    ];
    for name in wanted {
        assert!(profile_texts().iter().any(|text| text.name == name), "{name}");
    }
}

#[test]
fn the_profile_of_the_service_differs_in_nothing_but_faults_by_name() {
    let anthropic = Profile::named("anthropic").expect("a profile");
    let (name, about) = (anthropic.name.clone(), anthropic.about.clone());
    let faults = anthropic.faults.clone();
    assert_eq!(anthropic, Profile { name, about, faults, ..Profile::default() });
}

#[test]
fn an_unknown_profile_is_told_with_the_names_there_are() {
    let error = Profile::named("azure").expect_err("none").to_string();
    assert!(error.starts_with("no profile is named `azure`; known: anthropic, bedrock"), "{error}");
    let error = Profile::named("vertex+bedrock").expect_err("no relay").to_string();
    assert_eq!(error, "`vertex` is no relay that could stand in front of another profile");
    let error = Profile::from_toml("bettas = 1").expect_err("a typing error").to_string();
    assert!(error.contains("unknown field `bettas`"), "{error}");
}

#[tokio::test]
async fn every_profile_serves_a_plain_request() {
    for text in profile_texts() {
        let running = like(text.name).await;
        for stream in [false, true] {
            let body = with("claude-sonnet-5", json!({ "stream": stream }));
            let answer = with_betas(&running, "", &body).await;
            assert_eq!(answer.status, 200, "{}: {}", text.name, answer.text());
        }
    }
}

#[tokio::test]
async fn every_fault_by_name_of_every_profile_is_answered_as_it_says() {
    for text in profile_texts() {
        let running = like(text.name).await;
        for name in running.control().profile().faults.keys() {
            let fault = format!("named={name}");
            let body = request("claude-sonnet-5", "hi");
            let answer = ask_with(&running, &[("x-sim-fault", &fault)], &body).await;
            assert!(answer.status >= 400, "{} {name}: {}", text.name, answer.text());
            assert!(answer.json().is_object() || answer.json().is_array());
        }
    }
}
