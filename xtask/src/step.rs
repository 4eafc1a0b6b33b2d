//! One step of a chore: a command that is announced, timed, bounded in time, and either passes or
//! ends the chore with one clear line.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a running command is looked at. Short beside any step, long beside a look's cost.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long a command that overran its time may take to end by itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);

/// Why a chore stopped: one line for the person who ran it.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure told in `line`.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A command with a name, announced when it runs.
pub(crate) struct Step {
    name: String,
    command: Command,
    limit: Duration,
}

impl Step {
    /// A step called `name` that runs `program` for at most 10 minutes.
    pub(crate) fn new(name: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { name: name.into(), command, limit: Duration::from_secs(600) }
    }

    /// A step that runs the cargo that runs this tool.
    pub(crate) fn cargo<const N: usize>(name: impl Into<String>, arguments: [&str; N]) -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self::new(name, cargo).args(arguments)
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<I>(mut self, arguments: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.command.args(arguments);
        self
    }

    /// Sets an environment variable for this step alone.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs the step in `folder`.
    pub(crate) fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets the longest time the step may take.
    pub(crate) fn minutes_max(mut self, minutes: u64) -> Self {
        self.limit = Duration::from_secs(minutes * 60);
        self
    }

    /// Runs the step with its output in sight.
    ///
    /// # Errors
    /// When the command cannot start, overruns its time, or ends with anything but 0.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        let line = self.line();
        eprintln!("==> {}: {line}", self.name);
        let started = now();
        let child = self.command.spawn().map_err(|error| self.told(&format!("{line}: {error}")))?;
        let status = self.wait(child, started)?;
        let seconds = started.elapsed().as_secs_f64();
        if !status.success() {
            return Err(self.told(&format!("{status} after {seconds:.1} s: {line}")));
        }
        eprintln!("    {} ok in {seconds:.1} s", self.name);
        Ok(())
    }

    fn wait(&self, mut child: Child, started: Instant) -> Result<ExitStatus, Failure> {
        loop {
            if let Some(status) = child.try_wait().map_err(|error| self.told(&error.to_string()))? {
                return Ok(status);
            }
            if started.elapsed() > self.limit {
                stop(&mut child);
                let minutes = self.limit.as_secs() / 60;
                return Err(self.told(&format!("not done after {minutes} minutes, stopped")));
            }
            sleep(LOOK_EVERY);
        }
    }

    fn told(&self, what: &str) -> Failure {
        Failure::new(format!("step `{}` failed: {what}", self.name))
    }

    fn line(&self) -> String {
        let program = Path::new(self.command.get_program());
        let program = program.file_name().unwrap_or(program.as_os_str());
        let words = std::iter::once(program).chain(self.command.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }
}

/// Makes the root of the repository the current folder, wherever cargo was called from.
///
/// # Errors
/// When the folder this was built from has gone.
pub(crate) fn enter_repository() -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::env::set_current_dir(&root)
        .map_err(|error| Failure::new(format!("cannot enter {}: {error}", root.display())))
}

/// Runs `work` and prints how long the whole chore took.
///
/// # Errors
/// Whatever `work` fails with.
pub(crate) fn timed(
    chore: &str,
    work: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let started = now();
    work()?;
    eprintln!("==> {chore} passed in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Ends an overdue command: gently first, so that it can end its own children.
fn stop(child: &mut Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status();
    let deadline = now() + GRACE;
    while asked.is_ok() && now() < deadline {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        sleep(LOOK_EVERY);
    }
    // It may have ended between the look and the kill: there is nothing to do about either.
    let _ = child.kill();
    let _ = child.wait();
}

#[expect(clippy::disallowed_methods, reason = "a tool that times commands has no simulated clock")]
fn now() -> Instant {
    Instant::now()
}
