//! `salve log`: what was asked, what became of it, what it cost.

mod show;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};
use salve_gateway::api::admin::LogPage;
use salve_ledger::{Attempt, Entry, Outcome, Timestamp};
use salve_store::EntryFilter;

use crate::admin::{self, Admin, escaped};
use crate::exit::Failure;
use crate::place::Place;
use crate::{runtime, start, terminal};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    filter: Filter,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the latest entries, then each new one as it is written
    Tail,
    /// Show one entry with all its detail
    Show {
        /// Its request id, or a beginning of it that is unique
        id: String,
    },
}

#[derive(Debug, Default, ClapArgs)]
struct Filter {
    /// Only entries of this key, by name
    #[arg(long, global = true)]
    key: Option<String>,
    /// Only entries of this user
    #[arg(long, global = true)]
    user: Option<String>,
    /// Only entries that asked for this model
    #[arg(long, global = true)]
    model: Option<String>,
    /// Only entries that this channel answered
    #[arg(long, global = true)]
    channel: Option<String>,
    /// Only entries of this session
    #[arg(long, global = true)]
    session: Option<String>,
    /// Only entries that ended so: passed, cured, told, abandoned
    #[arg(long, global = true, value_parser = outcome)]
    outcome: Option<Outcome>,
    /// Only entries with this fault
    #[arg(long, global = true)]
    fault: Option<String>,
    /// Only entries whose model stopped for this reason, such as max_tokens
    #[arg(long, global = true)]
    stop_reason: Option<String>,
    /// Only entries from this moment on (RFC 3339, or an age such as 30m, 12h, 7d)
    #[arg(long, global = true, value_parser = moment)]
    since: Option<Timestamp>,
    /// At most so many, the newest
    #[arg(long, global = true, default_value_t = 50)]
    limit: u32,
}

fn outcome(text: &str) -> Result<Outcome, String> {
    Outcome::from_name(text).ok_or_else(|| "expected passed, cured, told or abandoned".to_owned())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    use salve_ledger::Clock as _;
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let hint = || "expected RFC 3339 (2026-01-31T12:00:00Z) or an age (30m, 12h, 7d)".to_owned();
    let unit = text.chars().last().ok_or_else(hint)?;
    let count = text.strip_suffix(unit).and_then(|count| count.parse::<i64>().ok());
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return Err(hint()),
    };
    let age = count.and_then(|count| count.checked_mul(minutes * 60_000)).ok_or_else(hint)?;
    let now = salve_gateway::clock::SystemClock.now();
    Ok(now.saturating_add_millis(age.saturating_neg()))
}

/// The log, wherever it can be read.
pub enum Source {
    Running(Admin),
    Stopped(PathBuf),
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let source = Source::of(&args.place)?;
    match &args.command {
        None => {
            print(&source.page(&args.filter, None)?.entries, args.json, true);
            Ok(())
        }
        Some(Command::Show { id }) => match source.entry(id)? {
            Some(entry) if args.json => {
                terminal::json(&entry);
                Ok(())
            }
            Some(entry) => {
                show::show(&entry);
                Ok(())
            }
            None => Err(no_entry(id)),
        },
        Some(Command::Tail) => tail(&source, args),
    }
}

/// Follows the log until it is stopped. Asks each second; the server answers from memory and
/// one index look-up.
fn tail(source: &Source, args: &Args) -> Result<(), Failure> {
    let mut page = source.page(&args.filter, None)?;
    print(&page.entries, args.json, true);
    loop {
        std::thread::sleep(Duration::from_secs(1));
        page = source.page(&args.filter, Some(page.seq))?;
        print(&page.entries, args.json, false);
    }
}

/// What is said where an id leads to no entry.
pub fn no_entry(id: &str) -> Failure {
    Failure::other(format!("`{id}`: no entry has this id, or more than one begins so"))
}

impl Source {
    /// The log of the Salve that is meant: of the running server, else of its store.
    pub fn of(place: &Place) -> Result<Self, Failure> {
        let database = place.database()?;
        let (_, folder) = start::store_address(&database);
        Ok(match Admin::running(&folder) {
            Some(admin) => Self::Running(admin),
            None => Self::Stopped(database),
        })
    }

    /// Where the running server answers, if it is running.
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Running(admin) => Some(admin.address()),
            Self::Stopped(_) => None,
        }
    }

    fn page(&self, filter: &Filter, after_seq: Option<u64>) -> Result<LogPage, Failure> {
        match self {
            Self::Running(admin) => {
                let page = admin.get(&format!("/log?{}", filter.query(after_seq)))?;
                page.ok_or_else(|| Failure::unreachable("the running server has no log"))
            }
            Self::Stopped(database) => runtime()?.block_on(async {
                let store = admin::store(database).await?;
                let page = store.page(&filter.entries(after_seq)).await;
                let page = page.map_err(|error| start::store_failure(&error))?;
                Ok(LogPage { entries: page.entries, seq: page.seq })
            }),
        }
    }

    /// The entry with this id, or with the only one that begins so.
    pub fn entry(&self, id: &str) -> Result<Option<Entry>, Failure> {
        match self {
            Self::Running(admin) => admin.get(&format!("/log/{}", escaped(id))),
            Self::Stopped(database) => runtime()?.block_on(async {
                let store = admin::store(database).await?;
                store.entry(id).await.map_err(|error| start::store_failure(&error))
            }),
        }
    }
}

impl Filter {
    fn entries(&self, after_seq: Option<u64>) -> EntryFilter {
        EntryFilter {
            key: self.key.clone(),
            user: self.user.clone(),
            model: self.model.clone(),
            channel: self.channel.clone(),
            session: self.session.clone(),
            outcome: self.outcome,
            fault: self.fault.clone(),
            stop_reason: self.stop_reason.clone(),
            since: self.since,
            until: None,
            after_seq,
            limit: Some(self.limit),
        }
    }

    fn query(&self, after_seq: Option<u64>) -> String {
        let mut pairs = vec![("limit", self.limit.to_string())];
        let mut add = |name, value: Option<String>| {
            pairs.extend(value.map(|value| (name, escaped(&value))));
        };
        add("key", self.key.clone());
        add("user", self.user.clone());
        add("model", self.model.clone());
        add("channel", self.channel.clone());
        add("session", self.session.clone());
        add("outcome", self.outcome.map(|outcome| outcome.name().to_owned()));
        add("fault", self.fault.clone());
        add("stop_reason", self.stop_reason.clone());
        add("since", self.since.map(|since| since.to_string()));
        add("after_seq", after_seq.map(|seq| seq.to_string()));
        let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// Prints entries oldest first, so that the newest stands next to the prompt.
fn print(entries: &[Entry], as_json: bool, with_head: bool) {
    if as_json {
        return entries.iter().rev().for_each(terminal::json);
    }
    let rows: Vec<Vec<String>> = entries.iter().rev().map(row).collect();
    if with_head {
        let heads = ["TIME", "OUTCOME", "MODEL", "CHANNEL", "KEY", "IN", "OUT", "COST", "MS", "ID"];
        terminal::table(&heads, &rows);
    } else {
        rows.iter().for_each(|row| terminal::line(terminal::plain(&row.join("  "))));
    }
}

fn row(entry: &Entry) -> Vec<String> {
    let outcome = match (&entry.fault, entry.status) {
        (Some(fault), Some(status)) => format!("{} {status} {fault}", entry.outcome.name()),
        (Some(fault), None) => format!("{} {fault}", entry.outcome.name()),
        (None, _) => entry.outcome.name().to_owned(),
    };
    let about = if entry.estimated { "~" } else { "" };
    vec![
        entry.time.to_string(),
        outcome,
        entry.model.clone(),
        entry.channel.clone().unwrap_or_else(|| "-".to_owned()),
        entry.key.clone(),
        format!("{about}{}", entry.usage.input_total()),
        format!("{about}{}", entry.usage.output_tokens),
        format!("{about}{}", entry.cost_nano_usd),
        entry.total_ms.to_string(),
        entry.request_id.to_string(),
    ]
}

/// Each attempt of a request on a line.
pub fn attempts(entry: &Entry) -> Vec<String> {
    let attempts = (1..).zip(&entry.attempts);
    let line = |(number, attempt): (usize, &Attempt)| {
        let status = attempt.status.map_or_else(|| "no answer".to_owned(), |s| s.to_string());
        let fault = attempt.fault.as_deref().unwrap_or("good");
        let Attempt { channel, ms, .. } = attempt;
        format!("attempt {number}  {channel}: {status}, {fault}, {ms} ms")
    };
    attempts.map(line).collect()
}
