//! Holdings from the other side: who holds anything on an entity, by the set of roles held.
//!
//! Made when first asked for; a service that only checks has no use for it.

use super::Holdings;
use super::rows::Rows;
use crate::compile::RoleSetId;
use crate::directory::EntityId;
use crate::index::Idx;

/// The rows laid out flat, by entity.
#[derive(Debug)]
pub(super) struct Holders {
    /// Where an entity's holders begin, and one more for the end.
    starts: Vec<u32>,
    /// By entity, what is held, and who holds it.
    entries: Vec<(Option<RoleSetId>, EntityId)>,
}

impl Holders {
    fn of(rows: &Rows) -> Self {
        let all = || {
            let subjects = (0..rows.len()).map(EntityId::from_index);
            subjects.flat_map(|subject| {
                let row = rows.row(subject.index());
                row.held().iter().map(move |held| (held.on, row.only_set(held), subject))
            })
        };
        let mut starts = Vec::new();
        for (on, ..) in all() {
            if starts.len() < on.index() + 2 {
                starts.resize(on.index() + 2, 0_u32);
            }
            if let Some(count) = starts.get_mut(on.index() + 1) {
                *count += 1;
            }
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut entries = vec![(None, EntityId(0)); end as usize];
        let mut next = starts.clone();
        for (on, set, subject) in all() {
            let Some(at) = next.get_mut(on.index()) else { continue };
            if let Some(entry) = entries.get_mut(*at as usize) {
                *entry = (set, subject);
            }
            *at += 1;
        }
        for range in starts.windows(2) {
            if let &[start, end] = range
                && let Some(of_entity) = entries.get_mut(start as usize..end as usize)
            {
                // By subject they are already.
                of_entity.sort_by_key(|(set, _)| *set);
            }
        }
        Self { starts, entries }
    }

    fn on(&self, entity: EntityId) -> &[(Option<RoleSetId>, EntityId)] {
        let at = entity.index();
        let range = self.starts.get(at).zip(self.starts.get(at + 1)).map(|(&start, &end)| start as usize..end as usize);
        range.and_then(|range| self.entries.get(range)).unwrap_or(&[])
    }
}

impl Holdings {
    /// Visits whoever holds a set of roles that is wanted on an entity, or roles within times or under conditions; whoever
    /// holds another set costs nothing.
    pub fn holders(&self, on: EntityId, wanted: impl Fn(RoleSetId) -> bool, mut visit: impl FnMut(EntityId)) {
        let is_wanted = |set: Option<RoleSetId>| set.is_none_or(&wanted);
        let mut rest = self.holders.get_or_init(|| Holders::of(&self.rows)).on(on);
        while let Some(&(set, _)) = rest.first() {
            let (same, others) = rest.split_at(rest.partition_point(|(other, _)| *other == set));
            rest = others;
            if is_wanted(set) {
                same.iter()
                    .filter(|(_, subject)| self.patches.row(*subject).is_none())
                    .for_each(|(_, who)| visit(*who));
            }
        }
        for (subject, row) in self.patches.rows() {
            if row.on(on).is_some_and(|held| is_wanted(row.only_set(held))) {
                visit(subject);
            }
        }
    }
}
