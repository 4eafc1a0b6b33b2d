//! `salve log show`: one entry in full, with what was changed as a difference.

use salve_ledger::{Change, Entry};

use crate::terminal::{self, Colour};

/// Prints an entry: its fields, its usage, each attempt, each channel left out, each change.
pub fn show(entry: &Entry) {
    let fields = serde_json::to_value(entry).unwrap_or_default();
    let fields = fields.as_object().cloned().unwrap_or_default();
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    let nested = ["attempts", "changes", "skipped", "usage"];
    for (name, value) in &fields {
        if !nested.contains(&name.as_str()) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            terminal::line(format!("{name:<width$}  {}", terminal::plain(&text)));
        }
    }
    terminal::line(format!("{:<width$}  {}", "cost", entry.cost_nano_usd));
    if let Some(usage) = fields.get("usage").and_then(|usage| usage.as_object()) {
        for (name, value) in usage {
            terminal::line(format!("usage.{name}  {value}"));
        }
    }
    if entry.stop_reason.as_deref() == Some("max_tokens") {
        terminal::line(
            "The answer was cut short at max_tokens. In Claude Code: CLAUDE_CODE_MAX_OUTPUT_TOKENS; \
             here: raise_max_tokens = true in the group. `salve explain --request ID` says more.",
        );
    }
    for skipped in &entry.skipped {
        let text = format!("skipped  {}: {}", skipped.channel, skipped.reason);
        terminal::line(terminal::plain(&text));
    }
    super::attempts(entry).iter().for_each(terminal::line);
    let has_colours = terminal::takes_colours();
    for line in difference(&entry.changes) {
        terminal::line(line.print(has_colours));
    }
}

/// A line of the difference.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// The remedy whose changes follow.
    Head(String),
    /// What was there.
    Was(String),
    /// What is there now.
    Now(String),
    /// A place that was changed in a way that has no short words.
    Touched(String),
}

impl Line {
    fn print(&self, has_colours: bool) -> String {
        let (text, colour) = match self {
            Self::Head(remedy) => (format!("changed by {remedy}"), None),
            Self::Was(was) => (format!("  - {was}"), Some(Colour::Red)),
            Self::Now(now) => (format!("  + {now}"), Some(Colour::Green)),
            Self::Touched(path) => (format!("  ~ {path}"), None),
        };
        // Clients and upstreams chose some of it, so only what is safe may reach a terminal.
        let text = terminal::plain(&text);
        match colour.filter(|_| has_colours) {
            Some(colour) => terminal::coloured(&text, colour),
            None => text,
        }
    }
}

/// The changes as lines, grouped by remedy in the order in which each remedy first acted.
fn difference(changes: &[Change]) -> Vec<Line> {
    let mut remedies: Vec<&str> = Vec::new();
    for change in changes {
        if !remedies.contains(&change.remedy.as_str()) {
            remedies.push(&change.remedy);
        }
    }
    let group = |remedy: &str| {
        let of_remedy = changes.iter().filter(move |change| change.remedy == remedy);
        let lines = of_remedy.flat_map(lines);
        std::iter::once(Line::Head(remedy.to_owned())).chain(lines).collect::<Vec<_>>()
    };
    remedies.into_iter().flat_map(group).collect()
}

fn lines(change: &Change) -> Vec<Line> {
    let Change { path, was, now, .. } = change;
    let at = |text: &String| format!("{path}: {text}");
    let was = was.as_ref().map(|was| Line::Was(at(was)));
    let now = now.as_ref().map(|now| Line::Now(at(now)));
    match (was, now) {
        (None, None) => vec![Line::Touched(path.clone())],
        (was, now) => was.into_iter().chain(now).collect(),
    }
}

#[cfg(test)]
mod tests;
