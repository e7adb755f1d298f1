//! What lies in an entity: containment from above, for questions that go over many entities.
//!
//! Entities with the same parents have one chain, so that the way down is by chains: those that name an entity among their
//! parents, and for each the entities that have it, by type and number. It is made when first asked for; a service that
//! only checks has no use for it.

use super::by_entity::ByEntity;
use super::containment::{ChainId, TOP};
use super::grouped::Grouped;
use super::{Directory, EntityId};
use crate::index::Idx;
use crate::schema::{Schema, TypeId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::Arc;

/// The way down, as the tables have it: all directories that share them share it, whatever was changed since.
#[derive(Debug)]
pub(super) struct Below {
    /// Chains by each of their parents.
    chains: ByEntity<ChainId>,
    /// Entities by chain and type.
    members: Grouped<TypeId>,
}

impl Below {
    pub(super) fn of(directory: &Directory) -> Self {
        let (places, tabled) = (&directory.places, &directory.chains);
        let members = Grouped::new(|| {
            let placed = directory.entities.ids().map(|entity| (places.chain(entity), entity));
            let contained = placed.filter(|(chain, _)| *chain != TOP);
            contained.map(|(chain, entity)| (chain.index(), places.type_of(entity), entity))
        });
        let ids = (0..tabled.len()).map(ChainId::from_index);
        let named = ids.flat_map(|chain| tabled.parents(chain).iter().map(move |&parent| (parent, chain)));
        let chains = ByEntity::new(directory.entities.len(), named.collect());
        Self { chains, members }
    }
}

impl Directory {
    /// Visits the entities of a type that lie in one, in runs that each stand in order of their numbers. One that lies there
    /// by several ways may be visited more than once. Costs what lies between, and a step for each run.
    pub fn contained<'a>(
        &'a self,
        schema: &Schema,
        outer: EntityId,
        ty: TypeId,
        mut visit: impl FnMut(&'a [EntityId]),
    ) {
        if schema.contains(self.type_of(outer), ty) {
            self.go_down(outer, |run, inner| {
                if inner == ty {
                    visit(run);
                }
                schema.contains(inner, ty)
            });
        }
    }

    /// Everything that lies in an entity, itself not included, each once, by number. Costs what is found.
    #[must_use]
    pub fn below(&self, outer: EntityId) -> Vec<EntityId> {
        let mut found = Vec::new();
        self.go_down(outer, |run, _| {
            found.extend_from_slice(run);
            true
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether nothing lies in an entity.
    pub(super) fn is_leaf(&self, entity: EntityId) -> bool {
        let mut is_leaf = true;
        self.go_down(entity, |_, _| {
            is_leaf = false;
            false
        });
        is_leaf
    }

    /// Whether anything lies in an entity, or did.
    pub(super) fn is_parent_of_chain(&self, entity: EntityId) -> bool {
        let below = self.way_down.get_or_init(|| Below::of(self));
        !below.chains.of(entity).is_empty() || self.patches.chains.below(entity).next().is_some()
    }

    /// Has nobody come to have the chains that name an entity, as what it lies in becomes another. Whoever has one of them is
    /// given another.
    pub(super) fn leave_chains_below(&mut self, entity: EntityId) {
        let below = Arc::clone(&self.way_down);
        let below = below.get_or_init(|| Below::of(self));
        let chains: Vec<ChainId> =
            below.chains.of(entity).iter().copied().chain(self.patches.chains.below(entity)).collect();
        for chain in chains {
            self.left.insert(chain, ());
        }
    }

    /// Adds the chains that name an entity, or anything that lies in it, and who lies in it. Chains that nobody may come to
    /// have are left out.
    pub(super) fn chains_below(&self, outer: EntityId, chains: &mut FxHashSet<ChainId>, inner: &mut Vec<EntityId>) {
        let enter = |chain| {
            if !self.is_left(chain) {
                chains.insert(chain);
            }
        };
        let visit = |run: &[EntityId], _| {
            inner.extend_from_slice(run);
            true
        };
        self.go_down_by(outer, enter, visit);
    }

    /// Whether a chain is one that nobody may come to have any more.
    pub(super) fn is_left(&self, chain: ChainId) -> bool {
        self.left.get(&chain).is_some()
    }

    /// Visits what lies in an entity, in runs of one type in order. Where `visit` says so, one goes on down from there.
    fn go_down<'a>(&'a self, outer: EntityId, visit: impl FnMut(&'a [EntityId], TypeId) -> bool) {
        self.go_down_by(outer, |_| {}, visit);
    }

    /// The same, which tells of each chain on the way.
    fn go_down_by<'a>(
        &'a self,
        outer: EntityId,
        mut enter: impl FnMut(ChainId),
        mut visit: impl FnMut(&'a [EntityId], TypeId) -> bool,
    ) {
        let below = self.way_down.get_or_init(|| Below::of(self));
        let mut entered: FxHashSet<ChainId> = FxHashSet::default();
        let mut open: SmallVec<[EntityId; 16]> = SmallVec::from_slice(&[outer]);
        while let Some(entity) = open.pop() {
            for chain in below.chains.of(entity).iter().copied().chain(self.patches.chains.below(entity)) {
                // Where there is but one way down, it is gone once.
                if self.chain_parents(chain).len() > 1 && !entered.insert(chain) {
                    continue;
                }
                enter(chain);
                let mut visit = |run: &'a [EntityId], inner| {
                    if visit(run, inner) {
                        open.extend_from_slice(run);
                    }
                };
                for (inner, of_type) in below.members.of(chain.index()) {
                    if self.patches.is_empty() {
                        visit(of_type, inner);
                        continue;
                    }
                    let left = of_type.split(|&one| self.chain_of_declared(one) != Some(chain));
                    left.filter(|run| !run.is_empty()).for_each(|run| visit(run, inner));
                }
                for one in self.patches.members(chain) {
                    visit(std::slice::from_ref(one), self.type_of(*one));
                }
            }
        }
    }
}
