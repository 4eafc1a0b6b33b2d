//! Keys made here.

use std::fmt;

use salve_ledger::Timestamp;

/// A key as it is stored: everything but its text.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The public part of the key's text; unique.
    pub id: String,
    /// What logs show.
    pub name: String,
    /// Who owns it.
    pub user: Option<String>,
    /// The group whose channels it may use.
    pub group: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it stopped being valid.
    pub revoked: Option<Timestamp>,
    /// The keyed digest of the key's text.
    pub mac: [u8; 32],
    /// The models it may ask for, as patterns; none where all of its group's.
    pub models: Option<Vec<String>>,
    /// What its maker noted about it.
    pub note: Option<String>,
}

/// Without the digest, which logs have no use for.
impl fmt::Debug for KeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRecord")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("group", &self.group)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}
