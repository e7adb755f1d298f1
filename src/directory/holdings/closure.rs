//! Working out [`Holdings`](super::Holdings): what each subject holds, given what is assigned.
//!
//! Everything is derived for one subject at a time, from that subject's own assignments and the usersets it comes to be a
//! member of; nothing that one subject holds depends on another. That keeps a change local. For one subject it is a least
//! fixpoint: assignments wait until what they require is held, usersets are joined as soon as a role is held that makes a
//! member, until nothing new follows. Cycles of usersets and requirements therefore grant nothing by themselves.

use super::groups::{Group, Groups};
use super::rows::Rows;
use super::sets::RoleSets;
use super::ways::{Hold, add_way};
use crate::compile::CompiledPolicy;
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::{Assignment, Directory, EntityId, Subject};
use crate::schema::RoleId;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::cell::Cell;

/// How many ways, each not covered by the others, one role may be held on one entity by one subject.
pub const WAYS: usize = 256;

/// The fixpoint for one subject; its tables are kept between subjects for their memory.
pub(super) struct Closure<'a> {
    pub(super) policy: &'a CompiledPolicy,
    pub(super) directory: &'a Directory,
    groups: &'a Groups,
    /// What is held so far.
    pub(super) held: FxHashMap<EntityId, Vec<(RoleId, Vec<Hold>)>>,
    /// Assignments that may come to count: what is assigned, and the ways in which the subject is meant by it.
    candidates: Vec<(Assignment, Hold)>,
    /// How the subject is a member of each group, so far.
    member: FxHashMap<Group, Vec<Hold>>,
    /// Groups whose members may include the subject by what was found since they were last looked at.
    stale: FxHashSet<Group>,
    /// Candidates by each role that they require.
    waiting: FxHashMap<RoleId, Vec<usize>>,
    /// The roles found to be held in this round, and where.
    grown: FxHashSet<(RoleId, EntityId)>,
    /// Whether a role is held in more than [`WAYS`] ways.
    pub(super) overflow: Overflow,
    /// What the subject is assigned by name.
    direct: Vec<Assignment>,
    /// Of all subjects, what is assigned and never counts.
    unmet: Vec<Assignment>,
    findings: Vec<Diagnostic>,
}

/// Whether there were more than [`WAYS`] ways. What is derived is then incomplete, which is a finding.
#[derive(Default)]
pub(super) struct Overflow(Cell<bool>);

impl Overflow {
    pub(super) const fn is_met(&self) -> bool {
        self.0.get()
    }

    /// Adds a way unless another covers it or there are too many. Returns whether it was added.
    pub(super) fn add(&self, ways: &mut Vec<Hold>, way: Hold) -> bool {
        if ways.len() >= WAYS && !ways.iter().any(|known| known.covers(&way)) {
            self.0.set(true);
            return false;
        }
        add_way(ways, way)
    }
}

impl<'a> Closure<'a> {
    pub(super) fn new(policy: &'a CompiledPolicy, directory: &'a Directory, groups: &'a Groups) -> Self {
        Self {
            policy,
            directory,
            groups,
            held: FxHashMap::default(),
            candidates: Vec::new(),
            member: FxHashMap::default(),
            stale: FxHashSet::default(),
            waiting: FxHashMap::default(),
            grown: FxHashSet::default(),
            overflow: Overflow::default(),
            direct: Vec::new(),
            unmet: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Works out what a subject holds, and adds it to the last row, whose end is yet open.
    pub(super) fn row(&mut self, subject: EntityId, rows: &mut Rows, sets: &mut RoleSets) {
        self.direct.clear();
        self.direct.extend(self.directory.assignments_of(subject));
        if self.direct.is_empty() {
            return;
        }
        if self.is_plain() {
            self.record_plain(rows, sets);
            return;
        }
        self.run();
        self.record(rows, sets);
    }

    /// Assignments that never count, and what is wrong, of all subjects looked at.
    pub(super) fn finish(self) -> (Vec<Assignment>, Vec<Diagnostic>) {
        (self.unmet, self.findings)
    }

    /// Whether what is assigned is all that is held, at all times: nothing is required, and no userset can be joined.
    fn is_plain(&self) -> bool {
        self.groups.is_empty()
            && self.direct.iter().all(|assignment| {
                (assignment.since, assignment.until) == (None, None)
                    && self.policy.role(assignment.role).requires.is_empty()
            })
    }

    fn record_plain(&mut self, rows: &mut Rows, sets: &mut RoleSets) {
        self.direct.sort_unstable_by_key(|assignment| (assignment.on, assignment.role));
        for on_one in self.direct.chunk_by(|one, other| one.on == other.on) {
            let Some(first) = on_one.first() else { continue };
            let mut roles: SmallVec<[RoleId; 8]> = on_one.iter().map(|assignment| assignment.role).collect();
            roles.dedup();
            rows.push_set(first.on, sets.intern(&roles));
        }
    }

    fn run(&mut self) {
        self.held.clear();
        self.member.clear();
        self.stale.clear();
        self.candidates.clear();
        self.waiting.clear();
        self.overflow.0.set(false);
        self.candidates.extend(
            self.direct.iter().map(|&assignment| (assignment, Hold::within(assignment.since, assignment.until))),
        );
        // From the top down, so that what is required is mostly found before what requires it.
        let directory = self.directory;
        self.candidates.sort_by_key(|(assignment, _)| directory.ancestors(assignment.on).len());

        let mut seen = 0;
        let mut open: Vec<usize> = Vec::new();
        while seen < self.candidates.len() || !open.is_empty() {
            for at in seen..self.candidates.len() {
                open.push(at);
                let Some((assignment, _)) = self.candidates.get(at) else { continue };
                for &required in &*self.policy.role(assignment.role).requires {
                    self.waiting.entry(required).or_default().push(at);
                }
            }
            seen = self.candidates.len();
            self.grown.clear();
            for at in open.drain(..) {
                let Some((assignment, way)) = self.candidates.get(at).cloned() else { continue };
                for way in self.satisfied(&assignment, way) {
                    self.hold(&assignment, way);
                }
            }
            let stale: Vec<Group> = self.stale.drain().collect();
            for group in stale {
                self.join(group);
            }
            if self.overflow.is_met() {
                break;
            }
            open = self.reopened();
        }
        if let Some(first) = self.direct.first().filter(|_| self.overflow.is_met()) {
            self.findings.push(too_many_ways(first));
            return;
        }
        for assignment in &self.direct {
            if let Some(finding) = self.missing(assignment) {
                self.unmet.push(*assignment);
                self.findings.push(finding);
            }
        }
    }

    /// The candidates that require what was found in this round.
    fn reopened(&self) -> Vec<usize> {
        let mut reopened = Vec::new();
        for (&required, waiting) in &self.waiting {
            let meant = |role| {
                let role = self.policy.role(role);
                role.counts_as(required) || role.may_lead_to(required)
            };
            let found: FxHashSet<EntityId> =
                self.grown.iter().filter(|(role, _)| meant(*role)).map(|&(_, entity)| entity).collect();
            if found.is_empty() {
                continue;
            }
            reopened.extend(waiting.iter().copied().filter(|&at| {
                let Some((assignment, _)) = self.candidates.get(at) else { return false };
                let above = self.directory.ancestors(assignment.on);
                if above.len() < found.len() {
                    above.iter().any(|entity| found.contains(entity))
                } else {
                    found.iter().any(|entity| above.binary_search(entity).is_ok())
                }
            }));
        }
        reopened.sort_unstable();
        reopened.dedup();
        reopened
    }

    /// The ways in which an assignment counts, given what is held so far.
    fn satisfied(&self, assignment: &Assignment, way: Hold) -> Vec<Hold> {
        let mut ways = vec![way];
        for &required in &*self.policy.role(assignment.role).requires {
            let above = self.above(assignment.on, required);
            let mut combined = Vec::new();
            for one in &ways {
                for other in &above {
                    self.overflow.add(&mut combined, one.and(other));
                }
            }
            ways = combined;
        }
        ways
    }

    /// Records a role as held, and marks the groups that this may make the subject a member of.
    fn hold(&mut self, assignment: &Assignment, way: Hold) {
        let (entity, role) = (assignment.on, assignment.role);
        let roles = self.held.entry(entity).or_default();
        let at = roles.iter().position(|(held, _)| *held == role).unwrap_or_else(|| {
            roles.push((role, Vec::new()));
            roles.len() - 1
        });
        let Some((_, ways)) = roles.get_mut(at) else { return };
        if !self.overflow.add(ways, way) {
            return;
        }
        self.grown.insert((role, entity));
        let compiled = self.policy.role(role);
        for &group in self.groups.on(entity) {
            if compiled.counts_as(group.1) {
                self.stale.insert(group);
            }
        }
        if compiled.leads.is_some() {
            for &group in self.groups.below(entity) {
                if compiled.may_lead_to(group.1) {
                    self.stale.insert(group);
                }
            }
        }
    }

    /// Works out the membership of a group anew; each way that is new makes what the group is assigned a candidate.
    fn join(&mut self, group: Group) {
        let ways = self.ways(&[group.0], group.1, group.0);
        let member = self.member.entry(group).or_default();
        for way in ways {
            if !self.overflow.add(member, way.clone()) {
                continue;
            }
            for &assignment in self.groups.assigned(group) {
                let way = way.and(&Hold::within(assignment.since, assignment.until));
                self.candidates.push((assignment, way));
            }
        }
    }

    /// The finding for a direct assignment whose subject holds what it requires in no way, time aside.
    fn missing(&self, assignment: &Assignment) -> Option<Diagnostic> {
        let schema = self.policy.schema();
        let role = self.policy.role(assignment.role);
        let missing = role.requires.iter().find(|&&required| self.above(assignment.on, required).is_empty())?;
        let Subject::Entity(subject) = assignment.subject else { return None };
        let (subject, role, missing) =
            (self.directory.name(schema, subject), schema.role_name(assignment.role), schema.role_name(*missing));
        let on = self.directory.name(schema, assignment.on);
        Some(
            Diagnostic::error(
                Code::MissingRequiredRole,
                assignment.span,
                format!("`{subject}` cannot hold `{role}` on `{on}` without `{missing}`"),
            )
            .here(format!("`{role}` requires `{missing}` above"))
            .help(format!("assign `{missing}` to `{subject}`, or take this assignment out")),
        )
    }

    /// Adds what was found to the last row.
    fn record(&mut self, rows: &mut Rows, sets: &mut RoleSets) {
        let mut entities: Vec<EntityId> = self.held.keys().copied().collect();
        entities.sort_unstable();
        for entity in entities {
            if let Some(roles) = self.held.get_mut(&entity) {
                rows.push(entity, roles, sets);
            }
        }
    }
}

fn too_many_ways(assignment: &Assignment) -> Diagnostic {
    let message = format!("this subject holds a role in more than {WAYS} different ways, by times and conditions");
    Diagnostic::error(Code::LimitExceeded, assignment.span, message)
}
