//! Keys and how one is found by the text a client presents.

use std::collections::HashMap;
use std::sync::Arc;

use salve_config::{DeclaredKey, ModelPattern};
use salve_store::KeyRecord;

use crate::identify::{Digest, Pepper, public_id, same};

/// A key that clients may present.
#[derive(Debug)]
pub struct Key {
    /// Its name: what logs show.
    pub name: String,
    /// Who owns it.
    pub user: Option<String>,
    /// The group whose channels it may use.
    pub group: String,
    models: Option<Vec<ModelPattern>>,
    is_revoked: bool,
    digest: Digest,
}

/// Why a presented key opens nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// No such key, or the wrong secret for it. Not told apart.
    Wrong,
    /// It was a key once, under this name.
    Revoked(String),
}

/// A set of keys.
#[derive(Debug, Default)]
pub struct Keyring {
    /// Keys made here, by public id.
    minted: HashMap<String, Arc<Key>>,
    /// Keys declared in the configuration, by digest: their text has no public part.
    declared: HashMap<Digest, Arc<Key>>,
}

impl Key {
    /// Whether the key may ask for `model`.
    #[must_use]
    pub fn may_use(&self, model: &str) -> bool {
        self.models.as_ref().is_none_or(|models| models.iter().any(|p| p.matches(model)))
    }
}

impl Keyring {
    /// The keys of a configuration.
    #[must_use]
    pub fn declared(keys: &[DeclaredKey], pepper: &Pepper) -> Self {
        let keys = keys.iter().map(|key| {
            let digest = pepper.digest(key.secret.expose());
            let key = Key {
                name: key.name.clone(),
                user: key.user.clone(),
                group: key.group.clone(),
                models: key.models.clone(),
                is_revoked: false,
                digest,
            };
            (digest, Arc::new(key))
        });
        Self { minted: HashMap::new(), declared: keys.collect() }
    }

    /// The keys of a store.
    #[must_use]
    pub fn minted(records: Vec<KeyRecord>) -> Self {
        let keys = records.into_iter().map(|record| {
            let models = record.models.as_ref();
            let patterns = |models: &Vec<String>| models.iter().map(ModelPattern::new).collect();
            let key = Key {
                models: models.map(patterns),
                name: record.name,
                user: record.user,
                group: record.group,
                is_revoked: record.revoked.is_some(),
                digest: record.mac,
            };
            (record.id, Arc::new(key))
        });
        Self { minted: keys.collect(), declared: HashMap::new() }
    }

    /// Whether a key that is in use has this name.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        let mut keys = self.minted.values().chain(self.declared.values());
        keys.any(|key| key.name == name && !key.is_revoked)
    }

    /// The key whose text is `presented` and whose digest is `digest`.
    ///
    /// An unknown id, a wrong secret and a revoked key take the same path: one look-up and one
    /// comparison in constant time.
    ///
    /// # Errors
    /// [`KeyError`]; a revoked key is told as such only to who holds its secret.
    pub fn find(&self, presented: &str, digest: &Digest) -> Result<Arc<Key>, KeyError> {
        let minted = public_id(presented).and_then(|id| self.minted.get(id));
        let found = minted.or_else(|| self.declared.get(digest));
        match found.filter(|key| same(&key.digest, digest)) {
            None => Err(KeyError::Wrong),
            Some(key) if key.is_revoked => Err(KeyError::Revoked(key.name.clone())),
            Some(key) => Ok(Arc::clone(key)),
        }
    }
}
