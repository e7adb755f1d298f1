//! Who holds which role where, as the directory says it: nothing is followed or computed here.
//!
//! Layout. A flat [`Base`] holds all of them but for what changed since it was made: a sorted list of what is revoked and
//! one of what came. A change copies a few chunks of these lists and shares everything else with the version before.
//! When they have grown to a part of the base, a new base is made; spread over the changes before it, that costs each of
//! them a few microseconds.

mod base;
mod compiled;

use super::EntityId;
use crate::index::SortedMap;
use crate::schema::RoleId;
use crate::source::Span;
use base::Base;
use std::sync::Arc;

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

impl Subject {
    /// The entity itself, or that of the userset.
    #[must_use]
    pub const fn entity(self) -> EntityId {
        match self {
            Self::Entity(entity) | Self::Userset { on: entity, .. } => entity,
        }
    }
}

/// A subject holds a role on an entity, for a time or for good. Put together when it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// How many changes there may be beside any base, and what part of a larger base.
const CHANGES: usize = 1_024;
const PART: usize = 64;

/// All assignments, those on one entity side by side in the order in which they came. Clones share nearly everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignments {
    base: Arc<Base>,
    /// The positions in the base of what is revoked.
    gone: SortedMap<u32, ()>,
    /// What came since, by what it is held on and in the order of coming.
    added: SortedMap<(EntityId, u32), Assignment>,
    /// The keys of what came, by the entity that the subject names.
    naming: SortedMap<(EntityId, EntityId, u32), ()>,
    /// The keys of what came to usersets.
    usersets: SortedMap<(EntityId, u32), ()>,
    /// How many came since the base.
    came: u32,
}

impl Assignments {
    pub(super) fn new(entities: usize, assignments: Vec<Assignment>) -> Self {
        Self { base: Arc::new(Base::new(entities, assignments.into_iter())), ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.base.len() - self.gone.len() + self.added.len()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Assignment> {
        let end = u32::try_from(self.base.len()).unwrap_or(u32::MAX);
        merged(self.standing(0..end), self.added.iter().map(|(_, one)| *one))
    }

    pub(super) fn on(&self, entity: EntityId) -> impl Iterator<Item = Assignment> {
        let added = self.added.range((entity, 0)..=(entity, u32::MAX)).map(|(_, one)| *one);
        self.standing(self.base.on(entity)).chain(added)
    }

    /// Those whose subject is an entity, or a userset on it.
    pub(super) fn naming(&self, entity: EntityId) -> impl Iterator<Item = Assignment> {
        let (first, last) = ((entity, EntityId(0), 0), (entity, EntityId(u32::MAX), u32::MAX));
        let keys = self.naming.range(first..=last).map(|(&(_, on, number), ())| (on, number));
        merged(self.picked(self.base.naming(entity)), self.came(keys))
    }

    pub(super) fn of(&self, subject: EntityId) -> impl Iterator<Item = Assignment> {
        self.naming(subject).filter(move |one| one.subject == Subject::Entity(subject))
    }

    pub(super) fn usersets(&self) -> impl Iterator<Item = Assignment> {
        let keys = self.usersets.iter().map(|(&key, ())| key);
        merged(self.picked(self.base.usersets()), self.came(keys))
    }

    /// The assignments of a role on an entity to exactly this subject: one, unless the same stands there twice.
    pub(super) fn between(&self, subject: Subject, role: RoleId, on: EntityId) -> impl Iterator<Item = Assignment> {
        let named = subject.entity();
        let keys = self.naming.range((named, on, 0)..=(named, on, u32::MAX)).map(|(&(_, on, number), ())| (on, number));
        let found = self.picked(self.base.between(named, on)).chain(self.came(keys));
        found.filter(move |one| (one.subject, one.role) == (subject, role))
    }

    /// Takes an assignment up, after all others on its entity.
    pub(super) fn assign(&mut self, one: Assignment) {
        let key = (one.on, self.came);
        self.came += 1;
        self.added.insert(key, one);
        self.naming.insert((one.subject.entity(), key.0, key.1), ());
        if let Subject::Userset { .. } = one.subject {
            self.usersets.insert(key, ());
        }
    }

    /// Takes away all assignments of a role on an entity to exactly this subject; what they were.
    pub(super) fn revoke(&mut self, subject: Subject, role: RoleId, on: EntityId) -> Vec<Assignment> {
        let meant = |one: &Assignment| (one.subject, one.role, one.on) == (subject, role, on);
        let (named, base) = (subject.entity(), Arc::clone(&self.base));
        let mut revoked = Vec::new();
        for &at in base.between(named, on) {
            if let Some(one) = base.get(at).filter(meant)
                && self.gone.insert(at, ())
            {
                revoked.push(one);
            }
        }
        let keys: Vec<u32> =
            self.naming.range((named, on, 0)..=(named, on, u32::MAX)).map(|(&(.., number), ())| number).collect();
        for number in keys {
            if self.added.get(&(on, number)).is_some_and(meant)
                && let Some(one) = self.added.remove(&(on, number))
            {
                self.naming.remove(&(named, on, number));
                self.usersets.remove(&(on, number));
                revoked.push(one);
            }
        }
        revoked
    }

    /// Makes a new base where much has changed since the last; whether it did. Nothing else changes by that.
    pub(super) fn settle(&mut self, entities: usize) -> bool {
        let grown = self.gone.len() + self.added.len() > CHANGES.max(self.base.len() / PART);
        if grown {
            *self = Self { base: Arc::new(Base::new(entities, self.all())), ..Self::default() };
        }
        grown
    }

    /// What of a range of the base is not revoked.
    fn standing(&self, range: std::ops::Range<u32>) -> impl Iterator<Item = Assignment> {
        let mut gone = self.gone.range(range.clone()).map(|(at, ())| *at).peekable();
        range.filter(move |at| gone.next_if_eq(at).is_none()).filter_map(|at| self.base.get(at))
    }

    /// What of some positions in the base is not revoked.
    fn picked<'a>(&'a self, positions: &'a [u32]) -> impl Iterator<Item = Assignment> + 'a {
        let standing = positions.iter().filter(|at| self.gone.is_empty() || self.gone.get(at).is_none());
        standing.filter_map(|&at| self.base.get(at))
    }

    /// What came under these keys.
    fn came(&self, keys: impl Iterator<Item = (EntityId, u32)>) -> impl Iterator<Item = Assignment> {
        keys.filter_map(|key| self.added.get(&key).copied())
    }
}

/// Two lists that are sorted by what is held on, as one: what is of the first goes before.
fn merged(
    first: impl Iterator<Item = Assignment>,
    second: impl Iterator<Item = Assignment>,
) -> impl Iterator<Item = Assignment> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    std::iter::from_fn(move || match (first.peek(), second.peek()) {
        (Some(one), Some(other)) if other.on < one.on => second.next(),
        (Some(_), _) => first.next(),
        (None, _) => second.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    const ENTITIES: u32 = 40;

    fn assignment(number: u32, random: u32) -> Assignment {
        let (named, role) = (EntityId(random % ENTITIES), RoleId(random / 40 % 2));
        let userset = (random / 80).is_multiple_of(4);
        Assignment {
            subject: if userset { Subject::Userset { on: named, role } } else { Subject::Entity(named) },
            role: RoleId(random / 320 % 2),
            on: EntityId(random / 640 % ENTITIES),
            since: (random / 25_600).is_multiple_of(5).then_some(i64::from(number)),
            until: (random / 128_000).is_multiple_of(5).then_some(i64::from(number) + 1),
            span: Span::new(FileId(0), number, number + 1),
        }
    }

    /// What is there, as a plain list grouped by entity.
    fn grouped(plain: &[Assignment]) -> Vec<Assignment> {
        let mut all = plain.to_vec();
        all.sort_by_key(|one| one.on);
        all
    }

    #[test]
    fn after_every_change_all_ways_in_lead_to_what_a_plain_list_holds() {
        let mut random = 3_u32;
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            random >> 8
        };
        let mut plain: Vec<Assignment> = (0..60).map(|number| assignment(number, next())).collect();
        let mut assignments = Assignments::new(ENTITIES as usize, plain.clone());
        let mut settled = 0;
        for step in 60..6_000 {
            let one = assignment(step, next());
            if step % 3 > 0 {
                assignments.assign(one);
                plain.push(one);
            } else {
                // Of what is there, most often, so that it goes.
                let one = *plain.get(next() as usize % (plain.len() + 1)).unwrap_or(&one);
                let meant =
                    |other: &Assignment| (other.subject, other.role, other.on) == (one.subject, one.role, one.on);
                let expected: Vec<Assignment> = plain.iter().copied().filter(meant).collect();
                assert!(assignments.between(one.subject, one.role, one.on).eq(expected.iter().copied()));
                assert_eq!(assignments.revoke(one.subject, one.role, one.on), expected, "step {step}");
                plain.retain(|other| !meant(other));
            }
            settled += usize::from(assignments.settle(ENTITIES as usize));
            if step % 50 > 1 && step > 200 {
                continue;
            }
            let all = grouped(&plain);
            assert!(assignments.all().eq(all.iter().copied()), "step {step}");
            assert_eq!(assignments.len(), all.len());
            let of = |wanted: &dyn Fn(&Assignment) -> bool| -> Vec<Assignment> {
                all.iter().copied().filter(|one| wanted(one)).collect()
            };
            for entity in (0..ENTITIES + 1).map(EntityId) {
                assert!(assignments.on(entity).eq(of(&|one| one.on == entity)), "step {step}, on {entity:?}");
                assert!(assignments.of(entity).eq(of(&|one| one.subject == Subject::Entity(entity))));
                assert!(assignments.naming(entity).eq(of(&|one| one.subject.entity() == entity)));
            }
            assert!(assignments.usersets().eq(of(&|one| matches!(one.subject, Subject::Userset { .. }))));
        }
        assert!(settled > 1, "a new base was made {settled} times");
    }
}
