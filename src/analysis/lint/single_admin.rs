//! Entities where one subject alone can assign roles.

use super::{Examined, Finding};
use crate::compile::Effect;
use crate::diagnostics::Code;
use crate::directory::EntityId;
use crate::schema::{PermissionId, RoleId, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Who can assign roles on an entity, as far as it matters.
#[derive(Clone, Copy)]
enum Admins {
    One(EntityId),
    Several,
}

impl Admins {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::One(one), Self::One(other)) if one == other => self,
            _ => Self::Several,
        }
    }
}

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let guarded = guarded(examined);
    if guarded.is_empty() {
        return;
    }
    let admins = admins(examined, &guarded);
    let directory = examined.directory();
    let alone_on = |entity: EntityId| {
        let permissions = guarded.get(&directory.type_of(entity))?;
        let upwards = std::iter::once(entity).chain(directory.ancestors(entity).iter().copied());
        let of = |on: EntityId| permissions.iter().map(move |&id| (on, id));
        let found = upwards.flat_map(of).filter_map(|key| admins.get(&key).copied());
        match found.reduce(Admins::and) {
            Some(Admins::One(alone)) => Some(alone),
            _ => None,
        }
    };
    for entity in directory.entities().filter(|&entity| directory.is_declared(entity)) {
        let Some(alone) = alone_on(entity) else { continue };
        // What is said of a team is not said again of all that lies in it.
        if directory.ancestors(entity).iter().any(|&above| alone_on(above) == Some(alone)) {
            continue;
        }
        let Some(span) = directory.span(entity) else { continue };
        let (name, admin) = (directory.name(examined.schema(), entity), directory.name(examined.schema(), alone));
        let finding = Finding::warning(Code::SingleAdmin, span, format!("`{name}` has a single admin: `{admin}`"))
            .here("nobody else can assign roles here")
            .help("assign another one, so that somebody can let others in when that one leaves");
        findings.push(finding);
    }
}

/// The permissions by which roles are assigned on entities of a type, of types on which such a permission is their own and
/// can be had by roles alone.
fn guarded(examined: &Examined<'_>) -> FxHashMap<TypeId, Vec<PermissionId>> {
    let (policy, schema) = (examined.policy(), examined.schema());
    let mut guarded: FxHashMap<TypeId, Vec<PermissionId>> = FxHashMap::default();
    for (role, info) in schema.declared_roles() {
        let Some(guard) = policy.guards().assignment(role) else { continue };
        guarded.entry(info.ty).or_default().extend(&guard.permissions);
    }
    guarded.retain(|&ty, permissions| {
        permissions.sort_unstable();
        permissions.dedup();
        let own = permissions.iter().any(|&id| schema.permissions.get(id).is_some_and(|info| info.ty == ty));
        own && permissions.iter().all(|&id| policy.rules_of(id, Effect::Allow).all().is_empty())
    });
    guarded
}

/// By roles held on each entity, who has each of the permissions there. One pass over all that is held.
fn admins(
    examined: &Examined<'_>,
    guarded: &FxHashMap<TypeId, Vec<PermissionId>>,
) -> FxHashMap<(EntityId, PermissionId), Admins> {
    let wanted: FxHashSet<PermissionId> = guarded.values().flatten().copied().collect();
    let mut gives: FxHashMap<RoleId, Vec<PermissionId>> = FxHashMap::default();
    for (role, _) in examined.schema().declared_roles() {
        let compiled = examined.policy().role(role);
        let allows = |id: &PermissionId| {
            let own = compiled.grants_of(*id).iter().any(|grant| grant.effect == Effect::Allow);
            own || compiled.may_lead_to_permission(*id)
        };
        let given: Vec<PermissionId> = wanted.iter().copied().filter(allows).collect();
        if !given.is_empty() {
            gives.insert(role, given);
        }
    }
    let holdings = examined.snapshot.holdings();
    let mut admins: FxHashMap<(EntityId, PermissionId), Admins> = FxHashMap::default();
    for (subject, row) in holdings.rows() {
        for held in row.held() {
            let always = row.always(held).map_or(&[][..], |set| holdings.roles(set)).iter().copied();
            let in_time = row.qualified(held).iter().filter(|one| one.since <= examined.at && examined.at < one.until);
            let in_time = in_time.map(|one| one.role);
            for permission in always.chain(in_time).filter_map(|role| gives.get(&role)).flatten() {
                let one = Admins::One(subject);
                admins.entry((held.on, *permission)).and_modify(|known| *known = known.and(one)).or_insert(one);
            }
        }
    }
    admins
}
