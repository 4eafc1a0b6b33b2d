//! The one place that writes to the terminal.

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use crate::exit::Failure;

/// Prints a line to standard output. A reader that went away ends the program quietly, as it
/// does for `head`.
pub fn line(text: impl AsRef<str>) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A text that stands out on a terminal, and is as it was anywhere else, or where `NO_COLOR`
/// asks for that.
pub fn strong(text: &str) -> String {
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if is_plain || !io::stdout().is_terminal() {
        return text.to_owned();
    }
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

/// A text in lines of at most `COLUMNS` columns, each line after `indent` spaces. Words that
/// are longer, such as addresses, get a line of their own.
pub fn filled(text: &str, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.lines() {
        let mut line = String::new();
        for word in part.split(' ') {
            let wide = indent + line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && wide > COLUMNS {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.iter().map(|line| format!("{:indent$}{line}", "")).collect()
}

/// How wide prose is printed: what fits everywhere and is read well.
const COLUMNS: usize = 88;

/// Prints a value as one line of JSON.
pub fn json(value: &impl serde::Serialize) {
    line(serde_json::to_string(value).unwrap_or_default());
}

/// Prints a failure to standard error.
pub fn complain(failure: &Failure) {
    // Nobody is left to tell where standard error is gone too.
    let _ = writeln!(io::stderr().lock(), "salve: {}", failure.message());
}

/// Sends the process's own log to standard error: warnings and what changed, or what
/// `SALVE_LOG` asks for (`debug`, `salve_gateway=trace`, …).
pub fn start_log() {
    let filter = EnvFilter::try_from_env("SALVE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let is_terminal = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(is_terminal);
    // A log that was started already stays as it is.
    let _ = log.with_env_filter(filter).with_target(false).try_init();
}

/// Text that clients or upstreams chose, safe to show: what would steer the terminal or turn
/// the reading direction is spelled out.
pub fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let spell = |c: char| match steers(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    text.chars().map(spell).collect()
}

/// Colours with a meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// What is gone.
    Red,
    /// What is new.
    Green,
}

/// Whether standard output takes colours: a terminal whose user did not set `NO_COLOR`
/// (<https://no-color.org>).
pub fn takes_colours() -> bool {
    let refuses = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !refuses
}

/// The text in a colour, as terminals understand it (ECMA-48 SGR).
pub fn coloured(text: &str, colour: Colour) -> String {
    let code = match colour {
        Colour::Red => 31,
        Colour::Green => 32,
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Columns that line up: each as wide as its widest cell, the last one ragged.
pub fn table(heads: &[&str], rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let head = heads.get(column).map_or(0, |head| head.chars().count());
        cells.max().unwrap_or(0).max(head)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        line(padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(&mut heads.iter().copied());
    for row in &rows {
        print(&mut row.iter().map(String::as_str));
    }
}
