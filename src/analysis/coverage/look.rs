//! What a decision looks at.

use super::{Coverage, StatementCoverage};
use crate::compile::{Clause, CompiledRole, Effect, Grant};
use crate::decide::{Counting, Query, Request, Snapshot, Truth, Variables, World};
use crate::directory::EntityId;
use crate::index::Idx;
use crate::schema::RoleId;
use rustc_hash::FxHashSet;

/// The way through one question.
pub(super) struct Walk<'a, 'c> {
    pub(super) world: World<'a>,
    /// Who is asked about: whom a key acts as.
    pub(super) subject: EntityId,
    pub(super) coverage: &'c mut Coverage,
    /// The memberships that were looked into: somebody, a role or any, and an entity.
    pub(super) memberships: FxHashSet<(EntityId, Option<RoleId>, EntityId)>,
}

impl Coverage {
    /// Notes what it takes to decide a query; nothing where it cannot be decided as it stands.
    pub fn look(&mut self, snapshot: &Snapshot, query: &Query) {
        let Ok(request) = Request::resolve(snapshot, query) else { return };
        let world = World::new(snapshot, &request);
        let Some(subject) = world.subject() else { return };
        Walk { world, subject, coverage: self, memberships: FxHashSet::default() }.decision();
    }
}

impl<'a> Walk<'a, '_> {
    fn decision(&mut self) {
        let permission = self.world.request.permission;
        let roles = self.world.roles_that_count(self.subject);
        for &(role, ..) in &roles {
            let origin = self.world.facts.snapshot.policy().provenance().roles.get(role);
            let covered = origin.and_then(|origin| self.coverage.roles.get_mut(&origin.span));
            if let Some(count) = covered.and_then(|covered| covered.cells.get_mut(&permission)) {
                *count += 1;
            }
        }
        if self.statements(&roles, Effect::Deny) == Truth::False {
            self.statements(&roles, Effect::Allow);
        }
    }

    /// All statements of one effect that speak of the request, and whether one of them applies.
    fn statements(&mut self, roles: &[Counting], effect: Effect) -> Truth {
        let policy = self.world.facts.snapshot.policy();
        let (permission, resource) = (self.world.request.permission, self.world.request.resource);
        let of_effect = |grant: &&Grant| grant.effect == effect;
        let speaks = |role: &CompiledRole| role.grants_of(permission).iter().any(|grant| grant.effect == effect);
        let leads = |role: &CompiledRole| {
            let leads = role.leads.as_ref().filter(|leads| leads.permissions.contains(permission.index()));
            leads.is_some_and(|leads| leads.roles.ones().any(|role| speaks(policy.role(RoleId::from_index(role)))))
        };
        self.holding(resource, &speaks, &leads);
        let mut any = Truth::False;
        for &(role, entity, held) in roles {
            for grant in policy.role(role).grants_of(permission).iter().filter(of_effect) {
                any = any.or(held.and(self.statement(grant, Some(entity), held)));
            }
        }
        for grant in policy.rules_of(permission, effect).all() {
            any = any.or(self.statement(grant, None, Truth::True));
        }
        if effect == Effect::Deny {
            let facts = self.world.facts;
            for entity in facts.upwards(resource).filter(|&entity| facts.is_declared(entity)) {
                for link in facts.snapshot.directory().links(entity) {
                    for grant in policy.guardrails(link.policy, permission) {
                        any = any.or(self.statement(grant, None, Truth::True));
                    }
                }
            }
        }
        any
    }

    /// One statement, for somebody to whom it may apply: `within` and `to` tell whether it speaks of the request at all.
    fn statement(&mut self, grant: &Grant, scope: Option<EntityId>, held: Truth) -> Truth {
        let policy = self.world.facts.snapshot.policy();
        let Some(origin) = policy.provenance().statements.get(grant.statement) else { return Truth::False };
        let variables = Variables { subject: self.subject, resource: self.world.request.resource, scope };
        let mut speaks = Truth::True;
        for clause in origin.conditions.iter().filter(|clause| !clause.clause.is_stated()) {
            speaks = speaks.and(self.world.truth(clause.program, variables));
        }
        if speaks == Truth::False {
            return Truth::False;
        }
        let stated = origin.conditions.iter().filter(|clause| clause.clause.is_stated());
        let truth = speaks.and(self.all(stated, variables));
        if let Some(covered) = self.coverage.statements.get_mut(&origin.span) {
            covered.note(grant, held.and(truth));
        }
        truth
    }
}

impl StatementCoverage {
    pub(super) fn note(&mut self, grant: &Grant, truth: Truth) {
        self.looked += 1;
        self.applied += usize::from(truth == Truth::True);
        if let Some(count) = self.permissions.get_mut(&grant.permission) {
            *count += 1;
        }
    }
}

impl Clause {
    /// Whether it is a condition as a person states it, and not what `within` and `to` say a statement is about.
    pub(super) const fn is_stated(self) -> bool {
        !matches!(self, Self::Within | Self::To)
    }

    /// Whether it holds where its condition fails.
    pub(super) const fn is_negated(self) -> bool {
        matches!(self, Self::Unless)
    }
}
