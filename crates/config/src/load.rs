//! The way from a file to a [`Config`]: read, parse, check all of it, resolve the secrets.

use std::path::Path;

use toml::de::DeTable;

use crate::admin::Admin;
use crate::channel::Channel;
use crate::config::{Config, Loaded};
use crate::group::{DEFAULT_GROUP, Group};
use crate::key::DeclaredKey;
use crate::limits::FILE_BYTES_MAX;
use crate::names::Named;
use crate::problem::{Problems, Span};
use crate::reading::Reading;
use crate::server::Server;
use crate::sources::{Origin, Sources};
use crate::store::StoreConfig;
use crate::table::{Checked, Table, TableOf, Tables, table};

table! {
    /// The file as a whole.
    pub(crate) struct Document {
        /// Where Salve listens and how much it takes.
        server: Server as TableOf<Server> = Server::default();
        /// Where keys and the ledger are kept.
        store: StoreConfig as TableOf<StoreConfig> = StoreConfig::default();
        /// Who may administer a running Salve.
        admin: Admin as TableOf<Admin> = Admin::default();
        /// The upstream accounts.
        channel: Vec<Channel> as Tables<Checked<Channel>> = Vec::new();
        /// What keys may use.
        group: Vec<Group> as Tables<TableOf<Group>> = Vec::new();
        /// The keys declared in the file.
        key: Vec<DeclaredKey> as Tables<TableOf<DeclaredKey>> = Vec::new();
    }
}

impl Document {
    fn into_config(self, folder: &Path) -> Config {
        let Self { server, mut store, admin, channel: channels, group: mut groups, key: keys } =
            self;
        store.resolve(folder);
        if groups.is_empty() {
            groups.push(Group::of_channels(channels.iter().map(|channel| channel.name.as_str())));
        }
        Config { server, store, admin, channels, groups, keys }
    }
}

/// Reads and checks a configuration file and resolves its secrets.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(path: &Path, sources: &dyn Sources) -> Result<Loaded, Problems> {
    let origin = Origin::file(path);
    let read = sources.read(path).map_err(|error| format!("cannot be read: {error}"));
    let parsed = match read {
        Ok(text) => parse(&text, &origin, sources),
        Err(message) => Err(Problems::of_file(&origin, message)),
    };
    match parsed {
        Ok(mut loaded) => {
            loaded.files.insert(0, path.to_path_buf());
            Ok(loaded)
        }
        Err(problems) => Err(problems.with_file(path)),
    }
}

/// Reads and checks the text of a configuration and resolves its secrets. The files of the result
/// are those of its secrets.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str, origin: &Origin, sources: &dyn Sources) -> Result<Loaded, Problems> {
    if text.len() > FILE_BYTES_MAX {
        let message = format!("is larger than {FILE_BYTES_MAX} bytes: not a configuration");
        return Err(Problems::of_file(origin, message));
    }
    let mut reading = Reading::new(text, origin, sources);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        note_syntax(error, &mut reading);
    }
    // What is left of a file with such errors is not what was meant: reading on would mislead.
    let document = if errors.is_empty() {
        read_document(root.get_ref(), root.span(), &mut reading)
    } else {
        None
    };
    let (problems, files) = reading.finish();
    match document {
        Some(document) if problems.is_empty() => {
            Ok(Loaded { config: document.into_config(&origin.folder), files })
        }
        _ => Err(Problems::new(problems, files)),
    }
}

/// Notes an error of the TOML itself. Its message names what the parser wanted, not what it found.
fn note_syntax(error: &toml::de::Error, reading: &mut Reading<'_>) {
    let is_value = error.message().starts_with("invalid");
    let hint = is_value.then(|| "text stands between quotes: `name = \"text\"`".to_owned());
    let message = format!("not valid TOML: {}", error.message());
    reading.problem(error.span().unwrap_or_default(), message, hint);
}

fn note_no_channel(reading: &mut Reading<'_>) {
    let hint = "declare the account that answers: `[[channel]]` with name, kind, credential";
    let message = "no channel is declared".to_owned();
    reading.problem_at(String::new(), None, message, Some(hint.to_owned()));
}

/// What a file has under a key that repeated tables belong under.
enum Declared {
    Nothing,
    Tables,
    SomethingElse,
}

fn declared(root: &DeTable<'_>, key: &str) -> Declared {
    match root.get(key).map(|item| item.get_ref().as_array()) {
        None => Declared::Nothing,
        Some(Some(tables)) if tables.is_empty() => Declared::Nothing,
        Some(Some(_)) => Declared::Tables,
        Some(None) => Declared::SomethingElse,
    }
}

/// Reads the tables and checks what no table can check alone.
fn read_document(root: &DeTable<'_>, span: Span, reading: &mut Reading<'_>) -> Option<Document> {
    let document = Document::read_table(root, span.clone(), reading);
    match declared(root, "channel") {
        Declared::Nothing => note_no_channel(reading),
        Declared::Tables => {}
        Declared::SomethingElse => reading.gives_unreadably(Named::Channel),
    }
    match declared(root, "group") {
        Declared::Nothing => reading.gives(Named::Group, DEFAULT_GROUP, span),
        Declared::Tables => {}
        Declared::SomethingElse => reading.gives_unreadably(Named::Group),
    }
    reading.check_names();
    document
}

#[cfg(test)]
mod tests;
