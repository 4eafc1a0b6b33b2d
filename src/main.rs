//! The `salve` command: one file per subcommand, and what they share.

mod admin;
mod channel;
mod check;
mod exit;
mod explain;
mod key;
mod log;
mod place;
mod runfile;
mod selftest;
mod serve;
mod simulate;
mod start;
mod terminal;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Failure;

/// A self-hosted LLM gateway that ends the request errors which stop coding agents.
#[derive(Debug, Parser)]
#[command(name = "salve", version, about, after_help = exit::TABLE)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start on this machine with what the environment offers, and say how to use it
    Up(up::Args),
    /// Serve a configuration file
    Serve(serve::Args),
    /// Check a configuration file and print every problem
    Check(check::Args),
    /// Make, list, show and revoke keys
    Key(key::Args),
    /// List the channels, and what was learned of them
    Channel(channel::Args),
    /// Read the log: what was asked, what became of it, what it cost
    Log(log::Args),
    /// Explain an error: which fault, whose, why, what Salve does, what to do now
    Explain(explain::Args),
    /// Run the built-in upstream simulator on its own
    Simulate(simulate::Args),
}

fn main() -> ExitCode {
    let ran = match Cli::parse().command {
        Command::Up(args) => up::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Key(args) => key::run(args),
        Command::Channel(args) => channel::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Simulate(args) => simulate::run(&args),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::complain(&failure);
            failure.exit_code()
        }
    }
}

/// The runtime of the commands that serve.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| Failure::other(format!("cannot start the runtime: {error}")))
}
