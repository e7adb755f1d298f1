//! Assignment paths by which the holder of a role raises themselves.
//!
//! Nobody assigns a role that grants what they are not granted themselves, unless it is assigned `freely`. So it is by
//! such roles that somebody can climb: a role grants the permission by which another is assigned freely, and that one
//! grants what the first does not.

use super::{Examined, Finding};
use crate::compile::Effect;
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// One step: by a permission, a role is assigned.
#[derive(Clone, Copy)]
struct Step {
    from: RoleId,
    permission: PermissionId,
    to: RoleId,
}

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let free: Vec<RoleId> = examined
        .schema()
        .declared_roles()
        // Whatever one composes extends a role that stands in the policy.
        .filter(|(_, info)| !info.custom)
        .map(|(role, _)| role)
        .filter(|&role| examined.policy().guards().assignment(role).is_some_and(|guard| guard.freely))
        .collect();
    if free.is_empty() {
        return;
    }
    for (role, span) in examined.own_roles() {
        let Some((path, gained)) = path(examined, role, &free) else { continue };
        findings.extend(finding(examined, (role, span), &path, &gained));
    }
}

/// The path from a role to the one that grants most of what the role does not, of several the shortest, and what that is.
fn path(examined: &Examined<'_>, start: RoleId, free: &[RoleId]) -> Option<(Vec<Step>, Vec<PermissionId>)> {
    let mut seen: FxHashSet<RoleId> = FxHashSet::from_iter([start]);
    let mut open: VecDeque<(RoleId, Vec<Step>)> = VecDeque::from([(start, Vec::new())]);
    let mut best: Option<(Vec<Step>, Vec<PermissionId>)> = None;
    while let Some((from, path)) = open.pop_front() {
        for &to in free.iter().filter(|&&to| to != start) {
            if seen.contains(&to) {
                continue;
            }
            let Some(permission) = assigns(examined, start, from, to) else { continue };
            seen.insert(to);
            let mut path = path.clone();
            path.push(Step { from, permission, to });
            let gained = gained(examined, start, to);
            if gained.len() > best.as_ref().map_or(0, |(_, gained)| gained.len()) {
                best = Some((path.clone(), gained));
            }
            open.push_back((to, path));
        }
    }
    best
}

/// The permission by which whoever holds one role for sure can assign another on something that they hold it on, or that
/// lies there.
fn assigns(examined: &Examined<'_>, start: RoleId, from: RoleId, to: RoleId) -> Option<PermissionId> {
    let (policy, schema) = (examined.policy(), examined.schema());
    let (scope, target) = (examined.type_of_role(from), examined.type_of_role(to));
    if scope != target && !schema.contains(scope, target) {
        return None;
    }
    // What the other role requires must be held by whoever is to hold it.
    let required = |role: &RoleId| {
        let known = |held: RoleId| policy.role(held).requires.contains(role) || policy.role(held).counts_as(*role);
        known(start) || known(from)
    };
    if policy.role(to).when.is_some() || !policy.role(to).requires.iter().all(required) {
        return None;
    }
    let guard = policy.guards().assignment(to)?;
    guard.permissions.iter().copied().find(|&permission| {
        let ty = schema.permissions.get(permission).map(|info| info.ty);
        let there = ty.is_some_and(|ty| {
            ty == scope || (schema.contains(scope, ty) && (ty == target || schema.contains(ty, target)))
        });
        let own = policy.role(from).grants_of(permission);
        let denied = own.iter().any(|grant| grant.effect == Effect::Deny)
            || policy.rules_of(permission, Effect::Deny).all().iter().any(|deny| deny.condition.is_none());
        there
            && !denied
            && policy.role(from).when.is_none()
            && own.iter().any(|grant| grant.effect == Effect::Allow && grant.condition.is_none())
    })
}

/// The permissions that a role grants, and another one grants in no way, nor those that it leads to, nor rules.
fn gained(examined: &Examined<'_>, start: RoleId, to: RoleId) -> Vec<PermissionId> {
    let policy = examined.policy();
    let has = |permission: PermissionId| {
        let allowed = policy.role(start).grants_of(permission).iter().any(|grant| grant.effect == Effect::Allow);
        allowed
            || policy.role(start).may_lead_to_permission(permission)
            || !policy.rules_of(permission, Effect::Allow).all().is_empty()
    };
    let denied = |permission: PermissionId| {
        policy.rules_of(permission, Effect::Deny).all().iter().any(|deny| deny.condition.is_none())
    };
    let grants = policy.role(to).grants.iter().filter(|grant| grant.effect == Effect::Allow);
    let mut gained: Vec<PermissionId> =
        grants.map(|grant| grant.permission).filter(|&permission| !has(permission) && !denied(permission)).collect();
    gained.dedup();
    gained
}

fn finding(
    examined: &Examined<'_>,
    (role, span): (RoleId, Span),
    path: &[Step],
    gained: &[PermissionId],
) -> Option<Finding> {
    let (policy, schema) = (examined.policy(), examined.schema());
    let (last, first) = (path.last()?.to, *gained.first()?);
    let steps: Vec<String> =
        std::iter::once(role).chain(path.iter().map(|step| step.to)).map(|role| schema.role_name(role)).collect();
    let (name, first_name) = (schema.role_name(role), schema.permission_name(first));
    let more = match gained.len() {
        1 => String::new(),
        several => format!(" and {} more", several - 1),
    };
    let message = format!("whoever holds `{name}` can come by `{first_name}`{more}: {}", steps.join(" → "));
    let mut finding =
        Finding::warning(Code::EscalationPath, span, message).here(format!("does not grant `{first_name}`"));
    for step in path {
        let (by, to) = (schema.permission_name(step.permission), schema.role_name(step.to));
        if let Some(guard) = policy.guards().assignment(step.to) {
            let from = schema.role_name(step.from);
            finding = finding.label(guard.span, format!("`{from}` grants `{by}`, by which `{to}` is assigned freely"));
        }
    }
    let grant = policy.role(last).grants_of(first).iter().find(|grant| grant.effect == Effect::Allow);
    if let Some(origin) = grant.and_then(|grant| policy.provenance().statements.get(grant.statement)) {
        finding = finding.label(origin.span, format!("grants `{first_name}`"));
    }
    let help =
        "without `freely`, nobody assigns what grants more than they are granted; where it is meant, allow the lint";
    Some(finding.help(help))
}
