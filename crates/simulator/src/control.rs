//! The in-process twin of the control endpoint.

use std::sync::Arc;

use crate::books::{Counters, Entry};
use crate::fault::Faults;
use crate::profile::{Profile, ProfileError};
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

    /// The profile in force.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.world.law().profile.clone()
    }

    /// Puts another profile in force, for the requests that come from now on.
    pub fn set_profile(&self, profile: Profile) {
        self.world.set_profile(profile);
    }

    /// Changes the profile in force as `POST /_sim/profile` does; see [`Profile::changed`].
    ///
    /// # Errors
    /// When a key is unknown or a value is of the wrong kind; the profile then stays.
    pub fn change_profile(&self, change: &serde_json::Value) -> Result<(), ProfileError> {
        self.set_profile(self.profile().changed(change)?);
        Ok(())
    }

    /// Empties books, prompt cache and queue, starts the script from its beginning, and puts the
    /// profile of the settings in force.
    pub fn reset(&self) {
        self.world.reset();
    }
}
