//! A process under measurement: started, read through `/proc`, and ended with its handle.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::sleep;

use crate::Fault;

/// What one clock tick of `/proc/PID/stat` lasts: `USER_HZ` is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// How long a process must have been quiet to count as done with what it was given.
const QUIET: Duration = Duration::from_millis(120);

/// CPU time that a process may spend on its timers within [`QUIET`] and still be quiet.
const QUIET_CPU_MAX: Duration = Duration::from_micros(600);

/// How often quiet is waited for before a busy process is read as it is.
const QUIET_LOOKS_MAX: usize = 25;

/// A running child process, killed when dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command` with as many runtime workers as every other process of the benchmark.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(mut command: Command) -> Result<Self, Fault> {
        let workers = std::thread::available_parallelism()?.to_string();
        command.stdin(Stdio::null()).env("TOKIO_WORKER_THREADS", workers);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|error| format!("cannot start {program}: {error}"))?;
        Ok(Self { child })
    }

    /// Starts this very program in another role, and waits for the address it prints.
    ///
    /// # Errors
    /// When it does not start or prints no address.
    pub(crate) fn role(arguments: &[&str]) -> Result<(Self, SocketAddr), Fault> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments);
        let (process, line) = Self::announced(command)?;
        let address = line.trim().trim_start_matches("http://").parse();
        Ok((process, address.map_err(|_| format!("{arguments:?} printed no address: {line:?}"))?))
    }

    /// Starts `command`, and waits for the first line that it prints.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn announced(mut command: Command) -> Result<(Self, String), Fault> {
        command.stdout(Stdio::piped());
        let mut process = Self::start(command)?;
        let output = process.child.stdout.take().ok_or("the output is not piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok((process, line))
    }

    /// Whether the process has ended, which none should while it is measured.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Resident memory in KiB.
    ///
    /// # Errors
    /// When the process has gone.
    pub(crate) fn resident_kib(&self) -> Result<u64, Fault> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let value = line.and_then(|rest| rest.split_whitespace().next());
        Ok(value.ok_or("no VmRSS in /proc")?.parse()?)
    }

    /// CPU time so far, read once the process has nothing left to do: work that is put off, like a
    /// ledger's batches, is work for the requests before it.
    ///
    /// # Errors
    /// When the process has gone.
    pub(crate) async fn settled_cpu(&self) -> Result<CpuReading, Fault> {
        let mut last = self.cpu()?;
        for _ in 0..QUIET_LOOKS_MAX {
            sleep(QUIET).await;
            let next = self.cpu()?;
            let spent = next.since(&last);
            last = next;
            if spent <= QUIET_CPU_MAX {
                break;
            }
        }
        Ok(last)
    }

    fn cpu(&self) -> Result<CpuReading, Fault> {
        Ok(CpuReading { ticks: self.ticks()?, by_thread: self.by_thread()? })
    }

    /// User and system time of the process in ticks, threads that have ended included.
    fn ticks(&self) -> Result<u32, Fault> {
        let stat = self.read("stat")?;
        // The second field is the program's name in brackets and may hold spaces.
        let (_, fields) = stat.rsplit_once(") ").ok_or("odd /proc/PID/stat")?;
        let mut times = fields.split_whitespace().skip(11).map(str::parse::<u32>);
        let (user, system) = (times.next(), times.next());
        Ok(user.ok_or("no utime")?? + system.ok_or("no stime")??)
    }

    /// Nanoseconds on the CPU of each living thread.
    fn by_thread(&self) -> Result<BTreeMap<String, u64>, Fault> {
        let mut threads = BTreeMap::new();
        for entry in std::fs::read_dir(self.folder("task"))? {
            let path = entry?.path();
            // A thread may end between being listed and being read.
            let Ok(line) = std::fs::read_to_string(path.join("schedstat")) else {
                continue;
            };
            let spent = line.split_whitespace().next().ok_or("odd schedstat")?.parse()?;
            threads.insert(path.display().to_string(), spent);
        }
        Ok(threads)
    }

    fn read(&self, file: &str) -> Result<String, Fault> {
        Ok(std::fs::read_to_string(self.folder(file))?)
    }

    fn folder(&self, file: &str) -> std::path::PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(file)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nobody left to tell either way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process at one moment, by two clocks.
pub(crate) struct CpuReading {
    ticks: u32,
    by_thread: BTreeMap<String, u64>,
}

impl CpuReading {
    /// CPU time spent between `earlier` and this reading.
    ///
    /// The scheduler's clock counts nanoseconds but forgets a thread when it ends; then the
    /// process's own clock answers, which forgets nothing and counts in ticks of 10 ms.
    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        let has_lost_thread = earlier.by_thread.keys().any(|id| !self.by_thread.contains_key(id));
        if has_lost_thread {
            return TICK * self.ticks.saturating_sub(earlier.ticks);
        }
        let total = |reading: &Self| reading.by_thread.values().sum::<u64>();
        Duration::from_nanos(total(self).saturating_sub(total(earlier)))
    }
}

#[cfg(test)]
mod tests;
