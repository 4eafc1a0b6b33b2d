//! Runs the parts in order and tells what they came to: as tables, as JSON, into the document.

use std::fmt::Write as _;

use serde::Serialize;

use crate::Fault;
use crate::cases::{self, Case};
use crate::machine::{self, Machine};
use crate::memory::{self, Memory};
use crate::options::{Options, Part};
use crate::rounds::{self, Row, Ways};
use crate::startup::{self, Startup};
use crate::target::{self, Program};

/// The document that holds the figures, and the marks between which they stand.
const DOCUMENT: &str = "docs/PERFORMANCE.md";
const MARKS: [&str; 2] = ["<!-- bench: begin -->\n", "<!-- bench: end -->"];

/// Open files below which a thousand streams cannot be held.
const OPEN_FILES_MIN: usize = 3_000;

/// Everything measured in one run.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    is_quick: bool,
    /// The binary that stands in the column called Salve.
    measured: String,
    cpu: Vec<Row>,
    memory: Option<[Memory; 2]>,
    startup: Option<[Startup; 2]>,
}

/// Measures what `options` ask for and reports it.
///
/// # Errors
/// When something cannot be measured, or the document cannot be written.
pub(crate) async fn run(options: &Options) -> Result<(), Fault> {
    let report = measure(options).await?;
    let tables = tables(&report)?;
    if options.wants_json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{tables}");
    }
    if options.writes_document {
        write(MARKS, &tables)?;
    }
    Ok(())
}

/// Puts `tables` between two marks of the document.
///
/// # Errors
/// When the document has no such marks, or cannot be written.
pub(crate) fn write(marks: [&str; 2], tables: &str) -> Result<(), Fault> {
    let document = std::fs::read_to_string(DOCUMENT)?;
    std::fs::write(DOCUMENT, replaced(&document, marks, tables)?)?;
    eprintln!("wrote the tables of {DOCUMENT}");
    Ok(())
}

async fn measure(options: &Options) -> Result<Report, Fault> {
    let salve = Program::named(&options.against)?;
    let mut report = Report {
        machine: machine::look(),
        is_quick: options.is_quick,
        measured: options.against.clone(),
        cpu: Vec::new(),
        memory: None,
        startup: None,
    };
    if options.measures(Part::Startup) {
        eprintln!("startup");
        let bare = startup::measure(&Program::Bare).await?;
        report.startup = Some([bare, startup::measure(&salve).await?]);
    }
    if options.measures(Part::Memory) {
        report.memory = memory(&salve, &report.machine).await?;
    }
    if options.measures(Part::Cpu) {
        report.cpu = cpu(&salve, options.is_quick).await?;
    }
    Ok(report)
}

async fn memory(salve: &Program, machine: &Machine) -> Result<Option<[Memory; 2]>, Fault> {
    if machine.open_files_max < OPEN_FILES_MIN {
        eprintln!("memory: skipped, `ulimit -n` is below {OPEN_FILES_MIN}");
        return Ok(None);
    }
    eprintln!("memory");
    Ok(Some([memory::measure(&Program::Bare).await?, memory::measure(salve).await?]))
}

async fn cpu(salve: &Program, is_quick: bool) -> Result<Vec<Row>, Fault> {
    let upstream = target::upstream(cases::EVENTS, std::time::Duration::ZERO).await?;
    let folder = target::folder()?;
    let ways = Ways { upstream: upstream.address, salve, folder: folder.path() };
    let cycles = if is_quick { 2 } else { 4 };
    let mut rows = Vec::new();
    for case in cases::all(is_quick) {
        let row = rounds::measure(case, &ways, cycles).await?;
        eprintln!("cpu {}: {:.2} of the bare proxy", name(&case), row.ratio);
        rows.push(row);
    }
    Ok(rows)
}

fn name(case: &Case) -> String {
    let answer = if case.streams { "stream" } else { "plain" };
    format!("{}, {answer}, {} at once", case.size, case.concurrency)
}

fn tables(report: &Report) -> Result<String, Fault> {
    let mut text = String::new();
    let Machine { processor, cores, kernel, load_before, .. } = &report.machine;
    let quick = if report.is_quick { ", quick run" } else { "" };
    writeln!(
        text,
        "{processor}, {cores} cores for all processes together,\nLinux {kernel}, load {load_before} \
         before the run{quick}.\nThe column Salve is `{}`.",
        report.measured,
    )?;
    if !report.cpu.is_empty() {
        cpu_table(&mut text, &report.cpu)?;
    }
    if let Some([bare, salve]) = &report.memory {
        memory_table(&mut text, bare, salve)?;
    }
    if let Some([bare, salve]) = &report.startup {
        writeln!(text, "\n| start to first reply | bare | Salve | aim |\n|---|--:|--:|--:|")?;
        let rows = [
            ("empty folder", bare.fresh_ms, salve.fresh_ms),
            ("folder of an earlier run", bare.again_ms, salve.again_ms),
        ];
        for (name, bare, salve) in rows {
            writeln!(text, "| {name} | {bare:.0} ms | {salve:.0} ms | 100 ms |")?;
        }
    }
    Ok(text)
}

fn cpu_table(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n| body | answer | at once | bare µs CPU | Salve µs CPU | ratio (range) | aim \
         | direct p50 / p99 ms | bare adds | Salve adds |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    )?;
    for row in rows {
        let Case { size, streams, concurrency, aim, .. } = row.case;
        let answer = if streams { "60 events" } else { "1 KB" };
        let (bare, salve, ratio) = (row.bare_cpu_us, row.salve_cpu_us, row.ratio);
        let [low, high] = row.ratio_range;
        write!(text, "| {size} | {answer} | {concurrency} | {bare:.0} | {salve:.0} ")?;
        write!(text, "| **{ratio:.2}** ({low:.2}–{high:.2}) | {aim:.1} ")?;
        let direct = &row.direct;
        let (p50, p99) = (direct.p50_us / 1e3, direct.p99_us / 1e3);
        write!(text, "| {p50:.2} / {p99:.2} ")?;
        for way in [&row.bare, &row.salve] {
            let p50 = (way.p50_us - direct.p50_us) / 1e3;
            let p99 = (way.p99_us - direct.p99_us) / 1e3;
            write!(text, "| {p50:+.2} / {p99:+.2} ")?;
        }
        writeln!(text, "|")?;
    }
    Ok(())
}

fn memory_table(text: &mut String, bare: &Memory, salve: &Memory) -> std::fmt::Result {
    writeln!(text, "\n| resident memory | bare | Salve | aim |\n|---|--:|--:|--:|")?;
    let idle = [bare, salve].map(|memory| memory.idle_kib as f64 / 1024.0);
    writeln!(text, "| idle | {:.1} MB | {:.1} MB | 15 MB |", idle[0], idle[1])?;
    for (bare, salve) in bare.streams.iter().zip(&salve.streams) {
        let kilobytes = bare.request_bytes / 1024;
        let open = bare.open.min(salve.open);
        write!(text, "| per open stream ({open} open, {kilobytes} KB requests) ")?;
        writeln!(text, "| {:.1} KB | {:.1} KB | 45 KB |", bare.kib, salve.kib)?;
    }
    Ok(())
}

/// The document with new tables between two marks.
fn replaced(document: &str, [begin, end]: [&str; 2], tables: &str) -> Result<String, Fault> {
    let missing = || format!("{DOCUMENT} has no `{}` … `{end}`", begin.trim_end());
    let (before, rest) = document.split_once(begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{tables}{end}{after}"))
}

#[cfg(test)]
mod tests;
