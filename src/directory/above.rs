//! What lies above an entity.

use super::places::{Line, UNDECLARED};
use super::{ChainId, Directory, EntityId, containment};
use crate::index::Stamp;
use crate::schema::{TypeId, narrow};

/// Where it stands what an entity lies in.
#[derive(Clone, Copy, Debug)]
pub struct LineSpot(ChainId);

impl LineSpot {
    /// The chain of whoever has it.
    #[inline]
    #[must_use]
    pub const fn chain(self) -> ChainId {
        self.0
    }
}

impl Directory {
    /// The entities that an entity lies in directly, sorted by id, each once.
    #[must_use]
    pub fn parents(&self, entity: EntityId) -> &[EntityId] {
        self.chain_parents(self.chain(entity))
    }

    /// Everything that an entity lies in, itself not included, sorted by id, each once.
    #[must_use]
    pub fn ancestors(&self, entity: EntityId) -> &[EntityId] {
        self.chain_ancestors(self.chain(entity))
    }

    /// What a declared entity lies in, itself not included; nothing where it is more than eight entities.
    #[inline]
    #[must_use]
    pub fn line_above(&self, entity: EntityId) -> Option<&Line> {
        match self.patch(entity) {
            None => self.places.line(entity),
            Some(patch) => self.line_at(LineSpot(patch.chain?)),
        }
    }

    /// Where [`Directory::line_above`] of an entity stands.
    #[must_use]
    pub fn spot_above(&self, entity: EntityId) -> LineSpot {
        LineSpot(match self.patch(entity) {
            None => self.places.line_of(entity),
            Some(patch) => patch.chain.unwrap_or(UNDECLARED),
        })
    }

    /// What stands at a spot, in a directory with the same stamp.
    #[must_use]
    pub fn line_at(&self, spot: LineSpot) -> Option<&Line> {
        let tabled = self.places.line_at(spot.0);
        let later = || self.patches.chains.get(spot.0).map(|chain| &chain.line).filter(|line| line.is_all());
        if tabled.is_some() { tabled } else { later() }
    }

    /// What tells it from a directory where any entity's line stands elsewhere.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.places.stamp()
    }

    /// What an entity lies in that is of a type, itself not included.
    #[inline]
    pub fn ancestors_of_type(&self, entity: EntityId, ty: TypeId) -> impl Iterator<Item = EntityId> + '_ {
        self.chain_ancestors_of_type(self.chain(entity), ty)
    }

    /// What whoever has a chain lies in that is of a type.
    #[inline]
    pub fn chain_ancestors_of_type(&self, chain: ChainId, ty: TypeId) -> impl Iterator<Item = EntityId> + '_ {
        let later = || self.patches.chains.get(chain).and_then(|chain| chain.line.types());
        let few = self.places.types_at(chain).or_else(later);
        let all = self.chain_ancestors(chain).iter().enumerate();
        all.filter(move |&(at, &above)| match few.and_then(|types| types.get(at)) {
            Some(&found) => found == narrow(ty),
            None => self.type_of(above) == ty,
        })
        .map(|(_, &above)| above)
    }

    /// What an entity lies in, as an id that all entities with the same parents share.
    #[must_use]
    pub fn chain(&self, entity: EntityId) -> ChainId {
        if self.places.is_empty() {
            return self.chains.of(entity);
        }
        match self.patch(entity) {
            None => self.places.chain(entity),
            Some(patch) => patch.chain.unwrap_or(containment::TOP),
        }
    }

    /// The chain of an entity that has an entry.
    pub(super) fn chain_of_declared(&self, entity: EntityId) -> Option<ChainId> {
        match self.patch(entity) {
            None => Some(self.places.line_of(entity)).filter(|&chain| chain != UNDECLARED),
            Some(patch) => patch.chain,
        }
    }

    /// How many chains there are; ids are below it.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.chains.len() + self.patches.chains.len()
    }

    /// How many of them stand in the tables, before all others.
    #[must_use]
    pub fn tabled_chains(&self) -> usize {
        self.chains.len()
    }

    /// The parents of a chain, as [`Directory::parents`] of whoever has it. Their own chains have smaller ids.
    #[must_use]
    pub fn chain_parents(&self, chain: ChainId) -> &[EntityId] {
        match self.patches.chains.get(chain) {
            None => self.chains.parents(chain),
            Some(later) => &later.parents,
        }
    }

    /// The entities of a chain, as [`Directory::ancestors`] of whoever has it.
    #[must_use]
    #[inline]
    pub fn chain_ancestors(&self, chain: ChainId) -> &[EntityId] {
        let tabled = self.places.ancestors(chain);
        tabled.unwrap_or_else(|| match self.patches.chains.get(chain) {
            None => self.chains.ancestors(chain),
            Some(later) => &later.ancestors,
        })
    }

    /// Whether `inner` is `outer` or lies in it by any way.
    #[must_use]
    pub fn is_within(&self, inner: EntityId, outer: EntityId) -> bool {
        inner == outer || self.ancestors(inner).binary_search(&outer).is_ok()
    }
}
