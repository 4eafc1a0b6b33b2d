//! Keys, the ledger and what was learned of channels, on disk.
//!
//! What happens to a request is first appended to a journal, one `write` each, and from there
//! applied to the database in batches. The journal is the queue: the running gateway and a
//! start after a crash apply it the same way, and applying a record twice changes nothing.
//!
//! Invariants: nothing on the request path waits for a disk or a database; a record that was
//! appended survives `kill -9`; each request has at most one entry; a data folder is
//! written by one process. All SQL lives here, in one module per database.

mod batch;
mod capability;
mod error;
mod filter;
mod folder;
mod journal;
mod key;
mod limits;
mod sqlite;
mod store;
mod url;

pub use capability::{CapabilityRecord, Says, ServedRecord};
pub use error::StoreError;
pub use filter::{EntryFilter, Page, Totals};
pub use key::KeyRecord;
pub use store::Store;
pub use url::StoreUrl;
