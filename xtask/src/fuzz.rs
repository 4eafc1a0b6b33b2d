//! A short run of every fuzz target, where cargo-fuzz and a nightly compiler are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failure, Step};
use crate::tools::has_cargo_tool;

/// Seconds per target: enough to replay the corpus and to catch a parser that fell over its feet.
const SECONDS_PER_TARGET: &str = "-max_total_time=15";

/// Runs each fuzz target for a few seconds, or says why not.
///
/// # Errors
/// When a target cannot be built or finds an input it fails on.
pub(crate) fn smoke() -> Result<(), Failure> {
    if let Some(why) = missing() {
        eprintln!("==> fuzz: skipped, {why}");
        return Ok(());
    }
    // Built in a step of its own: instrumented from the ground up, it takes minutes.
    Step::new("fuzz build", "cargo").args(["+nightly", "fuzz", "build"]).minutes_max(30).run()?;
    for target in targets()? {
        run(&target)?;
    }
    Ok(())
}

/// Runs one target. What it finds of interest goes under `target/`, first in the list of folders:
/// the corpus in the repository is read, and grows only by hand.
fn run(target: &str) -> Result<(), Failure> {
    let found = absolute(&format!("target/fuzz/{target}"))?;
    std::fs::create_dir_all(&found)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", found.display())))?;
    let corpus = absolute(&format!("fuzz/corpus/{target}"))?;
    Step::new(format!("fuzz {target}"), "cargo")
        .args(["+nightly", "fuzz", "run", target])
        .arg(found)
        .args(corpus.exists().then_some(corpus))
        .args(["--", SECONDS_PER_TARGET])
        .run()
}

fn absolute(path: &str) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::new(format!("cannot resolve {path}: {error}")))
}

fn missing() -> Option<&'static str> {
    if std::env::var_os("CI").is_some() {
        // What a few seconds of fuzzing find depends on chance, and so would the run's verdict.
        Some("CI is set (run `cargo xtask test` without it)")
    } else if !Path::new("fuzz/Cargo.toml").exists() {
        Some("there is no fuzz/Cargo.toml")
    } else if !has_cargo_tool("fuzz") {
        Some("cargo-fuzz is not installed (`cargo install cargo-fuzz --locked`)")
    } else if !has_nightly() {
        Some("no nightly compiler is installed (`rustup toolchain install nightly`)")
    } else {
        None
    }
}

/// Cargo-fuzz needs unstable compiler flags. Rustup is asked through cargo, as a step would.
fn has_nightly() -> bool {
    let mut cargo = Command::new("cargo");
    cargo.args(["+nightly", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    cargo.status().is_ok_and(|status| status.success())
}

/// The targets by name: one file each, as cargo-fuzz lays them out.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = std::fs::read_dir("fuzz/fuzz_targets")
        .map_err(|error| Failure::new(format!("cannot read fuzz/fuzz_targets: {error}")))?;
    let stems = folder.filter_map(|entry| {
        let path = entry.ok()?.path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        is_source.then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))?
    });
    let mut names: Vec<String> = stems.collect();
    names.sort();
    Ok(names)
}
