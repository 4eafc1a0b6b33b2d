//! What the chores need beside Rust: looked for, and installed where that can be done decently.
//!
//! Cargo tools come from crates.io, Python and Node packages go under `target/` and touch nothing
//! else. Debian packages are installed only by root and only by apt-get; everywhere else the chore
//! ends with a line that says what is wanted.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::step::{Failure, Step};

/// Whether `program` can be started at all. Every program asked for here knows `--version`.
pub(crate) fn has_program(program: &str) -> bool {
    version_of(program).is_some()
}

/// Whether cargo has the subcommand `tool`.
pub(crate) fn has_cargo_tool(tool: &str) -> bool {
    let mut command = Command::new("cargo");
    command.args([tool, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The first line that `program --version` prints, or nothing if it does not start.
pub(crate) fn version_of(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// Installs cargo-nextest if it is missing.
///
/// # Errors
/// When it cannot be built.
pub(crate) fn ensure_nextest() -> Result<(), Failure> {
    if has_cargo_tool("nextest") {
        return Ok(());
    }
    eprintln!("==> cargo-nextest is missing: the tests run under it, each in a process of its own");
    Step::cargo("install cargo-nextest", ["install", "cargo-nextest", "--locked"])
        .minutes_max(40)
        .run()
}

/// Fails unless `program` is at least `major.minor`, with one line that says what to install.
///
/// # Errors
/// When the program is missing or older.
pub(crate) fn require(program: &str, wanted: (u32, u32), why: &str) -> Result<(), Failure> {
    let (major, minor) = wanted;
    let ask = format!("please install {program} {major}.{minor} or newer ({why})");
    let Some(version) = version_of(program) else {
        return Err(Failure::new(format!("{program} is missing: {ask}")));
    };
    match parse_version(&version) {
        Some(found) if found >= wanted => Ok(()),
        _ => Err(Failure::new(format!("{program} says it is `{version}`: {ask}"))),
    }
}

/// Reads `v20.20.2` or `Python 3.11.7` as major and minor.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let number = text.split_whitespace().last()?.trim_start_matches('v');
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Installs a Debian package, saying why, if this is Debian and we are root.
///
/// # Errors
/// When it cannot be installed here, with a line that says what is wanted.
pub(crate) fn install_debian(package: &str, why: &str) -> Result<(), Failure> {
    if !has_program("apt-get") || !is_root() {
        let line = format!("please install the Debian package {package} or its like ({why})");
        return Err(Failure::new(line));
    }
    eprintln!("==> {package} is missing: {why}");
    Step::new("apt-get update", "apt-get").args(["update", "-qq"]).run()?;
    Step::new(format!("install {package}"), "apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Runs `install` unless `folder` bears the stamp `wanted` of an earlier run that got through.
///
/// # Errors
/// Whatever `install` fails with, or an unwritable folder.
pub(crate) fn stamped(
    folder: &Path,
    wanted: &str,
    install: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stamp = folder.join(".stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    install()?;
    std::fs::write(&stamp, wanted)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))
}

#[cfg(test)]
mod tests;
