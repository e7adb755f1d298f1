//! Holdings from the other side: who holds anything on an entity, by the set of roles held.
//!
//! Made when first asked for; a service that only checks has no use for it.

use super::Holdings;
use super::rows::Rows;
use crate::compile::RoleSetId;
use crate::directory::EntityId;
use crate::directory::grouped::Grouped;
use crate::index::Idx;
use std::slice;

/// The rows laid out flat, by entity and by what is held there: nothing for roles within times or under conditions.
pub(super) type Holders = Grouped<Option<RoleSetId>>;

fn holders(rows: &Rows) -> Holders {
    Grouped::new(|| {
        (0..rows.len()).map(EntityId::from_index).flat_map(|subject| {
            let row = rows.row(subject.index());
            row.held().map(move |held| (held.on.index(), row.only_set(held), subject))
        })
    })
}

impl Holdings {
    /// Visits whoever holds anything on an entity, in runs that each stand in order, with the set of roles that all of a run
    /// hold there; with nothing where it is roles within times or under conditions.
    pub fn holders<'a>(&'a self, on: EntityId, mut visit: impl FnMut(Option<RoleSetId>, &'a [EntityId])) {
        for (set, run) in self.holders.get_or_init(|| holders(&self.rows)).of(on.index()) {
            if self.patches.is_empty() {
                visit(set, run);
                continue;
            }
            let left = run.split(|&subject| self.patches.row(subject).is_some());
            left.filter(|run| !run.is_empty()).for_each(|run| visit(set, run));
        }
        for (subject, row) in self.patches.rows() {
            if let Some(held) = row.on(on) {
                visit(row.only_set(held), slice::from_ref(subject));
            }
        }
    }
}
