//! Records of the journal as the changes that they come to.

use std::collections::HashMap;

use salve_ledger::Entry;

use crate::journal::{Chunk, OpenRecord, Position, Progress, Record};

/// Changes that are applied in one transaction.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Requests that ended. Their holds go, whether or not they were made within the batch.
    pub entries: Vec<Entry>,
    /// Requests that were admitted and did not end within the batch.
    pub holds: Vec<OpenRecord>,
    /// The last progress of each request that did not end within the batch.
    pub progress: Vec<Progress>,
    /// Whole records that could not be understood.
    pub unreadable: Vec<Unreadable>,
    /// The place in the journal after it.
    pub next: Position,
}

/// A whole record that could not be understood.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub position: Position,
    pub payload: Vec<u8>,
    pub reason: String,
}

impl Batch {
    /// The changes that a chunk comes to. Most requests begin and end within one, and then make
    /// no hold.
    pub(crate) fn of(chunk: Chunk) -> Self {
        let mut batch = Self { next: chunk.next, ..Self::default() };
        let mut holds = HashMap::new();
        let mut progress = HashMap::new();
        for (position, payload) in chunk.records {
            match serde_json::from_slice::<Record>(&payload) {
                Ok(Record::Open(open)) => {
                    holds.insert(open.opened.request_id.clone(), *open);
                }
                Ok(Record::Progress(latest)) => {
                    progress.insert(latest.request_id.clone(), *latest);
                }
                Ok(Record::Settle(entry)) => batch.entries.push(*entry),
                Err(error) => {
                    let reason = error.to_string();
                    batch.unreadable.push(Unreadable { position, payload, reason });
                }
            }
        }
        for entry in &batch.entries {
            progress.remove(&entry.request_id);
            holds.remove(&entry.request_id);
        }
        batch.holds.extend(holds.into_values());
        batch.progress.extend(progress.into_values());
        batch
    }
}

#[cfg(test)]
mod tests;
