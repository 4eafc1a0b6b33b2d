//! `salve up`: one command from nothing to an agent that answers.

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use salve_config::{BaseUrl, Channel, Config, Credential, Kind, Secret, StoreUrl};
use salve_gateway::Gateway;
use salve_gateway::identify::{looks_like_key, mint, public_id};
use salve_simulator::{Running, Settings};
use salve_store::KeyRecord;
use serde_json::json;

use crate::exit::Failure;
use crate::place::Place;
use crate::runfile::write_private;
use crate::{runtime, selftest, start, terminal};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Where the database, the key and the log are kept
    #[arg(long, value_name = "DIR", env = "SALVE_DATA")]
    data: Option<PathBuf>,
    /// Use the built-in simulator even where a credential is set
    #[arg(long)]
    simulate: bool,
    /// Do not send the self-test's request
    #[arg(long)]
    no_self_test: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// Where requests will go, and what to say about it.
struct Upstream {
    channel: Channel,
    notes: Vec<String>,
    /// Lives as long as the gateway that uses it.
    simulator: Option<Running>,
}

pub fn run(args: Args) -> Result<(), Failure> {
    terminal::start_log();
    let place = Place { config: None, data: args.data.clone() };
    let folder = place.data_folder()?;
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    runtime()?.block_on(async {
        let upstream = upstream(args.simulate).await?;
        let mut config = Config::for_channel(upstream.channel.clone());
        config.server.listen = args.listen;
        config.store.url = StoreUrl::Sqlite(folder.join("salve.db"));
        let started = start::start(config, |_| None).await?;
        let key = first_key(&started.gateway, &folder).await?;
        let tested = match args.no_self_test {
            true => None,
            false => Some(self_test(started.url.clone(), key.clone()).await),
        };
        if args.json {
            print_json(&started.url, &key, &folder, &upstream, tested.as_ref());
        } else {
            print(&started.url, &key, &folder, &upstream, tested.as_ref());
        }
        started.until_stopped().await;
        if let Some(simulator) = upstream.simulator {
            simulator.stop().await;
        }
        Ok(())
    })
}

/// A channel of the credential in the environment, or of the simulator.
async fn upstream(simulate: bool) -> Result<Upstream, Failure> {
    let mut notes = Vec::new();
    let mut set = |name: &str| {
        let value = env::var(name).ok().filter(|value| !value.trim().is_empty())?;
        // Someone who pasted our own lines into this shell must not make us call ourselves.
        if looks_like_key(&value) {
            notes.push(format!("{name} holds a Salve key, which is no credential for an upstream"));
            return None;
        }
        Some(value.trim().to_owned())
    };
    let api_key = set("ANTHROPIC_API_KEY").map(|v| Credential::ApiKey(Secret::new(v)));
    let token = set("ANTHROPIC_AUTH_TOKEN").map(|v| Credential::Bearer(Secret::new(v)));
    let url = set("ANTHROPIC_UPSTREAM_URL");
    let credential = api_key.or(token).or(url.as_ref().map(|_| Credential::None));
    match credential.filter(|_| !simulate) {
        None => simulator(notes).await,
        Some(credential) => {
            let mut channel = Channel::new("anthropic", Kind::Anthropic, credential);
            channel.base_url = url
                .as_deref()
                .map(BaseUrl::parse)
                .transpose()
                .map_err(|error| Failure::config(format!("ANTHROPIC_UPSTREAM_URL: {error}")))?;
            let to = url.unwrap_or_else(|| "https://api.anthropic.com".to_owned());
            notes
                .insert(0, format!("Requests go to {to} with the credential of this environment."));
            Ok(Upstream { channel, notes, simulator: None })
        }
    }
}

async fn simulator(mut notes: Vec<String>) -> Result<Upstream, Failure> {
    let running = salve_simulator::start(Settings::default()).await;
    let running = running.map_err(|error| Failure::address(error.to_string()))?;
    let credential = Credential::ApiKey(Secret::new("simulator".to_owned()));
    let mut channel = Channel::new("simulator", Kind::Anthropic, credential);
    let url = running.base_url();
    channel.base_url = BaseUrl::parse(&url).ok();
    notes.insert(
        0,
        format!(
            "No credential was found, so the built-in simulator answers ({url}): its replies are \
         made up and nobody is charged. Set ANTHROPIC_API_KEY and start again for real ones."
        ),
    );
    Ok(Upstream { channel, notes, simulator: Some(running) })
}

/// The key of earlier runs, or a new one. Its text lies in the data folder, readable by its
/// owner alone, because a database keeps no key's text.
async fn first_key(gateway: &Gateway, folder: &Path) -> Result<String, Failure> {
    let path = folder.join("first-key");
    if let Ok(text) = fs::read_to_string(&path) {
        let text = text.trim().to_owned();
        if is_valid(gateway, &text).await? {
            return Ok(text);
        }
    }
    let minted = mint(&mut rand::rng());
    let record = KeyRecord {
        id: minted.public_id,
        name: "first".to_owned(),
        user: None,
        group: "default".to_owned(),
        created: gateway.desk.clock.now(),
        revoked: None,
        mac: gateway.pepper.digest(&minted.text),
        models: None,
        note: Some("made by salve up".to_owned()),
    };
    let stored = async {
        gateway.store.insert_key(&record).await?;
        gateway.reload_keys().await
    };
    stored.await.map_err(|error| start::store_failure(&error))?;
    let written = write_private(&path, minted.text.as_bytes());
    written.map_err(|error| Failure::folder(format!("{}: {error}", path.display())))?;
    Ok(minted.text)
}

async fn is_valid(gateway: &Gateway, text: &str) -> Result<bool, Failure> {
    let Some(id) = public_id(text) else {
        return Ok(false);
    };
    let record = gateway.store.key(id).await.map_err(|error| start::store_failure(&error))?;
    let digest = gateway.pepper.digest(text);
    Ok(record.is_some_and(|record| record.revoked.is_none() && record.mac == digest))
}

async fn self_test(url: String, key: String) -> Result<selftest::Passed, String> {
    let ran = tokio::task::spawn_blocking(move || selftest::run(&url, &key)).await;
    ran.unwrap_or_else(|error| Err(error.to_string()))
}

type Tested<'a> = Option<&'a Result<selftest::Passed, String>>;

fn print_json(url: &str, key: &str, folder: &Path, upstream: &Upstream, tested: Tested<'_>) {
    let self_test = tested.map(|tested| match tested {
        Ok(passed) => json!({ "passed": true, "model": passed.model, "ms": passed.ms }),
        Err(problem) => json!({ "passed": false, "problem": problem }),
    });
    terminal::json(&json!({
        "url": url,
        "key": key,
        "data": folder,
        "channel": upstream.channel.name,
        "simulated": upstream.simulator.is_some(),
        "notes": upstream.notes,
        "self_test": self_test,
        "pid": std::process::id(),
    }));
}

fn print(url: &str, key: &str, folder: &Path, upstream: &Upstream, tested: Tested<'_>) {
    terminal::line(format!("Salve answers at {url}\n"));
    for note in &upstream.notes {
        terminal::line(note);
    }
    match tested {
        None => {}
        Some(Ok(passed)) => terminal::line(format!(
            "Self-test passed: {} answered a streamed request through the channel `{}` in {} ms.",
            passed.model, passed.channel, passed.ms
        )),
        Some(Err(problem)) => terminal::line(format!(
            "Self-test FAILED: {problem}\nThe gateway runs all the same; mend this and send a \
             request."
        )),
    }
    terminal::line(how_to_use(url, key));
    terminal::line(format!(
        "Key, database and journal: {}\nWhat was asked and what it cost: {}\nStop: Ctrl-C",
        folder.display(),
        log_command(folder)
    ));
}

/// The command that shows the log, as it works from any shell.
fn log_command(folder: &Path) -> String {
    let program = env::current_exe().unwrap_or_else(|_| PathBuf::from("salve"));
    format!("{} log tail --data {}", quoted(&program), quoted(folder))
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

fn how_to_use(url: &str, key: &str) -> String {
    let settings = json!({ "env": { "ANTHROPIC_BASE_URL": url, "ANTHROPIC_AUTH_TOKEN": key } });
    let settings = serde_json::to_string_pretty(&settings).unwrap_or_default();
    format!(
        "\nPoint Claude Code here. In a POSIX shell:\n\n    \
         export ANTHROPIC_BASE_URL={url}\n    export ANTHROPIC_AUTH_TOKEN={key}\n    claude\n\n\
         In PowerShell:\n\n    $env:ANTHROPIC_BASE_URL = \"{url}\"\n    \
         $env:ANTHROPIC_AUTH_TOKEN = \"{key}\"\n    claude\n\n\
         Or for good, in ~/.claude/settings.json:\n\n{}\n",
        indented(&settings)
    )
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
