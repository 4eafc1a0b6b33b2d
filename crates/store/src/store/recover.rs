//! After a crash: requests that were admitted and whose end nobody saw.

use salve_ledger::Entry;
use salve_ledger::hold::abandoned_by_crash;

use crate::batch::Batch;
use crate::error::StoreError;
use crate::journal::OpenRecord;
use crate::limits::BATCH_RECORDS_MAX;
use crate::sqlite::{Changes, OpenHold};

use super::Store;

impl Store {
    /// Ends every open hold as abandoned, with an estimate of what it used. Only for a start,
    /// before any request is admitted.
    pub(super) async fn end_open_holds(&self) -> Result<(), StoreError> {
        let position = self.database.position().await?;
        loop {
            let holds = self.database.some_holds(BATCH_RECORDS_MAX).await?;
            if holds.is_empty() {
                return Ok(());
            }
            let entries: Vec<Entry> = holds.into_iter().map(|hold| self.abandoned(hold)).collect();
            let batch = Batch { entries, next: position, ..Batch::default() };
            let changes = Changes::of(batch).map_err(|_| StoreError::Row { what: "hold" })?;
            self.database.apply(&changes).await?;
        }
    }

    fn abandoned(&self, hold: OpenHold) -> Entry {
        let OpenRecord { opened, multiplier } = hold.open;
        // When it ended is unknown; it was last seen at its last checkpoint.
        let (draft, seen) = hold.checkpoint.unzip();
        let total_ms = seen.map_or(0, |time| time.millis_since(opened.time));
        let entry = abandoned_by_crash(&opened, draft, total_ms);
        self.prices.priced(entry, multiplier)
    }
}
