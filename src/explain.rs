//! `salve explain`: which fault a text, a log or a request is about, and what to do.

use std::io::{self, IsTerminal as _, Read as _};

use clap::{Args as ClapArgs, ValueEnum};
use salve_gateway::api::explain::Explained;
use salve_ledger::Entry;
use salve_remedy::{By, Platforms, Report, Unknown, explain};

use crate::exit::Failure;
use crate::log::{self, Source};
use crate::place::Place;
use crate::terminal;

/// The most that is read of a log, in bytes: some hundred thousand lines, held in memory.
const LOG_BYTES_MAX: u64 = 64 << 20;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
A log on standard input may be plain text, the events of `claude --output-format stream-json`, or
the entries of `salve log --json`; each fault in it is explained once, with its count.

Exit code 0: at least one fault was recognised, or the request met none. 3: none was.

Examples:
  salve explain \"API Error: 400 messages: text content blocks must be non-empty\"
  claude -p hello 2>&1 | salve explain
  salve log --json | salve explain -
  salve explain --request req_01M82KB1SHFQ")]
pub struct Args {
    /// What was shown, as it was shown; `-` or nothing reads standard input
    #[arg(conflicts_with = "request")]
    text: Vec<String>,
    /// Explain a request by its id (`salve-request-id`), or a beginning of it that is unique
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// For which platform commands are shown [default: this one]
    #[arg(long, value_name = "PLATFORM", hide_possible_values = false)]
    platform: Option<Platform>,
    #[command(flatten)]
    place: Place,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Platform {
    Posix,
    Powershell,
    All,
}

impl Platform {
    fn shown(chosen: Option<Self>) -> Platforms {
        match chosen {
            Some(Self::Posix) => Platforms::Posix,
            Some(Self::Powershell) => Platforms::Powershell,
            Some(Self::All) => Platforms::All,
            None if cfg!(windows) => Platforms::Powershell,
            None => Platforms::Posix,
        }
    }
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let explained = match &args.request {
        Some(id) => of_request(&args.place, id)?,
        None => of_text(args)?,
    };
    let report = &explained.report;
    if args.json {
        terminal::json(&explained);
    } else {
        print(&explained, Platform::shown(args.platform));
    }
    let is_error = explained.request.is_none() && !report.recognised;
    match (is_error, report.unknown.is_empty()) {
        (false, _) => Ok(()),
        (true, false) => Err(Failure::unrecognised("the text is not in the catalogue")),
        (true, true) => Err(Failure::unrecognised("the text holds no error")),
    }
}

fn of_request(place: &Place, id: &str) -> Result<Explained, Failure> {
    let source = Source::of(place)?;
    let entry = source.entry(id)?.ok_or_else(|| log::no_entry(id))?;
    Ok(Explained::of_entry(entry, source.address()))
}

fn of_text(args: &Args) -> Result<Explained, Failure> {
    let text = text(args)?;
    if text.trim().is_empty() {
        return Err(Failure::usage("nothing to explain: give a text, `-`, or --request ID"));
    }
    // Help pages are linked where a server of this machine has them; a text is explained all
    // the same.
    let source = Source::of(&args.place).ok();
    let address = source.as_ref().and_then(Source::address);
    Ok(Explained { report: explain(&text).report(address), request: None })
}

fn text(args: &Args) -> Result<String, Failure> {
    let given = args.text.join(" ");
    if !given.is_empty() && given != "-" {
        return Ok(given);
    }
    if given.is_empty() && io::stdin().is_terminal() {
        return Ok(String::new());
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LOG_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| Failure::other(format!("standard input cannot be read: {error}")))?;
    if bytes.len() as u64 == LOG_BYTES_MAX {
        terminal::complain(&Failure::other("only the first 64 MiB were read"));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn print(explained: &Explained, platforms: Platforms) {
    let Explained { report, request } = explained;
    if let Some(entry) = request {
        about_request(entry, report);
    }
    for (number, fault) in report.faults.iter().enumerate() {
        if number > 0 || request.is_some() {
            terminal::line("");
        }
        about_fault(fault, platforms, request.is_some());
    }
    for unknown in &report.unknown {
        if !report.faults.is_empty() {
            terminal::line("");
        }
        about_unknown(unknown);
    }
    if report.skipped > 0 {
        terminal::line(format!("\n{} more statements were not looked at.", report.skipped));
    }
}

/// What became of a request: its end, its attempts, what was changed and what was told.
fn about_request(entry: &Entry, report: &Report) {
    let status = entry.status.map(|status| format!(" {status}")).unwrap_or_default();
    let head = format!("{} of {}: {}{status}", entry.request_id, entry.time, entry.outcome);
    terminal::line(terminal::strong(&terminal::plain(&head)));
    let asked = format!("model {}, key {}, session {}", entry.model, entry.key, entry.session);
    terminal::line(terminal::plain(&asked));
    log::attempts(entry).iter().for_each(|line| terminal::line(terminal::plain(line)));
    if !entry.remedies.is_empty() {
        terminal::line(terminal::plain(&format!("remedies  {}", entry.remedies.join(", "))));
    }
    let told = report.faults.first().and_then(|fault| fault.page.told.as_ref());
    match told.filter(|_| entry.outcome == salve_ledger::Outcome::Told) {
        Some(told) => {
            let status = entry.status.unwrap_or(told.status);
            let told = format!("told  {status} `{}`: {}", told.error_type, told.message);
            terminal::filled(&told, 0).iter().for_each(terminal::line);
        }
        None if report.faults.is_empty() => terminal::line("It met no fault."),
        None => {}
    }
}

fn about_fault(fault: &salve_remedy::Explained, platforms: Platforms, is_request: bool) {
    terminal::line(terminal::strong(fault.page.title));
    if is_request {
        terminal::line(fault.page.fault);
    } else {
        let times = if fault.count == 1 { "once".into() } else { format!("{} times", fault.count) };
        let by = known_by(fault.recognised_by);
        terminal::line(format!("{}, {times}, known by {by}", fault.page.fault));
        let said = terminal::plain(&fault.said.replace(['\n', '\t'], " "));
        terminal::filled(&format!("> {said}"), 2).iter().for_each(terminal::line);
    }
    for (name, text) in fault.page.sections(platforms) {
        terminal::line(format!("\n{name}"));
        terminal::filled(&text, 4).iter().for_each(terminal::line);
    }
}

fn known_by(by: By) -> &'static str {
    match by {
        By::Name => "its name",
        By::Client => "the client's own sentence",
        By::Words => "the upstream's words",
        By::Type => "the error's type",
        By::Status => "the status alone, since the words are not in the catalogue",
    }
}

fn about_unknown(unknown: &Unknown) {
    let said = terminal::plain(&unknown.said.replace(['\n', '\t'], " "));
    let times =
        if unknown.count > 1 { format!(", {} times", unknown.count) } else { String::new() };
    if unknown.nearest.is_empty() {
        terminal::line(format!("Not recognised{times}, and nothing is near:"));
    } else {
        terminal::line(format!("Not recognised{times}; nearest by their words (1 is the same):"));
    }
    terminal::filled(&format!("> {said}"), 2).iter().for_each(terminal::line);
    for near in &unknown.nearest {
        terminal::line(format!("  {:.2}  {}  {}", near.score, near.fault, near.title));
    }
}
