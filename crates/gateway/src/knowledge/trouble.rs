//! Which channel had better be left alone for now, as a whole or for one model.
//!
//! A channel in trouble is asked last, not never: where there is no other, asking it is still
//! better than refusing.

use std::time::Duration;

use salve_remedy::{Cools, Diagnosis};
use tokio::time::Instant;

use super::recent::Recent;

/// Channels times models that are remembered.
const ROOM: usize = 4_096;

/// A refused credential is looked at again after this long: somebody may have renewed it.
const CREDENTIAL: Duration = Duration::from_secs(60);

/// An empty account is looked at again after this long: somebody may have paid.
const ACCOUNT: Duration = Duration::from_secs(300);

/// Why a channel is left alone, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    /// The fault, by its id in the catalogue.
    pub fault: &'static str,
    until: Instant,
}

/// The memory of what is out of order.
#[derive(Debug)]
pub struct Troubles(Recent<(String, Option<String>), Trouble>);

impl Default for Troubles {
    fn default() -> Self {
        Self(Recent::new(ROOM))
    }
}

impl Troubles {
    /// Notes what a failure says about its channel.
    pub fn note(&self, channel: &str, model: &str, diagnosis: &Diagnosis) {
        let (model, length) = match diagnosis.cools {
            Cools::Nothing => return,
            Cools::Model { secs } => (Some(model.to_owned()), Duration::from_secs(secs)),
            Cools::Briefly { secs } => (None, Duration::from_secs(secs)),
            Cools::Credential => (None, CREDENTIAL),
            Cools::Account => (None, ACCOUNT),
        };
        let trouble = Trouble { fault: &diagnosis.fault.id, until: Instant::now() + length };
        self.0.set((channel.to_owned(), model), trouble);
    }

    /// Notes that a channel answers for a model.
    pub fn clear(&self, channel: &str, model: &str) {
        for model in [None, Some(model.to_owned())] {
            self.0.remove(&(channel.to_owned(), model));
        }
    }

    /// Whether a channel has said just now that it has no such model.
    pub fn lacks(&self, channel: &str, model: &str) -> bool {
        let trouble = self.0.get(&(channel.to_owned(), Some(model.to_owned())));
        trouble.is_some_and(|trouble| trouble.until > Instant::now())
    }

    /// What is wrong with a channel for a model right now.
    pub fn of(&self, channel: &str, model: &str) -> Option<Trouble> {
        let now = Instant::now();
        let of = |model| self.0.get(&(channel.to_owned(), model)).filter(|t| t.until > now);
        of(Some(model.to_owned())).or_else(|| of(None))
    }
}
