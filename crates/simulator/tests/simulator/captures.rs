//! The requests of the real Claude Code are accepted without complaint.

use std::path::{Path, PathBuf};

use salve_simulator::{Running, Settings};
use serde_json::Value;

use crate::client::{BodyEnd, post, simulator};

/// The folder of captures: named by the environment, or beside the checkout.
fn captures() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("SALVE_REFERENCE").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root.join("../shared/reference")).join("captures");
    folder.is_dir().then_some(folder)
}

#[tokio::test]
async fn every_captured_request_of_claude_code_is_served() {
    let Some(folder) = captures() else {
        println!("skipped: no captures; set SALVE_REFERENCE to the folder that holds them");
        return;
    };
    let running = simulator().await;
    let mut count = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with("p_") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        let requests: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        for request in &requests {
            serve(&running, &name, request).await;
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} captured requests were found");
    assert_eq!(running.control().counters().refused, 0);
}

async fn serve(running: &Running, name: &str, request: &Value) {
    let skipped = ["host", "connection", "content-length", "accept-encoding", "authorization"];
    let headers: Vec<(&str, &str)> = request["headers"]
        .as_array()
        .expect("headers")
        .iter()
        .map(|pair| (pair[0].as_str().expect("a name"), pair[1].as_str().expect("a value")))
        .filter(|(key, _)| !skipped.contains(&key.to_ascii_lowercase().as_str()))
        .collect();
    let body = serde_json::to_vec(&request["json"]).expect("serialises");
    let answer = post(running, "/v1/messages?beta=true", &headers, &body).await;
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    assert_eq!(answer.end, BodyEnd::Whole);
    assert_eq!(answer.names().last().map(String::as_str), Some("message_stop"));
    assert!(!answer.text().contains("safeguard"), "a verdict was made up");
}

/// What the client sends to a cloud itself is what that cloud takes, with two differences: the
/// user id, which gateways to AWS saw refused, and a beta that Google was seen to refuse by name.
#[tokio::test]
async fn what_the_client_sends_to_the_clouds_itself_is_served_by_their_profiles() {
    let Some(folder) = captures() else {
        println!("skipped: no captures; set SALVE_REFERENCE to the folder that holds them");
        return;
    };
    let files = [
        ("bedrock", "bedrock_opus.json", "claude-opus-5-5"),
        ("bedrock", "bedrock_claude-sonnet-4-5-20250929.json", "claude-sonnet-4-5-20250929"),
        ("vertex", "vertex_opus.json", "claude-opus-5-5"),
    ];
    for (name, file, model) in files {
        let profile = salve_simulator::Profile::named(name).expect("a profile");
        let settings = Settings { profile, ..Settings::default() };
        let running = salve_simulator::start(settings).await.expect("starts");
        let text = std::fs::read_to_string(folder.join(file)).expect("text");
        let requests: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        for request in requests.iter().filter(|request| !request["json"].is_null()) {
            let betas = betas_of(request).replace("thinking-token-count-2026-05-13,", "");
            let betas = if name == "vertex" { betas } else { betas_of(request) };
            let mut body = request["json"].clone();
            body["model"] = Value::from(model);
            body["metadata"] = serde_json::json!({ "user_id": "0f3a" });
            let body = serde_json::to_vec(&body).expect("serialises");
            let headers = [("anthropic-beta", betas.as_str())];
            let answer = post(&running, "/v1/messages", &headers, &body).await;
            assert_eq!(answer.status, 200, "{file}: {}", answer.text());
        }
    }
}

fn betas_of(request: &Value) -> String {
    let headers = request["headers"].as_array().expect("headers");
    let found = headers.iter().find(|pair| pair[0] == "anthropic-beta").expect("betas");
    found[1].as_str().expect("text").to_owned()
}

#[tokio::test]
async fn a_simulator_started_by_default_listens_on_loopback() {
    let running = salve_simulator::start(Settings::default()).await.expect("starts");
    assert!(running.addr().ip().is_loopback());
    assert_eq!(running.base_url(), format!("http://{}", running.addr()));
}
