//! `cargo xtask check`: everything that can be said about the code without running it.

use crate::step::{Failure, Step, timed};
use crate::tools::{has_cargo_tool, has_program};

/// Runs every check.
///
/// # Errors
/// The first check that fails.
pub(crate) fn run() -> Result<(), Failure> {
    timed("check", || {
        // Also fills cargo's cache, so that a network fault is told as one, before any compiling.
        Step::cargo("lock file", ["fetch", "--locked"]).run()?;
        Step::cargo("format", ["fmt", "--all", "--check"]).run()?;
        clippy().run()?;
        rustdoc().run()?;
        optional_checks()
    })
}

fn clippy() -> Step {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    Step::cargo("clippy", arguments).minutes_max(40)
}

fn rustdoc() -> Step {
    Step::cargo("rustdoc", ["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .minutes_max(20)
}

/// The checks whose tools take minutes to build: done where they are installed, named where not.
fn optional_checks() -> Result<(), Failure> {
    optional("cargo-deny", has_cargo_tool("deny"), cargo_deny)?;
    optional("cargo-machete", has_cargo_tool("machete"), cargo_machete)?;
    optional("typos-cli", has_program("typos"), typos)
}

fn optional(
    tool: &str,
    is_installed: bool,
    check: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    if is_installed {
        return check();
    }
    eprintln!("==> {tool}: skipped, not installed (`cargo install {tool} --locked`)");
    Ok(())
}

/// Advisories come from a database on the network: without it the rest is checked all the same.
fn cargo_deny() -> Result<(), Failure> {
    let rest = ["deny", "--workspace", "check", "bans", "licenses", "sources"];
    Step::cargo("bans, licences, sources", rest).run()?;
    if Step::cargo("advisory database", ["deny", "fetch", "db"]).run().is_err() {
        eprintln!("==> advisories: skipped, their database cannot be fetched");
        return Ok(());
    }
    Step::cargo("advisories", ["deny", "--workspace", "check", "advisories"]).run()
}

fn cargo_machete() -> Result<(), Failure> {
    Step::cargo("unused dependencies", ["machete"]).run()
}

fn typos() -> Result<(), Failure> {
    Step::new("spelling", "typos").run()
}
