//! Assignments in the flat form that they have when nothing was changed for a while.

mod compiled;

use super::{Assignment, Subject};
use crate::directory::EntityId;
use crate::directory::by_entity::ByEntity;
use crate::index::Table;
use crate::schema::RoleId;
use crate::source::Span;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Assignments grouped by the entity they are held on, with a way in by the entity that a subject names.
#[derive(Clone, Debug, Default)]
pub(super) struct Base {
    on: ByEntity<Record>,
    /// By the subject, or by the entity of a userset: positions, ascending and therefore by what is held on.
    naming: ByEntity<u32>,
    /// The positions of those to usersets, ascending.
    usersets: Table<u32>,
    extras: Vec<Extra>,
}

/// One assignment. Few have bounds or are to a userset, so that what only those have stands apart.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Record {
    on: EntityId,
    /// The subject, or the entity of a userset.
    named: EntityId,
    role: RoleId,
    span: Span,
    /// Where in the extras, or [`PLAIN`].
    extra: u32,
}

/// The mark of an assignment to one entity for good.
const PLAIN: u32 = u32::MAX;

/// The role of a userset, and bounds.
#[derive(Clone, Copy, Debug)]
struct Extra {
    member: Option<RoleId>,
    since: Option<i64>,
    until: Option<i64>,
}

impl Base {
    /// Groups assignments, which stay in their order within each group.
    pub(super) fn new(entities: usize, assignments: impl Iterator<Item = Assignment>) -> Self {
        let mut extras = Vec::new();
        let records = assignments.map(|one| (one.on, Record::new(&one, &mut extras))).collect();
        let on = ByEntity::new(entities, records);
        let (mut naming, mut usersets) = (Vec::with_capacity(on.all().len()), Vec::new());
        for (at, record) in (0..).zip(on.all()) {
            naming.push((record.named, at));
            if extras.get(record.extra as usize).is_some_and(|extra: &Extra| extra.member.is_some()) {
                usersets.push(at);
            }
        }
        Self { on, naming: ByEntity::new(entities, naming), usersets: usersets.into(), extras }
    }

    pub(super) fn len(&self) -> usize {
        self.on.all().len()
    }

    pub(super) fn get(&self, at: u32) -> Option<Assignment> {
        let record = self.on.all().get(at as usize)?;
        let extra = self.extras.get(record.extra as usize);
        let extra = extra.copied().unwrap_or(Extra { member: None, since: None, until: None });
        let subject = match extra.member {
            Some(role) => Subject::Userset { on: record.named, role },
            None => Subject::Entity(record.named),
        };
        let &Record { on, role, span, .. } = record;
        Some(Assignment { subject, role, on, since: extra.since, until: extra.until, span })
    }

    /// The positions of what is held on an entity.
    pub(super) fn on(&self, entity: EntityId) -> std::ops::Range<u32> {
        let range = self.on.range(entity);
        narrow(range.start)..narrow(range.end)
    }

    /// The positions of those whose subject names an entity.
    pub(super) fn naming(&self, entity: EntityId) -> &[u32] {
        self.naming.of(entity)
    }

    /// The positions of those whose subject names an entity and that are held on another.
    pub(super) fn between(&self, named: EntityId, on: EntityId) -> &[u32] {
        let (positions, held) = (self.naming(named), self.on(on));
        let start = positions.partition_point(|&at| at < held.start);
        let end = positions.partition_point(|&at| at < held.end);
        positions.get(start..end).unwrap_or_default()
    }

    /// The positions of those to usersets.
    pub(super) fn usersets(&self) -> &[u32] {
        &self.usersets
    }
}

impl Record {
    fn new(one: &Assignment, extras: &mut Vec<Extra>) -> Self {
        let (named, member) = match one.subject {
            Subject::Entity(subject) => (subject, None),
            Subject::Userset { on, role } => (on, Some(role)),
        };
        let mut extra = PLAIN;
        if member.is_some() || one.since.is_some() || one.until.is_some() {
            extra = narrow(extras.len());
            extras.push(Extra { member, since: one.since, until: one.until });
        }
        Self { on: one.on, named, role: one.role, span: one.span, extra }
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
