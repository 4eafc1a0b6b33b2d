//! An answer, byte by byte.

use serde_json::Value;

/// An answer as it came over the wire.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Without the framing of its transfer encoding.
    pub body: Vec<u8>,
    pub end: BodyEnd,
}

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEnd {
    /// With its last chunk, or with its announced length.
    Whole,
    /// With a close or reset, too early.
    Cut,
    /// Not yet.
    Open,
}

impl Answer {
    /// Reads what has come of an answer; `None` while its head is not whole.
    pub fn read(raw: &[u8], is_closed: bool, is_head: bool) -> Option<Self> {
        let split = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&raw[..split]).expect("a head in text");
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').expect("a header field"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        if status == 100 {
            return Self::read(&raw[split + 4..], is_closed, is_head);
        }
        let field = |name: &str| headers.iter().find(|(key, _)| key == name);
        let rest = &raw[split + 4..];
        let (body, is_whole) = if field("transfer-encoding").is_some() {
            dechunk(rest)
        } else {
            let length = field("content-length").map(|(_, value)| value.parse::<usize>());
            let length = length.transpose().expect("a length").unwrap_or(0);
            let is_whole = is_head || rest.len() >= length;
            (rest[..length.min(rest.len())].to_vec(), is_whole)
        };
        let end = match (is_whole, is_closed) {
            (true, _) => BodyEnd::Whole,
            (false, true) => BodyEnd::Cut,
            (false, false) => BodyEnd::Open,
        };
        Some(Self { status, headers, body, end })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn request_id(&self) -> &str {
        self.header("salve-request-id").expect("salve-request-id")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// `(error.type, error.message)` of an Anthropic envelope whose `request_id` is the one in
    /// the head.
    pub fn error(&self) -> (String, String) {
        let body = self.json();
        assert_eq!(body["type"], "error", "{body}");
        assert_eq!(body["request_id"], self.request_id(), "{body}");
        let text = |name: &str| body["error"][name].as_str().expect(name).to_owned();
        (text("type"), text("message"))
    }

    /// The events of a stream as (name, data).
    pub fn events(&self) -> Vec<(String, Value)> {
        let text = self.text().replace("\r\n", "\n");
        let events = text.split("\n\n").filter(|event| event.contains("data:"));
        events.map(event).collect()
    }

    /// The names of the events.
    pub fn names(&self) -> Vec<String> {
        self.events().into_iter().map(|(name, _)| name).collect()
    }
}

fn event(text: &str) -> (String, Value) {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let data = serde_json::from_str(&field("data:")).unwrap_or(Value::Null);
    (field("event:"), data)
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
