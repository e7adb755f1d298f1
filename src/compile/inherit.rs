//! Roles with everything they inherit: the closure over `extends`, `without`, `requires`, `when` and `implies`.

use super::limits::{ROLE_GRANTS, ROLE_LEADS, ROLE_REFERENCES};
use super::lower::Lowering;
use super::policy::{CompiledRole, Grant, Implied, Leads};
use super::program::NodeId;
use super::provenance::{Clause, ConditionOrigin, ImplicationOrigin, Opening, Owner, RoleOrigin};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::{Chunks, IndexVec};
use crate::model::{Model, Openness, Role};
use crate::schema::{PermissionId, RoleId};
use crate::syntax::ast::Effect;
use fixedbitset::FixedBitSet;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Up to how many grants of its own a role puts among those of its base one by one.
const FEW: usize = 8;

/// The parts of a role that its own text gives.
struct Own {
    when: Vec<NodeId>,
    grants: Vec<Grant>,
    implies: Vec<Implied>,
}

/// What all roles together have of what is limited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Totals {
    grants: usize,
    references: usize,
    /// The roles with implications.
    leading: usize,
}

impl Totals {
    fn add(&mut self, role: &CompiledRole) {
        self.grants = self.grants.saturating_add(role.grants.len());
        self.references = self.references.saturating_add(references_of(role));
        self.leading += usize::from(!role.implies.is_empty());
    }

    fn take(&mut self, role: &CompiledRole) {
        self.grants = self.grants.saturating_sub(role.grants.len());
        self.references = self.references.saturating_sub(references_of(role));
        self.leading = self.leading.saturating_sub(usize::from(!role.implies.is_empty()));
    }
}

/// How many roles may have implications.
fn most_leading(model: &Model) -> usize {
    ROLE_LEADS / (2 * model.roles.len() + model.schema.permissions.len()).max(1)
}

/// Compiles all roles. `order` names each of them once, bases before what extends them.
///
/// # Errors
/// When the roles together exceed [`ROLE_GRANTS`], [`ROLE_REFERENCES`] or [`ROLE_LEADS`].
pub(super) fn roles(
    model: &Model,
    order: &[RoleId],
    lowering: &mut Lowering,
) -> Result<(Chunks<RoleId, CompiledRole>, Totals), Diagnostic> {
    let own = model.roles.iter_enumerated();
    let own: IndexVec<RoleId, Own> = own.map(|(id, role)| lower(model, id, role, lowering)).collect();

    let mut totals = Totals::default();
    let mut compiled: IndexVec<RoleId, Option<CompiledRole>> = model.roles.iter().map(|_| None).collect();
    for &id in order {
        let role = inherit(id, &model.roles[id], &own[id], |base| compiled.get(base)?.as_ref(), lowering);
        totals.add(&role);
        if totals.grants > ROLE_GRANTS {
            return Err(exceeded(model, id, &format!("grant more than {ROLE_GRANTS} permissions")));
        }
        if totals.references > ROLE_REFERENCES {
            return Err(exceeded(model, id, &format!("extend, require and imply more than {ROLE_REFERENCES} roles")));
        }
        compiled[id] = Some(role);
    }
    // Every role is in the order: what is left out could only be part of a cycle, and cycles are not compiled.
    let mut compiled: Chunks<RoleId, CompiledRole> = compiled.into_iter().flatten().collect();
    let leading: Vec<RoleId> =
        compiled.iter_enumerated().filter(|(_, role)| !role.implies.is_empty()).map(|(id, _)| id).collect();
    if let Some(&id) = leading.get(most_leading(model)) {
        return Err(exceeded(model, id, &format!("imply more than {ROLE_LEADS} roles and permissions")));
    }
    lead(model, &mut compiled, leading);
    Ok((compiled, totals))
}

/// Roles compiled again.
pub(super) struct Again {
    pub(super) roles: Chunks<RoleId, CompiledRole>,
    pub(super) totals: Totals,
    /// Those that were: what changed, and what builds on it, bases first.
    pub(super) inherited: Vec<RoleId>,
    /// Those whose implications lead to another end, by what is implied.
    pub(super) leading: Vec<RoleId>,
}

/// Compiles roles again of which some were `changed` or added, and what depends on them by way of `extends` and `implies`;
/// nothing where a limit is exceeded.
pub(super) fn again(
    model: &Model,
    changed: &[RoleId],
    known: (&Chunks<RoleId, CompiledRole>, Totals),
    lowering: &mut Lowering,
) -> Option<Again> {
    let (mut roles, mut totals) = (known.0.clone(), known.1);
    let changed: FxHashSet<RoleId> = changed.iter().copied().collect();
    let mut affected = changed.clone();
    // What nothing names has nothing that depends on it.
    let named = changed.iter().any(|&role| model.is_named(role));
    if named {
        let builds_on = |role: &CompiledRole| role.counts_as.iter().any(|base| changed.contains(base));
        affected.extend(known.0.iter_enumerated().filter(|(_, role)| builds_on(role)).map(|(id, _)| id));
    }
    // New roles may come in another order than that of their numbers.
    while roles.len() < model.roles.len() {
        roles.push(CompiledRole::retired());
    }
    for (_, role) in model.roles.iter_from(lowering.provenance.roles.next_id()) {
        let (extends, when, requires, opening) = (Vec::new(), Vec::new(), Vec::new(), Opening::Closed);
        let origin = RoleOrigin { span: role.span, doc: None, extends, when, requires, opening };
        lowering.provenance.roles.push(Arc::new(origin));
    }
    let inherited = bases_first(model, &affected);
    for &id in &inherited {
        let declared = &model.roles[id];
        let own = match known.0.get(id) {
            Some(before) if !changed.contains(&id) => as_before(model, id, before, lowering),
            _ => lower(model, id, declared, lowering),
        };
        let role = match model.schema.roles.get(id) {
            Some(info) if !info.retired => inherit(id, declared, &own, |base| roles.get(base), lowering),
            _ => CompiledRole::retired(),
        };
        totals.add(&role);
        known.0.get(id).into_iter().for_each(|before| totals.take(before));
        roles.set(id, role);
    }
    let mut leading: Vec<RoleId> = inherited.iter().copied().filter(|&id| !roles[id].implies.is_empty()).collect();
    if named {
        let hits = |leads: &Leads| inherited.iter().any(|role| leads.implied.contains(role.0 as usize));
        let led = known.0.iter_enumerated().filter(|(_, role)| role.leads.as_deref().is_some_and(hits));
        leading.extend(led.map(|(id, _)| id).filter(|id| !affected.contains(id)));
    }
    let within =
        totals.grants <= ROLE_GRANTS && totals.references <= ROLE_REFERENCES && totals.leading <= most_leading(model);
    if !within {
        return None;
    }
    lead(model, &mut roles, leading.clone());
    Some(Again { roles, totals, inherited, leading })
}

/// Some roles, bases before what extends them.
fn bases_first(model: &Model, some: &FxHashSet<RoleId>) -> Vec<RoleId> {
    let mut ids: Vec<RoleId> = some.iter().copied().collect();
    ids.sort_unstable();
    let mut order = Vec::with_capacity(ids.len());
    let mut seen = FxHashSet::default();
    for id in ids {
        let mut stack = vec![(id, false)];
        while let Some((id, ready)) = stack.pop() {
            if ready {
                order.push(id);
            } else if seen.insert(id) {
                stack.push((id, true));
                let bases = model.roles.get(id).map_or(&[][..], |role| &role.extends);
                stack.extend(bases.iter().map(|base| (base.value, false)).filter(|(base, _)| some.contains(base)));
            }
        }
    }
    order
}

/// What the text of a role gives that is as it was; a custom role carries what its bases say now.
fn as_before(model: &Model, id: RoleId, before: &CompiledRole, lowering: &mut Lowering) -> Own {
    let when = conditions(model, &model.roles[id], lowering);
    let own = when.iter().map(|condition| condition.program).collect();
    if let Some(origin) = lowering.provenance.roles.get_mut(id) {
        Arc::make_mut(origin).when = when;
    }
    let provenance = &lowering.provenance;
    let stated = |grant: &&Grant| {
        provenance.statements.get(grant.statement).is_some_and(|origin| origin.owner == Owner::Role(id))
    };
    let said =
        |implied: &&Implied| provenance.implications.get(implied.implication).is_some_and(|origin| origin.owner == id);
    Own {
        when: own,
        grants: before.grants.iter().filter(stated).copied().collect(),
        implies: before.implies.iter().filter(said).copied().collect(),
    }
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
    let when = conditions(model, role, lowering);
    let mut grants = Vec::new();
    for (statement, rank) in role.statements.iter().zip(model.rank_of_role(id)..) {
        grants.extend(lowering.statement(statement, Owner::Role(id), rank).1);
    }
    let implies = role
        .implies
        .iter()
        .zip(model.rank_of_role(id)..)
        .map(|(implication, rank)| {
            let when = implication.when.as_ref().map(|when| lowering.condition(Clause::When, when));
            let condition = when.as_ref().map(|when| when.program);
            let origin =
                ImplicationOrigin { owner: id, rank, role: implication.role.value, span: implication.role.span, when };
            let implication_id = lowering.provenance.implications.push(Arc::new(origin));
            Implied { role: implication.role.value, when: condition, implication: implication_id }
        })
        .collect();
    let own = Own { when: when.iter().map(|condition| condition.program).collect(), grants, implies };
    let origin = Arc::new(RoleOrigin {
        span: role.span,
        doc: role.doc.as_deref().map(Box::from),
        extends: role.extends.iter().map(|base| (base.value, base.span)).collect(),
        when,
        requires: role.requires.iter().map(|required| (required.value, required.span)).collect(),
        opening: match &role.openness {
            Openness::Closed => Opening::Closed,
            Openness::Open => Opening::Open,
            Openness::OpenWhen(when) => Opening::When(when.text.clone()),
        },
    });
    match lowering.provenance.roles.get_mut(id) {
        Some(known) => *known = origin,
        None => drop(lowering.provenance.roles.push(origin)),
    }
    own
}

/// Where a role counts, as its own text says and the open roles that it extends as a custom role.
fn conditions(model: &Model, role: &Role, lowering: &mut Lowering) -> Vec<ConditionOrigin> {
    let mut when: Vec<_> = role.when.iter().map(|when| lowering.condition(Clause::When, when)).collect();
    if role.custom {
        for base in &role.extends {
            if let Some(Openness::OpenWhen(open)) = model.roles.get(base.value).map(|base| &base.openness) {
                when.push(lowering.condition(Clause::OpenWhen, open));
            }
        }
    }
    when
}

/// A role's own parts joined with its bases', which are compiled already.
fn inherit<'c>(
    id: RoleId,
    role: &Role,
    own: &Own,
    compiled: impl Fn(RoleId) -> Option<&'c CompiledRole>,
    lowering: &mut Lowering,
) -> CompiledRole {
    let bases: Vec<&CompiledRole> = role.extends.iter().filter_map(|base| compiled(base.value)).collect();
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
            let mut grants: Vec<Grant> =
                Vec::with_capacity(own.grants.len() + bases.iter().map(|base| base.grants.len()).sum::<usize>());
            grants.extend(kept);
            let ranks = &lowering.provenance;
            let key = |grant: &Grant| (grant.permission, grant.effect == Effect::Allow, ranks.rank(grant.statement));
            if bases.len() < 2 && own.grants.len() <= FEW {
                // What one base grants is in order.
                for grant in &own.grants {
                    let at = grants.partition_point(|before| key(before) <= key(grant));
                    grants.insert(at, *grant);
                }
            } else {
                grants.extend_from_slice(&own.grants);
                grants.sort_by_key(key);
            }
            grants.dedup();
            shared(grants)
        }
    };
    CompiledRole {
        when,
        grants,
        counts_as: shared(sorted(counts_as)),
        implies: {
            let mut implies: Vec<Implied> = implies.collect();
            // By what is written, as one that is written anew has a new number.
            implies.sort_by_key(|implied| {
                let origin = lowering.provenance.implications.get(implied.implication);
                (origin.map(|origin| origin.rank), implied.implication)
            });
            implies.dedup();
            shared(implies)
        },
        requires: shared(sorted(requires)),
        leads: None,
    }
}

/// Fills in what the implications of roles lead to that are `waiting` for it. A role is filled once all that it implies are.
fn lead(model: &Model, roles: &mut Chunks<RoleId, CompiledRole>, mut waiting: Vec<RoleId>) {
    let mut open: FxHashSet<RoleId> = waiting.iter().copied().collect();
    let mut stack: Vec<RoleId> = Vec::new();
    while let Some(root) = waiting.pop() {
        stack.push(root);
        // Depth first, by hand: implications may chain as long as the policy has roles. A stack deeper than that would
        // mean a cycle, and cycles are not compiled.
        while let Some(&id) = stack.last() {
            let next = roles[id].implies.iter().map(|implied| implied.role).find(|role| open.contains(role));
            match next {
                Some(next) if stack.len() <= roles.len() && open.contains(&id) => stack.push(next),
                _ => {
                    stack.pop();
                    if open.remove(&id) {
                        let leads = Some(Arc::new(leads(model, roles, id)));
                        if let Some(role) = roles.get_mut(id) {
                            role.leads = leads;
                        }
                    }
                }
            }
        }
    }
}

fn leads(model: &Model, roles: &Chunks<RoleId, CompiledRole>, id: RoleId) -> Leads {
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

/// A list to be shared; all that are empty are one.
fn shared<T>(items: Vec<T>) -> Arc<[T]> {
    if items.is_empty() { Arc::default() } else { items.into() }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}
