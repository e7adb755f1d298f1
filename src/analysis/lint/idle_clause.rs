//! `within` and `without` that make no difference.

use super::redundant_grant::covers;
use super::statement::{Written, names};
use super::surely_implied::surely_allowed;
use super::{Examined, Finding, Fix, Removal};
use crate::analysis::condition::{Given, Occasion, Truths};
use crate::compile::{Clause, Effect, Grant};
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId, TypeId};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{ActionPart, Item, Pattern, RoleItem, TypePart};
use rustc_hash::{FxHashMap, FxHashSet};

/// More grants of one permission than these are not compared with what is removed.
const COMPARED: usize = 32;

pub(super) fn find_within(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for written in examined.statements() {
        let Some(ty) = &written.tree.within else { continue };
        let Some(within) = written.origin.conditions.iter().find(|condition| condition.clause == Clause::Within) else {
            continue;
        };
        if written.grants.is_empty() || !ranges_alike(examined, written) {
            continue;
        }
        let never = |otherwise: Truths| {
            written.grants.iter().all(|grant| {
                let occasion = written.occasion(examined, grant.permission);
                examined.never(&[(within.program, otherwise)], occasion, Given::MayMiss)
            })
        };
        if !never(Truths::FALSE) {
            continue;
        }
        // What cannot be told to lie there is not allowed there, and denied.
        if written.effect() == Effect::Deny || never(Truths::UNKNOWN) {
            let message = format!("`within {}` has no effect", ty.value);
            let finding = Finding::warning(Code::WithinNoEffect, ty.span, message)
                .here("all that is spoken of lies there anyway")
                .help("take it out");
            findings.push(finding.fix(Some(Fix::Remove(vec![Removal::Clause(ty.span)]))));
        } else {
            let message = format!("`within {}` has no effect on what is known to lie somewhere", ty.value);
            let finding =
                Finding::warning(Code::WithinNoEffect, ty.span, message).here("all that is spoken of lies there").help(
                    "take it out, unless it is to keep out what no directory declares and of which a request does \
                     not tell where it lies",
                );
            findings.push(finding);
        }
    }
}

/// Whether the patterns of a statement name no more without its `within`: those that range over types range over fewer by it.
fn ranges_alike(examined: &Examined<'_>, written: &Written<'_>) -> bool {
    let schema = examined.schema();
    let role = written.role().map(|role| examined.type_of_role(role));
    let is_in_range = |ty: TypeId| role.is_none_or(|role| role == ty || schema.contains(role, ty));
    let named: FxHashSet<PermissionId> = written.grants.iter().map(|grant| grant.permission).collect();
    written.tree.patterns.iter().filter(|pattern| pattern.types == TypePart::Any).all(|pattern| {
        let mut permissions = schema.permissions.iter_enumerated().filter(|(_, info)| is_in_range(info.ty));
        permissions.all(|(permission, _)| !names(schema, pattern, permission) || named.contains(&permission))
    })
}

pub(super) fn find_without(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let places: FxHashMap<Span, RoleId> = examined.own_roles().map(|(role, span)| (span, role)).collect();
    for item in examined.all_files().into_iter().flat_map(|file| &file.items) {
        let Item::Role(tree) = item else { continue };
        let Some(&role) = places.get(&tree.name.span()) else { continue };
        let removals = tree.body.iter().filter_map(|item| match item {
            RoleItem::Without(patterns) => Some(patterns),
            RoleItem::Statement(_) | RoleItem::Implies(_) => None,
        });
        for pattern in removals.flatten() {
            for (span, given) in given_again(examined, role, pattern) {
                let message = "this takes away what the role gives itself again";
                let finding = Finding::warning(Code::WithoutNoEffect, span, message);
                let place = examined.policy().provenance().statements.get(given.statement).map(|origin| origin.span);
                let finding = match place {
                    Some(place) if given.condition.is_none() => {
                        finding.label(place, "given again here, without condition")
                    }
                    Some(place) => finding.label(place, "given again here, wherever it was given before"),
                    None => finding,
                };
                findings.push(finding.help("take one of them out"));
            }
        }
    }
}

/// What a pattern of a `without` removes to no effect, with a grant that gives it again: the pattern itself, or actions in
/// its braces.
fn given_again(examined: &Examined<'_>, role: RoleId, pattern: &Pattern) -> Vec<(Span, Grant)> {
    let policy = examined.policy();
    let schema = examined.schema();
    let bases = policy.provenance().roles.get(role).map_or(&[][..], |origin| &origin.extends);
    let inherited = bases.iter().flat_map(|(base, _)| policy.role(*base).grants.iter());
    let removed: Vec<Grant> = inherited
        .filter(|grant| grant.effect == Effect::Allow && names(schema, pattern, grant.permission))
        .copied()
        .collect();
    if let Some(given) = all_given(examined, role, removed.iter()) {
        return vec![(pattern.span(), given)];
    }
    let ActionPart::These(actions) = &pattern.actions else { return Vec::new() };
    let of_action = |action: &Spanned<String>| {
        let is_it = |grant: &&Grant| {
            let info = schema.permissions.get(grant.permission);
            info.and_then(|info| schema.actions.get(info.action)).is_some_and(|verb| **verb == *action.value)
        };
        Some((action.span, all_given(examined, role, removed.iter().filter(is_it))?))
    };
    actions.iter().filter_map(of_action).collect()
}

/// The first of the grants by which a role gives all of some others again, wherever those count: its own ones, or those of
/// roles that surely come with it.
fn all_given<'g>(examined: &Examined<'_>, role: RoleId, removed: impl Iterator<Item = &'g Grant>) -> Option<Grant> {
    let policy = examined.policy();
    let mut first = None;
    for one in removed {
        let occasion = Occasion::in_role(policy, examined.type_of_role(role), one.permission);
        let own = policy.role(role).grants_of(one.permission).iter().copied();
        let own = own.filter(|grant| grant.effect == Effect::Allow);
        let implied = surely_allowed(examined, role, one.permission).into_iter().map(|(_, grant)| grant);
        let mut given = own.chain(implied).take(COMPARED);
        let again = given.find(|grant| covers(examined, occasion, one, grant))?;
        first = first.or(Some(again));
    }
    first
}
