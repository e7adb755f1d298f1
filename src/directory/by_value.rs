//! Entities by the value of an attribute, for questions that go over many entities.
//!
//! Of each attribute asked for, the entities of its type are sorted by value: four bytes an entity. Made when first asked
//! for.

use super::{Directory, EntityId, Stored};
use crate::schema::TypeId;
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Of a type and a slot, the entities by value.
type Lists = FxHashMap<(TypeId, usize), Arc<[EntityId]>>;

/// The lists made so far; those of copies are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct ByValue {
    lists: Arc<RwLock<Lists>>,
}

impl Directory {
    /// Adds the entities of a type, declared ones, whose attribute is a value.
    pub fn with_value(&self, ty: TypeId, slot: usize, value: Stored, found: &mut Vec<EntityId>) {
        let list = self.sorted_by(ty, slot);
        let start = list.partition_point(|&entity| self.attribute(entity, slot) < value);
        let rest = list.get(start..).unwrap_or(&[]);
        found.extend(rest.iter().take_while(|&&entity| self.attribute(entity, slot) == value));
    }

    /// The declared entities of a type by the value of an attribute, and by number where it is the same.
    fn sorted_by(&self, ty: TypeId, slot: usize) -> Arc<[EntityId]> {
        let lists = &self.by_value.lists;
        if let Some(known) = lists.read().unwrap_or_else(PoisonError::into_inner).get(&(ty, slot)) {
            return Arc::clone(known);
        }
        let of_type = self.entities().filter(|&entity| self.type_of(entity) == ty && self.is_declared(entity));
        let mut list: Vec<EntityId> = of_type.collect();
        list.sort_by_cached_key(|&entity| self.attribute(entity, slot));
        let list: Arc<[EntityId]> = list.into();
        lists.write().unwrap_or_else(PoisonError::into_inner).insert((ty, slot), Arc::clone(&list));
        list
    }
}
