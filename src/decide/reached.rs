//! What the walks down to one target have come to, so that they end, and take no way twice.

use crate::directory::EntityId;
use crate::schema::RoleId;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Roles found implied on entities at or above one target. It bounds the walks down to that target: each role is followed
/// once from each entity, from however many roles further up it is reached. How surely it counts there depends on its own
/// `when` alone, so the first time is as good as any.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    /// All of them while they are few, as they nearly always are.
    few: SmallVec<[(EntityId, RoleId); 8]>,
    /// All beyond those.
    many: FxHashSet<(EntityId, RoleId)>,
    /// The entity below which a role is implied everywhere without condition. What else implies it further down brings
    /// nothing new; not to look spares a deep line of folders with many roles the square of its depth. One entity for
    /// each role, the highest of those met in a line: where there are others, only time is lost.
    spread: SmallVec<[(RoleId, EntityId); 4]>,
    more_spread: FxHashMap<RoleId, EntityId>,
}

impl Reached {
    /// Records a visit; false when it is not the first.
    pub(super) fn first(&mut self, entity: EntityId, role: RoleId) -> bool {
        if self.few.contains(&(entity, role)) {
            return false;
        }
        if self.few.len() < self.few.inline_size() {
            self.few.push((entity, role));
            return true;
        }
        self.many.insert((entity, role))
    }

    /// Records that a role is implied on everything below an entity; false where it is known to be, from there or from
    /// further up.
    pub(super) fn spreads_anew(
        &mut self,
        role: RoleId,
        from: EntityId,
        is_above: impl Fn(EntityId, EntityId) -> bool,
    ) -> bool {
        let room = self.spread.len() < self.spread.inline_size();
        let known = match self.spread.iter_mut().find(|(known, _)| *known == role) {
            Some((_, top)) => Some(top),
            None => self.more_spread.get_mut(&role),
        };
        match known {
            Some(top) if *top == from || is_above(*top, from) => return false,
            Some(top) if is_above(from, *top) => *top = from,
            Some(_) => {}
            None if room => self.spread.push((role, from)),
            None => {
                self.more_spread.insert(role, from);
            }
        }
        true
    }
}
