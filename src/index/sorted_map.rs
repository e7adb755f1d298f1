//! A sorted map of which many versions live at once.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// How many entries a chunk has when it is split in two.
const CHUNK: usize = 128;

/// Values by key, in the order of the keys. A clone costs one count; a version that differs by an entry shares all with the
/// one before but the chunk that the entry stands in, and the list of chunks.
///
/// That list is copied with every change, so this is for some thousands of entries, not for millions.
#[derive(Debug)]
pub struct SortedMap<K, V> {
    /// None of them is empty.
    chunks: Arc<Vec<Chunk<K, V>>>,
    len: usize,
}

type Chunk<K, V> = Arc<Vec<(K, V)>>;

impl<K, V> Clone for SortedMap<K, V> {
    fn clone(&self) -> Self {
        Self { chunks: Arc::clone(&self.chunks), len: self.len }
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { chunks: Arc::default(), len: 0 }
    }
}

impl<K: Ord + Clone, V: Clone> SortedMap<K, V> {
    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        let chunk = self.chunks.get(self.chunk_of(key))?;
        chunk.get(place(chunk, key).ok()?).map(|(_, value)| value)
    }

    /// Gives a key a value. Whether it had none.
    pub fn insert(&mut self, key: K, value: V) -> bool {
        // What is greater than all goes into the last chunk.
        let at = self.chunk_of(&key).min(self.chunks.len().saturating_sub(1));
        let chunks = Arc::make_mut(&mut self.chunks);
        let Some(shared) = chunks.get_mut(at) else {
            chunks.push(Arc::new(vec![(key, value)]));
            self.len += 1;
            return true;
        };
        let chunk = Arc::make_mut(shared);
        match place(chunk, &key) {
            Ok(at) => {
                if let Some((_, known)) = chunk.get_mut(at) {
                    *known = value;
                }
                return false;
            }
            Err(at) => chunk.insert(at, (key, value)),
        }
        if chunk.len() > CHUNK {
            let upper = chunk.split_off(CHUNK / 2);
            chunks.insert(at + 1, Arc::new(upper));
        }
        self.len += 1;
        true
    }

    /// Takes the value of a key away, if there is one.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        // What is not there changes nothing, and costs no copy.
        self.get(key)?;
        let at = self.chunk_of(key);
        let chunks = Arc::make_mut(&mut self.chunks);
        let chunk = Arc::make_mut(chunks.get_mut(at)?);
        let (_, value) = chunk.remove(place(chunk, key).ok()?);
        if chunk.is_empty() {
            chunks.remove(at);
        }
        self.len -= 1;
        Some(value)
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.chunks.iter().flat_map(|chunk| chunk.iter()).map(|(key, value)| (key, value))
    }

    /// The entries whose keys lie within bounds, in order.
    pub fn range(&self, bounds: impl RangeBounds<K>) -> impl Iterator<Item = (&K, &V)> {
        let (from, to) = (bounds.start_bound().cloned(), bounds.end_bound().cloned());
        let before = |(key, _): &(K, V)| match &from {
            Bound::Included(from) => key < from,
            Bound::Excluded(from) => key <= from,
            Bound::Unbounded => false,
        };
        let first = self.chunks.partition_point(|chunk| chunk.last().is_some_and(before));
        let start = self.chunks.get(first).map_or(0, |chunk| chunk.partition_point(before));
        let chunks = self.chunks.get(first..).unwrap_or_default();
        let entries = chunks.iter().flat_map(|chunk| chunk.iter()).skip(start);
        let within = entries.take_while(move |(key, _)| match &to {
            Bound::Included(to) => key <= to,
            Bound::Excluded(to) => key < to,
            Bound::Unbounded => true,
        });
        within.map(|(key, value)| (key, value))
    }

    /// The first chunk whose last key is not less than this.
    fn chunk_of(&self, key: &K) -> usize {
        self.chunks.partition_point(|chunk| chunk.last().is_some_and(|(last, _)| last < key))
    }
}

/// Where in a chunk a key is, or would be.
fn place<K: Ord, V>(chunk: &[(K, V)], key: &K) -> Result<usize, usize> {
    chunk.binary_search_by(|(known, _)| known.cmp(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_version_is_what_a_map_of_its_own_would_be() {
        let (mut sorted, mut plain) = (SortedMap::default(), BTreeMap::new());
        let mut versions = Vec::new();
        let mut random = 7_u32;
        for step in 0..4_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = (random >> 16) % 900;
            if step % 3 == 0 || step > 3_000 {
                assert_eq!(sorted.remove(&key), plain.remove(&key), "step {step}, {key}");
            } else {
                assert_eq!(sorted.insert(key, step), plain.insert(key, step).is_none(), "step {step}, {key}");
            }
            if step % 97 == 0 {
                versions.push((sorted.clone(), plain.clone()));
            }
        }
        for (sorted, plain) in versions {
            assert!(sorted.iter().eq(plain.iter()));
            assert_eq!((sorted.len(), sorted.is_empty()), (plain.len(), plain.is_empty()));
            for (from, to) in [(0, 900), (17, 17), (100, 700), (899, 900), (450, 460)] {
                assert!(sorted.range(from..to).eq(plain.range(from..to)), "{from}..{to}");
                assert!(sorted.range(from..=to).eq(plain.range(from..=to)), "{from}..={to}");
                assert_eq!(sorted.get(&from), plain.get(&from));
            }
            assert!(sorted.range(300..).eq(plain.range(300..)));
        }
    }
}
