//! An upstream that notes every byte it is sent and answers with scripted bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::wait;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The request line.
    pub line: String,
    /// In the order received, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What the upstream does next.
#[derive(Debug, Clone)]
pub enum Step {
    Send(Vec<u8>),
    /// A pause between writes, so that they arrive apart.
    Pause(Duration),
    /// Waits until the reader has left, and notes that it did.
    AwaitLeaving,
    /// Waits until the test lets it go on.
    AwaitGo,
}

type Script = dyn Fn(&Seen) -> Vec<Step> + Send + Sync;

#[derive(Debug, Default)]
struct Notes {
    seen: Vec<Seen>,
    has_reader_left: bool,
    may_go: bool,
}

/// The upstream; it serves until the test ends.
#[derive(Debug, Clone)]
pub struct Upstream {
    address: SocketAddr,
    notes: Arc<Mutex<Notes>>,
}

impl Upstream {
    /// Answers each request with what `script` says of it.
    pub fn start(script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let upstream =
            Self { address: listener.local_addr().expect("an address"), notes: Arc::default() };
        let script: Arc<Script> = Arc::new(script);
        let serving = upstream.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (serving, script) = (serving.clone(), Arc::clone(&script));
                thread::spawn(move || serving.serve(stream, &script));
            }
        });
        upstream
    }

    /// Answers every request with the same bytes.
    pub fn always(answer: Vec<u8>) -> Self {
        Self::start(move |_| vec![Step::Send(answer.clone())])
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// What arrived, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.notes.lock().expect("notes").seen.clone()
    }

    /// The last request that arrived.
    pub fn last(&self) -> Seen {
        self.seen().pop().expect("a request at the upstream")
    }

    pub fn has_reader_left(&self) -> bool {
        self.notes.lock().expect("notes").has_reader_left
    }

    /// Lets the scripts that wait go on.
    pub fn go(&self) {
        self.notes.lock().expect("notes").may_go = true;
    }

    fn serve(&self, mut stream: TcpStream, script: &Arc<Script>) {
        let Some(seen) = receive(&mut stream) else {
            return;
        };
        self.notes.lock().expect("notes").seen.push(seen.clone());
        for step in script(&seen) {
            match step {
                Step::Send(bytes) => {
                    if stream.write_all(&bytes).and_then(|()| stream.flush()).is_err() {
                        break;
                    }
                }
                Step::Pause(pause) => thread::sleep(pause),
                Step::AwaitLeaving => {
                    let _ = stream.read(&mut [0]);
                    self.notes.lock().expect("notes").has_reader_left = true;
                }
                Step::AwaitGo => wait::within(Duration::from_secs(60), "the test", || {
                    self.notes.lock().expect("notes").may_go.then_some(())
                }),
            }
        }
        // Reading on until the other side closes keeps the answer from being reset.
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

fn receive(stream: &mut TcpStream) -> Option<Seen> {
    stream.set_nodelay(true).ok()?;
    let mut raw = Vec::new();
    let mut some = vec![0; 1 << 20];
    let split = loop {
        if let Some(split) = raw.windows(4).position(|window| window == b"\r\n\r\n") {
            break split;
        }
        match stream.read(&mut some).ok()? {
            0 => return None,
            read => raw.extend_from_slice(&some[..read]),
        }
    };
    let head = String::from_utf8(raw[..split].to_vec()).expect("a head in text");
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header field"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = raw[split + 4..].to_vec();
    while body.len() < length {
        match stream.read(&mut some).ok()? {
            0 => return None,
            read => body.extend_from_slice(&some[..read]),
        }
    }
    Some(Seen { line, headers, body })
}

/// The head of a stream whose body ends with the connection's last chunk.
pub fn stream_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
      request-id: req_upstream\r\nanthropic-organization-id: org-1\r\nx-internal: hidden\r\n\
      connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_vec()
}

/// One chunk.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// A whole stream in one chunk.
pub fn stream_of(events: &[u8]) -> Vec<u8> {
    [stream_head(), ended_with(events)].concat()
}

/// A whole answer.
pub fn json_of(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nrequest-id: req_upstream\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The events of a short answer by `model`.
pub fn events(model: &str) -> String {
    format!(
        "event: message_start\ndata: {{\"type\":\"message_start\",\"message\":{{\"id\":\"msg_1\",\
         \"type\":\"message\",\"role\":\"assistant\",\"model\":\"{model}\",\"content\":[],\
         \"stop_reason\":null,\"stop_sequence\":null,\"usage\":{{\"input_tokens\":11,\
         \"output_tokens\":1}}}}}}\n\n\
         event: content_block_start\ndata: {{\"type\":\"content_block_start\",\"index\":0,\
         \"content_block\":{{\"type\":\"text\",\"text\":\"\"}}}}\n\n\
         event: ping\ndata: {{\"type\": \"ping\"}}\n\n\
         event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\
         \"delta\":{{\"type\":\"text_delta\",\"text\":\
         \"Hello, gr\u{fc}\u{df} dich \u{1f600}\"}}}}\n\n\
         event: content_block_stop\ndata: {{\"type\":\"content_block_stop\",\"index\":0}}\n\n\
         event: message_delta\ndata: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\
         \"end_turn\",\"stop_sequence\":null}},\"usage\":{{\"output_tokens\":7}}}}\n\n\
         event: message_stop\ndata: {{\"type\":\"message_stop\"}}\n\n"
    )
}

/// The same in two halves, cut inside the open text block.
pub fn halves(model: &str) -> (Vec<u8>, Vec<u8>) {
    let mut begun = events(model).into_bytes();
    let cut = b"event: content_block_stop";
    let at = begun.windows(cut.len()).position(|window| window == cut).expect("a place");
    let rest = begun.split_off(at);
    (begun, rest)
}

/// The head of a stream and its first events.
pub fn begun_with(events: &[u8]) -> Vec<u8> {
    [stream_head(), chunk(events)].concat()
}

/// The last events of a stream and its end.
pub fn ended_with(events: &[u8]) -> Vec<u8> {
    [chunk(events), b"0\r\n\r\n".to_vec()].concat()
}

/// A whole answer's body by `model`, with white space of its own.
pub fn message(model: &str) -> String {
    format!(
        "{{ \"id\":\"msg_1\",\t\"type\":\"message\",\"role\":\"assistant\", \
         \"model\":\"{model}\",\n\
         \"content\":[{{\"type\":\"text\",\"text\":\"gr\u{fc}\u{df} \\u00fc \\/ 1e400\"}}],\
         \"stop_reason\":\"end_turn\",\"stop_sequence\":null,\
         \"future\":123456789012345678901234567890.10,\
         \"usage\":{{\"input_tokens\":11,\"output_tokens\":7}} }}\n"
    )
}
