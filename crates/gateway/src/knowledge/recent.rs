//! A map that forgets: it keeps the entries used lately and is never larger than its bound.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A bounded map in two generations: when the young one is full it becomes the old one, and what
/// was old is forgotten. An entry that is asked for is young again.
#[derive(Debug)]
pub struct Recent<K, V> {
    generations: Mutex<Generations<K, V>>,
    /// Entries of one generation.
    room: usize,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V: Clone> Recent<K, V> {
    /// A map of at most twice `room` entries, and never fewer than the last `room`.
    pub fn new(room: usize) -> Self {
        let generations = Generations { young: HashMap::new(), old: HashMap::new() };
        Self { generations: Mutex::new(generations), room }
    }

    /// The entry of a key.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let mut generations = self.lock();
        if let Some(value) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = generations.old.remove_entry(key)?;
        self.put(&mut generations, key, value.clone());
        Some(value)
    }

    /// Sets the entry of a key.
    pub fn set(&self, key: K, value: V) {
        let mut generations = self.lock();
        generations.old.remove(&key);
        self.put(&mut generations, key, value);
    }

    /// Forgets the entry of a key, and gives it.
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let mut generations = self.lock();
        let old = generations.old.remove(key);
        generations.young.remove(key).or(old)
    }

    fn put(&self, generations: &mut Generations<K, V>, key: K, value: V) {
        if generations.young.len() >= self.room {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(key, value);
    }

    /// Held for one look; a panic while it is held leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn what_was_used_lately_stays_and_the_rest_is_forgotten() {
        let map = Recent::new(2);
        for n in 0..2 {
            map.set(n, n);
        }
        assert_eq!(map.get(&0), Some(0));
        map.set(2, 2);
        assert_eq!(map.get(&0), Some(0), "asked for, so young again");
        map.set(3, 3);
        map.set(4, 4);
        assert_eq!(map.get(&1), None);
        assert_eq!(map.get(&4), Some(4));
        assert_eq!(map.remove(&4), Some(4));
        assert_eq!(map.get(&4), None);
    }
}
