//! docs/CONFIG.md, made of the declarations of the tables.

use crate::admin::Admin;
use crate::channel::Channel;
use crate::credential::CredentialTable;
use crate::group::{Group, MemberTable};
use crate::key::DeclaredKey;
use crate::server::Server;
use crate::store::StoreConfig;
use crate::table::{Field, Table};

const HEAD: &str = include_str!("reference/head.md");
const TAIL: &str = include_str!("reference/tail.md");

/// The reference of the configuration as Markdown.
#[must_use]
pub fn reference_markdown() -> String {
    let sections = [
        section::<Server>("## `[server]`"),
        section::<StoreConfig>("## `[store]`"),
        section::<Admin>("## `[admin]`"),
        section::<Channel>("## `[[channel]]`"),
        section::<CredentialTable>("### Credential"),
        section::<Group>("## `[[group]]`"),
        section::<MemberTable>("### Member of a group"),
        section::<DeclaredKey>("## `[[key]]`"),
    ];
    format!("{HEAD}\n{}{TAIL}", sections.concat())
}

/// A table: what it is for, an example, its settings.
fn section<T: Table>(title: &str) -> String {
    let settings: String = T::fields().iter().map(setting).collect();
    format!("{title}\n\n{}\n{settings}\n", unindented(T::DOC, ""))
}

/// A setting as an element of a list: name, what may stand there, default, meaning.
fn setting(field: &Field) -> String {
    let default = match field.default.as_deref() {
        None => "required".to_owned(),
        Some("none") => "optional".to_owned(),
        Some(default) => format!("default `{default}`"),
    };
    let meaning = unindented(field.doc, "  ");
    format!("- **`{}`** ({default}):\n  {}.\n{meaning}", field.name, field.expected)
}

/// The lines of a doc comment without the space before each, but with `indent`.
fn unindented(doc: &str, indent: &str) -> String {
    let line = |line: &str| format!("{indent}{}\n", line.strip_prefix(' ').unwrap_or(line));
    doc.lines().map(line).collect::<String>()
}

#[cfg(test)]
mod tests;
