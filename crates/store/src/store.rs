//! The store: a journal, the database it is applied to, and the writer between them.

mod ask;
mod learn;
mod note;
mod open;
mod recover;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use salve_ledger::{Clock, PriceBook};

use crate::folder::FolderLock;
use crate::journal::Journal;
use crate::sqlite::Sqlite;

use writer::Applier;

/// Keys and the ledger, on disk. Shared in an [`Arc`].
///
/// Requests are noted through [`Ledger`](salve_ledger::Ledger), which only appends to the journal.
/// [`Store::run`] applies the journal to the database; without it nothing is lost, it is applied
/// at the next opening.
#[derive(Debug)]
pub struct Store {
    database: Sqlite,
    /// What writing takes; none where the store was opened for reading beside a writer.
    desk: Option<Desk>,
    prices: Arc<PriceBook>,
    clock: Arc<dyn Clock>,
}

/// What the one process that writes has.
#[derive(Debug)]
struct Desk {
    journal: Arc<Journal>,
    applier: tokio::sync::Mutex<Applier>,
    _lock: FolderLock,
}

/// The folder of the journal.
fn journal_folder(folder: &Path) -> PathBuf {
    folder.join("journal")
}

#[cfg(test)]
mod tests;
