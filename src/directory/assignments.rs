//! Who holds which role where, as the directory says it: nothing is followed or computed here.

use super::EntityId;
use super::by_entity::ByEntity;
use crate::schema::RoleId;
use crate::source::Span;

/// Whom a role is assigned to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// One entity.
    Entity(EntityId),
    /// Whoever holds a role on an entity: `team:research#member`.
    Userset {
        /// The entity.
        on: EntityId,
        /// The role, of that entity's type.
        role: RoleId,
    },
}

/// A subject holds a role on an entity, for a time or for good.
#[derive(Clone, Copy, Debug)]
pub struct Assignment {
    /// Who.
    pub subject: Subject,
    /// The role, of the type of `on`.
    pub role: RoleId,
    /// Where.
    pub on: EntityId,
    /// The first moment it counts, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// The first moment it counts no longer.
    pub until: Option<i64>,
    /// The subject's place.
    pub span: Span,
}

/// All assignments, grouped by the entity they are held on, with a way in by subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignments {
    on: ByEntity<Assignment>,
    of: ByEntity<u32>,
    usersets: Vec<u32>,
}

impl Assignments {
    pub(super) fn new(entities: usize, assignments: Vec<Assignment>) -> Self {
        let on = ByEntity::new(entities, assignments.into_iter().map(|one| (one.on, one)).collect());
        let (mut of, mut usersets) = (Vec::new(), Vec::new());
        for (at, assignment) in on.all().iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            match assignment.subject {
                Subject::Entity(subject) => of.push((subject, at)),
                Subject::Userset { .. } => usersets.push(at),
            }
        }
        Self { on, of: ByEntity::new(entities, of), usersets }
    }

    pub(super) fn all(&self) -> &[Assignment] {
        self.on.all()
    }

    pub(super) fn on(&self, entity: EntityId) -> &[Assignment] {
        self.on.of(entity)
    }

    pub(super) fn of(&self, subject: EntityId) -> impl Iterator<Item = &Assignment> {
        self.of.of(subject).iter().filter_map(|&at| self.all().get(at as usize))
    }

    pub(super) fn usersets(&self) -> impl Iterator<Item = &Assignment> {
        self.usersets.iter().filter_map(|&at| self.all().get(at as usize))
    }
}
