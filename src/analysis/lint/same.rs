//! Whether two policies decide alike, where the one is the other without something that lints found idle, and whether two
//! roles of one policy do.
//!
//! Of policies, everything must be the same but the conditions of grants; of those it is proven, role by role and permission by
//! permission, that they allow and deny in the same cases. What cannot be proven is not the same.

use crate::analysis::condition::{Conditions, Formula, Given, Occasion, Side};
use crate::compile::{CompiledPolicy, CompiledRole, Effect, Grant, Implied, NodeId};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

/// More grants of one permission in one place are compared by their form only.
const COMPARED: usize = 64;

/// Whether two policies, of which the roles have the same numbers, decide alike whatever is asked.
#[must_use]
pub fn decide_alike(before: &CompiledPolicy, after: &CompiledPolicy) -> bool {
    let (one, other) = (before.schema(), after.schema());
    let pair = Pair::new(before, after);
    one.types == other.types
        && one.permissions == other.permissions
        && one.context == other.context
        && one.settings == other.settings
        && one.policies == other.policies
        && one.roles.len() == other.roles.len()
        && one.roles.iter().eq(other.roles.iter())
        && one.roles.ids().all(|role| pair.is_role_alike(role))
        && one.permissions.ids().all(|permission| pair.are_rules_alike(permission))
}

/// Two policies that are compared; one with itself, where two of its roles are.
pub(super) struct Pair<'p> {
    before: &'p CompiledPolicy,
    after: &'p CompiledPolicy,
    counterparts: Vec<Option<NodeId>>,
}

impl<'p> Pair<'p> {
    pub(super) fn new(before: &'p CompiledPolicy, after: &'p CompiledPolicy) -> Self {
        Self { before, after, counterparts: before.programs().counterparts(after.programs(), Some) }
    }

    /// The program of the policy after that does the same as one before.
    fn counterpart(&self, program: NodeId) -> Option<NodeId> {
        self.counterparts.get(program.0 as usize).copied().flatten()
    }

    fn is_same(&self, before: Option<NodeId>, after: Option<NodeId>) -> bool {
        match (before, after) {
            (None, None) => true,
            (Some(before), Some(after)) => self.counterpart(before) == Some(after),
            _ => false,
        }
    }

    fn is_role_alike(&self, role: RoleId) -> bool {
        let (one, other) = (self.before.role(role), self.after.role(role));
        one.counts_as == other.counts_as && one.requires == other.requires && self.give_alike(role, role)
    }

    /// Whether a role of the policy before and one of the policy after, on the same type, count in the same cases, and allow,
    /// deny and imply the same then.
    pub(super) fn give_alike(&self, one: RoleId, other: RoleId) -> bool {
        let scope = self.before.schema().roles.get(one).map(|info| info.ty);
        let (one, other) = (self.before.role(one), self.after.role(other));
        let Some(scope) = scope else { return false };
        let when = self.is_same(one.when, other.when)
            || self.is_alike(&[one.when], &[other.when], Side::Grant, Occasion::of_role(scope))
                && self.is_alike(&[one.when], &[other.when], Side::Denial, Occasion::of_role(scope));
        let (one_implies, other_implies) = (implications(one), implications(other));
        let implied = one_implies.len() == other_implies.len()
            && one_implies.iter().zip(&other_implies).all(|(one, other)| {
                let below = self.before.schema().roles.get(one.role).map(|info| info.ty);
                one.role == other.role
                    && (self.is_same(one.when, other.when)
                        || below.is_some_and(|below| {
                            let occasion = Occasion::of_implication(scope, below);
                            self.is_alike(&[one.when], &[other.when], Side::Grant, occasion)
                        }))
            });
        let permissions: FxHashSet<PermissionId> =
            one.grants.iter().chain(other.grants.iter()).map(|grant| grant.permission).collect();
        when && implied
            && permissions.into_iter().all(|permission| {
                let occasion = Occasion::in_role(self.before, scope, permission);
                let grants = (one.grants_of(permission), other.grants_of(permission));
                self.are_grants_alike(grants, (one.when, other.when), occasion)
            })
    }

    fn are_rules_alike(&self, permission: PermissionId) -> bool {
        let occasion = Occasion::of_permission(self.before, permission);
        let all = |policy: &CompiledPolicy| policy.rules(permission).copied().collect::<Vec<Grant>>();
        self.are_grants_alike((&all(self.before), &all(self.after)), (None, None), occasion)
            && self.before.schema().policies.ids().all(|id| {
                let (one, other) = (self.before.guardrails(id, permission), self.after.guardrails(id, permission));
                self.are_grants_alike((one, other), (None, None), occasion)
            })
    }

    /// Whether grants count in the same cases, where they stand in roles that count under these conditions.
    fn are_grants_alike(
        &self,
        (before, after): (&[Grant], &[Grant]),
        whens: (Option<NodeId>, Option<NodeId>),
        occasion: Occasion,
    ) -> bool {
        [(Effect::Allow, Side::Grant), (Effect::Deny, Side::Denial)].into_iter().all(|(effect, side)| {
            let of = |grants: &[Grant]| -> Vec<Option<NodeId>> {
                let of_effect = grants.iter().filter(|grant| grant.effect == effect);
                let mut conditions: Vec<Option<NodeId>> = of_effect.map(|grant| grant.condition).collect();
                conditions.sort_unstable();
                conditions.dedup();
                conditions
            };
            let (before, after) = (of(before), of(after));
            let mut mapped: Vec<Option<Option<NodeId>>> = before
                .iter()
                .map(|condition| match condition {
                    None => Some(None),
                    Some(program) => self.counterpart(*program).map(Some),
                })
                .collect();
            mapped.sort_unstable();
            let same =
                mapped.len() == after.len() && mapped.iter().zip(&after).all(|(one, other)| *one == Some(*other));
            same || self.is_alike_under((&before, &after), whens, side, occasion)
        })
    }

    fn is_alike(&self, before: &[Option<NodeId>], after: &[Option<NodeId>], side: Side, occasion: Occasion) -> bool {
        self.is_alike_under((before, after), (None, None), side, occasion)
    }

    /// Whether any of some conditions counts exactly where any of some others does, each under a further one.
    fn is_alike_under(
        &self,
        (before, after): (&[Option<NodeId>], &[Option<NodeId>]),
        (one_when, other_when): (Option<NodeId>, Option<NodeId>),
        side: Side,
        occasion: Occasion,
    ) -> bool {
        if before.len().max(after.len()) > COMPARED {
            return false;
        }
        let programs = |conditions: &[Option<NodeId>], when: Option<NodeId>| {
            conditions.iter().copied().flatten().chain(when).collect::<Vec<NodeId>>()
        };
        // Of the two, the list with more told of each occasion.
        let (one, other) = (
            occasion.each(self.before, &programs(before, one_when)),
            occasion.each(self.after, &programs(after, other_when)),
        );
        let occasions = if one.len() >= other.len() { one } else { other };
        occasions.into_iter().all(|occasion| {
            let mut conditions = Conditions::default();
            let mut read = |policy, list: &[Option<NodeId>], when: Option<NodeId>| {
                let mut formula = |condition: Option<NodeId>| match condition {
                    None => Formula::TRUE,
                    Some(program) => conditions.read(policy, program, occasion),
                };
                let when = formula(when);
                let any = Formula::any(list.iter().map(|&condition| formula(condition)).collect::<Vec<_>>());
                Formula::all([when, any])
            };
            let (one, other) = (read(self.before, before, one_when), read(self.after, after, other_when));
            conditions.implies(&one, &other, side, Given::MayMiss).is_never()
                && conditions.implies(&other, &one, side, Given::MayMiss).is_never()
        })
    }
}

/// What a role implies, by the roles that come with it.
fn implications(role: &CompiledRole) -> Vec<&Implied> {
    let mut implies: Vec<&Implied> = role.implies.iter().collect();
    implies.sort_by_key(|implied| implied.role);
    implies.dedup_by_key(|implied| (implied.role, implied.when));
    implies
}
