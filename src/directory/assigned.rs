//! Who is assigned what, by whatever is asked for.

use super::{Assignment, Directory, EntityId, Subject};
use crate::schema::{RoleId, Schema, split_entity};

impl Directory {
    /// All assignments, those on one entity side by side, in the order in which they came.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> {
        self.assignments.all()
    }

    /// How many assignments there are.
    #[must_use]
    pub fn assignment_count(&self) -> usize {
        self.assignments.len()
    }

    /// The assignments held on an entity.
    pub fn assignments_on(&self, entity: EntityId) -> impl Iterator<Item = Assignment> {
        self.assignments.on(entity)
    }

    /// The assignments of one subject by name, usersets not followed.
    pub fn assignments_of(&self, subject: EntityId) -> impl Iterator<Item = Assignment> {
        self.assignments.of(subject)
    }

    /// The assignments to an entity, or to a userset on it.
    pub fn assignments_naming(&self, entity: EntityId) -> impl Iterator<Item = Assignment> {
        self.assignments.naming(entity)
    }

    /// The assignments to usersets.
    pub fn userset_assignments(&self) -> impl Iterator<Item = Assignment> {
        self.assignments.usersets()
    }

    /// The assignments of a role on an entity to exactly this subject: one, unless the same stands there twice.
    pub fn assignments_between(
        &self,
        subject: Subject,
        role: RoleId,
        on: EntityId,
    ) -> impl Iterator<Item = Assignment> {
        self.assignments.between(subject, role, on)
    }

    /// Whom, which role and where the names of an assignment mean; nothing where one of them means nothing.
    #[must_use]
    pub fn assignment_named(
        &self,
        schema: &Schema,
        subject: &str,
        role: &str,
        on: &str,
    ) -> Option<(Subject, RoleId, EntityId)> {
        let entity = |text: &str| {
            let (ty, id) = split_entity(text)?;
            self.find(schema.type_named(ty)?, id)
        };
        let subject = match subject.split_once('#') {
            Some((group, member)) => {
                let on = entity(group)?;
                Subject::Userset { on, role: self.role_named(schema, on, member)? }
            }
            None => Subject::Entity(entity(subject)?),
        };
        let on = entity(on)?;
        Some((subject, self.role_named(schema, on, role)?, on))
    }

    /// The role that a name means on an entity: that of an organization above it before one that belongs to none.
    #[must_use]
    pub fn role_named(&self, schema: &Schema, on: EntityId, name: &str) -> Option<RoleId> {
        let candidates = schema.roles_named(self.type_of(on), name);
        let owner = |role: &RoleId| schema.roles.get(*role).and_then(|info| info.organization.as_ref());
        let inside = |role: &&RoleId| {
            owner(role).and_then(|owner| self.find(owner.ty, &owner.id)).is_some_and(|owner| self.is_within(on, owner))
        };
        let found = candidates.iter().find(inside).or_else(|| candidates.iter().find(|role| owner(role).is_none()));
        found.copied()
    }
}
