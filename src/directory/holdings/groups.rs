//! The usersets that are assigned something, and what watches what.

use crate::compile::CompiledPolicy;
use crate::directory::{Assignment, Directory, EntityId, Subject};
use crate::schema::RoleId;
use rustc_hash::FxHashMap;

/// The group named by a userset: whoever holds the role on the entity.
pub(super) type Group = (EntityId, RoleId);

/// All usersets that are assigned something.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    /// What each group is assigned.
    assigned: FxHashMap<Group, Vec<Assignment>>,
    /// Groups by their entity.
    on: FxHashMap<EntityId, Vec<Group>>,
    /// Groups by each entity above theirs, for roles that imply others further down.
    below: FxHashMap<EntityId, Vec<Group>>,
}

impl Groups {
    pub(super) fn of(policy: &CompiledPolicy, directory: &Directory) -> Self {
        let mut groups = Self::default();
        let implied = policy.roles().iter().any(|role| role.leads.is_some());
        for assignment in directory.userset_assignments() {
            let Subject::Userset { on, role } = assignment.subject else { continue };
            let known = groups.assigned.entry((on, role)).or_default();
            known.push(assignment);
            if known.len() > 1 {
                continue;
            }
            groups.on.entry(on).or_default().push((on, role));
            for &above in directory.ancestors(on).iter().filter(|_| implied) {
                groups.below.entry(above).or_default().push((on, role));
            }
        }
        groups
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.assigned.is_empty()
    }

    /// What a group is assigned.
    pub(super) fn assigned(&self, group: Group) -> &[Assignment] {
        self.assigned.get(&group).map_or(&[], Vec::as_slice)
    }

    /// The groups of an entity.
    pub(super) fn on(&self, entity: EntityId) -> &[Group] {
        self.on.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// The groups of entities below one.
    pub(super) fn below(&self, entity: EntityId) -> &[Group] {
        self.below.get(&entity).map_or(&[], Vec::as_slice)
    }
}
