//! What whoever holds a role surely holds with it further down: the roles that it implies in any case.

use super::examined::Examined;
use crate::compile::{Effect, Grant, ImplicationId, Node};
use crate::schema::{PermissionId, RoleId, Schema, TypeId};

/// A role that is implied in any case.
#[derive(Clone, Copy)]
pub(super) struct SurelyImplied {
    pub(super) role: RoleId,
    /// The implication by which it comes, the last of several that lead there.
    pub(super) by: ImplicationId,
}

/// The roles that come with a role, by implications without condition, wherever it reaches something of a type: they are
/// held there, or on what lies between.
pub(super) fn surely_implied(examined: &Examined<'_>, role: RoleId, reached: TypeId) -> Vec<SurelyImplied> {
    let (policy, schema) = (examined.policy(), examined.schema());
    let scope = examined.type_of_role(role);
    let mut found: Vec<SurelyImplied> = Vec::new();
    let mut open = vec![role];
    while let Some(above) = open.pop() {
        let from = examined.type_of_role(above);
        for implied in policy.role(above).implies.iter().filter(|implied| implied.when.is_none()) {
            let ty = examined.type_of_role(implied.role);
            // Of a type that contains itself, the entity that the role is held on lies below no other one for sure.
            let certain = ty != scope
                && policy.role(implied.role).when.is_none()
                && (above == role || lies_between(schema, from, ty, scope));
            if certain && !found.iter().any(|known| known.role == implied.role) {
                found.push(SurelyImplied { role: implied.role, by: implied.implication });
                open.push(implied.role);
            }
        }
    }
    found.retain(|implied| lies_between(schema, examined.type_of_role(implied.role), reached, scope));
    found
}

/// What the roles that surely come with a role allow: what counts there counts wherever the role reaches.
pub(super) fn surely_allowed(
    examined: &Examined<'_>,
    role: RoleId,
    permission: PermissionId,
) -> Vec<(SurelyImplied, Grant)> {
    let policy = examined.policy();
    let Some(reached) = policy.schema().permissions.get(permission).map(|info| info.ty) else { return Vec::new() };
    // The scope of the one role is not that of the other.
    let asks_scope =
        |grant: &Grant| grant.condition.is_some_and(|program| policy.programs().mentions(program, Node::Scope));
    let mut found = Vec::new();
    for implied in surely_implied(examined, role, reached) {
        let allows = policy.role(implied.role).grants_of(permission).iter();
        let allows = allows.filter(|grant| grant.effect == Effect::Allow && !asks_scope(grant));
        found.extend(allows.map(|grant| (implied, *grant)));
    }
    found
}

/// Whether every way up from one type to another leads over a third, that one itself included.
fn lies_between(schema: &Schema, between: TypeId, below: TypeId, above: TypeId) -> bool {
    let mut seen = vec![below];
    let mut open = vec![below];
    while let Some(at) = open.pop() {
        if at == between {
            continue;
        }
        if at == above {
            return false;
        }
        for parent in schema.types.get(at).map_or(&[][..], |info| &info.parents) {
            if !seen.contains(&parent.ty) {
                seen.push(parent.ty);
                open.push(parent.ty);
            }
        }
    }
    true
}
