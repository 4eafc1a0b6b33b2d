//! Which entries are asked for, and what is said of many.

use salve_ledger::{Entry, NanoUsd, Outcome, Timestamp, Usage};

/// Which entries. What is none does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Of the key with this name.
    pub key: Option<String>,
    /// Of this user.
    pub user: Option<String>,
    /// Asking for this model.
    pub model: Option<String>,
    /// Answered by this channel.
    pub channel: Option<String>,
    /// Of this conversation.
    pub session: Option<String>,
    /// That ended so.
    pub outcome: Option<Outcome>,
    /// With this fault.
    pub fault: Option<String>,
    /// Whose model stopped for this reason, such as `max_tokens`.
    pub stop_reason: Option<String>,
    /// Admitted at or after this moment.
    pub since: Option<Timestamp>,
    /// Admitted before this moment.
    pub until: Option<Timestamp>,
    /// Written after the entry of this number ([`Page::seq`]). With a limit, the oldest of those
    /// are given, so that one who follows the log misses none.
    pub after_seq: Option<u64>,
    /// At most so many; a hundred where none is said, never more than ten thousand.
    pub limit: Option<u32>,
}

/// A stretch of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its entries, newest first: by the time of their admission, or where the question said
    /// `after_seq` by the order in which they were written.
    pub entries: Vec<Entry>,
    /// The number up to which the log has been seen: `after_seq` of the question that
    /// follows this one.
    pub seq: u64,
}

/// What a set of entries comes to, and what is held now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Entries that match.
    pub entries: u64,
    /// Of these, entries whose usage is an estimate.
    pub estimated: u64,
    /// The sum of their costs.
    pub cost: NanoUsd,
    /// The sums of their usage.
    pub usage: Usage,
    /// Requests that were admitted and have not ended, whatever the filter says.
    pub open_holds: u64,
    /// The money held for them.
    pub held: NanoUsd,
}
