//! Who holds which roles where: assignments with usersets, requirements and time bounds worked out.
//!
//! A subject's [`Row`] has all that it holds, by entity. Implied roles are not in here: they follow from a row's entry
//! further up when a question is asked. A role's own `when` is not in here either: it stands in the cells.

mod closure;
mod compiled;
mod groups;
mod holders;
mod patches;
mod rows;
mod sets;
mod upwards;
mod ways;

pub use closure::WAYS;
pub(super) use compiled::ReadHoldings;
pub use rows::{Entries, Four, Held, Row, RowSpot};

use super::{Assignment, Directory, EntityId, Subject};
use crate::compile::{CompiledPolicy, CompiledRole, NodeId, RoleSetId};
use crate::diagnostics::Diagnostic;
use crate::index::{AtHand, Idx, Stamp};
use crate::schema::RoleId;
use closure::Closure;
use groups::Groups;
use holders::Holders;
use patches::Patches;
use rows::Rows;
use rustc_hash::{FxHashMap, FxHashSet};
use sets::RoleSets;
use std::sync::{Arc, OnceLock};

/// A role held within a time or under conditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Qualified {
    /// The role.
    pub role: RoleId,
    /// The set that holds this role alone.
    pub set: RoleSetId,
    /// From when, in milliseconds since 1970 UTC.
    pub since: i64,
    /// Until when, itself not included.
    pub until: i64,
    start: u32,
    end: u32,
}

/// A condition on the way to a role: the `when` of a role that a userset or a requirement goes through.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Guard {
    /// The program; its `subject` is whoever the question is about.
    pub program: NodeId,
    /// Its `scope`.
    pub scope: EntityId,
    /// Its `resource`, the entity implied on; the scope itself where nothing is implied.
    pub resource: EntityId,
    /// Whether it leads to an implication: there, what cannot be computed counts as false.
    pub strict: bool,
}

/// What everybody holds. A copy shares nearly all of it.
#[derive(Clone, Debug)]
pub struct Holdings {
    sets: RoleSets,
    groups: Arc<Groups>,
    /// By subject.
    rows: AtHand<Rows, Four>,
    /// The same rows from the other side.
    holders: Arc<OnceLock<Holders>>,
    /// Rows made anew since.
    patches: Patches,
    unmet: Vec<Assignment>,
}

impl Holdings {
    /// Rows laid out flat.
    fn of(sets: RoleSets, groups: Groups, rows: Rows) -> Self {
        Self {
            sets,
            groups: Arc::new(groups),
            rows: AtHand::new(Arc::new(rows), Rows::entries),
            holders: Arc::default(),
            patches: Patches::default(),
            unmet: Vec::new(),
        }
    }

    /// Works out who holds what, and finds assignments whose subject holds what they require in no way.
    #[must_use]
    pub fn derive(policy: &CompiledPolicy, directory: &Directory) -> (Self, Vec<Diagnostic>) {
        let groups = Groups::of(policy, directory);
        let mut sets = RoleSets::default();
        let mut rows = Rows::with_capacity(directory.len(), directory.assignment_count() / 4);
        let mut closure = Closure::new(policy, directory, &groups);
        for subject in directory.entities() {
            closure.row(subject, &mut rows, &mut sets);
            rows.end_row();
        }
        let (unmet, findings) = closure.finish();
        (Self { unmet, ..Self::of(sets, groups, rows.ended().stamped()) }, findings)
    }

    /// Works out anew what is held by whomever some assignments concern, which were added to the directory or taken out
    /// of it; everybody else holds what they held. `before` is the directory as it was: who was a member of a userset whose
    /// entity is gone follows from what that lay in.
    #[must_use]
    pub fn reassigned(
        &self,
        policy: &CompiledPolicy,
        (before, directory): (&Directory, &Directory),
        changed: &[Assignment],
    ) -> (Self, Vec<Diagnostic>) {
        let mut after = self.clone();
        let mut subjects: Vec<EntityId> = Vec::with_capacity(changed.len());
        let mut usersets: Vec<(EntityId, RoleId)> = Vec::new();
        for assignment in changed {
            match assignment.subject {
                Subject::Entity(subject) => subjects.push(subject),
                Subject::Userset { on, role } => usersets.push((on, role)),
            }
        }
        if !usersets.is_empty() {
            subjects.extend(self.possible_members(policy, (before, directory), usersets));
        }
        if changed.iter().any(|assignment| matches!(assignment.subject, Subject::Userset { .. })) {
            after.groups = Arc::new(Groups::of(policy, directory));
        }
        subjects.sort_unstable();
        subjects.dedup();
        let groups = Arc::clone(&after.groups);
        let mut closure = Closure::new(policy, directory, &groups);
        let mut made = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let mut row = Rows::with_capacity(1, 1);
            closure.row(subject, &mut row, &mut after.sets);
            row.end_row();
            made.push((subject, Arc::new(row)));
        }
        let (unmet, findings) = closure.finish();
        after.unmet = unmet;
        after.patches.put(made);
        if after.patches.len() > Patches::LIMIT {
            after.lay_out(directory.len());
        }
        (after, findings)
    }

    /// The same assignments under their policy compiled again, of which these roles may say something else. Nothing where an
    /// assignment would not count any more.
    #[must_use]
    pub fn under(
        &self,
        before: &CompiledPolicy,
        policy: &CompiledPolicy,
        directory: &Directory,
        roles: &[RoleId],
    ) -> Option<Self> {
        let held_otherwise = |role: &RoleId| {
            before
                .roles()
                .get(*role)
                .zip(policy.roles().get(*role))
                .is_some_and(|(before, now)| !now.is_held_like(before))
        };
        let mut moved: FxHashSet<RoleId> = roles.iter().copied().filter(held_otherwise).collect();
        if moved.is_empty() {
            return Some(self.clone());
        }
        // Who holds a role that leads to one of these is a member and meets requirements by what lies on the way.
        let leads = |role: &CompiledRole| moved.iter().any(|&on_the_way| role.may_lead_to(on_the_way));
        let now = |role: RoleId| policy.roles().get(role);
        let leading = before.roles().iter_enumerated().filter(|(id, role)| leads(role) || now(*id).is_some_and(leads));
        let leading: Vec<RoleId> = leading.map(|(id, _)| id).collect();
        moved.extend(leading);
        let concerned = directory.assignments().filter(|assignment| moved.contains(&assignment.role));
        let concerned: Vec<Assignment> = concerned.collect();
        let mut regrouped = self.clone();
        if !self.groups.is_empty() {
            regrouped.groups = Arc::new(Groups::of(policy, directory));
        }
        if concerned.is_empty() {
            return Some(regrouped);
        }
        let (after, findings) = regrouped.reassigned(policy, (directory, directory), &concerned);
        findings.is_empty().then_some(after)
    }

    /// Whoever may be a member of some usersets by a role held on their entities or above, through whatever others.
    fn possible_members(
        &self,
        policy: &CompiledPolicy,
        (before, directory): (&Directory, &Directory),
        mut usersets: Vec<(EntityId, RoleId)>,
    ) -> Vec<EntityId> {
        let mut members = Vec::new();
        let mut met: FxHashSet<(EntityId, RoleId)> = usersets.iter().copied().collect();
        // By entity, the roles of usersets on it, and those of usersets below it.
        let mut wanted: FxHashMap<EntityId, (FxHashSet<RoleId>, FxHashSet<RoleId>)> = FxHashMap::default();
        while let Some((on, role)) = usersets.pop() {
            let above = before.ancestors(on).iter().chain(directory.ancestors(on)).map(|&entity| (entity, true));
            for (entity, above) in std::iter::once((on, false)).chain(above) {
                let is_new = !wanted.contains_key(&entity);
                let (here, below) = wanted.entry(entity).or_default();
                if above {
                    below.insert(role)
                } else {
                    here.insert(role)
                };
                let assigned = is_new.then(|| directory.assignments_on(entity)).into_iter().flatten();
                for assignment in assigned {
                    match assignment.subject {
                        // What is open at no time stands in no row, and counts all the same where it is required.
                        Subject::Entity(subject) if self.row(subject).on(entity).is_none() => members.push(subject),
                        Subject::Userset { on, role } if met.insert((on, role)) => usersets.push((on, role)),
                        Subject::Entity(_) | Subject::Userset { .. } => {}
                    }
                }
            }
        }
        let makes_member = |held: Held, row: Row<'_>| {
            let Some((here, below)) = wanted.get(&held.on) else { return false };
            self.roles_of(row, held).any(|one| {
                let one = policy.role(one);
                here.iter().any(|&role| one.counts_as(role)) || below.iter().any(|&role| one.may_lead_to(role))
            })
        };
        let by_rows = self.rows().filter(|(_, row)| row.held().any(|held| makes_member(held, *row)));
        members.extend(by_rows.map(|(who, _)| who));
        members
    }

    /// Lays all rows out flat.
    fn lay_out(&mut self, entities: usize) {
        let mut flat = Rows::with_capacity(entities, self.rows.entries().len());
        for subject in (0..entities).map(EntityId::from_index) {
            flat.copy(self.row(subject));
            flat.end_row();
        }
        self.rows = AtHand::new(Arc::new(flat.ended().stamped()), Rows::entries);
        self.holders = Arc::default();
        self.patches = Patches::default();
    }

    /// What a subject holds, implied roles apart.
    #[inline]
    #[must_use]
    pub fn row(&self, subject: EntityId) -> Row<'_> {
        if !self.patches.is_empty()
            && let Some(row) = self.patches.row(subject)
        {
            return row;
        }
        self.rows.row(subject.index())
    }

    /// Where a subject's row stands, unless it was made anew since all were laid out.
    #[must_use]
    pub fn spot(&self, subject: EntityId) -> RowSpot {
        self.rows.spot(subject.index())
    }

    /// What a subject holds, implied roles apart, by where its row stands in holdings with the same stamp.
    #[inline]
    #[must_use]
    pub fn row_at(&self, subject: EntityId, spot: &RowSpot) -> Row<'_> {
        if !self.patches.is_empty()
            && let Some(row) = self.patches.row(subject)
        {
            return row;
        }
        self.rows.row_among(self.rows.table(), spot)
    }

    /// What tells them from holdings whose rows stand elsewhere.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.rows.stamp()
    }

    /// Whoever holds anything, and what.
    pub fn rows(&self) -> impl Iterator<Item = (EntityId, Row<'_>)> {
        let laid_out = (0..self.rows.len()).map(EntityId::from_index).map(|subject| (subject, self.row(subject)));
        let made = self.patches.rows().map(|(subject, row)| (*subject, row));
        let past = made.filter(|(subject, _)| subject.index() >= self.rows.len());
        laid_out.chain(past).filter(|(_, row)| !row.is_empty())
    }

    /// The sets of roles that are held always, and those of each role held otherwise.
    #[must_use]
    pub fn sets(&self) -> &[Box<[RoleId]>] {
        self.sets.all()
    }

    /// The roles of a set, sorted.
    #[must_use]
    pub fn roles(&self, set: RoleSetId) -> &[RoleId] {
        self.sets.roles(set)
    }

    /// Every role that an entry of a row has, whenever it is held.
    pub fn roles_of<'a>(&'a self, row: Row<'a>, held: Held) -> impl Iterator<Item = RoleId> + 'a {
        let always = row.always(held).map_or(&[][..], |set| self.roles(set));
        always.iter().copied().chain(row.qualified(held).iter().map(|qualified| qualified.role))
    }

    /// Whether an entry holds the same roles within the same times as one of other holdings, by the same policy. Roles
    /// under conditions are never the same: those speak of entities, which every directory numbers by itself.
    #[must_use]
    pub fn is_equal(&self, (row, held): (Row<'_>, Held), other: &Self, (there, theirs): (Row<'_>, Held)) -> bool {
        let always = |holdings: &Self, set: Option<RoleSetId>| set.map(|set| holdings.roles(set).to_vec());
        let key = |one: &Qualified| (one.role, one.since, one.until, one.end - one.start);
        let (mine, others) = (row.qualified(held), there.qualified(theirs));
        always(self, row.always(held)) == always(other, there.always(theirs))
            && mine.iter().chain(others).all(|one| one.start == one.end)
            && mine.len() == others.len()
            && mine.iter().map(key).eq(others.iter().map(key))
    }

    /// Assignments that never count, as their subject holds what they require in no way. A directory with any is not
    /// decided on.
    #[must_use]
    pub fn unmet(&self) -> &[Assignment] {
        &self.unmet
    }
}
