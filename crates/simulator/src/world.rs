//! What all connections of one simulator share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::books::Books;
use crate::cache::PromptCache;
use crate::law::Law;
use crate::profile::Profile;
use crate::script::{FaultRules, ScriptError};
use crate::settings::Settings;
use crate::signature::Mint;

/// The settings and the state of one simulator.
#[derive(Debug)]
pub(crate) struct World {
    pub settings: Settings,
    pub mint: Mint,
    law: Mutex<Arc<Law>>,
    books: Mutex<Books>,
    cache: Mutex<PromptCache>,
    faults: Mutex<FaultRules>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Result<Self, ScriptError> {
        let law = Law::new(settings.profile.clone(), &settings.models);
        Ok(Self {
            mint: Mint::new(settings.seed),
            law: Mutex::new(Arc::new(law)),
            books: Mutex::new(Books::new(settings.log_entries_max, settings.log_body_bytes_max)),
            cache: Mutex::new(PromptCache::default()),
            faults: Mutex::new(FaultRules::new(settings.script.clone())?),
            settings,
        })
    }

    /// The profile in force, ready for judging.
    pub(crate) fn law(&self) -> Arc<Law> {
        Arc::clone(&self.law.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another profile in force; requests that are being answered keep theirs.
    pub(crate) fn set_profile(&self, profile: Profile) {
        let law = Arc::new(Law::new(profile, &self.settings.models));
        *self.law.lock().unwrap_or_else(PoisonError::into_inner) = law;
    }

    /// Empties books, prompt cache and queue, starts the script from its beginning, and puts the
    /// profile of the settings in force.
    pub(crate) fn reset(&self) {
        self.books().reset();
        self.cache().clear();
        self.faults().reset();
        self.set_profile(self.settings.profile.clone());
    }

    /// The request log. Like the other locks it is never held across an await, and a panic while
    /// holding it leaves nothing half-written that a later reader could misread.
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The prompt cache.
    pub(crate) fn cache(&self) -> MutexGuard<'_, PromptCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault rules in force.
    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultRules> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
