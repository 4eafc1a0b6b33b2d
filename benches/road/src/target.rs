//! What is measured: the upstream directly, the bare proxy, and Salve.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::load::{self, Load};
use crate::process::Process;
use crate::{Fault, body};

/// The key that every request carries. Salve knows it; the others do not look.
pub(crate) const KEY: &str = "sk-road-0123456789abcdef0123456789abcdef";

/// How long a process may take until it answers its first request.
const START_MAX: Duration = Duration::from_secs(20);

/// How soon a refused connection is tried again: well below the start-up times to be told apart.
const TRY_EVERY: Duration = Duration::from_millis(1);

/// A place to send requests to, and the process behind it.
pub(crate) struct Target {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The process to measure.
    pub(crate) process: Process,
    /// Time from its start to its first reply.
    pub(crate) first_reply: Duration,
}

/// A program that can be put between the client and the upstream.
#[derive(Clone)]
pub(crate) enum Program {
    /// The bare proxy of this benchmark.
    Bare,
    /// A `salve` binary.
    Salve(PathBuf),
}

impl Program {
    /// The program named on the command line.
    ///
    /// # Errors
    /// When the current folder has gone, which a relative path needs.
    pub(crate) fn named(name: &str) -> Result<Self, Fault> {
        // It is started in a folder of its own, where a relative path would lead nowhere.
        Ok(if name == "bare" { Self::Bare } else { Self::Salve(std::path::absolute(name)?) })
    }

    /// Starts the program in front of `upstream`, with its files in `folder`, and waits for its
    /// first reply.
    ///
    /// # Errors
    /// When it does not start or does not answer.
    pub(crate) async fn start(&self, upstream: SocketAddr, folder: &Path) -> Result<Target, Fault> {
        let started = Instant::now();
        let (mut process, address) = match self {
            Self::Bare => Process::role(&["bare", &upstream.to_string()])?,
            Self::Salve(binary) => salve(binary, upstream, folder)?,
        };
        let hello = Load::one(body::request(1_024, false)?, false);
        while let Err(fault) = load::drive(address, &hello).await {
            if process.has_ended() || started.elapsed() > START_MAX {
                return Err(format!("no reply: {fault}\n{}", log(folder)).into());
            }
            sleep(TRY_EVERY).await;
        }
        Ok(Target { address, process, first_reply: started.elapsed() })
    }
}

/// Starts the upstream: `events` in a streamed answer, `pace` apart.
///
/// # Errors
/// When it does not start.
pub(crate) async fn upstream(events: usize, pace: Duration) -> Result<Target, Fault> {
    let pace = pace.as_millis().to_string();
    let (process, address) = Process::role(&["upstream", &events.to_string(), &pace])?;
    Ok(Target { address, process, first_reply: Duration::ZERO })
}

/// A folder for a program's files, gone when dropped.
///
/// # Errors
/// When the system's folder for such things cannot be written.
pub(crate) fn folder() -> Result<TempDir, Fault> {
    Ok(tempfile::Builder::new().prefix("salve-bench-").tempdir()?)
}

/// Starts Salve in front of `upstream`, with its files in `folder`; where it will listen.
///
/// # Errors
/// When it does not start.
pub(crate) fn salve(
    binary: &Path,
    upstream: SocketAddr,
    folder: &Path,
) -> Result<(Process, SocketAddr), Fault> {
    let address = free_address()?;
    let config = folder.join("salve.toml");
    std::fs::write(&config, configuration(address, upstream, folder))?;
    let log = std::fs::File::create(folder.join("salve.log"))?;
    let mut command = Command::new(binary);
    command.args(["serve", "--config"]).arg(&config).current_dir(folder);
    command.env_clear().env("ROAD_KEY", KEY).env("ROAD_UPSTREAM_KEY", "sk-upstream-0123456789");
    command.stdout(log.try_clone()?).stderr(log);
    Ok((Process::start(command)?, address))
}

/// One channel, one group, one key; ledger and log are on because nothing turns them off.
fn configuration(address: SocketAddr, upstream: SocketAddr, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        r#"[server]
listen = "{address}"

[store]
url = "sqlite:{folder}/salve.db"

[[channel]]
name = "upstream"
kind = "anthropic"
base_url = "http://{upstream}"
credential = {{ api_key = "${{ROAD_UPSTREAM_KEY}}" }}
models = ["claude-*"]
concurrency = {{ "*" = 4096 }}

[[group]]
name = "default"
channels = ["upstream"]

[[key]]
name = "road"
secret = "${{ROAD_KEY}}"
group = "default"
"#
    )
}

fn free_address() -> Result<SocketAddr, Fault> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// What Salve wrote to its log.
pub(crate) fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("salve.log")).unwrap_or_default()
}
