//! What a comparison looks at: whether what somebody is granted covers what a role grants, or everything.

use super::look::Walk;
use super::{Coverage, conditions};
use crate::compile::{CompiledPolicy, Effect, Programs};
use crate::decide::{Query, Request, Snapshot, Truth, World};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

impl Coverage {
    /// Notes what it takes to compare what the subject of a query is granted on its resource, by roles `held` in one
    /// snapshot, with what a role grants there in another; with everything where there is no role.
    pub fn compare(&mut self, held: &Snapshot, standing: &Query, granting: &Snapshot, role: Option<RoleId>) {
        let policy = granting.policy();
        let given: Option<FxHashSet<PermissionId>> = role.map(|role| {
            let grants = led_to(policy, role).into_iter().flat_map(|role| policy.role(role).grants.iter());
            grants.filter(|grant| grant.effect == Effect::Allow).map(|grant| grant.permission).collect()
        });
        let asked = |permission| given.as_ref().is_none_or(|given| given.contains(&permission));
        role.into_iter().for_each(|role| self.compared(policy, role, asked));

        let Ok(request) = Request::resolve_names(held, standing) else { return };
        let world = World::new(held, &request);
        let Some(subject) = world.subject() else { return };
        let mut walk = Walk { world, subject, coverage: self, memberships: FxHashSet::default() };
        walk.holding(request.resource, &|_| true, &|role| role.leads.is_some());
        let roles = world.roles_that_count(subject);
        for (role, ..) in roles {
            self.compared(held.policy(), role, asked);
        }
        for permission in policy.schema().permissions.ids().filter(|&permission| asked(permission)) {
            for grant in policy.rules_of(permission, Effect::Allow).all() {
                let Some(origin) = policy.provenance().statements.get(grant.statement) else { continue };
                if let Some(covered) = self.statements.get_mut(&origin.span) {
                    covered.note(grant, Truth::Unknown);
                }
                self.clauses(policy.programs(), &origin.conditions);
            }
        }
    }

    /// The allows of a role and of all that it implies, of the permissions asked about.
    fn compared(&mut self, policy: &CompiledPolicy, role: RoleId, asked: impl Fn(PermissionId) -> bool) {
        let provenance = policy.provenance();
        for role in led_to(policy, role) {
            let compiled = policy.role(role);
            for base in compiled.counts_as.iter().filter_map(|&base| provenance.roles.get(base)) {
                self.clauses(policy.programs(), &base.when);
            }
            for grant in compiled.grants.iter().filter(|grant| grant.effect == Effect::Allow && asked(grant.permission))
            {
                let Some(origin) = provenance.statements.get(grant.statement) else { continue };
                if let Some(covered) = self.statements.get_mut(&origin.span) {
                    covered.note(grant, Truth::Unknown);
                }
                self.clauses(policy.programs(), &origin.conditions);
            }
            for implied in &*compiled.implies {
                let Some(origin) = provenance.implications.get(implied.implication) else { continue };
                if let Some(covered) = self.implications.get_mut(&origin.span) {
                    covered.looked += 1;
                }
                self.clauses(policy.programs(), &origin.when);
            }
        }
    }

    fn clauses<'o>(
        &mut self,
        programs: &Programs,
        clauses: impl IntoIterator<Item = &'o crate::compile::ConditionOrigin>,
    ) {
        for clause in clauses.into_iter().filter(|clause| clause.clause.is_stated()) {
            conditions::leaves(programs, clause.program, &clause.places, &mut |place, _| {
                if let Some(covered) = self.condition(place) {
                    covered.compared += 1;
                }
            });
        }
    }
}

/// A role and all that it implies.
fn led_to(policy: &CompiledPolicy, role: RoleId) -> Vec<RoleId> {
    let (mut found, mut open) = (vec![role], vec![role]);
    while let Some(role) = open.pop() {
        for implied in &*policy.role(role).implies {
            if !found.contains(&implied.role) {
                found.push(implied.role);
                open.push(implied.role);
            }
        }
    }
    found
}
