//! Chains that no entity of the tables has.

use crate::directory::EntityId;
use crate::directory::containment::ChainId;
use crate::directory::places::Line;
use crate::index::{Idx, SortedMap};
use std::hash::BuildHasher;
use std::sync::Arc;

/// The parents of an entity and all that is above them.
#[derive(Debug)]
pub(in crate::directory) struct LaterChain {
    /// Sorted, each once.
    pub(in crate::directory) parents: Box<[EntityId]>,
    /// Sorted, each once.
    pub(in crate::directory) ancestors: Box<[EntityId]>,
    pub(in crate::directory) line: Line,
}

/// All of them; their numbers go on after those of the tables.
#[derive(Clone, Debug, Default)]
pub(in crate::directory) struct LaterChains {
    chains: SortedMap<ChainId, Arc<LaterChain>>,
    /// By the hashes of their parents.
    by_parents: SortedMap<(u64, ChainId), ()>,
    /// By each of their parents.
    below: SortedMap<(EntityId, ChainId), ()>,
}

impl LaterChains {
    pub(in crate::directory) const fn len(&self) -> usize {
        self.chains.len()
    }

    pub(in crate::directory) fn get(&self, chain: ChainId) -> Option<&LaterChain> {
        self.chains.get(&chain).map(Arc::as_ref)
    }

    /// All of them, by number.
    pub(in crate::directory) fn iter(&self) -> impl Iterator<Item = (ChainId, &LaterChain)> {
        self.chains.iter().map(|(&id, chain)| (id, &**chain))
    }

    /// The chain of these parents, sorted and each once; one that `is_live`.
    pub(in crate::directory) fn of(&self, parents: &[EntityId], is_live: impl Fn(ChainId) -> bool) -> Option<ChainId> {
        let hash = hash(parents);
        let mut alike = self.by_parents.range((hash, ChainId(0))..=(hash, ChainId(u32::MAX)));
        let is = |chain| self.get(chain).is_some_and(|known| *known.parents == *parents) && is_live(chain);
        let found = alike.find(|((_, chain), ())| is(*chain));
        found.map(|(&(_, chain), ())| chain)
    }

    /// The chains that name an entity among their parents.
    pub(in crate::directory) fn below(&self, parent: EntityId) -> impl Iterator<Item = ChainId> {
        self.below.range((parent, ChainId(0))..=(parent, ChainId(u32::MAX))).map(|(&(_, chain), ())| chain)
    }

    /// Adds a chain that is not there, after so many that the tables have.
    pub(in crate::directory) fn push(&mut self, tabled: usize, chain: LaterChain) -> ChainId {
        let id = ChainId::from_index(tabled + self.chains.len());
        self.by_parents.insert((hash(&chain.parents), id), ());
        for &parent in &chain.parents {
            self.below.insert((parent, id), ());
        }
        self.chains.insert(id, Arc::new(chain));
        id
    }
}

fn hash(parents: &[EntityId]) -> u64 {
    foldhash::fast::FixedState::default().hash_one(parents)
}
