//! A client that shows everything: raw bytes, how the body ended, and each event.

use std::io::ErrorKind;

use salve_simulator::{Running, Settings, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub end: BodyEnd,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// With its last chunk, or with its announced length.
    Whole,
    /// With a normal close, too early.
    Fin,
    /// With a TCP reset.
    Reset,
}

pub async fn simulator() -> Running {
    start(Settings::default()).await.expect("starts")
}

/// Sends a message request with usual headers.
pub async fn ask(running: &Running, body: &Value) -> Answer {
    ask_with(running, &[], body).await
}

/// The same with further headers; `anthropic-beta` among them replaces none.
pub async fn ask_with(running: &Running, headers: &[(&str, &str)], body: &Value) -> Answer {
    let body = serde_json::to_vec(body).expect("serialises");
    post(running, "/v1/messages", headers, &body).await
}

pub async fn post(running: &Running, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let usual = [
        ("x-api-key", "sk-test"),
        ("anthropic-version", "2023-06-01"),
        ("content-type", "application/json"),
    ];
    let headers: Vec<_> = usual.iter().chain(headers).copied().collect();
    send(running, "POST", path, &headers, body).await
}

pub async fn get(running: &Running, path: &str) -> Answer {
    let headers = [("x-api-key", "sk-test"), ("anthropic-version", "2023-06-01")];
    send(running, "GET", path, &headers, b"").await
}

pub async fn send(
    running: &Running,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    try_send(running, method, path, headers, body).await.expect("an answer")
}

/// The answer, or how the connection ended without one.
pub async fn try_send(
    running: &Running,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, BodyEnd> {
    let mut stream = TcpStream::connect(running.addr()).await.expect("connects");
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(request.as_bytes()).await.expect("writes");
    // A server that refuses early may have closed before the body was written.
    let _early = stream.write_all(body).await;
    let mut raw = Vec::new();
    let reset = match stream.read_to_end(&mut raw).await {
        Ok(_) => false,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
        Err(error) => panic!("unexpected {error}"),
    };
    if raw.is_empty() {
        return Err(if reset { BodyEnd::Reset } else { BodyEnd::Fin });
    }
    Ok(read(&raw, reset, method == "HEAD"))
}

/// A connection whose answer has begun and then stalls for ever.
pub async fn open_stalled(running: &Running) -> TcpStream {
    let body = serde_json::to_vec(&streamed("claude-opus-5", "hi")).expect("serialises");
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\nanthropic-version: 2023-06-01\r\n\
         x-sim-fault: stall=forever;at=message_start\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(running.addr()).await.expect("connects");
    stream.write_all(head.as_bytes()).await.expect("writes");
    stream.write_all(&body).await.expect("writes");
    let mut some = [0; 16];
    stream.read_exact(&mut some).await.expect("a beginning");
    stream
}

fn read(raw: &[u8], reset: bool, no_body: bool) -> Answer {
    let split = raw.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = std::str::from_utf8(&raw[..split]).expect("text");
    let mut lines = head.split("\r\n");
    let status = lines.next().expect("a status line").split(' ').nth(1).expect("a status");
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let rest = &raw[split + 4..];
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let (body, whole) = if chunked {
        dechunk(rest)
    } else {
        let announced = length.map_or(0, |(_, value)| value.parse::<usize>().expect("a number"));
        (rest.to_vec(), no_body || rest.len() == announced)
    };
    let end = match (whole, reset) {
        (true, _) => BodyEnd::Whole,
        (false, true) => BodyEnd::Reset,
        (false, false) => BodyEnd::Fin,
    };
    Answer { status: status.parse().expect("a number"), headers, body, end }
}

fn dechunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..line]).expect("text");
        let size = usize::from_str_radix(size, 16).expect("a chunk size");
        let start = line + 2;
        if size == 0 {
            return (body, true);
        }
        let end = (start + size).min(rest.len());
        body.extend_from_slice(&rest[start..end]);
        rest = &rest[(end + 2).min(rest.len())..];
    }
    (body, false)
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// `error.message`
    pub fn error(&self) -> String {
        self.json()["error"]["message"].as_str().expect("an error message").to_owned()
    }

    /// The events of a stream as (name, data).
    pub fn events(&self) -> Vec<(String, Value)> {
        let text = self.text().replace("\r\n", "\n");
        let events = text.split("\n\n").filter(|event| event.contains("data: "));
        events
            .map(|event| {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.expect("a field").to_owned()
                };
                let data = serde_json::from_str(&field("data: ")).expect("JSON");
                (field("event: "), data)
            })
            .collect()
    }

    /// The names of the events.
    pub fn names(&self) -> Vec<String> {
        self.events().into_iter().map(|(name, _)| name).collect()
    }

    /// The content blocks and the final usage of a stream, put together as a client does.
    pub fn assembled(&self) -> Value {
        let mut message = Value::Null;
        let mut shreds = String::new();
        for (_, data) in self.events() {
            match data["type"].as_str().expect("a type") {
                "message_start" => message = data["message"].clone(),
                "content_block_start" => {
                    let blocks = message["content"].as_array_mut().expect("content");
                    blocks.push(data["content_block"].clone());
                    shreds.clear();
                }
                "content_block_delta" => {
                    let block = &mut message["content"][index(&data)];
                    add(block, &data["delta"], &mut shreds);
                }
                "content_block_stop" if !shreds.is_empty() => {
                    let input = serde_json::from_str(&shreds).expect("whole JSON");
                    message["content"][index(&data)]["input"] = input;
                }
                "message_delta" => {
                    message["stop_reason"] = data["delta"]["stop_reason"].clone();
                    message["stop_sequence"] = data["delta"]["stop_sequence"].clone();
                    message["usage"] = data["usage"].clone();
                }
                _ => {}
            }
        }
        message
    }
}

fn index(data: &Value) -> usize {
    usize::try_from(data["index"].as_u64().expect("an index")).expect("small")
}

fn add(block: &mut Value, delta: &Value, shreds: &mut String) {
    let (field, value) = match delta["type"].as_str().expect("a type") {
        "text_delta" => ("text", &delta["text"]),
        "thinking_delta" => ("thinking", &delta["thinking"]),
        "signature_delta" => ("signature", &delta["signature"]),
        "input_json_delta" => {
            shreds.push_str(delta["partial_json"].as_str().expect("text"));
            return;
        }
        _ => return,
    };
    let sum = format!("{}{}", block[field].as_str().expect("text"), value.as_str().expect("text"));
    block[field] = json!(sum);
}

/// A small request to a model.
pub fn request(model: &str, text: &str) -> Value {
    json!({ "model": model, "max_tokens": 1000, "messages": [{ "role": "user", "content": text }] })
}

/// The same, as a stream.
pub fn streamed(model: &str, text: &str) -> Value {
    let mut request = request(model, text);
    request["stream"] = json!(true);
    request
}

/// A custom tool.
pub fn tool(name: &str) -> Value {
    json!({ "name": name, "description": "does it",
        "input_schema": { "type": "object", "properties": { "command": { "type": "string" } } } })
}
