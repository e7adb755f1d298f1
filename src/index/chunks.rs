//! A table indexed by a typed id of which many versions live at once.

use super::Idx;
use std::marker::PhantomData;
use std::ops::Index;
use std::sync::Arc;

/// How many elements are shared or copied together.
const CHUNK: usize = 128;

/// Elements at positions that are ids of type `I`, as in an [`IndexVec`](super::IndexVec). A version that differs by an
/// element shares all with the one before but that element's chunk, and the list of chunks: a clone of a table of `n` costs
/// `n / 128` counts.
///
/// Indexing panics as that of a slice does: ids come from `push` of the same table.
#[derive(Clone)]
pub struct Chunks<I, T> {
    /// Each of [`CHUNK`] elements.
    full: Vec<Arc<[T]>>,
    /// The elements past them, fewer than [`CHUNK`].
    rest: Vec<T>,
    ids: PhantomData<fn(I) -> I>,
}

impl<I, T> Default for Chunks<I, T> {
    fn default() -> Self {
        Self { full: Vec::new(), rest: Vec::new(), ids: PhantomData }
    }
}

impl<I: Idx, T> Chunks<I, T> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends and hands out the id.
    pub fn push(&mut self, item: T) -> I {
        let id = self.next_id();
        self.rest.push(item);
        if self.rest.len() == CHUNK {
            let full = std::mem::take(&mut self.rest);
            self.full.push(full.into());
        }
        id
    }

    /// The id that the next `push` will hand out.
    #[must_use]
    pub fn next_id(&self) -> I {
        I::from_index(self.len())
    }

    /// The element of an id, if there is one.
    #[inline]
    #[must_use]
    pub fn get(&self, id: I) -> Option<&T> {
        let at = id.index();
        match self.full.get(at / CHUNK) {
            Some(chunk) => chunk.get(at % CHUNK),
            None => self.rest.get(at.wrapping_sub(self.full.len() * CHUNK)),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.full.len() * CHUNK + self.rest.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(&self.rest)
    }

    /// The ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + use<I, T> {
        (0..self.len()).map(I::from_index)
    }

    /// Ids and elements in order.
    pub fn iter_enumerated(&self) -> impl Iterator<Item = (I, &T)> {
        self.ids().zip(self.iter())
    }

    /// Ids and elements in order, from an id on.
    pub fn iter_from(&self, first: I) -> impl Iterator<Item = (I, &T)> {
        (first.index()..self.len()).map(I::from_index).filter_map(|id| Some((id, self.get(id)?)))
    }
}

impl<I: Idx, T: Clone> Chunks<I, T> {
    /// The element of an id, to change. Where its chunk is shared, that is copied.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        let (at, count) = (id.index(), self.full.len());
        match self.full.get_mut(at / CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).get_mut(at % CHUNK),
            None => self.rest.get_mut(at.wrapping_sub(count * CHUNK)),
        }
    }

    /// Puts another element in the place of one; nothing where there is none.
    pub fn set(&mut self, id: I, item: T) {
        if let Some(place) = self.get_mut(id) {
            *place = item;
        }
    }
}

impl<I: Idx, T: std::fmt::Debug> std::fmt::Debug for Chunks<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<I: Idx, T> Index<I> for Chunks<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        let at = id.index();
        match self.full.get(at / CHUNK) {
            Some(chunk) => &chunk[at % CHUNK],
            None => &self.rest[at - self.full.len() * CHUNK],
        }
    }
}

impl<I: Idx, T> FromIterator<T> for Chunks<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        let mut table = Self::new();
        for item in iter {
            table.push(item);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    struct Id(u32);

    impl Idx for Id {
        fn from_index(index: usize) -> Self {
            Self(index as u32)
        }
        fn index(self) -> usize {
            self.0 as usize
        }
    }

    #[test]
    fn every_version_is_what_a_vector_of_its_own_would_be() {
        let (mut table, mut plain) = (Chunks::<Id, String>::new(), Vec::new());
        let mut versions = Vec::new();
        let mut random = 7_u32;
        for step in 0..2_000_u32 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (random >> 8) % 500;
            if (at as usize) < plain.len() && step % 3 != 0 {
                table.set(Id(at), step.to_string());
                plain[at as usize] = step.to_string();
            } else if plain.len() < 3 * CHUNK {
                assert_eq!(table.push(step.to_string()), Id(plain.len() as u32));
                plain.push(step.to_string());
            }
            if step % 41 == 0 {
                versions.push((table.clone(), plain.clone()));
            }
        }
        for (table, plain) in versions {
            assert!(table.iter().eq(plain.iter()) && table.iter().rev().eq(plain.iter().rev()));
            assert!(table.iter_enumerated().all(|(id, item)| table[id] == *item && plain[id.index()] == *item));
            assert_eq!((table.len(), table.is_empty()), (plain.len(), plain.is_empty()));
            assert_eq!(table.get(table.next_id()), None);
            assert_eq!(table.iter_from(Id(100)).count(), plain.len().saturating_sub(100));
        }
    }
}
