//! A JSON body that is parsed only where somebody looks and rewritten only where something
//! changed.
//!
//! A [`Document`] knows the top-level fields of a [`Body`] from the scan that proved it. Looking
//! inside a [`Node`] finds the borders of that node's own children, once; what is inside them
//! stays unread. Changes happen in order: who looks later sees the document as it is now. In the
//! end there are [`Edits`] over the bytes that arrived, which name what changed and nothing else.

mod changes;
mod children;
mod level;
mod node;

#[cfg(test)]
mod tests;

use bytes::Bytes;

use crate::body::{Body, Edits};

pub use changes::Change;
pub use node::{Node, NodeKind};

/// A body that can be looked into and changed.
#[derive(Debug, Clone)]
pub struct Document {
    root: Node,
}

impl Document {
    /// The document that `body` holds. Costs one small entry for each top-level field; the bytes
    /// are shared, not copied.
    #[must_use]
    pub fn of(body: &Body) -> Self {
        Self { root: Node::root(body.bytes(), body.fields()) }
    }

    /// The object that is the whole body.
    pub fn root(&mut self) -> &mut Node {
        &mut self.root
    }

    /// The value of the top-level field `name`; of equal keys the last, as parsers do.
    pub fn get(&mut self, name: &str) -> Option<&mut Node> {
        self.root.get(name)
    }

    /// The value that the field names in `path` lead to, each looked up in the value before it.
    pub fn at(&mut self, path: &[&str]) -> Option<&mut Node> {
        path.iter().try_fold(&mut self.root, |node, name| node.get(name))
    }

    /// Gives the top-level field `name` the value `json` (the text of one JSON value): in its
    /// place where there is one, else as the last field.
    pub fn set(&mut self, name: &str, json: impl Into<Bytes>) {
        self.root.set(name, json);
    }

    /// Removes every top-level field `name`; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.root.remove(name)
    }

    /// Whether anything was changed. A value replaced by the very same text is none.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.root.is_changed()
    }

    /// What must be written over the original bytes to send the document as it is now.
    #[must_use]
    pub fn edits(&self) -> Edits {
        let mut patches = Vec::new();
        self.root.patches(&mut patches);
        let mut edits = Edits::none();
        for (span, with) in patches {
            // Patches come in the order of their places and never overlap: none is refused.
            let refused = edits.replace(span, with);
            debug_assert!(refused.is_ok(), "patches overlap");
        }
        edits
    }

    /// What was changed, for people, in document order. See [`Change`] for what it never shows.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        changes::of(&self.root)
    }
}

/// `text` as a JSON string, quotes included.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
