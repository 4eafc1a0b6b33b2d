//! The writer: reads the journal on from where the database stands and applies it.

use std::future::Future;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::journal::{Journal, Position, read_chunk, remove_before};
use crate::limits::{GATHER, RETRY_MAX, RETRY_MIN, SYNC_EVERY};
use crate::sqlite::Changes;

use super::{Desk, Store};

/// How far the journal was applied. One at a time applies, under its lock.
#[derive(Debug, Default)]
pub(super) struct Applier {
    /// None where the database has to be asked: at first, and after an attempt whose end was
    /// not seen.
    position: Option<Position>,
}

/// A stretch of the journal, read and ready to be applied.
struct Stretch {
    changes: Changes,
    next: Position,
    bytes: u64,
}

impl Store {
    /// Applies the journal as it grows and syncs it, until `stop`; then applies and syncs the
    /// rest and returns. Stop it after everything that notes has ended: what is noted later is
    /// safe, but applied only at the next opening. The store can still be asked. One that was
    /// opened for reading beside a writer returns at once.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let Some(desk) = &self.desk else { return };
        tokio::join!(self.apply_until(&stop), sync_until(&desk.journal, &stop));
        if let Err(error) = self.finish(desk).await {
            tracing::error!(%error, "the journal was not applied to its end; the next start does");
        }
    }

    /// Returns when everything noted so far shows in what the store answers.
    ///
    /// # Errors
    /// Where the database fails. For a store that was opened beside a writer there is nothing to
    /// do, and so no error.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let Some(desk) = &self.desk else {
            return Ok(());
        };
        desk.journal.append_kept();
        let applied = self.apply_to(desk, desk.journal.end()).await;
        // Another program's lock passes; whatever else fails may not, and then the journal must
        // not take the rest of the disk.
        let has_failed =
            matches!(&applied, Err(error) if !matches!(error, StoreError::Busy { .. }));
        desk.journal.note_apply_failed(has_failed);
        applied
    }

    async fn apply_to(&self, desk: &Desk, end: Position) -> Result<(), StoreError> {
        while self.apply_some(desk, end).await? < end {}
        Ok(())
    }

    /// Closes the database's connections. Nothing can be asked afterwards.
    pub async fn close(&self) {
        self.database.close().await;
    }

    async fn apply_until(&self, stop: &CancellationToken) {
        let Some(desk) = &self.desk else { return };
        let mut retry = RETRY_MIN;
        loop {
            let rung = unless(stop, desk.journal.appended.notified()).await;
            if rung.is_none() || unless(stop, tokio::time::sleep(GATHER)).await.is_none() {
                return;
            }
            let applied = self.catch_up().await;
            if applied.is_ok() && !desk.journal.has_kept() {
                retry = RETRY_MIN;
                continue;
            }
            if let Err(error) = applied {
                tracing::error!(%error, "the journal could not be applied; trying again");
            }
            // Nothing may ring again, so this rings itself.
            desk.journal.appended.notify_one();
            unless(stop, tokio::time::sleep(retry)).await;
            retry = (retry * 2).min(RETRY_MAX);
        }
    }

    /// Applies the next stretch of the journal before `end`, and tells how far that reaches.
    async fn apply_some(&self, desk: &Desk, end: Position) -> Result<Position, StoreError> {
        let mut applier = desk.applier.lock().await;
        let from = match applier.position.take() {
            Some(position) => position,
            None => self.database.position().await?,
        };
        let stretch = read(&desk.journal, from, end).await?;
        if stretch.next > from {
            self.database.apply(&stretch.changes).await?;
            desk.journal.note_applied(from, stretch.bytes);
        }
        applier.position = Some(stretch.next);
        if stretch.next.segment > from.segment {
            free_segments(&desk.journal, stretch.next.segment).await;
        }
        Ok(stretch.next)
    }

    async fn finish(&self, desk: &Desk) -> Result<(), StoreError> {
        self.catch_up().await?;
        sync(&desk.journal).await;
        let applied = desk.journal.end();
        self.database.truncate_log().await?;
        let journal = desk.journal.folder();
        desk.journal.close(applied).map_err(|error| StoreError::journal(journal, error))
    }
}

/// What `work` comes to, unless `stop` is earlier. Both may be dropped at any point: a permit of
/// a bell that was not taken stays, and a sleep has no effect.
async fn unless<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        done = work => Some(done),
    }
}

/// Reading and taking apart happen where blocking is allowed: a disk may be slow.
async fn read(
    journal: &Arc<Journal>,
    from: Position,
    end: Position,
) -> Result<Stretch, StoreError> {
    let folder = journal.folder().to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let chunk = read_chunk(&folder, from, end)?;
        if chunk.torn_bytes > 0 {
            let bytes = chunk.torn_bytes;
            tracing::warn!(bytes, segment = from.segment, "the journal ends in part of a record");
        }
        let (next, bytes) = (chunk.next, chunk.bytes);
        let changes = Changes::of(Batch::of(chunk))?;
        Ok(Stretch { changes, next, bytes })
    });
    let read = reading.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    read.map_err(|error| StoreError::journal(journal.folder(), error))
}

/// Space is given back late rather than never: a failure here is tried again with the next one.
async fn free_segments(journal: &Arc<Journal>, first_kept: u64) {
    let folder = journal.folder().to_owned();
    let freed = tokio::task::spawn_blocking(move || remove_before(&folder, first_kept)).await;
    if let Ok(Err(error)) = freed {
        tracing::warn!(%error, "an applied segment of the journal could not be removed");
    }
}

async fn sync_until(journal: &Arc<Journal>, stop: &CancellationToken) {
    while unless(stop, journal.unsynced.notified()).await.is_some() {
        if unless(stop, tokio::time::sleep(SYNC_EVERY)).await.is_none() {
            return;
        }
        sync(journal).await;
    }
}

async fn sync(journal: &Arc<Journal>) {
    let journal = Arc::clone(journal);
    let synced = tokio::task::spawn_blocking(move || journal.sync()).await;
    if let Ok(Err(error)) = synced {
        tracing::error!(%error, "the disk failed to keep the journal; no request is admitted now");
    }
}
