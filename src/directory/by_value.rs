//! Entities by the value of an attribute, for questions that go over many entities.
//!
//! Of each attribute asked for, the entities of its type stand by value: four bytes an entity, and some twenty a value. Made
//! when first asked for.

use super::{Directory, EntityId, Patch, Stored};
use crate::schema::TypeId;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// Of a type and a slot, the entities by value.
type Lists = FxHashMap<(TypeId, usize), Arc<List>>;

/// The declared entities of a type by the value of an attribute.
#[derive(Debug)]
struct List {
    /// Which of the entities have the value.
    values: FxHashMap<Stored, Range<u32>>,
    /// By value, and by number where it is the same.
    entities: Vec<EntityId>,
}

impl List {
    fn new(mut all: Vec<(Stored, EntityId)>) -> Self {
        // By number they are already.
        all.sort_by_key(|(value, _)| *value);
        let mut list = Self { values: FxHashMap::default(), entities: Vec::with_capacity(all.len()) };
        let at = |list: &Self| u32::try_from(list.entities.len()).unwrap_or(u32::MAX);
        for of_value in all.chunk_by(|one, other| one.0 == other.0) {
            let start = at(&list);
            list.entities.extend(of_value.iter().map(|(_, entity)| *entity));
            if let Some((value, _)) = of_value.first() {
                list.values.insert(*value, start..at(&list));
            }
        }
        list
    }

    /// Whoever has a value, in order.
    fn of(&self, value: Stored) -> &[EntityId] {
        let range = self.values.get(&value).map_or(0..0, |range| range.start as usize..range.end as usize);
        self.entities.get(range).unwrap_or(&[])
    }
}

/// The lists made so far, of what the tables have; those of copies are the same, whatever was changed since.
#[derive(Clone, Debug, Default)]
pub(super) struct ByValue {
    lists: Arc<RwLock<Lists>>,
}

impl Directory {
    /// Adds the entities of a type, declared ones, whose attribute is a value.
    pub fn with_value(&self, ty: TypeId, slot: usize, value: Stored, found: &mut impl Extend<EntityId>) {
        let list = self.by_value(ty, slot);
        let tabled = list.of(value);
        if self.patches.is_empty() {
            found.extend(tabled.iter().copied());
            return;
        }
        let still = |patch: &Patch| patch.values.is_none() && patch.chain.is_some();
        found.extend(tabled.iter().copied().filter(|&entity| self.patch(entity).is_none_or(still)));
        found.extend(self.patches.with_value(ty, slot, value));
    }

    /// The declared entities of a type by the value of an attribute, as the tables have it.
    fn by_value(&self, ty: TypeId, slot: usize) -> Arc<List> {
        let lists = &self.by_value.lists;
        if let Some(known) = lists.read().unwrap_or_else(PoisonError::into_inner).get(&(ty, slot)) {
            return Arc::clone(known);
        }
        let (entities, places) = (self.entities.ids(), &self.places);
        let of_type = entities.filter(|&entity| places.type_of(entity) == ty && places.is_declared(entity));
        let valued = of_type.map(|entity| (self.attributes.get(places.row(entity), slot), entity));
        let list = Arc::new(List::new(valued.collect()));
        lists.write().unwrap_or_else(PoisonError::into_inner).insert((ty, slot), Arc::clone(&list));
        list
    }
}
