//! Roles that were given to a subject, speak for the request, and do not count: outside of their time, without the role
//! that they require, or because a condition fails. Not the roles that nobody gave.

use super::{Case, Step};
use crate::decide::{Truth, Variables};
use crate::directory::{Assignment, EntityId, Subject};
use crate::schema::{RoleId, timestamp_text};
use rustc_hash::FxHashMap;

/// How deep usersets of usersets are looked into for a membership that does not count.
const DEPTH: usize = 8;

/// Usersets that were looked into, each once.
#[derive(Default)]
struct Groups {
    known: FxHashMap<(EntityId, RoleId), Option<Step>>,
    depth: usize,
}

/// A role that was given and does not count.
pub(super) struct Resting {
    /// The role, and what it would be held on.
    pub(super) held: (RoleId, EntityId),
    /// Whether an assignment gives it, and not an implication.
    pub(super) assigned: bool,
    /// Why it does not count.
    pub(super) step: Step,
}

impl Case<'_> {
    /// What rests on the resource and above it: assignments first, then what would have come by an implication.
    pub(super) fn resting(self, subject: EntityId) -> Vec<Resting> {
        let directory = self.world.facts.snapshot.directory();
        let mut found = Vec::new();
        let mut groups = Groups::default();
        for entity in self.world.facts.upwards(self.world.request.resource) {
            if !self.world.facts.is_declared(entity) {
                continue;
            }
            let assignments = directory.assignments_on(entity);
            found.extend(assignments.filter(|assignment| self.speaks(assignment.role)).filter_map(|assignment| {
                let step = self.rests(&assignment, subject, entity, &mut groups)?;
                Some(Resting { held: (assignment.role, entity), assigned: true, step })
            }));
        }
        for (role, above, truth) in self.world.roles_that_count(subject) {
            if truth == Truth::True {
                self.not_implied(subject, role, above, &mut found);
            }
        }
        found
    }

    /// Whether a role, by itself or by what it implies, would speak for the request.
    fn speaks(self, role: RoleId) -> bool {
        let policy = self.world.facts.snapshot.policy();
        self.allows(role) || policy.role(role).may_lead_to_permission(self.world.request.permission)
    }

    /// Why an assignment that is meant for the subject does not count.
    fn rests(self, assignment: &Assignment, subject: EntityId, entity: EntityId, groups: &mut Groups) -> Option<Step> {
        let (on, role) = match assignment.subject {
            Subject::Entity(direct) if direct == subject => return self.why_resting(assignment, subject, entity),
            Subject::Entity(_) => return None,
            Subject::Userset { on, role } => (on, role),
        };
        match self.world.holds_any(subject, Some(&[role]), on) {
            Truth::True => self.why_resting(assignment, subject, entity),
            // What could not be computed is told apart from what fails.
            Truth::Unknown => None,
            Truth::False if !self.running(assignment) => None,
            Truth::False => {
                let (facts, schema) = (self.world.facts, self.world.facts.snapshot.policy().schema());
                let why = self.lapsed_membership((on, role), subject, groups)?;
                let group = format!("`{}#{}`", facts.name(on), schema.roles.get(role).map_or("", |role| &role.name));
                let held = format!("`{}` on `{}`", schema.role_name(assignment.role), facts.name(entity));
                Some(Step::fact(format!("{group} holds {held}"), Some(assignment.span)).with(Truth::False, vec![why]))
            }
        }
    }

    /// Why an assignment that would make the subject a member of a group does not count, if there is one.
    fn lapsed_membership(self, group: (EntityId, RoleId), subject: EntityId, groups: &mut Groups) -> Option<Step> {
        if let Some(known) = groups.known.get(&group) {
            return known.clone();
        }
        if groups.depth == DEPTH {
            return None;
        }
        groups.known.insert(group, None);
        groups.depth += 1;
        let policy = self.world.facts.snapshot.policy();
        let assignments = self.world.facts.snapshot.directory().assignments_on(group.0);
        let mut assignments = assignments.filter(|assignment| policy.role(assignment.role).counts_as(group.1));
        let why = assignments.find_map(|assignment| self.rests(&assignment, subject, group.0, groups));
        groups.depth -= 1;
        groups.known.insert(group, why.clone());
        why
    }

    fn why_resting(self, assignment: &Assignment, subject: EntityId, entity: EntityId) -> Option<Step> {
        let policy = self.world.facts.snapshot.policy();
        let (schema, at) = (policy.schema(), self.world.request.at);
        let role = policy.role(assignment.role);
        let named = format!("`{}` on `{}`", schema.role_name(assignment.role), self.world.facts.name(entity));
        let resting = |why: String, children| {
            Some(Step::fact(format!("{named}{why}"), Some(assignment.span)).with(Truth::False, children))
        };
        match (assignment.since, assignment.until) {
            (_, Some(until)) if until <= at => {
                return resting(format!(": the assignment ended at {}", timestamp_text(until)), Vec::new());
            }
            (Some(since), _) if since > at => {
                return resting(format!(": the assignment begins only at {}", timestamp_text(since)), Vec::new());
            }
            _ => {}
        }
        let above = self.world.facts.above(entity);
        let unmet = role.requires.iter().find(|&&required| {
            above.iter().all(|&above| self.world.holds_any(subject, Some(&[required]), above) == Truth::False)
        });
        if let Some(&required) = unmet {
            let required = schema.role_name(required);
            return resting(format!(" requires `{required}`, which is not held now"), Vec::new());
        }
        let fails = self.world.holds(role.when, Variables::of_role(subject, entity)) == Truth::False;
        let children = || self.conditions_of(subject, assignment.role, entity);
        if fails { resting(" is held and does not count".to_owned(), children()) } else { None }
    }

    /// The implications of a role that counts which would speak for the request and fail.
    fn not_implied(self, subject: EntityId, role: RoleId, above: EntityId, found: &mut Vec<Resting>) {
        let policy = self.world.facts.snapshot.policy();
        for implied in policy.role(role).implies.iter().filter(|implied| self.speaks(implied.role)) {
            let Some(info) = policy.schema().roles.get(implied.role) else { continue };
            if implied.when.is_none() && policy.role(implied.role).when.is_none() {
                continue;
            }
            for below in self.world.facts.upwards_of(self.world.request.resource, info.ty) {
                let held = (implied.role, below);
                if !self.world.facts.is_above(above, below) || found.iter().any(|resting| resting.held == held) {
                    continue;
                }
                let origin = &policy.provenance().implications[implied.implication];
                let variables = Variables { subject, resource: below, scope: Some(above) };
                let children = if self.world.implication(subject, above, implied, below) == Truth::False {
                    origin.when.iter().map(|when| self.condition(when, variables)).collect()
                } else {
                    let when = policy.role(implied.role).when;
                    if self.world.holds(when, Variables::of_role(subject, below)) != Truth::False {
                        continue;
                    }
                    self.conditions_of(subject, implied.role, below)
                };
                let step = self.implication(role, implied.implication, below).with(Truth::False, children);
                found.push(Resting { held, assigned: false, step });
            }
        }
    }
}
