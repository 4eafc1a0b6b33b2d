//! What can go wrong with the store. Each error's text is a sentence fit for an operator's eyes:
//! it names the path and holds no content of the database.

use std::io;
use std::path::{Path, PathBuf};

/// The store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL is none of a database.
    #[error("the store's URL is not `sqlite:PATH`")]
    Url,
    /// PostgreSQL was asked for.
    #[error("PostgreSQL is not supported yet in this build; use `sqlite:salve.db`")]
    PostgresUnsupported,
    /// There is no database to read.
    #[error("there is no database at {}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The data folder or a file in it cannot be created or written.
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// Why, as the system says.
        reason: String,
    },
    /// Another process has the data folder.
    #[error("another Salve process uses the data folder {}", folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// Another program holds the database's own lock for longer than is waited.
    #[error("the database {} is locked by another program", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged or no database at all.
    #[error("the database {} is damaged: {detail}; restore it from a backup", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The database was written by a newer version.
    #[error("the database {} was written by a newer version of Salve", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// The store was opened for reading.
    #[error(
        "the store is open for reading only: another Salve process has it, or its folder cannot \
         be written"
    )]
    ReadOnly,
    /// A key with that id exists.
    #[error("a key with the id `{id}` exists")]
    KeyExists {
        /// The id.
        id: String,
    },
    /// More than one request's id begins so.
    #[error("more than one request id begins with `{prefix}`")]
    Ambiguous {
        /// The beginning.
        prefix: String,
    },
    /// The journal cannot be read.
    #[error("the journal in {} cannot be read: {source}", path.display())]
    Journal {
        /// The journal's folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A row of the database does not read as what it should be.
    #[error("the database holds a {what} that cannot be read")]
    Row {
        /// What the row should be.
        what: &'static str,
    },
    /// Any other failure of the database.
    #[error("the database {} failed: {source}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// The failure.
        source: Box<sqlx::Error>,
    },
}

impl StoreError {
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::Unwritable { path: path.to_owned(), reason: error.to_string() }
    }

    pub(crate) fn journal(path: &Path, source: io::Error) -> Self {
        Self::Journal { path: path.to_owned(), source }
    }
}
