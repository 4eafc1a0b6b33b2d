//! The benchmark of the whole road: client, Salve, upstream, each a process of its own.
//!
//! One program in three roles, so that all of them are built alike: `road upstream` answers as fast
//! as it can, `road bare` is the proxy that Salve is held against (it reads the whole body, finds
//! `model` and `stream` with serde_json, and forwards), `road run` starts the others, loads them and
//! reports, `road cures` tells what mending requests costs. It measures processes from outside, through `/proc`, and changes nothing in Salve.

mod answer;
mod bare;
mod body;
mod cases;
mod cures;
mod load;
mod machine;
mod memory;
mod options;
mod process;
mod report;
mod rounds;
mod serve;
mod startup;
mod target;
mod upstream;

use std::process::ExitCode;

/// Anything that ends a role: told once on the way out, never recovered from.
type Fault = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match play(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("road: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn play(arguments: &[String]) -> Result<(), Fault> {
    let (role, rest) =
        arguments.split_first().ok_or("give a role: upstream, bare, run or cures")?;
    match (role.as_str(), rest) {
        ("upstream", [events, pace_ms]) => upstream::run(events.parse()?, pace_ms.parse()?).await,
        ("bare", [upstream]) => bare::run(upstream).await,
        ("run", options) => match options::parse(options)? {
            Some(options) => report::run(&options).await,
            None => {
                print!("{}", options::USAGE);
                Ok(())
            }
        },
        ("cures", options) => cures::run(options).await,
        _ => Err(format!("no such role: {}", arguments.join(" ")).into()),
    }
}
