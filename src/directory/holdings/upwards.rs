//! In which ways a role comes to be held on an entity: assigned there, or implied from above.

use super::Guard;
use super::closure::Closure;
use super::ways::Hold;
use crate::directory::EntityId;
use crate::schema::RoleId;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// How many of the places from which a role is implied on everything below are remembered.
const SPREADS: usize = 8;

impl Closure<'_> {
    /// The ways in which a role is held on any entity that contains `entity`.
    pub(super) fn above(&self, entity: EntityId, role: RoleId) -> Vec<Hold> {
        self.ways(self.directory.ancestors(entity), role, entity)
    }

    /// The ways in which a role is held on any of some entities, sorted, all at or above `entity`: assigned there, or
    /// implied from above; as itself or as a role that extends it.
    pub(super) fn ways(&self, on: &[EntityId], role: RoleId, entity: EntityId) -> Vec<Hold> {
        let mut found = Vec::new();
        for &on in on {
            for (held, ways) in self.held.get(&on).map_or(&[][..], Vec::as_slice) {
                let compiled = self.policy.role(*held);
                if compiled.counts_as(role) {
                    for way in ways {
                        self.overflow.add(&mut found, way.guarded(counts(compiled.when, on)));
                    }
                }
            }
        }
        // Roles reached by implication on the way down, each with the ways not yet followed further.
        let mut reached: FxHashMap<(EntityId, RoleId), Vec<Hold>> = FxHashMap::default();
        let mut open: Vec<(EntityId, RoleId, Hold)> = Vec::new();
        // The entities below which a role is implied everywhere, and the way: what else implies it there adds nothing.
        let mut spread: FxHashMap<RoleId, Vec<(EntityId, Hold)>> = FxHashMap::default();
        for &above in self.directory.ancestors(entity) {
            for (held, ways) in self.held.get(&above).map_or(&[][..], Vec::as_slice) {
                let compiled = self.policy.role(*held);
                if compiled.may_lead_to(role) {
                    open.extend(ways.iter().map(|way| (above, *held, way.guarded(counts(compiled.when, above)))));
                }
            }
        }
        while let Some((above, held, way)) = open.pop() {
            if self.overflow.is_met() {
                break;
            }
            for implied in &*self.policy.role(held).implies {
                let target = self.policy.role(implied.role);
                if !target.counts_as(role) && !target.may_lead_to(role) {
                    continue;
                }
                let way = way.implying();
                if implied.when.is_none() && !self.spreads_anew(spread.entry(implied.role).or_default(), above, &way) {
                    continue;
                }
                for below in self.between(above, entity, implied.role) {
                    let guard =
                        implied.when.map(|program| Guard { program, scope: above, resource: below, strict: true });
                    let way = way.guarded(guard).guarded(counts(target.when, below));
                    let known = reached.entry((below, implied.role)).or_default();
                    if !self.overflow.add(known, way.clone()) {
                        continue;
                    }
                    if target.counts_as(role) && on.binary_search(&below).is_ok() {
                        self.overflow.add(&mut found, way.clone());
                    }
                    if target.may_lead_to(role) {
                        open.push((below, implied.role, way));
                    }
                }
            }
        }
        found
    }

    /// Records that a role is implied on everything below an entity; false where it is known to be, from there or from
    /// further up, whenever it would be so now.
    fn spreads_anew(&self, spread: &mut Vec<(EntityId, Hold)>, from: EntityId, way: &Hold) -> bool {
        let above = self.directory.ancestors(from);
        let known = |top: EntityId| top == from || above.binary_search(&top).is_ok();
        if spread.iter().any(|(top, known_way)| known(*top) && known_way.covers(way)) {
            return false;
        }
        // To remember more would cost more than it spares.
        if spread.len() < SPREADS {
            spread.push((from, way.clone()));
        }
        true
    }

    /// The entities strictly below `above`, at or above `entity`, that a role may be held on: those farthest up last, so
    /// that they are followed first and what they imply is not followed again from further down.
    fn between(&self, above: EntityId, entity: EntityId, role: RoleId) -> Vec<EntityId> {
        let ty = self.policy.schema().roles.get(role).map(|info| info.ty);
        let directory = self.directory;
        let upwards = directory.ancestors(entity).iter().copied().chain(std::iter::once(entity));
        let mut below: Vec<EntityId> = upwards
            .filter(|&below| {
                Some(directory.type_of(below)) == ty && directory.ancestors(below).binary_search(&above).is_ok()
            })
            .collect();
        below.sort_by_key(|&below| Reverse(directory.ancestors(below).len()));
        below
    }
}

/// The condition under which a role held on an entity counts.
fn counts(when: Option<crate::compile::NodeId>, entity: EntityId) -> Option<Guard> {
    when.map(|program| Guard { program, scope: entity, resource: entity, strict: false })
}
