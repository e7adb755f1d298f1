//! The entity that was most likely meant, in a directory where looking at all of them each time would take too long.

use crate::diagnostics::near_miss;
use crate::directory::EntityId;
use crate::directory::entities::EntityTable;
use crate::schema::TypeId;
use rustc_hash::FxHashMap;

/// How many names all searches of one load may look at together. Beyond, findings come without a suggestion.
const COMPARISONS: usize = 1_000_000;

/// Declared entities by type, gathered at the first search.
#[derive(Debug, Default)]
pub(super) struct Nearest {
    declared: Option<FxHashMap<TypeId, Vec<EntityId>>>,
    compared: usize,
}

impl Nearest {
    /// The declared entity of the type of `meant` whose id is nearest to its, if one is near.
    pub(super) fn search(&mut self, entities: &EntityTable, meant: EntityId) -> Option<EntityId> {
        let declared = self.declared.get_or_insert_with(|| {
            let mut lists: FxHashMap<TypeId, Vec<EntityId>> = FxHashMap::default();
            for entity in entities.ids().filter(|&entity| entities.is_declared(entity)) {
                lists.entry(entities.type_of(entity)).or_default().push(entity);
            }
            lists
        });
        let ty = entities.type_of(meant);
        let candidates = declared.get(&ty)?;
        if self.compared + candidates.len() > COMPARISONS {
            return None;
        }
        self.compared += candidates.len();
        let near = near_miss(entities.id_of(meant), candidates.iter().map(|&entity| entities.id_of(entity)))?;
        entities.find(ty, near.into())
    }
}
