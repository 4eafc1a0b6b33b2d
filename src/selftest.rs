//! The self-test of `salve up`: one streamed request through the whole path, as a client
//! would send it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What the self-test found.
#[derive(Debug)]
pub struct Passed {
    /// The model that answered.
    pub model: String,
    /// The channel it went through.
    pub channel: String,
    /// How long it took.
    pub ms: u128,
}

/// Sends it. Blocking; the server must be running on other threads.
///
/// # Errors
/// What went wrong, in the server's own words where it has some.
#[expect(clippy::disallowed_methods, reason = "a human-facing duration, outside the request path")]
pub fn run(url: &str, key: &str) -> Result<Passed, String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .proxy(None)
        .http_status_as_error(false)
        .build();
    let agent: ureq::Agent = config.into();
    let model = cheapest(&agent, url, key)?;
    let started = Instant::now();
    let body = json!({
        "model": model,
        "max_tokens": 16,
        "stream": true,
        "messages": [{ "role": "user", "content": "Reply with the one word: ready" }],
    });
    let request = agent.post(format!("{url}/v1/messages")).header("x-api-key", key);
    let request = request.header("user-agent", "salve-self-test");
    let answer = request.header("anthropic-version", "2023-06-01").send_json(body);
    let mut answer = answer.map_err(|error| error.to_string())?;
    let channel = answer.headers().get("salve-channel").and_then(|value| value.to_str().ok());
    let channel = channel.unwrap_or_default().to_owned();
    let text = answer.body_mut().read_to_string().map_err(|error| error.to_string())?;
    if answer.status().as_u16() != 200 {
        return Err(sentence(&text));
    }
    if !text.contains("event: message_stop") {
        return Err("the stream ended early".to_owned());
    }
    Ok(Passed { model, channel, ms: started.elapsed().as_millis() })
}

/// A small model, so that the test costs next to nothing.
fn cheapest(agent: &ureq::Agent, url: &str, key: &str) -> Result<String, String> {
    let answer = agent.get(format!("{url}/v1/models?limit=1000")).header("x-api-key", key).call();
    let mut answer = answer.map_err(|error| error.to_string())?;
    let list: Value = answer.body_mut().read_json().map_err(|error| error.to_string())?;
    let ids: Vec<&str> = list
        .get("data")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|model| model.get("id")?.as_str())
        .collect();
    let haiku = ids.iter().find(|id| id.contains("haiku"));
    haiku.or(ids.first()).map(|id| (*id).to_owned()).ok_or_else(|| "no model is served".to_owned())
}

/// The sentence of an error envelope, or the text itself.
fn sentence(text: &str) -> String {
    let envelope: Option<Value> = serde_json::from_str(text).ok();
    let message = envelope.and_then(|e| Some(e.get("error")?.get("message")?.as_str()?.to_owned()));
    message.unwrap_or_else(|| text.chars().take(300).collect())
}
