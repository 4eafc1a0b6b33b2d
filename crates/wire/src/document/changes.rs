//! What was changed in a document, told to people.

mod excerpt;

use std::iter::Peekable;

use super::children::{Child, Gone, Key};
use super::node::Node;
use excerpt::{Scope, excerpt};

/// How many characters of a field's name a path shows.
const NAME_CHARS_MAX: usize = 64;

/// One change, for logs and for people who ask what was sent in their name.
///
/// `was` and `now` have at most 120 bytes. Below `messages` and `system` they tell of what kind
/// and how long a value is, never what a user or a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where: `tools[3].defer_loading`. Indices are those of the original, except for what was
    /// put in, which has the index that it has now. Empty for the body as a whole.
    pub path: String,
    /// What stood there; `None` where something was put in.
    pub was: Option<String>,
    /// What stands there now; `None` where something was removed.
    pub now: Option<String>,
}

/// The changes to `root` and below it, in document order: of what changed between two children
/// that stayed, first what went and then what came.
pub(super) fn of(root: &Node) -> Vec<Change> {
    let mut walk = Walk { path: String::new(), found: Vec::new() };
    walk.node(root, Scope::Body, "");
    walk.found
}

struct Walk {
    path: String,
    found: Vec<Change>,
}

/// The container whose children are told of.
#[derive(Clone, Copy)]
struct Within<'a> {
    source: &'a [u8],
    scope: Scope,
}

impl Walk {
    fn node(&mut self, node: &Node, scope: Scope, name: &str) {
        if let Some(was) = node.was() {
            let (was, now) = (excerpt(was, scope, name), excerpt(&node.raw(), scope, name));
            self.tell(Some(was), Some(now));
            return;
        }
        let Some(children) = node.opened().filter(|children| children.is_changed()) else { return };
        let within = Within { source: node.source(), scope };
        let mut gone: Vec<&Gone> = children.gone.iter().collect();
        gone.sort_unstable_by_key(|gone| gone.place);
        let mut gone = gone.into_iter().peekable();
        let mut new = Vec::new();
        for (index, child) in children.list.iter().enumerate() {
            let Some(place) = child.place else {
                new.push((index, child));
                continue;
            };
            self.gap(within, &mut gone, place, &mut new);
            self.below(within, child.key(), place, |walk, scope, name| {
                walk.node(&child.node, scope, name);
            });
        }
        self.gap(within, &mut gone, usize::MAX, &mut new);
    }

    /// What went and what came before the child that was at `place`.
    fn gap<'a>(
        &mut self,
        within: Within<'_>,
        gone: &mut Peekable<impl Iterator<Item = &'a Gone>>,
        place: usize,
        new: &mut Vec<(usize, &Child)>,
    ) {
        while let Some(gone) = gone.next_if(|gone| gone.place < place) {
            let raw = within.source.get(gone.slot.clone()).unwrap_or_default();
            self.below(within, &gone.key, gone.place, |walk, scope, name| {
                walk.tell(Some(excerpt(raw, scope, name)), None);
            });
        }
        for (index, child) in new.drain(..) {
            self.below(within, child.key(), index, |walk, scope, name| {
                walk.tell(None, Some(excerpt(&child.node.raw(), scope, name)));
            });
        }
    }

    /// Runs `tell` with the path, the scope and the name of one child.
    fn below(
        &mut self,
        within: Within<'_>,
        key: &Key,
        index: usize,
        tell: impl FnOnce(&mut Self, Scope, &str),
    ) {
        let outer = self.path.len();
        if key.raw(within.source).is_empty() {
            self.path.push_str(&format!("[{index}]"));
            tell(self, within.scope, "");
        } else {
            let name = key.text(within.source);
            if outer > 0 {
                self.path.push('.');
            }
            self.path.extend(name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX));
            tell(self, within.scope.below(&name), &name);
        }
        self.path.truncate(outer);
    }

    fn tell(&mut self, was: Option<String>, now: Option<String>) {
        self.found.push(Change { path: self.path.clone(), was, now });
    }
}
