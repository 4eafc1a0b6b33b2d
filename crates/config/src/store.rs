//! `[store]`: where keys and the ledger are kept.

use std::path::{Path, PathBuf};

use crate::secret::{Secret, UrlWithSecret};
use crate::shape::Maybe;
use crate::table::table;
use crate::text::{Parsed, Wrong};

table! {
    /// Where keys and the ledger are kept. A change takes effect at the next start.
    ///
    /// ```toml
    /// [store]
    /// url = "sqlite:/var/lib/salve/salve.db"
    /// ```
    pub struct StoreConfig: Default {
        /// `sqlite:` and the path of the database file, from the folder of the configuration file
        /// unless it begins with `/`. The folder of that file is the data folder: whatever else
        /// Salve keeps, such as the pepper of the keys, lies beside the database.
        url: StoreUrl as DatabaseUrl = StoreUrl::Sqlite(PathBuf::from("salve.db"));
        /// A Redis-protocol server that shares rates and pins between several instances. It is
        /// written out or, if it holds a password, as a secret.
        /// *Reserved: read and checked, not used by this version.*
        limits_url: Option<Secret> as Maybe<UrlWithSecret> = None;
    }
}

/// A database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A SQLite database in this file.
    Sqlite(PathBuf),
}

impl StoreConfig {
    /// The file of the SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> &Path {
        let StoreUrl::Sqlite(file) = &self.url;
        file
    }

    /// The folder that holds the database and whatever else Salve keeps.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        match self.sqlite_file().parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Makes a relative path start from `folder`.
    pub(crate) fn resolve(&mut self, folder: &Path) {
        let StoreUrl::Sqlite(file) = &mut self.url;
        *file = folder.join(&*file);
    }
}

/// How a database is written.
pub(crate) struct DatabaseUrl;

impl Parsed for DatabaseUrl {
    type Value = StoreUrl;
    const EXPECTED: &'static str = "a database URL: \"sqlite:PATH\"";
    /// A URL of another database may hold a password.
    const IS_QUOTED: bool = false;

    fn parse(text: &str) -> Result<StoreUrl, Wrong> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            let hint = "use \"sqlite:salve.db\"";
            return Err(Wrong::hinted("PostgreSQL is not served by this version", hint));
        }
        let Some(path) = text.strip_prefix("sqlite:") else {
            return Err(Wrong::hinted("not a database URL", "write \"sqlite:salve.db\""));
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        if path == ":memory:" {
            let hint = "name a file: the ledger has to outlive the process";
            return Err(Wrong::hinted("a database in memory is not supported", hint));
        }
        if path.is_empty() || path.ends_with('/') || path.contains(['?', '\0']) {
            return Err(Wrong::hinted("not the path of a file", "write \"sqlite:salve.db\""));
        }
        Ok(StoreUrl::Sqlite(PathBuf::from(path)))
    }

    fn write(value: &StoreUrl) -> String {
        let StoreUrl::Sqlite(file) = value;
        format!("sqlite:{}", file.display())
    }
}

#[cfg(test)]
mod tests;
