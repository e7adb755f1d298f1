//! Conditions that always come to the same.

use super::statement::Written;
use super::{Examined, Finding, Fix, Removal, unmet_deny};
use crate::analysis::condition::{Given, Occasion, Truths};
use crate::compile::{Clause, ConditionOrigin, Effect};
use crate::diagnostics::Code;

pub(super) fn find_true(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    each(examined, |condition, occasions, written| {
        let never = |truths| {
            occasions.iter().all(|&occasion| examined.never(&[(condition.program, truths)], occasion, Given::MayMiss))
        };
        if !never(Truths::FALSE) {
            return;
        }
        let strictly = never(Truths::UNKNOWN);
        // An `unless` that always holds leaves nothing of a deny, which is said of that.
        if condition.clause == Clause::Unless && written.is_some_and(|written| unmet_deny::is_unmet(examined, written))
        {
            return;
        }
        let message = if strictly {
            "this condition is always true"
        } else {
            "this condition is true wherever it can be computed"
        };
        let removable = strictly && condition.clause == Clause::When;
        let fix = removable.then(|| Fix::Remove(vec![Removal::Clause(condition.places.span)]));
        let consequence = consequence(condition.clause, written.map(Written::effect), true);
        findings.push(
            Finding::warning(Code::ConditionAlwaysTrue, condition.places.span, message).here(consequence).fix(fix),
        );
    });
}

pub(super) fn find_false(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    each(examined, |condition, occasions, written| {
        let never = |truths| {
            occasions.iter().all(|&occasion| examined.never(&[(condition.program, truths)], occasion, Given::MayMiss))
        };
        if !never(Truths::TRUE) || written.is_some_and(|written| unmet_deny::is_unmet(examined, written)) {
            return;
        }
        let strictly = never(Truths::UNKNOWN);
        let message = if strictly { "this condition is always false" } else { "this condition is never true" };
        let fix = match (condition.clause, written) {
            (Clause::Unless, Some(_)) if strictly => Some(Fix::Remove(vec![Removal::Clause(condition.places.span)])),
            _ => None,
        };
        let consequence = consequence(condition.clause, written.map(Written::effect), false);
        findings.push(
            Finding::warning(Code::ConditionAlwaysFalse, condition.places.span, message).here(consequence).fix(fix),
        );
    });
}

/// Visits every condition that somebody wrote, with the occasions on which it is asked and the statement it stands in.
fn each<'e>(examined: &'e Examined<'_>, mut visit: impl FnMut(&ConditionOrigin, &[Occasion], Option<&'e Written<'_>>)) {
    for written in examined.statements().iter().filter(|written| !written.grants.is_empty()) {
        let occasions: Vec<Occasion> =
            written.grants.iter().map(|grant| written.occasion(examined, grant.permission)).collect();
        for condition in &written.origin.conditions {
            if matches!(condition.clause, Clause::When | Clause::Unless) {
                visit(condition, &occasions, Some(written));
            }
        }
    }
    let provenance = examined.policy().provenance();
    for (role, _) in examined.own_roles() {
        let ty = examined.type_of_role(role);
        let own = provenance.roles.get(role).map_or(&[][..], |origin| &origin.when);
        for condition in own.iter().filter(|condition| condition.clause == Clause::When) {
            visit(condition, &[Occasion::of_role(ty)], None);
        }
        let implied = examined.policy().role(role).implies.iter();
        for origin in implied.filter_map(|implied| provenance.implications.get(implied.implication)) {
            if origin.owner == role
                && let Some(when) = &origin.when
            {
                visit(when, &[Occasion::of_implication(ty, examined.type_of_role(origin.role))], None);
            }
        }
    }
}

const fn consequence(clause: Clause, effect: Option<Effect>, holds: bool) -> &'static str {
    match (clause, effect, holds) {
        (Clause::Unless, Some(Effect::Allow), true) => "so nothing is allowed here",
        (Clause::Unless, Some(Effect::Deny), true) => "so nothing is denied here",
        (Clause::Unless, _, false) => "so nobody is excepted",
        (_, Some(Effect::Allow), false) => "so nothing is allowed here",
        (_, Some(Effect::Deny), false) => "so nothing is denied but what cannot be computed",
        (_, None, false) => "so this never counts",
        (_, _, true) => "so it restricts nothing",
    }
}
