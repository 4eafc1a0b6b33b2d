//! What the cures cost: the faults on record, the time that preparing a request takes, and the
//! round trips that learning costs.

mod agent;
mod clock;
mod learned;
mod preparing;
mod record;
mod tables;
mod trips;

use serde::Serialize;

use crate::Fault;
use crate::cases::{self, Case};
use crate::machine::{self, Machine};
use crate::rounds::{self, Ways};
use crate::target::{self, Program};

use preparing::Preparing;
use record::{Catalogue, Recorded};
use trips::Trips;

/// The binary that learns, and whose passing of a request preparing is held against.
const SALVE: &str = "target/release/salve";

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
usage: cargo xtask bench cures [--quick] [--json] [--write]

  --quick            fewer rounds, wider noise
  --json             print one JSON object instead of tables
  --write            put the tables into docs/PERFORMANCE.md, between marks of their own
";

/// Everything measured in one run.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    is_quick: bool,
    catalogue: Catalogue,
    recorded: Recorded,
    /// Salve's CPU time for passing on a request of the size that is prepared, in microseconds.
    passing_us: f64,
    preparing: Preparing,
    trips: Trips,
}

struct Options {
    is_quick: bool,
    wants_json: bool,
    writes_document: bool,
}

/// Measures what the command line asks for, and reports it.
///
/// # Errors
/// When something cannot be measured, or the document cannot be written.
pub(crate) async fn run(arguments: &[String]) -> Result<(), Fault> {
    let Some(options) = parse(arguments)? else {
        print!("{USAGE}");
        return Ok(());
    };
    let report = measure(&options).await?;
    let text = tables::of(&report)?;
    if options.wants_json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{text}");
    }
    if options.writes_document {
        crate::report::write(tables::MARKS, &text)?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Option<Options>, Fault> {
    let mut options = Options { is_quick: false, wants_json: false, writes_document: false };
    for argument in arguments {
        match argument.as_str() {
            "--quick" => options.is_quick = true,
            "--json" => options.wants_json = true,
            "--write" => options.writes_document = true,
            "-h" | "--help" => return Ok(None),
            unknown => return Err(format!("unknown option {unknown}\n\n{USAGE}").into()),
        }
    }
    Ok(Some(options))
}

async fn measure(options: &Options) -> Result<Report, Fault> {
    // First of all: the catalogue is read once in a process.
    let catalogue = record::catalogue()?;
    let recorded = record::judge()?;
    eprintln!("recorded: {} of {} right", recorded.right, recorded.cases);
    let preparing = preparing::measure(options.is_quick)?;
    eprintln!("prepared in {:.1} µs where facts apply", preparing.learned_us);
    let salve = Program::named(SALVE)?;
    let passing_us = passing(&salve, options.is_quick).await?;
    eprintln!("passing on 100 KB: {passing_us:.0} µs");
    let trips = trips::measure(&salve).await?;
    let is_quick = options.is_quick;
    let machine = machine::look();
    Ok(Report { machine, is_quick, catalogue, recorded, passing_us, preparing, trips })
}

/// Salve's CPU time per request of 100 KB: the row of the large table with the smallest figure,
/// which is the strictest measure.
async fn passing(salve: &Program, is_quick: bool) -> Result<f64, Fault> {
    let is_row = |case: &Case| (case.bytes, case.streams) == (agent::BYTES, false);
    let upstream = target::upstream(cases::EVENTS, std::time::Duration::ZERO).await?;
    let folder = target::folder()?;
    let ways = Ways { upstream: upstream.address, salve, folder: folder.path() };
    let cycles = if is_quick { 2 } else { 4 };
    let mut least = f64::INFINITY;
    for case in cases::all(is_quick).into_iter().filter(is_row) {
        least = least.min(rounds::measure(case, &ways, cycles).await?.salve_cpu_us);
    }
    Ok(least)
}
