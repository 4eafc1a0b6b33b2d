//! `salve check`: everything that is wrong with a configuration file, at once.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use salve_config::ProcessSources;
use serde_json::json;

use crate::exit::Failure;
use crate::terminal;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = "salve.toml", env = "SALVE_CONFIG")]
    config: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let path = args.config.display();
    match salve_config::load(&args.config, &ProcessSources) {
        Ok(loaded) => {
            let config = &loaded.config;
            let (channels, groups) = (config.channels.len(), config.groups.len());
            let keys = config.keys.len();
            if args.json {
                let found = json!({ "channels": channels, "groups": groups, "keys": keys });
                terminal::json(&json!({ "valid": true, "problems": [], "found": found }));
            } else {
                terminal::line(format!(
                    "{path} is valid: {channels} channel(s), {groups} group(s), {keys} key(s)"
                ));
            }
            Ok(())
        }
        Err(problems) => {
            let count = problems.list().len();
            if args.json {
                terminal::json(&json!({ "valid": false, "problems": problems }));
            } else {
                terminal::line(problems.to_string());
            }
            Err(Failure::config(format!("{path} has {count} problem(s)")))
        }
    }
}
