//! What was changed in a document, told to people.

use super::node::Node;

/// One change, for logs and for `explain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where: `tools[3].defer_loading`.
    pub path: String,
    /// What stood there; `None` where something was put in.
    pub was: Option<String>,
    /// What stands there now; `None` where something was removed.
    pub now: Option<String>,
}

pub(super) fn of(_root: &Node) -> Vec<Change> {
    Vec::new()
}
