//! What all connections of one simulator share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::books::Books;
use crate::cache::PromptCache;
use crate::model::Model;
use crate::script::{FaultRules, ScriptError};
use crate::settings::Settings;
use crate::signature::Mint;

/// The settings and the state of one simulator.
#[derive(Debug)]
pub(crate) struct World {
    pub settings: Settings,
    pub mint: Mint,
    models: HashMap<String, Arc<Model>>,
    books: Mutex<Books>,
    cache: Mutex<PromptCache>,
    faults: Mutex<FaultRules>,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Result<Self, ScriptError> {
        let mut models = HashMap::new();
        for model in &settings.models {
            let shared = Arc::new(model.clone());
            for alias in &model.aliases {
                models.insert(alias.clone(), Arc::clone(&shared));
            }
            models.insert(model.id.clone(), shared);
        }
        Ok(Self {
            mint: Mint::new(settings.seed),
            models,
            books: Mutex::new(Books::new(settings.log_entries_max, settings.log_body_bytes_max)),
            cache: Mutex::new(PromptCache::default()),
            faults: Mutex::new(FaultRules::new(settings.script.clone())?),
            settings,
        })
    }

    /// The model of this id or alias.
    pub(crate) fn model(&self, id: &str) -> Option<Arc<Model>> {
        self.models.get(id).cloned()
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
