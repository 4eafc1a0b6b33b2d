//! The journal: an append-only file in segments, and the queue in front of the database.
//!
//! Appending is one `write(2)` under a lock, without waiting for the disk: it survives the end of
//! the process, and a background sync makes it survive the machine's. A start never appends to an
//! old segment, so a position in the database never comes to lie behind bytes that a power
//! failure took.

mod appender;
mod position;
mod read;
mod record;
mod segment;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use appender::Appender;

pub(crate) use position::Position;
pub(crate) use read::{Chunk, read_chunk};
pub(crate) use record::{OpenRecord, OpenRef, Progress, Record, RecordRef, frame};
pub(crate) use segment::{last_segment, remove_before};

/// The journal of this process.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    /// The first segment that this process wrote.
    first_segment: u64,
    appender: Mutex<Appender>,
    appended_bytes: AtomicU64,
    applied_bytes: AtomicU64,
    sync_failed: AtomicBool,
    apply_failed: AtomicBool,
    /// Rings when there is something to apply.
    pub(crate) appended: Notify,
    /// Rings when there is something to sync.
    pub(crate) unsynced: Notify,
}

impl Journal {
    /// Begins a new segment after every old one and after `position`.
    pub(crate) fn begin(folder: &Path, position: Position) -> io::Result<Self> {
        let first_segment = last_segment(folder)?.max(position.segment) + 1;
        Ok(Self {
            folder: folder.to_owned(),
            first_segment,
            appender: Mutex::new(Appender::begin(folder, first_segment)?),
            appended_bytes: AtomicU64::new(0),
            applied_bytes: AtomicU64::new(0),
            sync_failed: AtomicBool::new(false),
            apply_failed: AtomicBool::new(false),
            appended: Notify::new(),
            unsynced: Notify::new(),
        })
    }

    /// The folder of its segments.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends a record.
    pub(crate) fn append(&self, frame: &[u8]) -> io::Result<()> {
        self.lock().append(frame)?;
        self.note_appended(frame.len());
        Ok(())
    }

    /// Appends a record; one that cannot be written now is kept and tried again.
    pub(crate) fn append_or_keep(&self, frame: Vec<u8>) -> io::Result<()> {
        let bytes = frame.len();
        let appended = self.lock().append_or_keep(frame);
        match appended {
            Ok(()) => self.note_appended(bytes),
            // Wakes the writer, which tries again.
            Err(_) => self.appended.notify_one(),
        }
        appended
    }

    /// Tries the kept records again; whether none is left.
    pub(crate) fn append_kept(&self) -> bool {
        let bytes = self.lock().append_kept();
        if bytes > 0 {
            self.note_appended(bytes);
        }
        !self.has_kept()
    }

    /// Whether records could not be written and wait in memory.
    pub(crate) fn has_kept(&self) -> bool {
        self.lock().has_kept()
    }

    /// The place after the last record.
    pub(crate) fn end(&self) -> Position {
        self.lock().end()
    }

    /// Bytes that were appended and not yet applied.
    pub(crate) fn waiting_bytes(&self) -> u64 {
        let applied = self.applied_bytes.load(Ordering::Acquire);
        self.appended_bytes.load(Ordering::Acquire).saturating_sub(applied)
    }

    /// Notes that `bytes` from `from` on were applied. What an earlier process appended never
    /// counted as waiting here.
    pub(crate) fn note_applied(&self, from: Position, bytes: u64) {
        if from.segment >= self.first_segment {
            self.applied_bytes.fetch_add(bytes, Ordering::AcqRel);
        }
    }

    /// Notes whether the journal cannot be applied because the database fails.
    pub(crate) fn note_apply_failed(&self, has_failed: bool) {
        self.apply_failed.store(has_failed, Ordering::Release);
    }

    /// Whether the last attempt to apply the journal failed.
    pub(crate) fn has_apply_failed(&self) -> bool {
        self.apply_failed.load(Ordering::Acquire)
    }

    /// Syncs what was appended since the last sync. Waits for the disk.
    ///
    /// After a failure the system may have dropped the bytes and would report the next sync as
    /// good, so there is none: the journal counts as failed until a restart replays it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.has_failed() {
            return Ok(());
        }
        let files = self.lock().take_unsynced();
        let synced = files.iter().try_for_each(|file| file.sync_data());
        if synced.is_err() {
            self.sync_failed.store(true, Ordering::Release);
        }
        synced
    }

    /// Whether a sync has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.sync_failed.load(Ordering::Acquire)
    }

    /// Removes the current segment where all of it was applied: a clean stop leaves none.
    pub(crate) fn close(&self, applied: Position) -> io::Result<()> {
        self.lock().close(applied)
    }

    fn note_appended(&self, bytes: usize) {
        self.appended_bytes.fetch_add(bytes as u64, Ordering::AcqRel);
        self.appended.notify_one();
        self.unsynced.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Appender> {
        // Nothing below panics halfway through a change, so a poisoned appender is whole.
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
