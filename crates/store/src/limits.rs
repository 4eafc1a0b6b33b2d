//! Every bound of the store, with its reason.

use std::time::Duration;

/// A journal segment is followed by a new one at this size: some ten thousand requests, so that
/// applied ones free their space soon, and a start replays little.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 16 << 20;

/// The longest record. An entry's texts and lists are bounded, which keeps it below 900 KB even
/// where every character is escaped; a length above this is damage.
pub(crate) const RECORD_BYTES_MAX: usize = 1 << 20;

/// Bytes of the journal read at once: one record of any length fits.
pub(crate) const READ_BYTES_MAX: usize = 2 << 20;

/// Records applied in one transaction: enough to make a commit's cost small for each, and few
/// enough that readers and key changes never wait long.
pub(crate) const BATCH_RECORDS_MAX: usize = 2_048;

/// How long the writer lets records gather before it applies them. Nobody waits for it: whoever
/// reads asks it to catch up first. The longer it gathers, the more requests begin and end
/// within one batch, and the fewer pages are written for each.
pub(crate) const GATHER: Duration = Duration::from_millis(250);

/// The longest that the journal stays unsynced while it is being written.
pub(crate) const SYNC_EVERY: Duration = Duration::from_millis(100);

/// Bytes of the journal that may wait for the database. Beyond them no request is admitted:
/// about fifty thousand requests, a minute of a busy gateway.
pub(crate) const UNAPPLIED_BYTES_MAX: u64 = 64 << 20;

/// Wait before a failed transaction is tried again, doubled up to [`RETRY_MAX`].
pub(crate) const RETRY_MIN: Duration = Duration::from_millis(100);

/// The longest wait before a failed transaction is tried again.
pub(crate) const RETRY_MAX: Duration = Duration::from_secs(1);

/// How long SQLite waits for a lock that another program holds (a backup, a shell).
pub(crate) const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Connections for reading. Readers are a CLI and an admin page; writing has its own.
pub(crate) const READERS_MAX: u32 = 2;

/// Databases up to this size are checked whole at every start, larger ones only after an unclean
/// stop: checking reads all of it, some 0.1 s for this much.
pub(crate) const CHECK_ALWAYS_BYTES_MAX: u64 = 64 << 20;

/// Rows returned where a filter names no limit.
pub(crate) const ENTRIES_DEFAULT: u32 = 100;

/// The most rows that one query returns.
pub(crate) const ENTRIES_MAX: u32 = 10_000;

/// Rows kept of what was learned of channels, and of what they served. A hundred channels with
/// ten models and ten capabilities each; beyond it the oldest go.
pub(crate) const LEARNED_ROWS_MAX: u32 = 10_000;

/// Characters kept of the evidence of a capability: a refusal's sentence is shorter.
pub(crate) const EVIDENCE_CHARS_MAX: usize = 300;

/// Rows written by one statement, three bound values each.
pub(crate) const SERVED_ROWS_PER_STATEMENT: usize = 500;
