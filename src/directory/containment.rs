//! What lies in what: the parents of each entity and everything above it.

mod compiled;

use super::EntityId;
use crate::index::{IndexTable, IndexVec, Table, dense_id};
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::ops::Range;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

dense_id! {
    /// The parents of an entity and all that is above them, shared by all entities with the same parents.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    ChainId
}

/// How many ancestors one entity can have.
pub(super) const CHAIN: usize = 4_096;

/// How many steps the building of all chains together may take, and so how many links they hold at most: deep *and*
/// wide containment grows with the product of both.
pub(super) const LINKS: usize = 1 << 26;

/// Interned chains.
///
/// `links` holds, chain after chain, the parents and then the ancestors, each sorted by id. The first chain is that of
/// an entity without parents. An entity costs the four bytes of its chain's id, as siblings share theirs.
#[derive(Clone, Debug)]
pub(super) struct Chains {
    links: Table<EntityId>,
    chains: IndexTable<ChainId, Chain>,
    table: HashTable<ChainId>,
    hasher: foldhash::fast::FixedState,
    of: IndexVec<EntityId, ChainId>,
    steps: usize,
}

/// Where the parents begin, where they end and the ancestors begin, and where these end.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Chain {
    start: u32,
    middle: u32,
    end: u32,
}

impl Chain {
    const fn parents(self) -> Range<u32> {
        self.start..self.middle
    }

    const fn ancestors(self) -> Range<u32> {
        self.middle..self.end
    }
}

/// The chain of an entity without parents.
pub(super) const TOP: ChainId = ChainId(0);

/// Why a chain was not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TooLong {
    /// This one has more than [`CHAIN`] ancestors.
    Chain,
    /// All together take more than [`LINKS`] steps.
    Together,
}

/// From parents to the chain of whoever has them, once all chains are made.
#[derive(Debug)]
pub(super) struct ByParents {
    table: HashTable<ChainId>,
}

impl ByParents {
    pub(super) fn of(chains: &Chains) -> Self {
        let mut table = HashTable::with_capacity(chains.len());
        let hash = |&chain: &ChainId| chains.hasher.hash_one(chains.parents(chain));
        for chain in chains.chains.ids() {
            table.insert_unique(hash(&chain), chain, hash);
        }
        Self { table }
    }

    /// The chain of these parents, sorted and each once, among the chains that it was made of; one that `is_live`.
    pub(super) fn find(
        &self,
        chains: &Chains,
        parents: &[EntityId],
        is_live: impl Fn(ChainId) -> bool,
    ) -> Option<ChainId> {
        let hash = chains.hasher.hash_one(parents);
        self.table.find(hash, |&chain| chains.parents(chain) == parents && is_live(chain)).copied()
    }
}

impl Default for Chains {
    fn default() -> Self {
        Self {
            links: Table::default(),
            chains: [Chain { start: 0, middle: 0, end: 0 }].into_iter().collect(),
            table: HashTable::new(),
            hasher: foldhash::fast::FixedState::default(),
            of: IndexVec::new(),
            steps: 0,
        }
    }
}

impl Chains {
    pub(super) fn parents(&self, chain: ChainId) -> &[EntityId] {
        self.chains.get(chain).map_or(&[], |chain| slice(&self.links, chain.parents()))
    }

    pub(super) fn ancestors(&self, chain: ChainId) -> &[EntityId] {
        self.chains.get(chain).map_or(&[], |chain| slice(&self.links, chain.ancestors()))
    }

    /// The chain of an entity. Mentioned ones lie in nothing that is known.
    pub(super) fn of(&self, entity: EntityId) -> ChainId {
        self.of.get(entity).copied().unwrap_or(TOP)
    }

    /// Forgets which chain is whose, which is written down elsewhere. None may be added after this.
    pub(super) fn seal(&mut self) {
        self.of = IndexVec::new();
        self.table = HashTable::new();
        self.links.made().shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.chains.len()
    }

    /// Adds a chain that is not there, after all others.
    pub(super) fn append(&mut self, parents: &[EntityId], ancestors: &[EntityId]) -> ChainId {
        let links = self.links.made();
        let start = offset(links);
        links.extend_from_slice(parents);
        let middle = offset(links);
        links.extend_from_slice(ancestors);
        self.chains.push(Chain { start, middle, end: offset(links) })
    }

    /// Makes room for entities, all without parents.
    pub(super) fn grow(&mut self, entities: usize) {
        while self.of.len() < entities {
            self.of.push(TOP);
        }
    }

    pub(super) fn set(&mut self, entity: EntityId, chain: ChainId) {
        if let Some(slot) = self.of.get_mut(entity) {
            *slot = chain;
        }
    }

    /// The chain of an entity with these parents, sorted and each once, whose own chains are known.
    pub(super) fn intern(&mut self, parents: &[EntityId]) -> Result<ChainId, TooLong> {
        if parents.is_empty() {
            return Ok(TOP);
        }
        let hash = self.hasher.hash_one(parents);
        if let Some(&chain) = self.table.find(hash, |&other| self.parents(other) == parents) {
            return Ok(chain);
        }
        let ancestors = self.union(parents)?;
        let chain = self.append(parents, &ancestors);
        let (links, chains, hasher) = (&self.links, &self.chains, &self.hasher);
        self.table.insert_unique(hash, chain, |&other| {
            hasher.hash_one(chains.get(other).map_or(&[][..], |chain| slice(links, chain.parents())))
        });
        Ok(chain)
    }

    /// The parents and all that is above them, sorted and each once.
    fn union(&mut self, parents: &[EntityId]) -> Result<Vec<EntityId>, TooLong> {
        let mut all: Vec<EntityId> = Vec::new();
        for &parent in parents {
            let above = self.ancestors(self.of(parent));
            let steps = above.len() + 1;
            all.push(parent);
            all.extend_from_slice(above);
            self.steps += steps;
            if self.steps > LINKS {
                return Err(TooLong::Together);
            }
            // Shared ancestors pile up only until the next tidying.
            if all.len() > 4 * CHAIN {
                all.sort_unstable();
                all.dedup();
                if all.len() > CHAIN {
                    return Err(TooLong::Chain);
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        if all.len() > CHAIN { Err(TooLong::Chain) } else { Ok(all) }
    }
}

fn slice(links: &[EntityId], range: Range<u32>) -> &[EntityId] {
    links.get(range.start as usize..range.end as usize).unwrap_or(&[])
}

fn offset(links: &[EntityId]) -> u32 {
    u32::try_from(links.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<u32>) -> Vec<EntityId> {
        range.map(EntityId).collect()
    }

    #[test]
    fn siblings_share_a_chain_and_shared_ancestors_count_once() {
        let mut chains = Chains::default();
        chains.grow(5);
        let Ok(below_top) = chains.intern(&ids(0..1)) else { panic!("a short chain") };
        chains.set(EntityId(1), below_top);
        chains.set(EntityId(2), below_top);
        let Ok(diamond) = chains.intern(&ids(1..3)) else { panic!("a short chain") };
        assert_eq!(chains.intern(&ids(1..3)), Ok(diamond));
        assert_eq!(chains.ancestors(diamond), ids(0..3));
        assert_eq!(chains.parents(diamond), ids(1..3));
        assert_eq!(chains.ancestors(TOP), []);
        assert_eq!(chains.len(), 3);
    }

    #[test]
    fn a_chain_ends_at_the_limit() {
        let mut chains = Chains::default();
        let limit = u32::try_from(CHAIN).unwrap_or(0);
        chains.grow(CHAIN + 2);
        for at in 1..=limit {
            let Ok(chain) = chains.intern(&[EntityId(at - 1)]) else { panic!("{at} is within the limit") };
            chains.set(EntityId(at), chain);
        }
        assert_eq!(chains.ancestors(chains.of(EntityId(limit))).len(), CHAIN);
        assert_eq!(chains.intern(&[EntityId(limit)]), Err(TooLong::Chain));
    }
}
