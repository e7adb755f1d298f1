//! Roles with everything they inherit: the closure over `extends`, `without`, `requires`, `when` and `implies`.

use super::limits::{ROLE_GRANTS, ROLE_LEADS, ROLE_REFERENCES};
use super::lower::Lowering;
use super::policy::{CompiledRole, Grant, Implied, Leads};
use super::program::NodeId;
use super::provenance::{Clause, ImplicationOrigin, Owner, RoleOrigin};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::IndexVec;
use crate::model::{Model, Openness, Role};
use crate::schema::{PermissionId, RoleId};
use crate::syntax::ast::Effect;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The parts of a role that its own text gives.
struct Own {
    when: Vec<NodeId>,
    grants: Vec<Grant>,
    implies: Vec<Implied>,
}

/// Compiles the roles that are not `known` yet and gives all. `order` names each of them once, bases before what extends
/// them; the known ones build on none of them.
///
/// # Errors
/// When the roles together exceed [`ROLE_GRANTS`], [`ROLE_REFERENCES`] or [`ROLE_LEADS`].
pub(super) fn roles(
    model: &Model,
    order: &[RoleId],
    known: &IndexVec<RoleId, CompiledRole>,
    lowering: &mut Lowering,
) -> Result<IndexVec<RoleId, CompiledRole>, Diagnostic> {
    let own = model.roles.iter_enumerated().skip(known.len());
    let own: FxHashMap<RoleId, Own> = own.map(|(id, role)| (id, lower(model, id, role, lowering))).collect();

    let mut grants: usize = known.iter().map(|role| role.grants.len()).sum();
    let mut references: usize = known.iter().map(references_of).sum();
    let mut compiled: IndexVec<RoleId, Option<CompiledRole>> =
        model.roles.ids().map(|id| known.get(id).cloned()).collect();
    for &id in order {
        let Some(own) = own.get(&id) else { continue };
        let role = inherit(id, &model.roles[id], own, &compiled, lowering);
        grants = grants.saturating_add(role.grants.len());
        references = references.saturating_add(references_of(&role));
        if grants > ROLE_GRANTS {
            return Err(exceeded(model, id, &format!("grant more than {ROLE_GRANTS} permissions")));
        }
        if references > ROLE_REFERENCES {
            return Err(exceeded(model, id, &format!("extend, require and imply more than {ROLE_REFERENCES} roles")));
        }
        compiled[id] = Some(role);
    }
    // Every role is in the order: what is left out could only be part of a cycle, and cycles are not compiled.
    let mut compiled: IndexVec<RoleId, CompiledRole> = compiled.into_iter().flatten().collect();
    let width = 2 * compiled.len() + model.schema.permissions.len();
    let mut leading = compiled.ids().filter(|&id| !compiled[id].implies.is_empty());
    let beyond = leading.nth(ROLE_LEADS / width.max(1));
    if let Some(id) = beyond {
        return Err(exceeded(model, id, &format!("imply more than {ROLE_LEADS} roles and permissions")));
    }
    lead(model, &mut compiled);
    Ok(compiled)
}

/// How many roles a role names.
fn references_of(role: &CompiledRole) -> usize {
    role.counts_as.len() + role.requires.len() + role.implies.len()
}

/// The finding for a limit of all roles, at the one with which it is exceeded.
fn exceeded(model: &Model, id: RoleId, what: &str) -> Diagnostic {
    let message = format!("the roles {what} together, inherited ones counted");
    Diagnostic::error(Code::LimitExceeded, model.roles[id].span, message)
}

/// A role's own statements, implications and conditions.
fn lower(model: &Model, id: RoleId, role: &Role, lowering: &mut Lowering) -> Own {
    let mut when: Vec<_> = role.when.iter().map(|when| lowering.condition(Clause::When, when)).collect();
    if role.custom {
        for base in &role.extends {
            if let Some(Openness::OpenWhen(open)) = model.roles.get(base.value).map(|base| &base.openness) {
                when.push(lowering.condition(Clause::OpenWhen, open));
            }
        }
    }
    let grants =
        role.statements.iter().flat_map(|statement| lowering.statement(statement, Owner::Role(id)).1).collect();
    let implies = role
        .implies
        .iter()
        .map(|implication| {
            let when = implication.when.as_ref().map(|when| lowering.condition(Clause::When, when));
            let condition = when.as_ref().map(|when| when.program);
            let origin =
                ImplicationOrigin { owner: id, role: implication.role.value, span: implication.role.span, when };
            let implication_id = lowering.provenance.implications.push(Arc::new(origin));
            Implied { role: implication.role.value, when: condition, implication: implication_id }
        })
        .collect();
    let own = Own { when: when.iter().map(|condition| condition.program).collect(), grants, implies };
    lowering.provenance.roles.push(Arc::new(RoleOrigin {
        span: role.span,
        doc: role.doc.as_deref().map(Box::from),
        extends: role.extends.iter().map(|base| (base.value, base.span)).collect(),
        when,
        requires: role.requires.iter().map(|required| (required.value, required.span)).collect(),
    }));
    own
}

/// A role's own parts joined with its bases', which are compiled already.
fn inherit(
    id: RoleId,
    role: &Role,
    own: &Own,
    compiled: &IndexVec<RoleId, Option<CompiledRole>>,
    lowering: &mut Lowering,
) -> CompiledRole {
    let bases: Vec<&CompiledRole> = role.extends.iter().filter_map(|base| compiled.get(base.value)?.as_ref()).collect();
    let when = lowering.programs.all(own.when.iter().copied().chain(bases.iter().filter_map(|base| base.when)));

    let mut counts_as: Vec<RoleId> = bases.iter().flat_map(|base| base.counts_as.iter().copied()).collect();
    counts_as.push(id);

    let requires = role.requires.iter().map(|required| required.value);
    let requires = requires.chain(bases.iter().flat_map(|base| base.requires.iter().copied()));

    let implies = own.implies.iter().copied().chain(bases.iter().flat_map(|base| base.implies.iter().copied()));

    let grants = match (bases.as_slice(), own.grants.is_empty() && role.without.is_empty()) {
        ([base], true) => Arc::clone(&base.grants),
        _ => {
            let removed: Vec<PermissionId> =
                sorted(role.without.iter().flat_map(|without| without.permissions.clone()));
            let kept = bases
                .iter()
                .flat_map(|base| base.grants.iter().copied())
                .filter(|grant| grant.effect == Effect::Deny || removed.binary_search(&grant.permission).is_err());
            let mut grants: Vec<Grant> = kept.chain(own.grants.iter().copied()).collect();
            grants.sort_by_key(|grant| (grant.permission, grant.effect == Effect::Allow, grant.statement));
            grants.dedup();
            grants.into()
        }
    };
    CompiledRole {
        when,
        grants,
        counts_as: sorted(counts_as).into(),
        implies: {
            let mut implies: Vec<Implied> = implies.collect();
            implies.sort_by_key(|implied| implied.implication);
            implies.dedup();
            implies.into()
        },
        requires: sorted(requires).into(),
        leads: None,
    }
}

/// Fills in what the implications of each role lead to. A role is filled once all that it implies are.
fn lead(model: &Model, roles: &mut IndexVec<RoleId, CompiledRole>) {
    let mut done: IndexVec<RoleId, bool> =
        roles.iter().map(|role| role.implies.is_empty() || role.leads.is_some()).collect();
    let mut waiting: Vec<RoleId> = roles.ids().filter(|&id| !done[id]).collect();
    let mut stack: Vec<RoleId> = Vec::new();
    while let Some(root) = waiting.pop() {
        stack.push(root);
        // Depth first, by hand: implications may chain as long as the policy has roles. A stack deeper than that would
        // mean a cycle, and cycles are not compiled.
        while let Some(&id) = stack.last() {
            let next = roles[id].implies.iter().map(|implied| implied.role).find(|&role| !done[role]);
            match next {
                Some(next) if stack.len() <= roles.len() => stack.push(next),
                _ => {
                    stack.pop();
                    if !done[id] {
                        roles[id].leads = Some(Arc::new(leads(model, roles, id)));
                        done[id] = true;
                    }
                }
            }
        }
    }
}

fn leads(model: &Model, roles: &IndexVec<RoleId, CompiledRole>, id: RoleId) -> Leads {
    let mut leads = Leads {
        implied: FixedBitSet::with_capacity(roles.len()),
        roles: FixedBitSet::with_capacity(roles.len()),
        permissions: FixedBitSet::with_capacity(model.schema.permissions.len()),
    };
    // The last first: in a long line of roles that each imply all before them, the last one leads to all the others.
    for implied in roles[id].implies.iter().rev() {
        if leads.implied.put(implied.role.0 as usize) {
            continue;
        }
        let role = &roles[implied.role];
        for counted in &*role.counts_as {
            leads.roles.insert(counted.0 as usize);
        }
        for grant in &*role.grants {
            leads.permissions.insert(grant.permission.0 as usize);
        }
        if let Some(further) = &role.leads {
            leads.implied.union_with(&further.implied);
            leads.roles.union_with(&further.roles);
            leads.permissions.union_with(&further.permissions);
        }
    }
    leads
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}
