//! A client that writes every byte itself and hides nothing of what comes back.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::{Answer, KEY, wait};

/// A request, to the byte.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A request with nothing but its line.
    pub fn bare(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// `POST /v1/messages` as a client sends it.
    pub fn messages(body: &Value) -> Self {
        Self::post("/v1/messages", serde_json::to_vec(body).expect("JSON"))
    }

    /// A `POST` of these bytes with the usual fields.
    pub fn post(path: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let mut request = Self::bare("POST", path)
            .with("content-type", "application/json")
            .with("anthropic-version", "2023-06-01")
            .with("x-api-key", KEY);
        request.body = body;
        request
    }

    /// A `GET` with the key.
    pub fn get(path: &str) -> Self {
        Self::bare("GET", path).with("x-api-key", KEY)
    }

    /// With one more field; an earlier one of that name is kept.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this field in place of any of its name.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    pub fn without(mut self, name: &str) -> Self {
        let is_other = |(key, _): &(String, String)| !key.eq_ignore_ascii_case(name);
        self.headers.retain(is_other);
        self
    }

    fn names(&self, name: &str) -> bool {
        let is_it = |(key, _): &(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().any(is_it)
    }

    /// The head as it goes over the wire, with what framing needs where the test set nothing.
    pub fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.names("host") {
            head.push_str("host: gateway.test\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.names("connection") {
            head.push_str("connection: close\r\n");
        }
        let is_framed = self.names("content-length") || self.names("transfer-encoding");
        if !is_framed && self.method == "POST" {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// One connection and what came back over it so far.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    raw: Vec<u8>,
    is_closed: bool,
    is_head: bool,
    is_for_a_model: bool,
}

impl Wire {
    pub fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("connects")
    }

    pub fn try_connect(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_nodelay(true).expect("nodelay");
        let tick = Some(Duration::from_millis(20));
        stream.set_read_timeout(tick).expect("a read timeout");
        Some(Self {
            stream,
            raw: Vec::new(),
            is_closed: false,
            is_head: false,
            is_for_a_model: true,
        })
    }

    /// Writes bytes; false where the other side takes no more.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Writes a whole request. A server that refuses early may take only a part of it.
    pub fn send(&mut self, request: &Request) {
        self.is_head = request.method == "HEAD";
        self.is_for_a_model = request.method == "POST" && request.path.starts_with("/v1/messages");
        if self.write(&request.head()) {
            self.write(&request.body);
        }
    }

    /// Says that no more will be written.
    pub fn finish_writing(&self) {
        self.stream.shutdown(Shutdown::Write).expect("shuts down");
    }

    /// Reads what is there, waiting a moment for it.
    pub fn pull(&mut self) {
        let mut some = [0; 65_536];
        match self.stream.read(&mut some) {
            Ok(0) => self.is_closed = true,
            Ok(read) => self.raw.extend_from_slice(&some[..read]),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                _ => self.is_closed = true,
            },
        }
    }

    /// What has come so far; `None` while the head is not whole.
    pub fn so_far(&self) -> Option<Answer> {
        Answer::read(&self.raw, self.is_closed, self.is_head)
    }

    /// Whether what was sent, if admitted, has an entry in the log.
    pub fn is_for_a_model(&self) -> bool {
        self.is_for_a_model
    }

    /// Starts a new answer on a kept connection.
    pub fn forget(&mut self) {
        self.raw.clear();
    }

    /// Every byte that came.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Reads until `is_enough` of the answer has come.
    pub fn until(&mut self, what: &str, is_enough: impl Fn(&Answer) -> bool) -> Answer {
        wait::within(Duration::from_secs(40), what, || {
            self.pull();
            self.so_far().filter(|answer| is_enough(answer))
        })
    }

    /// Reads until this text has come.
    pub fn until_text(&mut self, text: &str) -> Answer {
        self.until(text, |answer| answer.text().contains(text))
    }

    /// Reads to the end of the connection; `None` where there was no answer at all.
    pub fn read_to_end(&mut self) -> Option<Answer> {
        wait::within(Duration::from_secs(60), "the end of an answer", || {
            self.pull();
            self.is_closed.then_some(())
        });
        self.so_far()
    }
}
