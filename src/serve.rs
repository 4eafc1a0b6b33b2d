//! `salve serve`: a configuration file, served until a signal ends it.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use salve_config::Loaded;
use salve_gateway::reload::Reload;
use serde_json::json;

use crate::exit::Failure;
use crate::{place, runtime, start, terminal};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "salve.toml", env = "SALVE_CONFIG")]
    config: PathBuf,
    /// Print the address as one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    terminal::start_log();
    let loaded = place::load(&args.config)?;
    runtime()?.block_on(async {
        let Loaded { config, files } = loaded;
        let path = args.config.clone();
        let watched = |config: &_| {
            let loaded = Loaded { config: Clone::clone(config), files };
            Some(Reload::new(path, &loaded))
        };
        let started = start::start(config, watched).await?;
        if args.json {
            let pid = std::process::id();
            terminal::json(&json!({ "url": started.url, "pid": pid }));
        } else {
            terminal::line(format!("Salve answers at {}", started.url));
        }
        started.until_stopped().await;
        Ok(())
    })
}
