//! Noting what happens to requests. Nothing here waits for a disk or a database.

use salve_ledger::{Draft, Entry, Ledger, LedgerError, Multiplier, Opened, RequestId};

use crate::journal::{Journal, OpenRef, Progress, RecordRef, frame};
use crate::limits::UNAPPLIED_BYTES_MAX;

use super::Store;

impl Ledger for Store {
    fn open(&self, opened: &Opened, multiplier: Multiplier) -> Result<(), LedgerError> {
        let journal = self.journal()?;
        may_admit(journal)?;
        let record = RecordRef::Open(OpenRef { opened, multiplier });
        let frame = frame(&record).map_err(|error| LedgerError::Write(error.into()))?;
        journal.append(&frame).map_err(LedgerError::Write)
    }

    fn progress(&self, id: &RequestId, draft: &Draft) {
        let Ok(journal) = self.journal() else { return };
        let time = self.clock.now();
        let progress = Progress { request_id: id.clone(), draft: draft.clone(), time };
        let Ok(frame) = frame(&RecordRef::Progress(&progress)) else {
            return;
        };
        if let Err(error) = journal.append(&frame) {
            // The request's own end is what counts, and reports the same failure.
            tracing::debug!(%error, request_id = %id, "a checkpoint was not written");
        }
    }

    fn settle(&self, entry: &Entry) -> Result<(), LedgerError> {
        let journal = self.journal()?;
        let frame = frame(&RecordRef::Settle(entry));
        let frame = frame.map_err(|error| LedgerError::Write(error.into()))?;
        journal.append_or_keep(frame).map_err(|error| {
            let id = &entry.request_id;
            tracing::error!(%error, request_id = %id, "an entry waits in memory for the journal");
            LedgerError::Write(error)
        })
    }
}

impl Store {
    fn journal(&self) -> Result<&Journal, LedgerError> {
        const REASON: &str = "the store is open for reading only";
        let desk = self.desk.as_ref().ok_or(LedgerError::Closed { reason: REASON })?;
        Ok(&desk.journal)
    }
}

/// The door closes before the ledger is in trouble, so that whoever is inside can settle.
fn may_admit(journal: &Journal) -> Result<(), LedgerError> {
    let waiting_bytes = journal.waiting_bytes();
    if waiting_bytes > UNAPPLIED_BYTES_MAX {
        return Err(LedgerError::Backlog { waiting_bytes });
    }
    if journal.has_failed() {
        let reason = "the disk failed to keep the journal; restart once the disk is sound";
        return Err(LedgerError::Closed { reason });
    }
    if journal.has_apply_failed() {
        let reason = "the database cannot be written; is its disk full?";
        return Err(LedgerError::Closed { reason });
    }
    if journal.has_kept() {
        return Err(LedgerError::Closed { reason: "earlier entries still wait to be written" });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
