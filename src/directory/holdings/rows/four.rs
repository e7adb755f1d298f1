//! Four entries side by side.

use crate::directory::EntityId;
use crate::index::Lanes;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How many entries are compared at once.
pub(super) const FOUR: usize = 4;
/// What fills up the last entries of a row. It is no entity, and not what fills up other lists of entities: both may be
/// compared.
pub(super) const NOWHERE: EntityId = EntityId(u32::MAX - 1);
/// The number of a set, for what fills up a row: where there is a row, there is a set.
pub(super) const ANY: u32 = 0;

/// What is held on one entity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// The entity.
    pub on: EntityId,
    /// The number of a set of roles, or the place of what is more than that.
    pub(super) word: u32,
}

/// Four entries that follow one another, side by side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(32))]
pub struct Four {
    pub(super) on: [u32; FOUR],
    pub(super) words: [u32; FOUR],
}

impl Four {
    /// Nothing on any entity.
    pub(super) const EMPTY: Self = Self { on: [NOWHERE.0; FOUR], words: [ANY; FOUR] };

    /// Puts an entry in the place of one.
    pub(super) const fn set(&mut self, at: usize, held: Held) {
        (self.on[at], self.words[at]) = (held.on.0, held.word);
    }

    /// One of its entries.
    #[inline]
    pub(super) const fn get(&self, at: usize) -> Held {
        Held { on: EntityId(self.on[at]), word: self.words[at] }
    }

    /// Its entries, up to those that fill it up.
    pub(super) fn held(&self) -> impl Iterator<Item = Held> + Clone + use<> {
        let all = self.on.into_iter().zip(self.words).map(|(on, word)| Held { on: EntityId(on), word });
        all.take_while(|held| held.on != NOWHERE)
    }

    /// Which of them are on any of some entities. They are compared at once, without a branch for each.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn are_on<const N: usize>(&self, entities: [EntityId; N]) -> Lanes {
        Lanes::new(self.on).are_among(entities.map(|entity| entity.0))
    }

    /// The set of roles that is held on each, by its number; a number that no set has where there is more to it.
    #[inline]
    #[must_use]
    pub const fn sets(&self) -> [u32; FOUR] {
        self.words
    }
}
