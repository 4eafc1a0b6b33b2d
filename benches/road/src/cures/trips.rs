//! The round trips that learning costs: one request of Claude Code, with a beta that nobody knows,
//! asked of Salve before each kind of upstream, three times: new, known, and after a restart.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use super::agent;
use crate::Fault;
use crate::load::Connection;
use crate::process::Process;
use crate::target::{self, KEY, Program};

/// The upstreams.
const PROFILES: &[&str] = &[
    "bedrock",
    "vertex",
    "old-build",
    "litellm",
    "converse",
    "relay-zh+bedrock",
    "small-window",
    "deepseek",
];

/// The beta that is added to those of the recording.
const NEVER_SEEN: &str = ",never-seen-2031-01-01";

/// How long Salve may take to listen.
const START_MAX: Duration = Duration::from_secs(20);

/// How long what was learned may take to be on disk.
const KEPT: Duration = Duration::from_millis(1_500);

/// What came of it.
#[derive(Serialize)]
pub(super) struct Trips {
    /// Whether the request is a recording; else it is made up to look like one.
    pub(super) is_recorded: bool,
    /// One row for each upstream.
    pub(super) rows: Vec<Row>,
}

/// One kind of upstream.
#[derive(Serialize)]
pub(super) struct Row {
    /// Its name.
    pub(super) profile: &'static str,
    /// The first time, the second, and after a restart.
    pub(super) asked: [Asked; 3],
}

/// One request.
#[derive(Serialize)]
pub(super) struct Asked {
    /// The status that the client saw.
    pub(super) status: u16,
    /// Round trips to the upstream.
    pub(super) trips: usize,
    /// The remedies, as Salve tells them.
    pub(super) remedies: String,
}

struct Asking {
    body: Bytes,
    betas: String,
}

#[derive(Deserialize)]
struct Capture {
    headers: Vec<(String, String)>,
    json: Box<RawValue>,
}

/// Asks every upstream.
///
/// # Errors
/// When one does not start, or does not answer at all.
pub(super) async fn measure(salve: &Program) -> Result<Trips, Fault> {
    let Program::Salve(binary) = salve else { return Err("only Salve learns".into()) };
    let recorded = recorded();
    let is_recorded = recorded.is_some();
    let made_up = || agent::request().map(|body| Asking { body, betas: agent::BETAS.to_owned() });
    let asking = recorded.map_or_else(made_up, Ok)?;
    let mut rows = Vec::new();
    for profile in PROFILES {
        let row = before(profile, binary, &asking).await?;
        eprintln!("trips {profile}: {:?}", row.asked.each_ref().map(|asked| asked.trips));
        rows.push(row);
    }
    Ok(Trips { is_recorded, rows })
}

/// The recording: in `SALVE_REFERENCE`, else beside the checkout.
fn recorded() -> Option<Asking> {
    let folder = std::env::var_os("SALVE_REFERENCE");
    let folder = folder.map_or_else(|| PathBuf::from("../shared/reference"), PathBuf::from);
    let text = std::fs::read(folder.join("captures/p_default.json")).ok()?;
    let captures: Vec<Capture> = serde_json::from_slice(&text).ok()?;
    let capture = captures.into_iter().next()?;
    let betas = capture.headers.iter().find(|(name, _)| name == "anthropic-beta")?;
    Some(Asking {
        betas: format!("{}{NEVER_SEEN}", betas.1),
        body: Bytes::from(capture.json.get().to_owned()),
    })
}

async fn before(profile: &'static str, binary: &Path, asking: &Asking) -> Result<Row, Fault> {
    let (_upstream, address) = simulate(profile, binary)?;
    let folder = target::folder()?;
    let (first, second) = {
        let (_salve, salve) = serve(binary, address, folder.path()).await?;
        let first = ask(salve, address, asking).await?;
        let second = ask(salve, address, asking).await?;
        sleep(KEPT).await;
        (first, second)
    };
    let (_salve, salve) = serve(binary, address, folder.path()).await?;
    Ok(Row { profile, asked: [first, second, ask(salve, address, asking).await?] })
}

fn simulate(profile: &str, binary: &Path) -> Result<(Process, SocketAddr), Fault> {
    let mut command = Command::new(binary);
    command.args(["simulate", "--json", "--listen", "127.0.0.1:0", "--profile", profile]);
    let (process, line) = Process::announced(command)?;
    let told: Value = serde_json::from_str(&line)?;
    let url = told.get("url").and_then(Value::as_str).ok_or("the simulator told no address")?;
    Ok((process, url.trim_start_matches("http://").parse()?))
}

/// Starts Salve and waits until it listens, without a request that it would learn from.
async fn serve(
    binary: &Path,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<(Process, SocketAddr), Fault> {
    let (mut process, address) = target::salve(binary, upstream, folder)?;
    let started = Instant::now();
    while TcpStream::connect(address).await.is_err() {
        if process.has_ended() || started.elapsed() > START_MAX {
            return Err(format!("Salve does not listen: {}", target::log(folder)).into());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok((process, address))
}

async fn ask(salve: SocketAddr, upstream: SocketAddr, asking: &Asking) -> Result<Asked, Fault> {
    let before = seen(upstream).await?;
    let request = Request::post("/v1/messages?beta=true")
        .header("host", "127.0.0.1")
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/json")
        .header("user-agent", "claude-cli/2.1.330 (external, sdk-cli)")
        .header("anthropic-version", "2023-06-01")
        .header("anthropic-beta", &asking.betas)
        .body(Full::new(asking.body.clone()))?;
    let mut connection = Connection::open(salve).await?;
    let response = connection.ask(request).await?;
    let status = response.status().as_u16();
    let remedies = response.headers().get("salve-remedies");
    let remedies = remedies.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    response.into_body().collect().await?;
    Ok(Asked { status, trips: seen(upstream).await? - before, remedies })
}

/// How many messages the simulator was asked for so far.
async fn seen(simulator: SocketAddr) -> Result<usize, Fault> {
    let request = Request::get("/_sim/requests").header("host", "127.0.0.1");
    let request = request.body(Full::new(Bytes::new()))?;
    let mut connection = Connection::open(simulator).await?;
    let response = connection.ask(request).await?;
    let books: Value = serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?;
    let entries = books.get("requests").or(Some(&books)).and_then(Value::as_array);
    let is_message =
        |entry: &&Value| entry.get("path").and_then(Value::as_str) == Some("/v1/messages");
    Ok(entries.ok_or("the simulator keeps no books")?.iter().filter(is_message).count())
}
