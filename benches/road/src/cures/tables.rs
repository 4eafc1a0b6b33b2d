//! What was measured, as tables.

use std::fmt::Write as _;

use super::Report;
use super::preparing::Preparing;
use super::record::{Catalogue, Recorded};
use super::trips::Trips;
use crate::Fault;
use crate::machine::Machine;

/// The marks in the document between which the tables stand.
pub(super) const MARKS: [&str; 2] = ["<!-- cures: begin -->\n", "<!-- cures: end -->"];

/// Every table.
///
/// # Errors
/// Never in practice: a text takes all that is written to it.
pub(super) fn of(report: &Report) -> Result<String, Fault> {
    let mut text = String::new();
    let Machine { processor, cores, kernel, load_before, .. } = &report.machine;
    let quick = if report.is_quick { ", quick run" } else { "" };
    writeln!(
        text,
        "{processor}, {cores} cores for all processes together,\nLinux {kernel}, load {load_before} \
         after the run{quick}.",
    )?;
    recorded(&mut text, &report.recorded)?;
    preparing(&mut text, &report.preparing, report.passing_us)?;
    catalogue(&mut text, &report.catalogue)?;
    trips(&mut text, &report.trips)?;
    Ok(text)
}

fn recorded(text: &mut String, recorded: &Recorded) -> std::fmt::Result {
    let Recorded { cases, right, families, wrong } = recorded;
    writeln!(text, "\nOf the {cases} faults on record **{right} of {cases}** are right.\n")?;
    writeln!(text, "| family | cases | recognised | covered elsewhere | wrong |")?;
    writeln!(text, "|---|--:|--:|--:|--:|")?;
    for (name, family) in families {
        let (cases, recognised, covered) = (family.cases, family.recognised, family.covered);
        let wrong = cases.saturating_sub(recognised + covered);
        writeln!(text, "| {name} | {cases} | {recognised} | {covered} | {wrong} |")?;
    }
    if !wrong.is_empty() {
        writeln!(text, "\n| wrong | is | taken for |\n|---|---|---|")?;
    }
    for [id, fault, found] in wrong {
        writeln!(text, "| `{id}` | {fault} | {found} |")?;
    }
    Ok(())
}

fn preparing(text: &mut String, preparing: &Preparing, passing: f64) -> std::fmt::Result {
    let kilobytes = preparing.bytes / 1024;
    writeln!(
        text,
        "\n| preparing a request of {kilobytes} KB | µs CPU | of passing it on | aim |"
    )?;
    writeln!(text, "|---|--:|--:|--:|")?;
    let facts = preparing.learned_facts;
    let learned = format!("{facts} facts known, all of which apply");
    let rows = [
        ("passing it on, all of Salve", passing, ""),
        ("request and document made, nothing known", preparing.unknown_us, ""),
        ("of that `prepare`", preparing.nothing_us, "2 µs"),
        ("10 facts known, none of which applies", preparing.foreign_us, ""),
        (learned.as_str(), preparing.learned_us, "10 %"),
        ("what was changed, told for the ledger", preparing.told_us, ""),
    ];
    for (name, us, aim) in rows {
        writeln!(text, "| {name} | {us:.2} | {:.1} % | {aim} |", us / passing * 100.0)?;
    }
    writeln!(text, "\n| one fact known | adds µs CPU |\n|---|--:|")?;
    for (feature, us) in &preparing.each_us {
        writeln!(text, "| `{feature}` | {us:.2} |")?;
    }
    Ok(())
}

fn catalogue(text: &mut String, catalogue: &Catalogue) -> std::fmt::Result {
    let Catalogue { faults, read_ms, first_ms, each_us } = catalogue;
    writeln!(text, "\n| the catalogue of {faults} faults | |\n|---|--:|")?;
    writeln!(text, "| read, once in a process | {read_ms:.1} ms |")?;
    writeln!(text, "| the first diagnosis | {first_ms:.1} ms |")?;
    writeln!(text, "| a diagnosis, on average over the record | {each_us:.0} µs |")
}

fn trips(text: &mut String, trips: &Trips) -> std::fmt::Result {
    let whose = if trips.is_recorded { "recorded" } else { "made up" };
    writeln!(
        text,
        "\n| round trips of a {whose} request to | first | second | after a restart | status \
         | cured by |\n|---|--:|--:|--:|--:|---|",
    )?;
    for row in &trips.rows {
        let [first, second, again] = &row.asked;
        let (profile, status) = (row.profile, again.status);
        let counts = (first.trips, second.trips, again.trips);
        write!(text, "| {profile} | {} | {} | {} | {status} ", counts.0, counts.1, counts.2)?;
        writeln!(text, "| {} |", again.remedies.replace(',', ", ").replace(",  ", ", "))?;
    }
    Ok(())
}
