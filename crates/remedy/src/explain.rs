//! What a pasted text is about: which faults of the catalogue, in a client's own words, in an
//! upstream's, or in a whole log.
//!
//! `paste` cuts a text into statements, `heard` takes off what clients put around an upstream's
//! words, `judge` asks the catalogue about one statement, `nearest` answers honestly where it
//! does not know, and `page` says what there is to say of a fault. Nothing here is used in
//! flight: it may guess where the diagnosis of a request must not, and says how it knows.

mod cure;
mod heard;
mod judge;
mod nearest;
mod page;
mod paste;
mod record;
mod report;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::catalogue::Fault;
use crate::limits::{
    EXPLAIN_SAID_BYTES_MAX, EXPLAIN_STATEMENTS_MAX, EXPLAIN_UNKNOWN_MAX, EXPLAIN_WRAPPED_LINES_MAX,
};
use crate::redact::redact;
use crate::told::excerpt;
use heard::Heard;
use judge::Judged;
pub use nearest::Near;
pub use page::{FaultPage, Platforms};
use paste::Statement;
pub use report::{Explained, Report};

/// What a text is about.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The faults in it, each once: first those of requests, then those that happen beside
    /// them, each in the order of their first sight.
    pub findings: Vec<Finding>,
    /// What looks like an error and is not in the catalogue, each once; at most
    /// [`EXPLAIN_UNKNOWN_MAX`].
    pub unknown: Vec<Unknown>,
    /// Statements that were not looked at, because there were more different ones than
    /// [`EXPLAIN_STATEMENTS_MAX`].
    pub skipped: usize,
}

/// One fault that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which.
    pub fault: &'static Fault,
    /// How it was known.
    pub by: By,
    /// The HTTP status that the text names, if it names one.
    pub status: Option<u16>,
    /// The first statement that is this fault, shortened and without credentials.
    pub said: String,
    /// In how many statements it was found.
    pub count: usize,
}

/// What a fault was known by, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Its id: in a log entry of Salve, in `salve-fault`, in the address of its help page.
    Name,
    /// A client's own sentence.
    Client,
    /// The upstream's words.
    Words,
    /// The error's type or code.
    Type,
    /// The HTTP status alone.
    Status,
}

/// An error that is not in the catalogue.
#[derive(Clone, Debug, Serialize)]
pub struct Unknown {
    /// What was said, shortened and without credentials.
    pub said: String,
    /// In how many statements.
    pub count: usize,
    /// The faults whose words are nearest, at most three, nearest first.
    pub nearest: Vec<Near>,
}

/// Says which faults a text is about: a message as a client shows it, an error body, or a log
/// of many lines. Reads the whole text once; never panics, whatever it is.
#[must_use]
pub fn explain(text: &str) -> Explanation {
    let mut found = Collected::default();
    let pasted = paste::cut(text);
    pasted.statements.iter().for_each(|statement| found.add(statement));
    if found.is_empty() && (1..=EXPLAIN_WRAPPED_LINES_MAX).contains(&pasted.prose_lines) {
        // A sentence that was wrapped, or one that nothing marks as an error.
        let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
        found.add(&Statement::Error(paste::plain(&whole)));
    }
    found.explanation()
}

/// What has been found so far.
#[derive(Default)]
struct Collected {
    findings: Vec<Finding>,
    unknown: Vec<Unknown>,
    /// Each different statement by its key, and what it was: an index into one of the two.
    seen: Vec<(String, Place)>,
    skipped: usize,
}

#[derive(Clone, Copy)]
enum Place {
    Finding(usize),
    Unknown(usize),
    Nothing,
}

impl Collected {
    fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.unknown.is_empty() && self.skipped == 0
    }

    fn add(&mut self, statement: &Statement) {
        if statement.is_silent() {
            return;
        }
        let key = statement.key();
        let place = match self.seen.iter().find(|(seen, _)| *seen == key) {
            Some((_, place)) => *place,
            None if self.seen.len() >= EXPLAIN_STATEMENTS_MAX => {
                self.skipped += 1;
                return;
            }
            None => {
                let place = self.place(statement);
                self.seen.push((key, place));
                place
            }
        };
        match place {
            Place::Finding(at) => count(self.findings.get_mut(at).map(|found| &mut found.count)),
            Place::Unknown(at) => count(self.unknown.get_mut(at).map(|found| &mut found.count)),
            Place::Nothing => {}
        }
    }

    /// Where a statement that was not seen before belongs.
    fn place(&mut self, statement: &Statement) -> Place {
        match statement.judge() {
            Some((judged, status)) => self.place_of(&judged, status, statement.text()),
            None if !statement.is_error() => Place::Nothing,
            None if self.unknown.len() >= EXPLAIN_UNKNOWN_MAX => {
                self.skipped += 1;
                Place::Nothing
            }
            None => {
                let nearest = nearest::nearest(statement.text());
                self.unknown.push(Unknown { said: said(statement.text()), count: 0, nearest });
                Place::Unknown(self.unknown.len() - 1)
            }
        }
    }

    fn place_of(&mut self, judged: &Judged, status: Option<u16>, text: &str) -> Place {
        let known = self.findings.iter().position(|known| known.fault.id == judged.fault.id);
        if let Some(at) = known {
            if let Some(finding) = self.findings.get_mut(at) {
                finding.by = finding.by.min(judged.by);
            }
            return Place::Finding(at);
        }
        let Judged { fault, by } = *judged;
        self.findings.push(Finding { fault, by, status, said: said(text), count: 0 });
        Place::Finding(self.findings.len() - 1)
    }

    fn explanation(self) -> Explanation {
        let Self { mut findings, unknown, skipped, .. } = self;
        findings.sort_by_key(|finding| finding.fault.is_local());
        Explanation { findings, unknown, skipped }
    }
}

fn count(times: Option<&mut usize>) {
    if let Some(times) = times {
        *times += 1;
    }
}

/// What was said, as it may be shown again: short, and without credentials.
fn said(text: &str) -> String {
    let clean = redact(excerpt(text, EXPLAIN_SAID_BYTES_MAX.saturating_mul(4)));
    let short = excerpt(&clean, EXPLAIN_SAID_BYTES_MAX);
    if short.len() < clean.len() { format!("{short}…") } else { clean }
}

impl Statement {
    /// The fault it speaks of, and the HTTP status it names.
    fn judge(&self) -> Option<(Judged, Option<u16>)> {
        match self {
            Self::Named { fault, status, .. } => Some((Judged { fault, by: By::Name }, *status)),
            Self::Error(text) => {
                let heard = Heard::read(text);
                let judged = judge::named(text).or_else(|| judge::certain(&heard))?;
                Some((judged, heard.status))
            }
            Self::Doubtful(text) => {
                let heard = Heard::read(text);
                let certain = || judge::certain(&heard).filter(|found| found.by < By::Status);
                Some((judge::named(text).or_else(certain)?, heard.status))
            }
            Self::Line(text) => Some((judge::named(text).or_else(|| judge::client(text))?, None)),
            Self::Tool(text) => Some((judge::local(text)?, None)),
        }
    }
}
