//! The in-process twin of the control endpoint.

use std::sync::Arc;

use crate::books::{Counters, Entry};
use crate::fault::Faults;
use crate::script::{ScriptError, ScriptRule, When};
use crate::world::World;

/// Queues faults and reads the books of a running simulator.
#[derive(Debug, Clone)]
pub struct Control {
    world: Arc<World>,
}

impl Control {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// Queues faults for the next `POST /v1/messages`.
    ///
    /// # Errors
    /// When too many rules are queued.
    pub fn queue(&self, fault: impl Into<Faults>) -> Result<(), ScriptError> {
        self.queue_rule(ScriptRule { fault: fault.into(), times: Some(1), when: When::default() })
    }

    /// Queues a rule; it comes before the script's and behind those already queued.
    ///
    /// # Errors
    /// When the rule could never apply or too many are queued.
    pub fn queue_rule(&self, rule: ScriptRule) -> Result<(), ScriptError> {
        self.world.faults().queue(rule)
    }

    /// Every entry of the books, oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.entries_after(0)
    }

    /// The entries with a number above `seq`, oldest first.
    #[must_use]
    pub fn entries_after(&self, seq: u64) -> Vec<Entry> {
        self.world.books().since(seq)
    }

    /// Sums since the start or the last reset.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.world.books().counters()
    }

    /// Empties books, prompt cache and queue, and starts the script from its beginning.
    pub fn reset(&self) {
        self.world.books().reset();
        self.world.cache().clear();
        self.world.faults().reset();
    }
}
