//! The pass-through law over what the real client sends, recorded.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::harness::{Request, Road, Setup, Upstream, road, upstream};

/// Fields that belong to the connection, the framing or the credential, and are written anew.
const WRITTEN_ANEW: &[&str] =
    &["accept-encoding", "authorization", "connection", "content-length", "host", "x-api-key"];

/// A request that was recorded.
#[derive(Deserialize)]
pub struct Capture {
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    json: Box<RawValue>,
}

/// The folder of the recordings: `SALVE_REFERENCE`, else beside the checkout.
fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    std::env::var_os("SALVE_REFERENCE").map_or_else(beside, PathBuf::from).join("captures")
}

fn recorded(name_start: &str) -> Vec<Capture> {
    let listed = fs::read_dir(folder()).into_iter().flatten().filter_map(Result::ok);
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with(name_start) && name.ends_with(".json")
    };
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.path()).filter(is_ours).collect();
    paths.sort();
    let read = |path| -> Vec<Capture> {
        serde_json::from_slice(&fs::read(path).expect("a recording")).expect("requests")
    };
    paths.into_iter().flat_map(read).collect()
}

/// A request of the same shape, for checkouts without the recordings.
fn synthetic() -> Capture {
    let prompt = "filler ".repeat(6_000);
    let json = format!(
        "{{\"model\": \"claude-opus-5-5\", \"messages\": [{{\"role\": \"user\", \"content\": \
         [{{\"type\": \"text\", \"text\": \"{prompt}\", \"cache_control\": {{\"type\": \
         \"ephemeral\", \"ttl\": \"1h\"}}}}]}}, {{\"role\": \"system\", \"content\": \"x\", \
         \"output_config\": {{\"effort\": \"medium\"}}}}], \"system\": [{{\"type\": \"text\", \
         \"text\": \"x-anthropic-billing-header: cc_version=2;\"}}], \"tools\": [{{\"name\": \
         \"DeferredToolPlaceholder\", \"defer_loading\": true, \"input_schema\": {{\"type\": \
         \"object\"}}}}], \"metadata\": {{\"user_id\": \"{{\\\"session_id\\\":\\\"s\\\"}}\"}}, \
         \"max_tokens\": 128000, \"thinking\": {{\"type\": \"adaptive\"}}, \"stream\": true}}"
    );
    let headers = [
        ("Accept", "application/json"),
        ("Authorization", "Bearer fake"),
        ("Content-Type", "application/json"),
        ("User-Agent", "claude-cli/2.1.330 (external, sdk-cli)"),
        ("X-Claude-Code-Session-Id", "b615a4d8-6d98-4418-b5c4-c3060d610cc9"),
        ("anthropic-beta", "claude-code-20250219,effort-2025-11-24"),
        ("anthropic-version", "2023-06-01"),
        ("x-app", "cli"),
    ];
    Capture {
        path: "/v1/messages".to_owned(),
        query: "beta=true".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        json: RawValue::from_string(json).expect("JSON"),
    }
}

fn captures() -> Vec<Capture> {
    named("p_")
}

/// The recordings whose names start so; a synthetic request where there is none.
pub fn named(name_start: &str) -> Vec<Capture> {
    let recorded = recorded(name_start);
    if recorded.is_empty() {
        eprintln!("no recordings in {}; a synthetic request stands in", folder().display());
        return vec![synthetic()];
    }
    recorded
}

impl Capture {
    /// The body as the client wrote it: without the white space of the recording's layout.
    fn compact(&self) -> Vec<u8> {
        let (mut is_quoted, mut is_escaped) = (false, false);
        let keep = |byte: &u8| {
            let keep = is_quoted || !byte.is_ascii_whitespace();
            match (*byte, is_escaped) {
                (_, true) => is_escaped = false,
                (b'\\', false) => is_escaped = is_quoted,
                (b'"', false) => is_quoted = !is_quoted,
                _ => {}
            }
            keep
        };
        self.json.get().bytes().filter(keep).collect()
    }

    /// The request as the client sent it, with the key of the road.
    pub fn whole(&self) -> Request {
        self.request(&self.compact())
    }

    fn request(&self, body: &[u8]) -> Request {
        let mut request = Request::bare("POST", &format!("{}?{}", self.path, self.query));
        for (name, value) in &self.headers {
            if !WRITTEN_ANEW.contains(&name.to_ascii_lowercase().as_str()) {
                request = request.and(name, value);
            }
        }
        request.body = body.to_vec();
        request.and("Authorization", &road::bearer())
    }

    fn model(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(self.json.get()).expect("JSON");
        body["model"].as_str().expect("a model").to_owned()
    }
}

fn streaming() -> Upstream {
    Upstream::start(|seen| {
        let body: serde_json::Value = serde_json::from_slice(&seen.body).expect("JSON");
        vec![upstream::Step::Send(if body["stream"] == true {
            upstream::stream_of(upstream::events("m").as_bytes())
        } else {
            upstream::json_of("200 OK", upstream::message("m").as_bytes())
        })]
    })
}

#[test]
fn what_claude_code_sends_arrives_byte_for_byte_with_its_headers() {
    let upstream = streaming();
    let road = Road::to(upstream.url());
    for capture in captures() {
        for body in [capture.compact(), capture.json.get().as_bytes().to_vec()] {
            let answer = road.send(&capture.request(&body));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let seen = upstream.last();
            assert!(seen.body == body, "the body of {} was changed", capture.path);
            assert_eq!(seen.line, format!("POST {}?{} HTTP/1.1", capture.path, capture.query));
            let lower =
                |(name, value): &(String, String)| (name.to_ascii_lowercase(), value.clone());
            let is_kept = |(name, _): &(String, String)| !WRITTEN_ANEW.contains(&name.as_str());
            let sent: Vec<_> = capture.headers.iter().map(lower).filter(is_kept).collect();
            let came: Vec<_> = seen.headers.into_iter().filter(is_kept).collect();
            assert_eq!(sorted(came), sorted(sent));
        }
    }
}

#[test]
fn with_a_renamed_model_nothing_else_of_a_recorded_body_differs() {
    let upstream = streaming();
    let captures = captures();
    let mut names: Vec<String> = captures.iter().map(Capture::model).collect();
    names.sort();
    names.dedup();
    let ids: Vec<String> =
        names.iter().map(|name| format!("{name:?} = \"other/{name}\"")).collect();
    let setup = Setup::of(upstream.url()).more(&format!("model_ids = {{ {} }}", ids.join(", ")));
    let road = Road::start(&setup);
    for capture in captures {
        let body = capture.compact();
        assert_eq!(road.send(&capture.request(&body)).status, 200);
        let quoted = format!("\"model\":{:?}", capture.model());
        let renamed = format!("\"model\":\"other/{}\"", capture.model());
        let text = String::from_utf8(body).expect("text");
        let expected = text.replacen(&quoted, &renamed, 1);
        assert_ne!(expected, text);
        assert!(upstream.last().body == expected.as_bytes(), "more than the model was changed");
    }
}

fn sorted(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    fields.sort();
    fields
}
