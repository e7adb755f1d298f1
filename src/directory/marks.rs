//! Which entities have something beside a table, told by a few bits.

use super::EntityId;
use std::sync::Arc;

/// How many entities share a mark.
const MARKED: usize = 8;

/// A bit for each [`MARKED`] entities: whether any of them is marked. Small enough to stay in the cache, so that to ask of
/// all others costs hardly anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    words: Arc<[u64]>,
}

impl Marks {
    /// Whether an entity, or one beside it, is marked.
    #[inline]
    pub(super) fn has(&self, entity: EntityId) -> bool {
        let (word, bit) = place(entity);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    pub(super) fn set(&mut self, entity: EntityId) {
        if self.has(entity) {
            return;
        }
        let (word, bit) = place(entity);
        if self.words.len() <= word {
            let grown = self.words.iter().copied().chain(std::iter::repeat(0));
            self.words = grown.take((word + 1).next_power_of_two()).collect();
        }
        if let Some(word) = Arc::make_mut(&mut self.words).get_mut(word) {
            *word |= bit;
        }
    }
}

/// The word of an entity's mark, and the bit in it.
const fn place(entity: EntityId) -> (usize, u64) {
    let block = entity.0 as usize / MARKED;
    (block / 64, 1 << (block % 64))
}
