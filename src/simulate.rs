//! `salve simulate`: the built-in upstream on its own, for trying clients and gateways.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use salve_gateway::server::Signals;
use salve_simulator::{Profile, Script, Settings, profile_texts};
use serde_json::json;

use crate::exit::Failure;
use crate::{runtime, terminal};

#[derive(Debug, ClapArgs)]
#[command(after_help = profiles())]
pub struct Args {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// Which upstream it is: a name from the list below, `RELAY+NAME` for a relay before another,
    /// or a file of a profile in TOML
    #[arg(long, value_name = "NAME", default_value = "anthropic")]
    profile: String,
    /// Faults to serve, as TOML
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Accept this key only; may be repeated. Any key is accepted without it
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
    /// Pause between the events of a stream
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pace_ms: u64,
    /// Seed of ids and thinking signatures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the address as one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let settings = Settings {
        listen: args.listen,
        api_keys: (!args.keys.is_empty()).then(|| args.keys.clone()),
        profile: profile(&args.profile)?,
        script: args.script.as_ref().map(script).transpose()?,
        pace: Duration::from_millis(args.pace_ms),
        seed: args.seed,
        ..Settings::default()
    };
    runtime()?.block_on(async {
        let mut signals = Signals::new().map_err(|error| Failure::other(error.to_string()))?;
        let started = salve_simulator::start(settings).await;
        let running = started.map_err(|error| Failure::address(error.to_string()))?;
        let url = running.base_url();
        if args.json {
            terminal::json(&json!({ "url": url, "pid": std::process::id() }));
        } else {
            terminal::line(format!("The simulator answers at {url} (stop it with Ctrl-C)."));
            terminal::line(format!("What it was asked: curl {url}/_sim/requests"));
        }
        signals.stop().await;
        running.stop().await;
        Ok(())
    })
}

/// The profiles, a line each, for the help.
fn profiles() -> String {
    let lines = profile_texts().iter().map(|text| format!("  {:<18}{}", text.name, text.about));
    format!("Profiles:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn profile(name: &str) -> Result<Profile, Failure> {
    if !name.ends_with(".toml") {
        return Profile::named(name).map_err(|error| Failure::config(error.to_string()));
    }
    let named = |error: &dyn std::fmt::Display| Failure::config(format!("{name}: {error}"));
    let text = std::fs::read_to_string(name).map_err(|error| named(&error))?;
    Profile::from_toml(&text).map_err(|error| named(&error))
}

fn script(path: &PathBuf) -> Result<Script, Failure> {
    let text = std::fs::read_to_string(path);
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = text.map_err(|error| Failure::config(named(&error)))?;
    Script::from_toml(&text).map_err(|error| Failure::config(named(&error)))
}
