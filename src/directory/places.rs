//! What a decision reads of an entity: its type, what it lies in, where its attributes stand.
//!
//! Layout. Twelve bytes an entity, so that one cache line answers all three; and sixty-four bytes, one line, for what lies
//! above all entities with the same parents: up to eight ancestors with their types. Few directories nest deeper; longer
//! chains are read where they were made ([`Chains`]).

mod compiled;

use super::EntityId;
use super::attributes::Attributes;
use super::containment::{ChainId, Chains, TOP};
use super::entities::EntityTable;
use crate::index::{Idx, IndexTable, Stamp, Stretches, Table, prefetch};
use crate::schema::{TypeId, narrow};
use wide::u16x8;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How many ancestors stand in one line.
pub const LINE: usize = 8;
/// What fills a line up: no entity.
const NONE: EntityId = EntityId(u32::MAX);
/// The chain of an entity without an entry.
pub(super) const UNDECLARED: ChainId = ChainId(u32::MAX);

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Place {
    ty: TypeId,
    chain: ChainId,
    row: u32,
}

/// What lies above whoever has a chain.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub struct Line {
    /// Filled up with no entity.
    ancestors: [EntityId; LINE],
    types: [u16; LINE],
    /// How many; more than [`LINE`] where the chain is too long for this.
    len: u16,
    /// Zeros.
    rest: [u16; 7],
}

impl Line {
    /// All of them together with one that lies below, filled up with no entity.
    #[inline]
    #[must_use]
    pub fn with(&self, below: EntityId) -> [EntityId; LINE + 1] {
        std::array::from_fn(|at| self.ancestors.get(at).copied().unwrap_or(below))
    }

    /// The line of these, whose types `type_of` tells.
    pub(super) fn lay_out(ancestors: &[EntityId], type_of: impl Fn(EntityId) -> TypeId) -> Self {
        let mut line = Self { ancestors: [NONE; LINE], types: [0; LINE], len: 0, rest: [0; 7] };
        line.len = u16::try_from(ancestors.len()).unwrap_or(u16::MAX);
        for ((to, ty), &ancestor) in line.ancestors.iter_mut().zip(&mut line.types).zip(ancestors) {
            *to = ancestor;
            *ty = narrow(type_of(ancestor));
        }
        line
    }

    /// Whether all of them stand in it.
    pub(super) fn is_all(&self) -> bool {
        usize::from(self.len) <= LINE
    }

    /// The types of all of them, the last sixteen bits of each; nothing where they are many.
    pub(super) fn types(&self) -> Option<&[u16]> {
        self.types.get(..usize::from(self.len))
    }

    /// The first of them that is of a type.
    #[inline]
    #[must_use]
    pub fn first_of(&self, ty: TypeId) -> Option<EntityId> {
        let at = u16x8::new(self.types).simd_eq(u16x8::splat(narrow(ty))).to_bitmask().trailing_zeros();
        // What fills the types up looks like one.
        if at < u32::from(self.len) { self.ancestors.get(at as usize).copied() } else { None }
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Where anything in here is altered, the stamp becomes another: resolved queries remember chains by it.
    stamp: Stamp,
    of: IndexTable<EntityId, Place>,
    /// The chains of all entities once more, where siblings follow each other.
    siblings: Stretches<EntityId, ChainId>,
    lines: IndexTable<ChainId, Line>,
    /// Entities without an entry, by type and number.
    mentioned: Table<EntityId>,
}

impl Places {
    /// Lays out what is known of all entities. None, and no chain, may be added after this.
    pub(super) fn new(entities: &EntityTable, chains: &Chains, attributes: &Attributes) -> Self {
        let of = entities.ids().map(|entity| {
            let chain = if entities.is_declared(entity) { chains.of(entity) } else { UNDECLARED };
            Place { ty: entities.type_of(entity), chain, row: attributes.row(entity) }
        });
        let mut places = Self { stamp: Stamp::fresh(), of: of.collect(), ..Self::default() };
        let mut mentioned: Vec<EntityId> = entities.ids().filter(|&entity| !entities.is_declared(entity)).collect();
        mentioned.sort_by_key(|&entity| entities.type_of(entity));
        places.mentioned = mentioned.into();
        let ids = (0..chains.len()).map(ChainId::from_index);
        places.lines = ids.map(|chain| places.lay_out(chains.ancestors(chain))).collect();
        places.find_siblings();
        places
    }

    /// Notes the chains of siblings that follow each other: there are far fewer of them than there are entities.
    pub(super) fn find_siblings(&mut self) {
        self.siblings = Stretches::of(self.of.iter().map(|place| place.chain));
    }

    /// Whether nothing was laid out.
    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    fn lay_out(&self, ancestors: &[EntityId]) -> Line {
        Line::lay_out(ancestors, |ancestor| self.type_of(ancestor))
    }

    /// The type; of an id from elsewhere one that no schema has.
    #[inline]
    pub(super) fn type_of(&self, entity: EntityId) -> TypeId {
        self.of.get(entity).map_or(TypeId(u32::MAX), |place| place.ty)
    }

    #[inline]
    pub(super) fn known_type_of(&self, entity: EntityId) -> Option<TypeId> {
        self.of.get(entity).map(|place| place.ty)
    }

    #[inline]
    pub(super) fn is_declared(&self, entity: EntityId) -> bool {
        self.of.get(entity).is_some_and(|place| place.chain != UNDECLARED)
    }

    /// The chain of an entity. Mentioned ones lie in nothing that is known.
    #[inline]
    pub(super) fn chain(&self, entity: EntityId) -> ChainId {
        match self.of.get(entity) {
            Some(place) if place.chain != UNDECLARED => place.chain,
            _ => TOP,
        }
    }

    /// The entities of a type that have no entry.
    pub(super) fn mentioned(&self, ty: TypeId) -> &[EntityId] {
        let start = self.mentioned.partition_point(|&entity| self.type_of(entity) < ty);
        let rest = self.mentioned.get(start..).unwrap_or(&[]);
        rest.get(..rest.partition_point(|&entity| self.type_of(entity) == ty)).unwrap_or(&[])
    }

    /// Where an entity's attributes stand.
    #[inline]
    pub(super) fn row(&self, entity: EntityId) -> u32 {
        self.of.get(entity).map_or(u32::MAX, |place| place.row)
    }

    /// Where the attributes of a declared entity stand.
    #[inline]
    pub(super) fn declared_row(&self, entity: EntityId) -> Option<u32> {
        self.of.get(entity).filter(|place| place.chain != UNDECLARED).map(|place| place.row)
    }

    /// Has the memory bring what is known of an entity.
    #[inline]
    pub(super) fn prefetch(&self, entity: EntityId) {
        self.of.get(entity).into_iter().for_each(prefetch);
    }

    /// What lies above whoever has a chain, where it is few.
    #[inline]
    pub(super) fn ancestors(&self, chain: ChainId) -> Option<&[EntityId]> {
        let line = self.lines.get(chain)?;
        line.ancestors.get(..usize::from(line.len))
    }

    /// What lies above a declared entity, where it is few.
    #[inline]
    pub(super) fn line(&self, entity: EntityId) -> Option<&Line> {
        self.line_at(self.of.get(entity)?.chain)
    }

    /// What lies above whoever has a chain, where it is few; of one without an entry, nothing is known.
    #[inline]
    pub(super) fn line_at(&self, chain: ChainId) -> Option<&Line> {
        self.lines.get(chain).filter(|line| line.is_all())
    }

    /// Which line it is, to be remembered with the stamp.
    #[inline]
    pub(super) fn line_of(&self, entity: EntityId) -> ChainId {
        let entry = || self.of.get(entity).map_or(UNDECLARED, |place| place.chain);
        self.siblings.get(entity).unwrap_or_else(entry)
    }

    /// Adds the line of a chain, after all others. Spots mean what they did.
    pub(super) fn append(&mut self, line: Line) -> ChainId {
        self.lines.push(line)
    }

    /// Puts what is known of an entity in its place, which is there or the next; of one that is gone it has no chain. Nothing
    /// where it is neither. Siblings are to be found anew after that.
    pub(super) fn put(&mut self, entity: EntityId, ty: TypeId, chain: Option<ChainId>, row: u32) -> Option<()> {
        let place = Place { ty, chain: chain.unwrap_or(UNDECLARED), row };
        self.siblings = Stretches::default();
        if let Some(known) = self.of.get_mut(entity) {
            *known = place;
            return Some(());
        }
        (self.of.push(place) == entity).then_some(())
    }

    /// Adds entities to those without an entry.
    pub(super) fn mention(&mut self, more: impl Iterator<Item = EntityId>) {
        let mut mentioned: Vec<EntityId> = self.mentioned.iter().copied().chain(more).collect();
        mentioned.sort_unstable_by_key(|&entity| (self.type_of(entity), entity));
        mentioned.dedup();
        self.mentioned = mentioned.into();
    }

    pub(super) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The types of what lies above whoever has a chain, where it is few: the last sixteen bits of each.
    #[inline]
    pub(super) fn types_at(&self, chain: ChainId) -> Option<&[u16]> {
        self.lines.get(chain)?.types()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_elsewhere_now_is_no_sibling_of_those_beside_it() {
        let mut places = Places::default();
        for at in 0..100 {
            assert!(places.put(EntityId(at), TypeId(0), Some(ChainId(at / 10)), 0).is_some());
        }
        let is_like_the_table = |places: &Places| {
            (0..100).map(EntityId).all(|entity| Some(places.line_of(entity)) == places.declared_chain(entity))
        };
        places.find_siblings();
        assert_eq!(places.siblings.get(EntityId(99)), Some(ChainId(9)));
        assert!(is_like_the_table(&places));
        assert!(places.put(EntityId(55), TypeId(0), Some(ChainId(2)), 0).is_some());
        assert_eq!(places.line_of(EntityId(55)), ChainId(2));
        assert!(is_like_the_table(&places));
        places.find_siblings();
        assert!(places.siblings.get(EntityId(55)).is_some() && is_like_the_table(&places));
    }
}
