//! Entities by the value of an attribute, for questions that go over many entities.
//!
//! Of each attribute asked for, the entities of its type are sorted by value: four bytes an entity. Made when first asked
//! for.

use super::{Directory, EntityId, Patch, Stored};
use crate::schema::TypeId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Of a type and a slot, the entities by value.
type Lists = FxHashMap<(TypeId, usize), Arc<[EntityId]>>;

/// The lists made so far, of what the tables have; those of copies are the same, whatever was changed since.
#[derive(Clone, Debug, Default)]
pub(super) struct ByValue {
    lists: Arc<RwLock<Lists>>,
}

impl Directory {
    /// Adds the entities of a type, declared ones, whose attribute is a value.
    pub fn with_value(&self, ty: TypeId, slot: usize, value: Stored, found: &mut Vec<EntityId>) {
        let list = self.sorted_by(ty, slot);
        let tabled = |entity: EntityId| self.attributes.get(self.places.row(entity), slot);
        let start = list.partition_point(|&entity| tabled(entity) < value);
        let rest = list.get(start..).unwrap_or(&[]).iter().copied().take_while(|&entity| tabled(entity) == value);
        let still = |patch: &Patch| patch.values.is_none() && patch.chain.is_some();
        found.extend(rest.filter(|&entity| self.patch(entity).is_none_or(still)));
        found.extend(self.patches.with_value(ty, slot, value));
    }

    /// The declared entities of a type by the value of an attribute, and by number where it is the same, as the tables
    /// have it.
    fn sorted_by(&self, ty: TypeId, slot: usize) -> Arc<[EntityId]> {
        let lists = &self.by_value.lists;
        if let Some(known) = lists.read().unwrap_or_else(PoisonError::into_inner).get(&(ty, slot)) {
            return Arc::clone(known);
        }
        let (entities, places) = (self.entities.ids(), &self.places);
        let of_type = entities.filter(|&entity| places.type_of(entity) == ty && places.is_declared(entity));
        let mut list: Vec<EntityId> = of_type.collect();
        list.sort_by_cached_key(|&entity| self.attributes.get(places.row(entity), slot));
        let list: Arc<[EntityId]> = list.into();
        lists.write().unwrap_or_else(PoisonError::into_inner).insert((ty, slot), Arc::clone(&list));
        list
    }
}
