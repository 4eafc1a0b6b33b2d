//! `cargo xtask test`: installs what is missing, then runs every test of the project.

use crate::step::{Failure, Step, timed};
use crate::{clients, fuzz, tools};

/// Runs all tests: Rust's own, the examples in the documentation, fuzz smoke, the real clients.
///
/// # Errors
/// The first thing that cannot be installed, or the first test run that fails.
pub(crate) fn run() -> Result<(), Failure> {
    timed("test", || {
        tools::ensure_nextest()?;
        let kit = clients::ensure_kit()?;
        build().run()?;
        nextest().run()?;
        doctests().run()?;
        fuzz::smoke()?;
        clients::drive(&kit, &[])
    })
}

/// The binaries, built first: tests run `target/debug/salve`, and a build error reads best alone.
fn build() -> Step {
    Step::cargo("build", ["build", "--workspace"]).minutes_max(40)
}

fn nextest() -> Step {
    Step::cargo("tests", ["nextest", "run", "--workspace", "--no-fail-fast"]).minutes_max(40)
}

fn doctests() -> Step {
    Step::cargo("documentation tests", ["test", "--workspace", "--doc"]).minutes_max(20)
}
