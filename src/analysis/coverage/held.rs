//! What it takes to tell whether somebody holds a role: assignments, with the groups, requirements and conditions that they
//! depend on, and implications. The truths are the evaluator's; here is followed where they come from.

use super::look::Walk;
use crate::compile::CompiledRole;
use crate::decide::{Truth, Variables};
use crate::directory::{Assignment, EntityId, Subject};
use crate::index::Idx;
use crate::schema::RoleId;
use rustc_hash::FxHashSet;

/// Which roles are meant.
type Which<'w> = &'w dyn Fn(&CompiledRole) -> bool;

impl Walk<'_, '_> {
    /// What it takes to tell which roles the subject holds on a resource and above it, of those that are `wanted` or `lead`
    /// to one further down.
    pub(super) fn holding(&mut self, resource: EntityId, wanted: Which<'_>, leads: Which<'_>) {
        let policy = self.world.facts.snapshot.policy();
        let upwards: Vec<EntityId> = self.world.facts.upwards(resource).collect();
        let mut followed = FxHashSet::default();
        for entity in upwards {
            for assignment in self.assignments(entity) {
                let role = policy.role(assignment.role);
                let leads_on = leads(role);
                if !wanted(role) && !leads_on {
                    continue;
                }
                let counts = self.assignment(&assignment, self.subject);
                if counts != Truth::False && leads_on {
                    let from = (entity, assignment.role, counts);
                    self.implied(self.subject, from, resource, (wanted, leads), &mut followed);
                }
            }
        }
    }

    /// What it takes to tell whether somebody holds a role, or any, on one entity.
    pub(super) fn membership(&mut self, subject: EntityId, role: Option<RoleId>, on: EntityId) {
        if !self.memberships.insert((subject, role, on)) {
            return;
        }
        let policy = self.world.facts.snapshot.policy();
        let wanted = |held: &CompiledRole| role.is_none_or(|role| held.counts_as(role));
        let leads = |held: &CompiledRole| role.map_or(held.leads.is_some(), |role| held.may_lead_to(role));
        for assignment in self.assignments(on) {
            if wanted(policy.role(assignment.role)) {
                self.assignment(&assignment, subject);
            }
        }
        let mut followed = FxHashSet::default();
        for &above in self.world.facts.above(on) {
            for assignment in self.assignments(above) {
                if !leads(policy.role(assignment.role)) {
                    continue;
                }
                let counts = self.assignment(&assignment, subject);
                if counts != Truth::False {
                    let from = (above, assignment.role, counts);
                    self.implied(subject, from, on, (&wanted, &leads), &mut followed);
                }
            }
        }
    }

    fn assignments(&self, on: EntityId) -> Vec<Assignment> {
        let directory = self.world.facts.snapshot.directory();
        if on.index() < directory.len() { directory.assignments_on(on).collect() } else { Vec::new() }
    }

    /// Whether an assignment gives somebody its role, and what that depends on.
    fn assignment(&mut self, assignment: &Assignment, subject: EntityId) -> Truth {
        let at = self.world.request.at;
        let running =
            assignment.since.is_none_or(|since| since <= at) && assignment.until.is_none_or(|until| at < until);
        let mut counts = match assignment.subject {
            _ if !running => Truth::False,
            Subject::Entity(direct) => Truth::from(direct == subject),
            Subject::Userset { on, role } => {
                self.membership(subject, Some(role), on);
                self.world.holds_any(subject, Some(&[role]), on)
            }
        };
        let policy = self.world.facts.snapshot.policy();
        for &required in &*policy.role(assignment.role).requires {
            if counts == Truth::False {
                return counts;
            }
            let mut held = Truth::False;
            for &above in self.world.facts.above(assignment.on) {
                self.membership(subject, Some(required), above);
                held = held.or(self.world.holds_any(subject, Some(&[required]), above));
            }
            counts = counts.and(held);
        }
        if counts == Truth::False {
            return counts;
        }
        counts.and(self.counts(assignment.role, subject, assignment.on))
    }

    /// Whether a role that is held on an entity counts there.
    fn counts(&mut self, role: RoleId, subject: EntityId, on: EntityId) -> Truth {
        let policy = self.world.facts.snapshot.policy();
        let origins = policy.role(role).counts_as.iter().filter_map(|&base| policy.provenance().roles.get(base));
        self.all(origins.flat_map(|origin| &origin.when), Variables::of_role(subject, on))
    }

    /// The implications of a role that counts on an entity, down to `target`.
    fn implied(
        &mut self,
        subject: EntityId,
        from: (EntityId, RoleId, Truth),
        target: EntityId,
        (wanted, leads): (Which<'_>, Which<'_>),
        followed: &mut FxHashSet<(EntityId, RoleId)>,
    ) {
        let policy = self.world.facts.snapshot.policy();
        let mut open = vec![from];
        while let Some((above, role, counts)) = open.pop() {
            if !followed.insert((above, role)) {
                continue;
            }
            for implied in &*policy.role(role).implies {
                let compiled = policy.role(implied.role);
                let leads_on = leads(compiled);
                if !wanted(compiled) && !leads_on {
                    continue;
                }
                let Some(info) = policy.schema().roles.get(implied.role) else { continue };
                let Some(origin) = policy.provenance().implications.get(implied.implication) else { continue };
                let below = self.world.facts.upwards_of(target, info.ty);
                let below: Vec<EntityId> = below.filter(|&entity| self.world.facts.is_above(above, entity)).collect();
                for entity in below {
                    if let Some(covered) = self.coverage.implications.get_mut(&origin.span) {
                        covered.looked += 1;
                    }
                    let variables = Variables { subject, resource: entity, scope: Some(above) };
                    if counts.and(self.all(&origin.when, variables)) != Truth::True {
                        continue;
                    }
                    let counts = self.counts(implied.role, subject, entity);
                    if counts != Truth::False && leads_on {
                        open.push((entity, implied.role, counts));
                    }
                }
            }
        }
    }
}
