//! After a crash: requests that were admitted and whose end nobody saw.

use salve_ledger::Entry;
use salve_ledger::hold::abandoned_by_crash;

use crate::batch::Batch;
use crate::error::StoreError;
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
            let entries: Vec<Entry> = holds.iter().map(|hold| self.abandoned(hold)).collect();
            let batch = Batch { entries, next: position, ..Batch::default() };
            let changes = Changes::of(batch).map_err(|_| StoreError::Row { what: "hold" })?;
            self.database.apply(&changes).await?;
        }
    }

    fn abandoned(&self, hold: &OpenHold) -> Entry {
        let opened = &hold.open.opened;
        // When it ended is unknown; it was last seen at its last checkpoint.
        let seen = hold.checkpoint.map(|(_, _, time)| time.millis_since(opened.time));
        let checkpoint = hold.checkpoint.map(|(usage, bytes, _)| (usage, bytes));
        let entry = abandoned_by_crash(opened, checkpoint, seen.unwrap_or(0));
        self.prices.priced(entry, hold.open.multiplier)
    }
}
