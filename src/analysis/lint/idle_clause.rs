//! `within` and `without` that make no difference.

use super::statement::names;
use super::{Examined, Finding, Fix, Removal};
use crate::analysis::condition::{Given, Truths};
use crate::compile::{Clause, Effect, Grant};
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId};
use crate::source::Span;
use crate::syntax::ast::{Item, Pattern, RoleItem, TypePart};
use rustc_hash::FxHashMap;

pub(super) fn find_within(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for written in examined.statements() {
        let Some(ty) = &written.tree.within else { continue };
        let Some(within) = written.origin.conditions.iter().find(|condition| condition.clause == Clause::Within) else {
            continue;
        };
        // Patterns that range over types range over fewer by it.
        let named = written.tree.patterns.iter().all(|pattern| pattern.types != TypePart::Any);
        // What cannot be told to lie there is not allowed there, and denied.
        let otherwise = match written.effect() {
            Effect::Allow => Truths::NOT_TRUE,
            Effect::Deny => Truths::FALSE,
        };
        let idle = |grant: &Grant| {
            let occasion = written.occasion(examined, grant.permission);
            examined.never(&[(within.program, otherwise)], occasion, Given::MayMiss)
        };
        if named && !written.grants.is_empty() && written.grants.iter().all(idle) {
            let message = format!("`within {}` has no effect", ty.value);
            let finding = Finding::warning(Code::WithinNoEffect, ty.span, message)
                .here("all that is spoken of lies there anyway")
                .help("take it out");
            findings.push(finding.fix(Some(Fix::Remove(vec![Removal::Clause(ty.span)]))));
        }
    }
}

pub(super) fn find_without(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let places: FxHashMap<Span, RoleId> = examined.own_roles().map(|(role, span)| (span, role)).collect();
    for item in examined.files().iter().flat_map(|file| &file.items) {
        let Item::Role(tree) = item else { continue };
        let Some(&role) = places.get(&tree.name.span()) else { continue };
        let removals = tree.body.iter().filter_map(|item| match item {
            RoleItem::Without(patterns) => Some(patterns),
            RoleItem::Statement(_) | RoleItem::Implies(_) => None,
        });
        for pattern in removals.flatten() {
            if let Some(given) = given_again(examined, role, pattern) {
                let finding = Finding::warning(
                    Code::WithoutNoEffect,
                    pattern.span(),
                    "this takes away what the role gives itself again",
                );
                let place = examined.policy().provenance().statements.get(given.statement).map(|origin| origin.span);
                let finding = match place {
                    Some(span) => finding.label(span, "given again here, without condition"),
                    None => finding,
                };
                findings.push(finding.help("take one of them out"));
            }
        }
    }
}

/// The grant of a role's own that gives again what a pattern removes, where for all that it removes there is one, as
/// there was before: without condition.
fn given_again(examined: &Examined<'_>, role: RoleId, pattern: &Pattern) -> Option<Grant> {
    let policy = examined.policy();
    let bases = policy.provenance().roles.get(role).map_or(&[][..], |origin| &origin.extends);
    let inherited = bases.iter().flat_map(|(base, _)| policy.role(*base).grants.iter());
    let removed = inherited.filter(|grant| grant.effect == Effect::Allow);
    let mut removed: Vec<PermissionId> = removed.map(|grant| grant.permission).collect();
    removed.retain(|&permission| names(examined.schema(), pattern, permission));
    removed.sort_unstable();
    removed.dedup();
    let mut again = None;
    for permission in removed {
        let own = policy.role(role).grants_of(permission);
        let free = own.iter().find(|grant| grant.effect == Effect::Allow && grant.condition.is_none())?;
        again = again.or(Some(*free));
    }
    again
}
