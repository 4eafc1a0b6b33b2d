//! `cargo xtask`: the chores of the project, one subcommand each.
//!
//! It prints every step with the command it runs and the time it took, says what it installs and
//! why, and stops at the first failure with one line that names the step. It depends on nothing
//! but the standard library: a fresh clone has to be able to build it in a second.

mod bench;
mod check;
mod clients;
mod docs;
mod fuzz;
mod step;
mod test;
mod tools;

use std::process::ExitCode;

use step::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND

commands
  check              formatting, clippy, rustdoc; cargo-deny, cargo-machete and typos if installed
  test               installs what the tests need, then runs every test there is
  clients [PATTERN]  only the tests with real clients (Claude Code, Anthropic SDKs);
                     PATTERN keeps the promises whose sentence contains it
  bench [OPTIONS]    measures Salve against a bare proxy; `cargo xtask bench --help` lists options
  bench cures        measures what mending requests costs
  docs               regenerates the documents that are generated from the code

`check` and `test` together are what `.ci/run` runs.
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    match run(&command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {command}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, rest: &[String]) -> Result<(), Failure> {
    step::enter_repository()?;
    match command {
        "check" => check::run(),
        "test" => test::run(),
        "clients" => clients::run(rest),
        "bench" => bench::run(rest),
        "docs" => docs::run(),
        "" | "help" | "-h" | "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Failure::new(format!("no such command; there are\n\n{USAGE}"))),
    }
}
