//! The real program as a process of its own, and what it said.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::wait;

/// What a finished command left.
#[derive(Debug, Clone)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Done {
    /// Its output, where it went well.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Its output as one JSON value a line.
    pub fn lines(self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).expect("a line of JSON");
        self.ok().lines().map(read).collect()
    }
}

/// `salve` with a clean environment and this home.
pub fn salve(home: &Path, env: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_salve"));
    command.env_clear().current_dir(home).env("HOME", home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(mut command: Command) -> Done {
    let done = command.output().expect("runs");
    Done {
        code: done.status.code(),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// A server process; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Process {
    /// Starts `command`, its two outputs kept in files of `folder` named after `name`.
    pub fn start(mut command: Command, folder: &Path, name: &str) -> Self {
        let out = folder.join(format!("{name}.out"));
        let err = folder.join(format!("{name}.err"));
        command.stdout(File::create(&out).expect("a file"));
        command.stderr(File::create(&err).expect("a file"));
        let child = command.spawn().expect("starts");
        Self { child, out, err }
    }

    pub fn out(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.out).expect("its output")).into_owned()
    }

    pub fn err(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.err).expect("its log")).into_owned()
    }

    /// The JSON line that it prints once it answers.
    pub fn announced(&mut self) -> Value {
        wait::until("salve to say where it answers", || {
            let out = self.out();
            if let Some((line, _)) = out.split_once('\n') {
                return Some(serde_json::from_str(line).expect("a line of JSON"));
            }
            let ended = self.ended();
            assert!(ended.is_none(), "it ended, {ended:?}: {}", self.err());
            None
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, where it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("its state")
    }

    /// Waits for its end by itself and gives the exit code.
    pub fn wait(&mut self, patience: Duration) -> Option<i32> {
        let status = wait::within(patience, "salve to end", || self.ended());
        status.code()
    }

    /// Sends a signal by its short name.
    pub fn signal(&self, name: &str) {
        let sent =
            Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(sent.expect("sends").success(), "SIG{name} was not sent");
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
