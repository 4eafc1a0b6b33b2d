//! The options of `road run`.

use crate::Fault;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [--quick] [--json] [--write] [--only PART] [--against BINARY]

  --quick            fewer rounds and requests: two minutes instead of eight, wider noise
  --json             print one JSON object instead of tables
  --write            put the tables into docs/PERFORMANCE.md, between its two bench marks
  --only PART        measure only `cpu`, `memory` or `startup`
  --against BINARY   measure this binary instead of target/release/salve; `bare` measures the bare
                     proxy against itself, which shows how far from 1.00 noise alone can lead
";

/// How to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether to spend two minutes instead of eight.
    pub(crate) is_quick: bool,
    /// Whether to print JSON instead of tables.
    pub(crate) wants_json: bool,
    /// Whether to refresh the document.
    pub(crate) writes_document: bool,
    /// The one part to measure, or all of them.
    pub(crate) only: Option<Part>,
    /// The program to measure: a path, or `bare`.
    pub(crate) against: String,
}

/// The parts of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// CPU time and latency, case by case.
    Cpu,
    /// Resident memory, idle and with a thousand open streams.
    Memory,
    /// Time from start to the first reply.
    Startup,
}

impl Options {
    /// Whether `part` is to be measured.
    pub(crate) fn measures(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }
}

/// Reads the command line; nothing means that the usage is wanted.
///
/// # Errors
/// When an option is unknown or lacks its value.
pub(crate) fn parse(arguments: &[String]) -> Result<Option<Options>, Fault> {
    let mut options = Options {
        is_quick: false,
        wants_json: false,
        writes_document: false,
        only: None,
        against: "target/release/salve".to_owned(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--quick" => options.is_quick = true,
            "--json" => options.wants_json = true,
            "--write" => options.writes_document = true,
            "--only" => options.only = Some(part(rest.next())?),
            "--against" => options.against = rest.next().ok_or("--against names what?")?.clone(),
            "-h" | "--help" => return Ok(None),
            unknown => return Err(format!("unknown option {unknown}\n\n{USAGE}").into()),
        }
    }
    Ok(Some(options))
}

fn part(name: Option<&String>) -> Result<Part, Fault> {
    match name.map(String::as_str) {
        Some("cpu") => Ok(Part::Cpu),
        Some("memory") => Ok(Part::Memory),
        Some("startup") => Ok(Part::Startup),
        _ => Err("--only wants cpu, memory or startup".into()),
    }
}
