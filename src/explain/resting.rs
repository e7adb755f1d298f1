//! Roles that were given to a subject, speak for the request, and do not count: outside of their time, without the role
//! that they require, or because a condition fails. Not the roles that nobody gave.

use super::{Case, Step};
use crate::decide::{Truth, Variables};
use crate::directory::{Assignment, EntityId, Subject};
use crate::schema::{RoleId, timestamp_text};

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
        for entity in self.world.facts.upwards(self.world.request.resource) {
            if !self.world.facts.is_declared(entity) {
                continue;
            }
            let assignments = directory.assignments_on(entity).iter();
            let given =
                assignments.filter(|assignment| self.speaks(assignment.role) && self.given(assignment, subject));
            found.extend(given.filter_map(|assignment| {
                let step = self.why_resting(assignment, subject, entity)?;
                Some(Resting { held: (assignment.role, entity), assigned: true, step })
            }));
        }
        for (role, above, truth) in self.roles(subject) {
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

    /// Whether an assignment is to the subject, or to a userset that it is in.
    fn given(self, assignment: &Assignment, subject: EntityId) -> bool {
        match assignment.subject {
            Subject::Entity(direct) => direct == subject,
            Subject::Userset { on, role } => self.world.holds_any(subject, Some(&[role]), on) == Truth::True,
        }
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
