//! A hash map of which many versions live at once.

use rustc_hash::{FxBuildHasher, FxHashMap};
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// Into how many maps the entries are spread.
const SHARDS: usize = 64;

/// Values by key, in no order. A version that differs by an entry shares all with the one before but one map of 64.
#[derive(Debug)]
pub struct Shards<K, V> {
    /// None of them, or all.
    shards: Vec<Arc<FxHashMap<K, V>>>,
}

impl<K, V> Clone for Shards<K, V> {
    fn clone(&self) -> Self {
        Self { shards: self.shards.clone() }
    }
}

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self { shards: Vec::new() }
    }
}

/// The map that holds a key.
fn shard_of<Q: Hash + ?Sized>(key: &Q) -> usize {
    // The maps themselves go by the lowest and the highest bits.
    ((FxBuildHasher.hash_one(key) >> 32) % SHARDS as u64) as usize
}

impl<K: Hash + Eq + Clone, V: Clone> Shards<K, V> {
    /// The value of a key.
    #[must_use]
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.shards.get(shard_of(key))?.get(key)
    }

    /// The value of a key, to change. Where its map is shared, that is copied; nothing is where there is none.
    pub fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let shard = self.shards.get_mut(shard_of(key))?;
        if shard.contains_key(key) { Arc::make_mut(shard).get_mut(key) } else { None }
    }

    /// Gives a key a value, and yields the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.shards.is_empty() {
            self.shards.resize_with(SHARDS, Arc::default);
        }
        let shard = self.shards.get_mut(shard_of(&key))?;
        Arc::make_mut(shard).insert(key, value)
    }

    /// Takes the value of a key away, if there is one.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let shard = self.shards.get_mut(shard_of(key))?;
        if shard.contains_key(key) { Arc::make_mut(shard).remove(key) } else { None }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> FromIterator<(K, V)> for Shards<K, V> {
    fn from_iter<It: IntoIterator<Item = (K, V)>>(iter: It) -> Self {
        let mut map = Self::default();
        for (key, value) in iter {
            map.insert(key, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_what_a_map_of_its_own_would_be() {
        let (mut map, mut plain) = (Shards::<String, u32>::default(), FxHashMap::<String, u32>::default());
        let mut versions = Vec::new();
        let mut random = 3_u32;
        for step in 0..3_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = ((random >> 16) % 700).to_string();
            match step % 4 {
                0 => assert_eq!(map.remove(key.as_str()), plain.remove(&key)),
                1 => assert_eq!(
                    map.get_mut(key.as_str()).map(|value| *value += 1),
                    plain.get_mut(&key).map(|value| *value += 1)
                ),
                _ => assert_eq!(map.insert(key.clone(), step), plain.insert(key, step)),
            }
            if step % 97 == 0 {
                versions.push((map.clone(), plain.clone()));
            }
        }
        for (map, plain) in versions {
            for key in (0..700).map(|key: u32| key.to_string()) {
                assert_eq!(map.get(key.as_str()), plain.get(&key));
            }
        }
    }
}
