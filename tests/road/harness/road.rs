//! A Salve in the middle: its process, its clients, its command line.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::client::Wire;
use super::process::{self, Done, Process};
use super::{Answer, KEY, Request, Setup, epilogue, wait};

/// Faults that are told before a request is admitted, so that none of them has a log entry.
const OF_THE_DOOR: &[&str] =
    &["address-unknown", "body-", "content-type-wrong", "encoding-refused", "gateway-", "key-"];

/// One Salve for one test.
#[derive(Debug)]
pub struct Road {
    folder: TempDir,
    env: Vec<(String, String)>,
    process: Mutex<Process>,
    starts: Mutex<usize>,
    address: SocketAddr,
    /// Request ids that clients were given for admitted requests.
    pub(super) admitted: Mutex<Vec<String>>,
    /// Requests that were admitted though no client saw an id.
    pub(super) unseen: Mutex<usize>,
    /// What must be found nowhere.
    pub(super) canaries: Mutex<Vec<String>>,
    pub(super) is_stopped: Mutex<bool>,
}

impl Road {
    /// A Salve with one channel at `url`.
    pub fn to(url: impl Into<String>) -> Self {
        Self::start(&Setup::of(url))
    }

    /// A Salve with this configuration, ready.
    pub fn start(setup: &Setup) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("salve.toml"), setup.toml()).expect("writes");
        let (process, address) = serve(&folder, &setup.env, 1);
        Self {
            canaries: Mutex::new(setup.env.iter().map(|(_, value)| value.clone()).collect()),
            env: setup.env.clone(),
            folder,
            process: Mutex::new(process),
            starts: Mutex::new(1),
            address,
            admitted: Mutex::default(),
            unseen: Mutex::default(),
            is_stopped: Mutex::default(),
        }
    }

    /// Starts again over the same data after an end.
    pub fn start_again(&mut self) {
        let starts = {
            let mut starts = self.starts.lock().expect("starts");
            *starts += 1;
            *starts
        };
        let (process, address) = serve(&self.folder, &self.env, starts);
        *self.process.lock().expect("process") = process;
        self.address = address;
        *self.is_stopped.lock().expect("state") = false;
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("salve.toml")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Does something with the process. A test that ends it says so with [`Road::stopped`].
    pub fn process<T>(&self, work: impl FnOnce(&mut Process) -> T) -> T {
        work(&mut self.process.lock().expect("process"))
    }

    /// The process is meant to be gone.
    pub fn stopped(&self) {
        *self.is_stopped.lock().expect("state") = true;
    }

    /// SIGTERM, and the exit code.
    pub fn stop(&self) -> Option<i32> {
        self.stopped();
        self.process(|process| {
            process.signal("TERM");
            process.wait(Duration::from_secs(30))
        })
    }

    /// SIGKILL.
    pub fn kill(&self) {
        self.stopped();
        self.process(Process::kill);
    }

    /// The server's log so far.
    pub fn said(&self) -> String {
        self.process(|process| process.err())
    }

    /// Waits until the server's log holds this.
    pub fn until_said(&self, text: &str) {
        wait::until(text, || self.said().contains(text).then_some(()));
    }

    /// A connection with nothing on it yet.
    pub fn wire(&self) -> Wire {
        Wire::connect(self.address)
    }

    /// The same where the server may be gone.
    pub fn try_wire(&self) -> Option<Wire> {
        Wire::try_connect(self.address)
    }

    /// A connection that this request was sent on.
    pub fn open(&self, request: &Request) -> Wire {
        let mut wire = self.wire();
        wire.send(request);
        wire
    }

    /// Sends a request and reads its answer to the end.
    pub fn send(&self, request: &Request) -> Answer {
        self.end_of(&mut self.open(request))
    }

    /// Reads an answer to its end.
    pub fn end_of(&self, wire: &mut Wire) -> Answer {
        let answer = wire.read_to_end().expect("an answer");
        if wire.is_for_a_model() {
            self.count(&answer);
        }
        answer
    }

    /// `POST /v1/messages`.
    pub fn ask(&self, body: &Value) -> Answer {
        self.send(&Request::messages(body))
    }

    /// Notes whose log entry must be found. Every answer read otherwise than by
    /// [`Road::end_of`] is passed here once.
    pub fn count(&self, answer: &Answer) {
        let fault = answer.header("salve-fault").unwrap_or_default();
        let is_of_the_door = OF_THE_DOOR.iter().any(|id| fault.starts_with(id));
        let is_admitted = answer.header("salve-request-id").is_some() && !is_of_the_door;
        if is_admitted && answer.status != 401 {
            let id = answer.request_id().to_owned();
            self.admitted.lock().expect("ids").push(id);
        }
    }

    /// The ids of the admitted requests that clients saw.
    pub fn admitted_so_far(&self) -> Vec<String> {
        self.admitted.lock().expect("ids").clone()
    }

    /// So many entries are right by now, whoever saw their answers.
    pub fn expect_entries(&self, count: usize) {
        let seen = self.admitted.lock().expect("ids").len();
        *self.unseen.lock().expect("count") = count - seen;
    }

    /// One more request was admitted, whose answer no client saw.
    pub fn one_unseen(&self) {
        *self.unseen.lock().expect("count") += 1;
    }

    /// This text must be found nowhere.
    pub fn keep_secret(&self, text: &str) {
        self.canaries.lock().expect("canaries").push(text.to_owned());
    }

    /// Runs `salve` with these arguments in the folder where the configuration is.
    pub fn salve(&self, arguments: &[&str]) -> Done {
        let mut command = process::salve(self.folder.path(), &self.env);
        command.args(arguments);
        process::run(command)
    }

    /// The same as a process that goes on.
    pub fn salve_running(&self, arguments: &[&str], name: &str) -> Process {
        let mut command = process::salve(self.folder.path(), &self.env);
        command.args(arguments);
        Process::start(command, self.folder.path(), name)
    }

    /// Makes a key, which stays secret, and gives its text.
    pub fn make_key(&self, arguments: &[&str]) -> String {
        let made = self.salve(&[&["key", "create", "--json"], arguments].concat());
        let made = made.lines().pop().expect("a key");
        let text = made["key"].as_str().expect("its text").to_owned();
        self.keep_secret(&text);
        text
    }

    /// The log, oldest first.
    pub fn log(&self) -> Vec<Value> {
        self.salve(&["log", "--json", "--limit", "10000"]).lines()
    }

    /// The log once it has this many entries.
    pub fn log_of(&self, count: usize) -> Vec<Value> {
        wait::until(&format!("{count} log entries"), || {
            Some(self.log()).filter(|log| log.len() >= count)
        })
    }

    /// The log entry of an answer, waited for.
    pub fn entry_of(&self, answer: &Answer) -> Value {
        let id = answer.request_id();
        wait::until("a log entry", || {
            self.log().into_iter().find(|entry| entry["request_id"] == id)
        })
    }

    /// The one entry there is.
    pub fn only_entry(&self) -> Value {
        let log = self.log_of(1);
        assert_eq!(log.len(), 1, "{log:?}");
        log[0].clone()
    }

    /// Whether `/readyz` says so.
    pub fn is_ready(&self) -> bool {
        self.send(&Request::bare("GET", "/readyz")).status == 200
    }

    /// Writes the configuration anew.
    pub fn reconfigure(&self, setup: &Setup) {
        fs::write(self.config(), setup.toml()).expect("writes");
    }
}

fn serve(folder: &TempDir, env: &[(String, String)], start: usize) -> (Process, SocketAddr) {
    let mut command = process::salve(folder.path(), env);
    command.args(["serve", "--config", "salve.toml", "--json"]);
    let mut process = Process::start(command, folder.path(), &format!("serve-{start}"));
    let announced = process.announced();
    let url = announced["url"].as_str().expect("its URL");
    let address = url.strip_prefix("http://").expect("a URL").parse();
    (process, address.expect("an address"))
}

impl Drop for Road {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.said());
        } else {
            epilogue::check(self);
        }
    }
}

/// The key of every road as `Authorization: Bearer`.
pub fn bearer() -> String {
    format!("Bearer {KEY}")
}
