//! Who minted which thinking block. A service refuses signatures that another one made, so when a
//! conversation moves, the blocks of the other one must go, and only those.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use salve_remedy::Provenance;

use super::recent::Recent;

/// Signatures that are remembered: some hundred per long conversation, hundreds of those.
const ROOM: usize = 100_000;

/// The memory of signatures.
#[derive(Debug)]
pub struct Minted {
    by: Recent<u64, Arc<str>>,
    /// Whether more than one service has minted anything.
    is_mixed: AtomicBool,
    first: std::sync::OnceLock<Arc<str>>,
}

impl Default for Minted {
    fn default() -> Self {
        let first = std::sync::OnceLock::new();
        Self { by: Recent::new(ROOM), is_mixed: AtomicBool::new(false), first }
    }
}

/// What a signature is remembered by. Collisions cost one thinking block.
#[must_use]
pub fn fingerprint(signature: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    signature.hash(&mut hasher);
    hasher.finish()
}

impl Minted {
    /// Notes that `mint` made these signatures.
    pub fn note(&self, mint: &Arc<str>, signatures: &[String]) {
        if signatures.is_empty() {
            return;
        }
        if self.first.get_or_init(|| Arc::clone(mint)) != mint {
            self.is_mixed.store(true, Ordering::Relaxed);
        }
        for signature in signatures {
            self.by.set(fingerprint(signature), Arc::clone(mint));
        }
    }

    /// The memory as a channel of the service `mint` needs it.
    #[must_use]
    pub fn seen_from<'m>(&'m self, mint: &'m str) -> MintedView<'m> {
        MintedView { minted: self, mint }
    }
}

/// What is foreign to one service.
#[derive(Debug, Clone, Copy)]
pub struct MintedView<'m> {
    minted: &'m Minted,
    mint: &'m str,
}

impl Provenance for MintedView<'_> {
    fn has_foreign(&self) -> bool {
        self.minted.is_mixed.load(Ordering::Relaxed)
            || self.minted.first.get().is_some_and(|first| **first != *self.mint)
    }

    fn is_foreign(&self, signature: &str) -> bool {
        let by = self.minted.by.get(&fingerprint(signature));
        by.is_some_and(|mint| *mint != *self.mint)
    }
}
