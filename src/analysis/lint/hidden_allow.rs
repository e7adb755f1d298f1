//! Allows that a deny always hides.

use super::statement::{Unit, Written};
use super::{Examined, Finding};
use crate::analysis::condition::{Given, Truths};
use crate::compile::{Effect, Grant, NodeId, StatementId};
use crate::diagnostics::Code;
use crate::schema::PermissionId;

/// More denials of one permission are not looked through.
const COMPARED: usize = 32;

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    for written in examined.statements().iter().filter(|written| written.effect() == Effect::Allow) {
        let units = written.units(examined.schema());
        let hidden: Vec<Option<StatementId>> = units.iter().map(|unit| hidden_by(examined, written, unit)).collect();
        if hidden.iter().all(Option::is_none) {
            continue;
        }
        let is_hidden =
            |unit: &Unit| units.iter().zip(&hidden).any(|(known, by)| known.span == unit.span && by.is_some());
        for (span, whole) in written.texts(&units, is_hidden) {
            let inside = units
                .iter()
                .zip(&hidden)
                .filter(|(unit, _)| whole || (span.start <= unit.span.start && unit.span.end <= span.end));
            let Some(by) = inside.filter_map(|(_, by)| *by).next() else { continue };
            let Some(origin) = examined.policy().provenance().statements.get(by) else { continue };
            let finding = Finding::warning(Code::HiddenAllow, span, "this allows nothing: a deny always hides it")
                .label(origin.span, "this denies it wherever it is allowed")
                .help("a deny outranks every allow: restrict the one, or take the other out");
            findings.push(finding);
        }
    }
}

/// A deny that holds wherever a unit of a statement allows something: one for each of its permissions, and the first of
/// these.
fn hidden_by(examined: &Examined<'_>, written: &Written<'_>, unit: &Unit) -> Option<StatementId> {
    let mut by = None;
    for &permission in &unit.permissions {
        let deny = deny(examined, written, permission)?;
        by = by.or(Some(deny.statement));
    }
    by
}

fn deny(examined: &Examined<'_>, written: &Written<'_>, permission: PermissionId) -> Option<Grant> {
    let policy = examined.policy();
    let of_role = written.role().map_or(&[][..], |role| policy.role(role).grants_of(permission));
    let in_role: Vec<Grant> = of_role.iter().filter(|grant| grant.effect == Effect::Deny).copied().collect();
    let rules = policy.rules_of(permission, Effect::Deny).all();
    if in_role.len() + rules.len() > COMPARED {
        return None;
    }
    let allowed: Vec<(NodeId, Truths)> =
        written.programs(policy).into_iter().map(|program| (program, Truths::TRUE)).collect();
    let occasion = written.occasion(examined, permission);
    in_role.iter().chain(rules).copied().find(|deny| match deny.condition {
        None => true,
        Some(condition) => {
            // Where the role counts for sure, so do its denials.
            let wanted: Vec<_> = allowed.iter().copied().chain([(condition, Truths::FALSE)]).collect();
            // An allow that never holds is hidden by nothing.
            examined.never(&wanted, occasion, Given::MayMiss) && !examined.never(&allowed, occasion, Given::MayMiss)
        }
    })
}
