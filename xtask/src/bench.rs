//! `cargo xtask bench`: builds the release binaries and hands over to `benches/road`, which
//! measures Salve against a bare proxy, or what its cures cost.

use crate::step::{Failure, Step, timed};

/// Raises the number of files a process may hold open as far as it may go without asking: a
/// thousand streams need some 2 100 in the proxy. `road` says so if it is still too small.
const WITH_OPEN_FILES: &str = "ulimit -S -n 8192 2>/dev/null; exec \"$0\" \"$@\"";

/// Runs the benchmark with `options` as given on the command line.
///
/// # Errors
/// When the build fails or a measurement cannot be made.
pub(crate) fn run(options: &[String]) -> Result<(), Failure> {
    let (role, options) = match options.split_first() {
        Some((name, rest)) if name == "cures" => ("cures", rest),
        // The one road there is may be named, as one names a benchmark for cargo.
        Some((name, rest)) if name == "road" => ("run", rest),
        _ => ("run", options),
    };
    timed("bench", || {
        build(options).run()?;
        Step::new("bench", "sh")
            .args(["-c", WITH_OPEN_FILES, "target/release/road", role])
            .args(options)
            .minutes_max(20)
            .run()
    })
}

/// Builds what will be measured; a binary named by the user is there already.
fn build(options: &[String]) -> Step {
    let build = Step::cargo("build", ["build", "--release", "-p", "road"]).minutes_max(40);
    let brings_binary = options.iter().any(|option| option == "--against");
    if brings_binary { build } else { build.args(["-p", "salve"]) }
}
