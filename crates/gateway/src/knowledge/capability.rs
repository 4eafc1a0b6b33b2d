//! Capabilities: what each channel and model takes and refuses, learned from refusals and
//! successes, on top of what is known of its platform.
//!
//! A fact has an end. From then on one request at a time tries the feature again (*half-open*):
//! if it is taken, the fact is forgotten; if it is refused, it is learned anew.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use salve_ledger::Timestamp;
use salve_remedy::{Facts, Lesson, Says};

/// Channels times models that are remembered. Clients choose model names, so there is a bound.
const SLOTS_MAX: usize = 4_096;

/// Facts about one channel and model. Features are named by upstreams, so there is a bound.
const FACTS_MAX: usize = 256;

/// Features that one request looks at for a trial.
const DUE_MAX: usize = 4;

/// How long a proven fact is believed. Services learn features with their releases, some days
/// apart; trying again costs one request one more round trip.
const PROVEN_MS: i64 = 24 * 3600 * 1000;

/// How long a suspicion is believed, before the features under it are tried one by one.
const SUSPECTED_MS: i64 = 60 * 1000;

/// The memory of capabilities.
#[derive(Debug, Default)]
pub struct Capabilities {
    slots: RwLock<HashMap<String, HashMap<String, Arc<Slot>>>>,
}

/// One channel and model.
#[derive(Debug, Default)]
struct Slot {
    /// Seeds and what was learned, as remedies read it.
    facts: Arc<Facts>,
    /// None where nobody has asked for the platform's facts yet.
    seeds: Option<Facts>,
    learned: BTreeMap<String, Learned>,
    /// The feature that some request is trying right now.
    on_trial: Arc<Mutex<Option<String>>>,
}

#[derive(Debug, Clone)]
struct Learned {
    says: Says,
    until: i64,
}

/// A fact that was learned just now, or read from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taught {
    /// The channel.
    pub channel: String,
    /// The model's id there.
    pub model: String,
    /// The feature.
    pub feature: String,
    /// What is said to it.
    pub says: Says,
    /// When it was learned.
    pub at: Timestamp,
    /// When it is tried again.
    pub until: Timestamp,
}

/// What is known for one request.
#[derive(Debug)]
pub struct View {
    /// The facts.
    pub facts: Arc<Facts>,
    /// Features that may be tried again: some of those whose time has come.
    pub due: Vec<Due>,
}

/// A feature whose time for another try has come; see [`Due::begin`].
#[derive(Debug)]
pub struct Due {
    /// The feature.
    pub feature: String,
    on_trial: Arc<Mutex<Option<String>>>,
}

/// One request's try at a feature. Others wait for its end.
#[derive(Debug)]
pub struct Trial {
    /// The feature.
    pub feature: String,
    on_trial: Arc<Mutex<Option<String>>>,
}

impl Due {
    /// Begins the try, unless another request was faster.
    #[must_use]
    pub fn begin(self) -> Option<Trial> {
        let Self { feature, on_trial } = self;
        {
            let mut tried = on_trial.lock().unwrap_or_else(PoisonError::into_inner);
            if tried.is_some() {
                return None;
            }
            *tried = Some(feature.clone());
        }
        Some(Trial { feature, on_trial })
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        *self.on_trial.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Capabilities {
    /// What is known of a channel and model. `seeds` gives what is known of its platform, the
    /// first time it is asked for.
    pub fn view(
        &self,
        channel: &str,
        model: &str,
        now: Timestamp,
        seeds: impl FnOnce() -> Facts,
    ) -> View {
        let slot = self.slot(channel, model).filter(|slot| slot.seeds.is_some());
        let slot = slot.unwrap_or_else(|| self.seeded(channel, model, seeds));
        let now = millis(now);
        View { facts: Arc::clone(&slot.facts), due: slot.due(now) }
    }

    /// The facts about a channel and model, where any were looked at before.
    pub fn facts(&self, channel: &str, model: &str) -> Option<Arc<Facts>> {
        self.slot(channel, model).map(|slot| Arc::clone(&slot.facts))
    }

    /// Learns from an answer; gives what is worth keeping beyond this process.
    pub fn learn(
        &self,
        channel: &str,
        model: &str,
        lessons: &[Lesson],
        now: Timestamp,
    ) -> Vec<Taught> {
        let mut kept = Vec::new();
        for lesson in lessons {
            let lasts = if lesson.is_suspicion { SUSPECTED_MS } else { PROVEN_MS };
            let taught = Taught {
                channel: channel.to_owned(),
                model: model.to_owned(),
                feature: lesson.feature.clone(),
                says: lesson.says.clone(),
                at: now,
                until: now.saturating_add_millis(lasts),
            };
            self.recall(&taught);
            kept.push(taught);
        }
        kept
    }

    /// Takes in a fact that was learned earlier.
    pub fn recall(&self, taught: &Taught) {
        let learned = Learned { says: taught.says.clone(), until: millis(taught.until) };
        self.change(&taught.channel, &taught.model, |slot| {
            slot.learned.insert(taught.feature.clone(), learned);
            if slot.learned.len() > FACTS_MAX {
                let soonest = slot.learned.iter().min_by_key(|(_, learned)| learned.until);
                let soonest = soonest.map(|(feature, _)| feature.clone());
                soonest.and_then(|feature| slot.learned.remove(&feature));
            }
        });
    }

    /// Forgets that a feature was refused, since it was taken. What the platform's table says
    /// against it is overruled.
    pub fn taken(&self, channel: &str, model: &str, feature: &str, now: Timestamp) {
        let until = millis(now.saturating_add_millis(PROVEN_MS));
        self.change(channel, model, |slot| {
            slot.learned.remove(feature);
            if slot.seeds.as_ref().is_some_and(|seeds| seeds.get(feature).is_some()) {
                slot.learned.insert(feature.to_owned(), Learned { says: Says::Takes, until });
            }
        });
    }

    /// Forgets what was learned of a channel, or of all; of one feature, or of all.
    pub fn forget(&self, channel: Option<&str>, feature: Option<&str>) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let Some(feature) = feature else {
            slots.retain(|name, _| channel.is_some_and(|channel| channel != name));
            return;
        };
        let of =
            slots.iter_mut().filter(|(name, _)| channel.is_none_or(|channel| channel == **name));
        for slot in of.flat_map(|(_, models)| models.values_mut()) {
            *slot = Arc::new(slot.changed(|learned| {
                learned.remove(feature);
            }));
        }
    }

    fn slot(&self, channel: &str, model: &str) -> Option<Arc<Slot>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.get(channel)?.get(model).cloned()
    }

    fn seeded(&self, channel: &str, model: &str, seeds: impl FnOnce() -> Facts) -> Arc<Slot> {
        let seeds = seeds();
        self.change(channel, model, |slot| slot.seeds = Some(seeds.clone()));
        // Where there was no room for another, what is known of the platform is all.
        self.slot(channel, model).unwrap_or_else(|| {
            let facts = Arc::new(seeds.clone());
            Arc::new(Slot { facts, seeds: Some(seeds), ..Slot::default() })
        })
    }

    fn change(&self, channel: &str, model: &str, on: impl FnOnce(&mut Slot)) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        let count: usize = slots.values().map(HashMap::len).sum();
        let models = slots.entry(channel.to_owned()).or_default();
        if count >= SLOTS_MAX && !models.contains_key(model) {
            return;
        }
        let slot = models.entry(model.to_owned()).or_default();
        let mut changed = slot.changed(|_| {});
        on(&mut changed);
        *slot = Arc::new(changed.with_facts());
    }
}

impl Slot {
    /// Some of the features whose time has come, another choice at every moment: a request that
    /// does not use one proves nothing about it, and must not keep others from being tried.
    fn due(&self, now: i64) -> Vec<Due> {
        let due: Vec<&String> = self
            .learned
            .iter()
            .filter(|(_, learned)| learned.until <= now)
            .map(|(feature, _)| feature)
            .collect();
        if due.is_empty() {
            return Vec::new();
        }
        let skipped = usize::try_from(now).unwrap_or(0) % due.len();
        let some = due.iter().cycle().skip(skipped).take(DUE_MAX.min(due.len()));
        let on_trial = || Arc::clone(&self.on_trial);
        some.map(|feature| Due { feature: (*feature).clone(), on_trial: on_trial() }).collect()
    }

    fn changed(&self, on: impl FnOnce(&mut BTreeMap<String, Learned>)) -> Self {
        let mut learned = self.learned.clone();
        on(&mut learned);
        let slot = Self {
            facts: Arc::clone(&self.facts),
            seeds: self.seeds.clone(),
            learned,
            on_trial: Arc::clone(&self.on_trial),
        };
        slot.with_facts()
    }

    fn with_facts(mut self) -> Self {
        let mut facts = self.seeds.clone().unwrap_or_default();
        for (feature, learned) in &self.learned {
            facts.set(feature.clone(), learned.says.clone());
        }
        self.facts = Arc::new(facts);
        self
    }
}

fn millis(at: Timestamp) -> i64 {
    at.as_millis()
}
