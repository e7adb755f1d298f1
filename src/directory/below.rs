//! What lies in an entity: containment from above, for questions that go over many entities.
//!
//! Entities with the same parents have one chain, so that the way down is by chains: those that name an entity among their
//! parents, and for each the entities that have it, by type and number. It is made when first asked for; a service that
//! only checks has no use for it.

use super::by_entity::ByEntity;
use super::containment::{ChainId, TOP};
use super::{Directory, EntityId};
use crate::index::Idx;
use crate::schema::{Schema, TypeId};
use rustc_hash::FxHashSet;

/// The way down, as the tables have it: all directories that share them share it, whatever was changed since.
#[derive(Debug)]
pub(super) struct Below {
    /// Chains by each of their parents.
    chains: ByEntity<ChainId>,
    /// Where the members of a chain begin, and one more for the end.
    starts: Vec<u32>,
    /// Entities by chain, type and number.
    members: Vec<EntityId>,
}

impl Below {
    pub(super) fn of(directory: &Directory) -> Self {
        let (places, tabled) = (&directory.places, &directory.chains);
        let mut starts = vec![0_u32; tabled.len() + 1];
        let contained = || directory.entities.ids().filter(|&entity| places.chain(entity) != TOP);
        for entity in contained() {
            if let Some(count) = starts.get_mut(places.chain(entity).index() + 1) {
                *count += 1;
            }
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut members = vec![EntityId(0); end as usize];
        let mut next = starts.clone();
        for entity in contained() {
            let Some(at) = next.get_mut(places.chain(entity).index()) else { continue };
            if let Some(slot) = members.get_mut(*at as usize) {
                *slot = entity;
            }
            *at += 1;
        }
        for range in starts.windows(2) {
            if let &[start, end] = range
                && let Some(of_chain) = members.get_mut(start as usize..end as usize)
            {
                // By number they are already.
                of_chain.sort_by_key(|&entity| places.type_of(entity));
            }
        }
        let ids = (0..tabled.len()).map(ChainId::from_index);
        let named = ids.flat_map(|chain| tabled.parents(chain).iter().map(move |&parent| (parent, chain)));
        let chains = ByEntity::new(directory.entities.len(), named.collect());
        Self { chains, starts, members }
    }

    /// The entities that have a chain, by type and number.
    fn members(&self, chain: ChainId) -> &[EntityId] {
        let at = chain.index();
        let range = self.starts.get(at).zip(self.starts.get(at + 1)).map(|(&start, &end)| start as usize..end as usize);
        range.and_then(|range| self.members.get(range)).unwrap_or(&[])
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

    /// Visits what lies in an entity, in runs of one type in order. Where `visit` says so, one goes on down from there.
    fn go_down<'a>(&'a self, outer: EntityId, mut visit: impl FnMut(&'a [EntityId], TypeId) -> bool) {
        let below = self.way_down.get_or_init(|| Below::of(self));
        let mut entered: FxHashSet<ChainId> = FxHashSet::default();
        let mut open = vec![outer];
        while let Some(entity) = open.pop() {
            for chain in below.chains.of(entity).iter().copied().chain(self.patches.chains.below(entity)) {
                if !entered.insert(chain) {
                    continue;
                }
                let mut visit = |run: &'a [EntityId], inner| {
                    if visit(run, inner) {
                        open.extend_from_slice(run);
                    }
                };
                let mut rest = below.members(chain);
                while let Some(&first) = rest.first() {
                    let inner = self.type_of(first);
                    let (of_type, others) = rest.split_at(rest.partition_point(|&one| self.type_of(one) == inner));
                    rest = others;
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
