//! The hold: a request's place on the ledger from admission to its one entry.
//!
//! A [`Hold`] exists only once the ledger has noted the request, and it settles exactly once:
//! by [`Hold::settle`], which consumes it, or when it is dropped undecided, which an early
//! return, a cancelled future and an unwinding panic all come to. What it does not do: decide
//! whether a request may be afforded.

mod draft;
mod reckon;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Timestamp};
use crate::entry::{Endpoint, Entry, Outcome, RequestId};
use crate::money::{Multiplier, NanoUsd};
use crate::price::PriceBook;

pub use draft::Draft;
pub use reckon::{Reckoning, abandoned_by_crash};

/// What is known of a request when it is admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The request's id here.
    pub request_id: RequestId,
    /// When it was admitted. Prices are those of this moment, whenever it ends.
    pub time: Timestamp,
    /// What it asks for.
    pub endpoint: Endpoint,
    /// The key's name.
    pub key: String,
    /// Who owns the key.
    pub user: Option<String>,
    /// The group whose channels it may use.
    pub group: String,
    /// The conversation it belongs to.
    pub session: String,
    /// The agent program as it names itself.
    pub agent: Option<String>,
    /// The model the client asks for.
    pub model: String,
    /// Whether the client asks for a stream.
    pub stream: bool,
    /// Bytes of the request's body as the client sent it.
    pub request_bytes: u64,
    /// The input tokens it will be taken to have used where nobody says.
    pub input_tokens_floor: u64,
    /// The money reserved for it.
    pub held: NanoUsd,
    /// Milliseconds spent waiting for a place.
    pub queue_ms: u64,
}

/// Where holds are kept. The implementation outlives a `kill -9`; a test's may be in memory.
pub trait Ledger: Send + Sync + fmt::Debug {
    /// Notes that a request was admitted, at the group's `multiplier`. When this returns the
    /// request is on the ledger even if the process is killed. It does not wait for the disk.
    ///
    /// # Errors
    /// [`LedgerError`] where the request cannot be noted, and so must not be admitted.
    fn open(&self, opened: &Opened, multiplier: Multiplier) -> Result<(), LedgerError>;

    /// Notes how far a request has come, with its usage as reckoned so far, for the case that its
    /// end is never seen. May be lost.
    fn progress(&self, id: &RequestId, draft: &Draft);

    /// Notes how a request ended. Doing so again changes nothing: the first entry of a request
    /// stays.
    ///
    /// # Errors
    /// [`LedgerError`] where it cannot be written now. The ledger keeps the entry and tries
    /// again; the caller does not.
    fn settle(&self, entry: &Entry) -> Result<(), LedgerError>;
}

/// Why the ledger does not take a request.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// More is waiting to be applied than may be.
    #[error("{waiting_bytes} bytes of the ledger's journal wait for the database")]
    Backlog {
        /// Bytes that wait.
        waiting_bytes: u64,
    },
    /// The journal cannot be written.
    #[error("the ledger's journal cannot be written")]
    Write(#[source] std::io::Error),
    /// The ledger was opened for reading, or has failed in a way that only a restart mends.
    #[error("the ledger takes no new requests: {reason}")]
    Closed {
        /// Why, in words.
        reason: &'static str,
    },
}

/// A request's place on the ledger.
#[derive(Debug)]
#[must_use = "a hold that is dropped settles its request as abandoned"]
pub struct Hold {
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    prices: Arc<PriceBook>,
    multiplier: Multiplier,
    opened: Opened,
    draft: Draft,
    is_settled: bool,
}

impl Hold {
    /// Puts a request on the ledger.
    ///
    /// # Errors
    /// [`LedgerError`] where the ledger cannot note it; then there is no hold and no entry.
    pub fn take(
        ledger: Arc<dyn Ledger>,
        clock: Arc<dyn Clock>,
        prices: Arc<PriceBook>,
        multiplier: Multiplier,
        opened: Opened,
    ) -> Result<Self, LedgerError> {
        let opened = opened.bounded();
        ledger.open(&opened, multiplier)?;
        let draft = Draft::default();
        Ok(Self { ledger, clock, prices, multiplier, opened, draft, is_settled: false })
    }

    /// The request's id.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.opened.request_id
    }

    /// What was known at admission.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// What has been gathered so far.
    pub fn draft(&mut self) -> &mut Draft {
        &mut self.draft
    }

    /// Notes what was gathered and used so far, for the case that this process is killed. Cheap,
    /// but not free: every few seconds or so many bytes, not at every event.
    pub fn checkpoint(&mut self) {
        let usage = Some(self.reckoning(Outcome::Abandoned).usage);
        let draft = Draft { usage, ..self.draft.clone() }.bounded();
        self.ledger.progress(&self.opened.request_id, &draft);
    }

    /// Ends the request.
    pub fn settle(mut self, outcome: Outcome) {
        self.conclude(outcome);
    }

    fn reckoning(&self, outcome: Outcome) -> Reckoning {
        Reckoning::of(&self.opened, &self.draft, outcome)
    }

    fn conclude(&mut self, outcome: Outcome) {
        if self.is_settled {
            return;
        }
        self.is_settled = true;
        let reckoning = self.reckoning(outcome);
        let draft = std::mem::take(&mut self.draft);
        let total_ms = self.clock.now().millis_since(self.opened.time);
        let entry = reckoning.entry(&self.opened, draft, outcome, total_ms);
        let entry = self.prices.priced(entry, self.multiplier);
        // A ledger that cannot write now keeps the entry and reports the failure itself; here
        // there is nobody left to tell.
        let _ = self.ledger.settle(&entry);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.conclude(Outcome::Abandoned);
    }
}

#[cfg(test)]
mod tests;
