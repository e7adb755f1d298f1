//! Whether a mutant says nothing else: what it drops is said elsewhere as well, and no test could notice it.

use crate::compile::{CompiledPolicy, CompiledRole, Effect, Grant, NodeId};
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

/// What a statement comes to, wherever it stands.
type Said = (PermissionId, Effect, Option<NodeId>);

/// Whether a policy compiled again, of which these roles may say something else, says the same as before.
#[must_use]
pub fn says_the_same(before: &CompiledPolicy, after: &CompiledPolicy, roles: &[RoleId]) -> bool {
    let same_role = |&role: &RoleId| match (before.roles().get(role), after.roles().get(role)) {
        (Some(one), Some(other)) => one.is_held_like(other) && of_role(one) == of_role(other),
        _ => false,
    };
    let guards = |policy: &CompiledPolicy, role| {
        policy.guards().assignment(role).map(|guard| (guard.freely, guard.permissions.clone()))
    };
    roles.iter().all(same_role)
        && roles.iter().all(|&role| guards(before, role) == guards(after, role))
        && before.schema().permissions.ids().all(|permission| {
            let rules = |policy: &CompiledPolicy| said(policy.rules(permission));
            rules(before) == rules(after)
        })
}

/// Whether whoever holds any of these roles by a policy compiled again holds the same as before.
#[must_use]
pub fn all_held_alike(before: &CompiledPolicy, after: &CompiledPolicy, roles: &[RoleId]) -> bool {
    roles.iter().all(|&role| match (before.roles().get(role), after.roles().get(role)) {
        (Some(one), Some(other)) => one.is_held_like(other),
        _ => false,
    })
}

/// The permissions of which a policy may say something else than before; all of them where roles may be held otherwise.
#[must_use]
pub fn said_otherwise(before: &CompiledPolicy, after: &CompiledPolicy) -> Vec<PermissionId> {
    let pairs = || before.roles().iter().zip(after.roles().iter());
    let held_alike = before.roles().len() == after.roles().len() && pairs().all(|(one, other)| one.is_held_like(other));
    let of_policies = |policy: &CompiledPolicy, permission| {
        let ids = policy.schema().policies.ids();
        ids.map(|id| said(policy.guardrails(id, permission).iter())).collect::<Vec<_>>()
    };
    let differs = |&permission: &PermissionId| {
        let of_roles = |(one, other): (&CompiledRole, &CompiledRole)| {
            said(one.grants_of(permission).iter()) != said(other.grants_of(permission).iter())
        };
        !held_alike
            || pairs().any(of_roles)
            || said(before.rules(permission)) != said(after.rules(permission))
            || of_policies(before, permission) != of_policies(after, permission)
    };
    before.schema().permissions.ids().filter(differs).collect()
}

fn of_role(role: &CompiledRole) -> FxHashSet<Said> {
    said(role.grants.iter())
}

/// What grants say: one under a condition says nothing beside the same without.
fn said<'g>(grants: impl Iterator<Item = &'g Grant>) -> FxHashSet<Said> {
    let all: FxHashSet<Said> = grants.map(|grant| (grant.permission, grant.effect, grant.condition)).collect();
    let stands = |said: &Said| said.2.is_none() || !all.contains(&(said.0, said.1, None));
    all.iter().copied().filter(stands).collect()
}
