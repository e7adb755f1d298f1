//! Ways up that lead beyond the roles of the policy: roles that one composes oneself, and keys that act as others.

use super::climb::Climb;
use super::dangers::KeyType;
use super::gain::Had;
use super::usable::Use;
use crate::compile::{ChangeKind, Effect, NodeId};
use crate::schema::{Cardinality, PermissionId, RoleId, TypeId};
use crate::source::Span;

/// A custom role that is composed and assigned to oneself.
pub(super) struct Composed {
    /// The permission by which it is composed, and where it says so.
    pub(super) by: Use,
    pub(super) guard: Span,
    /// The open role that it extends.
    pub(super) base: RoleId,
    /// The permission by which it is assigned.
    pub(super) assigned: Use,
    pub(super) assigned_by: Span,
    pub(super) conditions: Vec<Span>,
    pub(super) new: Vec<PermissionId>,
}

/// The custom role that brings most.
pub(super) fn composed(climb: &Climb<'_, '_>, had: &Had) -> Option<Composed> {
    let (policy, schema) = (climb.examined.policy(), climb.examined.schema());
    let mut best: Option<Composed> = None;
    for (owner, permissions, guard) in &climb.dangers.composing {
        let uses = permissions.iter().filter_map(|&permission| climb.usable(permission, false));
        let Some(by) = uses.min_by_key(|way| way.conditions.len()) else { continue };
        for &base in &climb.dangers.bases {
            let ty = climb.examined.type_of_role(base);
            if ty != *owner && !schema.contains(*owner, ty) {
                continue;
            }
            let Some(assignment) = policy.guards().assignment(base) else { continue };
            let holds = |required: &RoleId| climb.held.iter().any(|held| policy.role(held.role).counts_as(*required));
            let Some(counts) = climb.dangers.counts(climb.examined, base).places() else { continue };
            let uses = assignment.permissions.iter().filter_map(|&permission| climb.usable(permission, false));
            let Some(assigned) = uses.min_by_key(|way| way.conditions.len()) else { continue };
            if !policy.role(base).requires.iter().all(holds) {
                continue;
            }
            // It may grant whatever there is on the type of its base and below.
            let within = |&permission: &PermissionId| {
                schema.permissions.get(permission).is_some_and(|info| info.ty == ty || schema.contains(ty, info.ty))
            };
            let is_new = |&permission: &PermissionId| had.of_permission(climb, permission).is_none();
            // What the base denies, its custom roles deny.
            let is_left = |&permission: &PermissionId| !climb.dangers.denies(climb.examined, base, permission);
            let new: Vec<PermissionId> =
                schema.permissions.ids().filter(within).filter(is_new).filter(is_left).collect();
            if new.len() > best.as_ref().map_or(0, |best| best.new.len()) {
                let conditions = [counts, by.conditions.clone(), assigned.conditions.clone()].concat();
                let assigned_by = assignment.span;
                best = Some(Composed { by: by.clone(), guard: *guard, base, assigned, assigned_by, conditions, new });
            }
        }
    }
    best
}

/// A key that is made for somebody else, or given to them.
pub(super) struct AsOther {
    pub(super) key: TypeId,
    pub(super) owner: TypeId,
    pub(super) kind: ChangeKind,
    /// The permission by which it is done, and where it says so; nothing where it takes everything around it.
    pub(super) by: Option<(Use, Span)>,
    /// A role that such a one may hold.
    pub(super) role: RoleId,
    pub(super) new: Vec<PermissionId>,
}

/// The key that brings most.
pub(super) fn as_others(climb: &Climb<'_, '_>, had: &Had) -> Option<AsOther> {
    let policy = climb.examined.policy();
    for key in &climb.dangers.keys {
        let kinds = [ChangeKind::Create, ChangeKind::Set];
        let found = kinds.into_iter().find_map(|kind| match policy.guards().change(key.ty, kind) {
            Some(guard) => {
                let uses = guard.permissions.iter().filter_map(|&permission| climb.usable(permission, false));
                let by = uses.filter(|way| !asks_for_owner(climb, key, way)).min_by_key(|way| way.conditions.len())?;
                Some((kind, Some((by, guard.span))))
            }
            None => (kind == ChangeKind::Create && has_all_around(climb, key.ty)).then_some((kind, None)),
        });
        let Some((kind, by)) = found else { continue };
        let mut best: Option<(RoleId, Vec<PermissionId>)> = None;
        for (role, _) in climb.examined.schema().declared_roles() {
            let permitted = climb.dangers.permitted(climb.examined, role);
            let mut new: Vec<PermissionId> = permitted.iter().map(|one| one.grant.permission).collect();
            new.dedup();
            new.retain(|&permission| {
                had.of_permission(climb, permission).is_none()
                    && !climb.dangers.denies(climb.examined, role, permission)
            });
            if new.len() > best.as_ref().map_or(0, |(_, best)| best.len()) {
                best = Some((role, new));
            }
        }
        if let Some((role, new)) = best {
            return Some(AsOther { key: key.ty, owner: key.owner, kind, by, role, new });
        }
    }
    None
}

/// Whether the statement looks at whom the key acts as: then it may be for that very one only.
fn asks_for_owner(climb: &Climb<'_, '_>, key: &KeyType, way: &Use) -> bool {
    let programs = climb.examined.policy().programs();
    let origin = climb.examined.policy().provenance().statements.get(way.statement);
    let own = origin.into_iter().flat_map(|origin| &origin.conditions).map(|condition| condition.program);
    own.chain(way.program)
        .any(|program: NodeId| key.asked.iter().any(|&asked| programs.mentions(program, programs.node(asked))))
}

/// Whether everything is granted that can be reached from what contains something of a type.
fn has_all_around(climb: &Climb<'_, '_>, ty: TypeId) -> bool {
    let schema = climb.examined.schema();
    let parents = schema.types.get(ty).map_or(&[][..], |info| &info.parents);
    let required = |parent: &&crate::schema::ParentInfo| parent.cardinality == Cardinality::One;
    let has = |parent: &crate::schema::ParentInfo| has_everything(climb, parent.ty);
    if parents.iter().any(|parent| required(&parent)) {
        parents.iter().filter(required).all(has)
    } else {
        parents.iter().any(has)
    }
}

fn has_everything(climb: &Climb<'_, '_>, ty: TypeId) -> bool {
    let (policy, schema) = (climb.examined.policy(), climb.examined.schema());
    let above = |role: RoleId| {
        let own = climb.examined.type_of_role(role);
        own == ty || schema.contains(own, ty)
    };
    let holders = || climb.held.iter().filter(|held| held.conditions.is_empty() && above(held.role));
    let reachable = |info: TypeId| info == ty || schema.contains(ty, info);
    schema.permissions.iter_enumerated().filter(|(_, info)| reachable(info.ty)).all(|(permission, _)| {
        let grants = || holders().flat_map(|held| policy.role(held.role).grants_of(permission));
        climb.dangers.rules(climb.examined, permission).everybody.is_some()
            || grants().any(|grant| grant.effect == Effect::Allow && grant.condition.is_none())
    })
}
