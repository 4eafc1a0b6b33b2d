//! The tests with real clients: their packages under `target/clients`, and the driver that runs
//! them (`tests/clients/run.py`).
//!
//! Versions are pinned in `tests/clients/{requirements.txt,package.json}`; a stamp beside each
//! installation keeps later runs quick and notices when a pin changes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{Failure, Step, timed};
use crate::tools;

const TESTS: &str = "tests/clients";
const KIT: &str = "target/clients";

/// Where the clients are installed.
pub(crate) struct Kit {
    python: PathBuf,
    node_folder: PathBuf,
}

/// `cargo xtask clients [PATTERN…]`: builds the binary and runs the client tests alone.
///
/// # Errors
/// When something cannot be installed or built, or a promise does not hold.
pub(crate) fn run(patterns: &[String]) -> Result<(), Failure> {
    timed("clients", || {
        let kit = ensure_kit()?;
        Step::cargo("build", ["build", "--bin", "salve"]).minutes_max(40).run()?;
        drive(&kit, patterns)
    })
}

/// Installs the clients unless they are there already.
///
/// # Errors
/// When Node or Python is missing or too old, or a package cannot be fetched.
pub(crate) fn ensure_kit() -> Result<Kit, Failure> {
    tools::require("node", (20, 0), "it runs the TypeScript SDK")?;
    tools::require("npm", (9, 0), "it installs Claude Code and the TypeScript SDK")?;
    tools::require("python3", (3, 11), "it runs the Python SDK and the client tests")?;
    let kit = absolute(Path::new(KIT))?;
    let python = ensure_python(&kit.join("venv"))?;
    let node_folder = kit.join("node");
    ensure_node(&node_folder)?;
    Ok(Kit { python, node_folder })
}

/// Runs the client tests against `target/debug/salve`.
///
/// # Errors
/// When a promise does not hold.
pub(crate) fn drive(kit: &Kit, patterns: &[String]) -> Result<(), Failure> {
    Step::new("clients", &kit.python)
        .arg(Path::new(TESTS).join("run.py"))
        .arg("--salve")
        .arg(absolute(Path::new("target/debug/salve"))?)
        .arg("--node-folder")
        .arg(&kit.node_folder)
        .args(patterns)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .minutes_max(15)
        .run()
}

fn ensure_python(venv: &Path) -> Result<PathBuf, Failure> {
    let python = venv.join("bin/python");
    let pins = read("requirements.txt")?;
    let stamp = format!("{pins}{}", tools::version_of("python3").unwrap_or_default());
    tools::stamped(venv, &stamp, || {
        eprintln!("==> Python packages go to {}: the Anthropic SDK under test", venv.display());
        if !has_module("ensurepip") {
            tools::install_debian("python3-venv", "Python cannot make virtual environments yet")?;
        }
        Step::new("venv", "python3").args(["-m", "venv", "--clear"]).arg(venv).run()?;
        Step::new("pip install", &python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(Path::new(TESTS).join("requirements.txt"))
            .run()
    })?;
    Ok(python)
}

fn has_module(module: &str) -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", &format!("import {module}")]).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

fn ensure_node(folder: &Path) -> Result<(), Failure> {
    let stamp =
        format!("{}{}", read("package.json")?, tools::version_of("node").unwrap_or_default());
    tools::stamped(folder, &stamp, || {
        eprintln!("==> Node packages go to {}: the clients under test", folder.display());
        copy("package.json", folder)?;
        copy(".npmrc", folder)?;
        // Claude Code asks for Node 22 but is a native program, started directly: npm's warning
        // about the engine is no concern here, and its install script only links that program.
        Step::new("npm install", "npm")
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(folder)
            .run()
    })
}

fn read(file: &str) -> Result<String, Failure> {
    let path = Path::new(TESTS).join(file);
    std::fs::read_to_string(&path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

fn copy(file: &str, folder: &Path) -> Result<(), Failure> {
    let copied = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::copy(Path::new(TESTS).join(file), folder.join(file)));
    copied.map(|_bytes| ()).map_err(|error| {
        Failure::new(format!("cannot copy {file} to {}: {error}", folder.display()))
    })
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::new(format!("cannot resolve {}: {error}", path.display())))
}
