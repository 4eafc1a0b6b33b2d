//! The machine the figures come from, since they mean nothing without it.

use serde::Serialize;

/// What decides the figures beside the code.
#[derive(Serialize)]
pub(crate) struct Machine {
    /// The processor, as it names itself.
    pub(crate) processor: String,
    /// How many of it there are for every process of the benchmark together.
    pub(crate) cores: usize,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// Processes that ran or wanted to, on average over the minute before: above a tenth or so, the
    /// machine had other work, and the figures have its noise.
    pub(crate) load_before: f64,
    /// Files that a process may hold open: a thousand streams need some 2 100 in a proxy.
    pub(crate) open_files_max: usize,
}

/// Looks at this machine.
pub(crate) fn look() -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let limits = read("/proc/self/limits");
    let open_files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = open_files.and_then(|rest| rest.split_whitespace().next());
    let loads = read("/proc/loadavg");
    let load = loads.split_whitespace().next();
    Machine {
        processor: processor(),
        cores,
        kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        load_before: load.and_then(|load| load.parse().ok()).unwrap_or(f64::NAN),
        open_files_max: soft.and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX),
    }
}

fn processor() -> String {
    let cpuinfo = read("/proc/cpuinfo");
    let line = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |line| line.trim_start_matches([' ', '\t', ':']).to_owned(),
    )
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
