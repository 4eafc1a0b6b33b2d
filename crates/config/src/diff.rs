//! What a reload changed, for the log.

use crate::config::Config;
use crate::table::Table;

/// The differences, one line each, secrets hidden; empty if there are none.
#[must_use]
pub fn diff(old: &Config, new: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    compare("server", &old.server, &new.server, &mut lines);
    compare("store", &old.store, &new.store, &mut lines);
    compare("admin", &old.admin, &new.admin, &mut lines);
    compare_all("channel", &old.channels, &new.channels, |channel| &channel.name, &mut lines);
    compare_all("group", &old.groups, &new.groups, |group| &group.name, &mut lines);
    compare_all("key", &old.keys, &new.keys, |key| &key.name, &mut lines);
    lines
}

/// Compares tables that have a name: which came, which went, which changed.
fn compare_all<T: Table>(
    word: &str,
    old: &[T],
    new: &[T],
    name: fn(&T) -> &str,
    lines: &mut Vec<String>,
) {
    for table in old {
        match new.iter().find(|newer| name(newer) == name(table)) {
            Some(newer) => compare(&format!("{word} `{}`", name(table)), table, newer, lines),
            None => lines.push(format!("{word} `{}` removed", name(table))),
        }
    }
    let is_new = |table: &&T| !old.iter().any(|older| name(older) == name(table));
    lines.extend(new.iter().filter(is_new).map(|table| format!("{word} `{}` added", name(table))));
}

fn compare<T: Table>(title: &str, old: &T, new: &T, lines: &mut Vec<String>) {
    for change in old.changes(new) {
        let field = change.field;
        // Hidden values look alike; that they differ is all that may be said.
        lines.push(if change.old == change.new {
            format!("{title}: {field} changed")
        } else {
            format!("{title}: {field} {} -> {}", change.old, change.new)
        });
    }
}

#[cfg(test)]
mod tests;
