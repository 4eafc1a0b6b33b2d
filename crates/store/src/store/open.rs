//! Opening the store: take the folder, open the database, apply what a crash left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use salve_ledger::{Clock, PriceBook};

use crate::error::StoreError;
use crate::folder::{FolderLock, make_private};
use crate::journal::{Journal, last_segment};
use crate::limits::CHECK_ALWAYS_BYTES_MAX;
use crate::sqlite::Sqlite;
use crate::url::StoreUrl;

use super::writer::Applier;
use super::{Desk, Store, journal_folder};

impl Store {
    /// Opens the store for writing and makes what is missing. What an earlier process left in
    /// the journal is applied, and its open requests end as abandoned, before this returns.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process has the folder, [`StoreError::Unwritable`],
    /// [`StoreError::Corrupt`], [`StoreError::Newer`]; all name the path.
    pub async fn open(
        url: &StoreUrl,
        folder: &Path,
        prices: Arc<PriceBook>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StoreError> {
        make_private(folder)?;
        let lock = FolderLock::take(folder)?;
        Self::open_locked(url, folder, lock, prices, clock).await
    }

    /// Opens the store to ask it: as [`Store::open`] where no other process has the folder, else
    /// for reading what that process has applied so far.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no database; else as [`Store::open`].
    pub async fn open_reading(
        url: &StoreUrl,
        folder: &Path,
        prices: Arc<PriceBook>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StoreError> {
        let path = database_path(url, folder);
        if !path.is_file() {
            return Err(StoreError::Missing { path });
        }
        match FolderLock::take(folder) {
            Ok(lock) => Self::open_locked(url, folder, lock, prices, clock).await,
            // In use, or not ours to write: what is there can still be read.
            Err(_) => {
                let database = Sqlite::open_reading(&path).await?;
                Ok(Arc::new(Self { database, desk: None, prices, clock }))
            }
        }
    }

    async fn open_locked(
        url: &StoreUrl,
        folder: &Path,
        lock: FolderLock,
        prices: Arc<PriceBook>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StoreError> {
        let (path, journal) = (database_path(url, folder), journal_folder(folder));
        make_private(&journal)?;
        let at_journal = |error| StoreError::journal(&journal, error);
        // A clean stop leaves no segment.
        let was_clean = last_segment(&journal).map_err(at_journal)? == 0;
        let is_small = fs::metadata(&path).is_ok_and(|file| file.len() <= CHECK_ALWAYS_BYTES_MAX);
        let database = Sqlite::open(&path, is_small || !was_clean).await?;
        let position = database.position().await?;
        let journal = Journal::begin(&journal, position)
            .map_err(|error| StoreError::unwritable(&journal, &error))?;
        let applier = tokio::sync::Mutex::new(Applier::default());
        let desk = Desk { journal: Arc::new(journal), applier, _lock: lock };
        let store = Self { database, desk: Some(desk), prices, clock };
        store.catch_up().await?;
        store.end_open_holds().await?;
        Ok(Arc::new(store))
    }
}

fn database_path(url: &StoreUrl, folder: &Path) -> PathBuf {
    match url {
        StoreUrl::Sqlite(path) => folder.join(path),
    }
}
