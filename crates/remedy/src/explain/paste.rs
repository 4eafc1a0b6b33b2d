//! A pasted text as statements: lines without colours, bullets and time stamps; JSON lines read
//! as records; bodies that a terminal wrapped put together again.

use std::sync::LazyLock;

use regex::Regex;

use super::heard::{Heard, Mark};
use super::record;
use crate::catalogue::Fault;
use crate::limits::EXPLAIN_LINES_JOINED_MAX;

/// One thing that a text says.
#[derive(Clone, Debug)]
pub(super) enum Statement {
    /// A log entry of Salve that names its fault.
    Named {
        /// Which.
        fault: &'static Fault,
        /// The status that the client got.
        status: Option<u16>,
        /// The entry in short.
        said: String,
    },
    /// Certainly an error.
    Error(String),
    /// A line that looks like an error and may be that of another program: its words or its
    /// type count, its status alone does not.
    Doubtful(String),
    /// A line that may be anything: only clients' sentences and Salve's own names count.
    Line(String),
    /// What a tool printed: only what happens beside the requests counts.
    Tool(String),
}

impl Statement {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Named { said, .. } => said,
            Self::Error(text) | Self::Doubtful(text) | Self::Line(text) | Self::Tool(text) => text,
        }
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self, Self::Named { .. } | Self::Error(_))
    }

    pub(super) fn is_silent(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// What two statements of one wording have in common: ids and times differ.
    pub(super) fn key(&self) -> String {
        let kind = match self {
            Self::Named { .. } => "named",
            Self::Error(_) => "error",
            Self::Doubtful(_) => "doubtful",
            Self::Line(_) => "line",
            Self::Tool(_) => "tool",
        };
        let words = PATTERNS.id.replace_all(self.text(), "#");
        words.split_whitespace().fold(kind.to_owned(), |key, word| key + " " + word)
    }
}

struct Patterns {
    colour: Regex,
    lead: Regex,
    id: Regex,
}

#[expect(clippy::expect_used, reason = "the patterns are constant, and every test uses them")]
static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| Patterns {
    // Colours and other sequences of ECMA-48, and links.
    colour: Regex::new(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
        .expect("a valid pattern"),
    // Bullets, quote marks, boxes; time stamps; levels of logs.
    lead: Regex::new(concat!(
        r"^(?:[\s>|│┃┆●○•■✗✘×⎿└├─*❯#-]+|",
        r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?\]?|",
        r"\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?|",
        r"\[?(?i:error|err|warn|warning|info|debug|fatal)\b\]?:?\s)\s*",
    ))
    .expect("a valid pattern"),
    id: Regex::new(r"[A-Za-z_-]*[0-9][A-Za-z0-9_-]{7,}").expect("a valid pattern"),
});

/// A line without colours, and without what logs and terminals put before it.
pub(super) fn plain(line: &str) -> String {
    let line = PATTERNS.colour.replace_all(line, "");
    let mut rest = line.trim();
    // Each turn takes something off, so this ends.
    while let Some(lead) = PATTERNS.lead.find(rest).filter(|lead| lead.end() > 0) {
        rest = rest.get(lead.end()..).unwrap_or_default();
    }
    rest.to_owned()
}

/// A text, cut up.
#[derive(Debug, Default)]
pub(super) struct Pasted {
    /// Every statement, in the order of the text.
    pub(super) statements: Vec<Statement>,
    /// How many lines are prose rather than records.
    pub(super) prose_lines: usize,
}

/// Cuts a text into statements.
pub(super) fn cut(text: &str) -> Pasted {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Ok(value) = serde_json::from_str(text) {
        let statements = record::statements(&value, &mut String::new());
        return Pasted { statements, prose_lines: 0 };
    }
    if text.starts_with('<') {
        return Pasted { statements: vec![Statement::Error(text.to_owned())], prose_lines: 0 };
    }
    let mut pasted = Pasted::default();
    let mut last = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = plain(line);
        if line.starts_with('{')
            && let Ok(value) = serde_json::from_str(&line)
        {
            pasted.statements.extend(record::statements(&value, &mut last));
        } else {
            pasted.prose_lines += 1;
            pasted.statements.push(of_line(line, Some(&mut lines)));
        }
    }
    pasted
}

/// A line as what it looks like, with the lines after it that belong to its braces.
pub(super) fn of_line(line: String, after: Option<&mut std::str::Lines<'_>>) -> Statement {
    match (Heard::read(&line).mark, after) {
        (Mark::No, _) => Statement::Line(line),
        (Mark::Weak, _) => Statement::Doubtful(line),
        (Mark::Strong, Some(after)) => Statement::Error(whole(line, after)),
        (Mark::Strong, None) => Statement::Error(line),
    }
}

/// A marked line together with those that belong to its braces.
fn whole(mut line: String, lines: &mut std::str::Lines<'_>) -> String {
    let mut open = depth(&line);
    let mut ahead = lines.clone();
    let mut joined = line.clone();
    for _ in 0..EXPLAIN_LINES_JOINED_MAX {
        if open <= 0 {
            break;
        }
        let Some(next) = ahead.next() else { break };
        let next = PATTERNS.colour.replace_all(next, "");
        joined.push(' ');
        joined.push_str(next.trim());
        open += depth(&next);
        if open <= 0 {
            *lines = ahead.clone();
            line.clone_from(&joined);
        }
    }
    line
}

/// How many braces a line leaves open. Braces inside strings are rare in errors, and then the
/// line stands for itself.
fn depth(line: &str) -> i64 {
    line.chars().map(|c| i64::from(c == '{') - i64::from(c == '}')).sum()
}
