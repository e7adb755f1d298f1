//! Leaves that come to lie elsewhere.

use super::Amending;
use crate::directory::{Directory, EntityId, Subject};

impl Amending<'_> {
    pub(super) fn lie_in(&mut self, entity: &str, parent: &str) -> Option<()> {
        let parent = self.declared(parent)?;
        let parents = self.moving(entity)?;
        if !parents.contains(&parent) {
            parents.push(parent);
        }
        Some(())
    }

    pub(super) fn leave(&mut self, entity: &str, parent: &str) -> Option<()> {
        let parent = self.declared(parent)?;
        self.moving(entity)?.retain(|&kept| kept != parent);
        Some(())
    }

    /// What an entity comes to lie in.
    fn moving(&mut self, entity: &str) -> Option<&mut Vec<EntityId>> {
        let entity = self.declared(entity).filter(|entity| !self.created.contains(entity))?;
        let at = match self.moving.iter().position(|(known, _)| *known == entity) {
            Some(at) => at,
            None => {
                self.moving.push((entity, self.directory.parents(entity).to_vec()));
                self.moving.len() - 1
            }
        };
        self.moving.get_mut(at).map(|(_, parents)| parents)
    }

    /// Looks at where all that moves comes to lie, after all steps. What anything lies in, and what is said of whom in it by
    /// where it lies, is left to a directory that is built anew.
    pub(super) fn arrive(&mut self) -> Option<()> {
        for (entity, mut parents) in self.moving.clone() {
            if !self.directory.is_declared(entity) || self.directory.depends_on_place(self.schema, entity) {
                return None;
            }
            if parents.contains(&entity) {
                return None;
            }
            parents.sort_unstable();
            parents.dedup();
            let ty = self.directory.type_of(entity);
            let chain = self.chain(ty, &parents)?;
            let mut patch = self.directory.patch_of(entity);
            patch.chain = Some(chain);
            self.put(entity, patch);
            let attributes = self.schema.types.get(ty).map_or(&[][..], |info| &info.attributes);
            let unique = attributes.iter().enumerate().filter(|(_, attribute)| attribute.unique);
            for (slot, _) in unique {
                if self.directory.is_taken(entity, slot, self.directory.attribute(entity, slot)) {
                    return None;
                }
            }
            self.resettled |= !self.directory.links(entity).is_empty() || !self.directory.settings(entity).is_empty();
        }
        Some(())
    }
}

impl Directory {
    /// Whether more follows from where an entity lies than what is held on it and what its settings are.
    fn depends_on_place(&self, schema: &crate::schema::Schema, entity: EntityId) -> bool {
        let of_some = |role| schema.roles.get(role).is_none_or(|info| info.organization.is_some());
        let policy_of_some = |policy| schema.policy_organizations.get(policy).is_none_or(Option::is_some);
        self.is_parent_of_chain(entity)
            || self.assignments_on(entity).any(|one| of_some(one.role))
            || self.assignments_naming(entity).any(|one| matches!(one.subject, Subject::Userset { .. }))
            || self.links(entity).iter().any(|link| policy_of_some(link.policy))
    }
}
