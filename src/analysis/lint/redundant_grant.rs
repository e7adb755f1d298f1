//! Allows and denies that say what a base, a role that is implied, or another statement beside them, says already.

use super::overtaken_role;
use super::statement::{Unit, Written};
use super::surely_implied::{SurelyImplied, surely_allowed};
use super::unmet_deny::is_unmet;
use super::{Examined, Finding, Fix, Removal};
use crate::analysis::condition::{Given, Occasion, Side};
use crate::compile::{Effect, Grant, Owner, StatementId};
use crate::diagnostics::Code;
use crate::schema::{PermissionId, RoleId};
use rustc_hash::FxHashSet;

/// More statements that speak of one permission in the same place are not compared with each other.
const COMPARED: usize = 32;

/// What says something already.
#[derive(Clone, Copy)]
struct Said {
    statement: StatementId,
    /// The role that it stands in, where that is an implied one.
    implied: Option<SurelyImplied>,
}

pub(super) fn find(examined: &Examined<'_>, findings: &mut Vec<Finding>) {
    let mut redundant: FxHashSet<StatementId> = FxHashSet::default();
    for written in examined.statements() {
        let in_overtaken = written.role().is_some_and(|role| overtaken_role::base(examined, role).is_some());
        // What never holds follows from anything, and is told of as what it is.
        if in_overtaken || is_unmet(examined, written) {
            continue;
        }
        let units = written.units(examined.schema());
        let said: Vec<Option<Said>> =
            units.iter().map(|unit| said_elsewhere(examined, written, unit, &redundant)).collect();
        if said.iter().any(Option::is_some) {
            report(examined, written, &units, &said, findings);
        }
        // What is redundant as a whole makes nothing else so: of two that say the same one stays.
        if !units.is_empty() && said.iter().all(Option::is_some) {
            redundant.insert(written.id);
        }
    }
}

fn report(
    examined: &Examined<'_>,
    written: &Written<'_>,
    units: &[Unit],
    said: &[Option<Said>],
    findings: &mut Vec<Finding>,
) {
    let is_said = |unit: &Unit| units.iter().zip(said).any(|(known, said)| known.span == unit.span && said.is_some());
    let verb = written.effect().as_str();
    for (span, whole) in written.texts(units, is_said) {
        let inside = units
            .iter()
            .zip(said)
            .filter(|(unit, _)| whole || (span.start <= unit.span.start && unit.span.end <= span.end));
        let Some(by) = inside.filter_map(|(_, said)| *said).next() else { continue };
        let provenance = examined.policy().provenance();
        let Some(origin) = provenance.statements.get(by.statement) else { continue };
        let inherited = origin.owner != written.origin.owner;
        let message = match (by.implied, inherited, written.effect()) {
            (Some(implied), ..) => {
                format!("`{}`, which the role implies, allows this already", examined.schema().role_name(implied.role))
            }
            (None, true, Effect::Allow) => String::from("the role inherits this already"),
            (None, true, Effect::Deny) => String::from("the role inherits this denial already"),
            (None, false, Effect::Allow) => String::from("another statement allows this already"),
            (None, false, Effect::Deny) => String::from("another statement denies this already"),
        };
        let finding =
            Finding::warning(Code::RedundantGrant, span, message).label(origin.span, format!("this {verb} says it"));
        if let Some(implied) = by.implied {
            let place = provenance.implications.get(implied.by).map(|origin| origin.span);
            let finding = match place {
                Some(place) => finding.label(place, "implied here, on all that this reaches"),
                None => finding,
            };
            // Nothing is decided otherwise without it, but the role grants less by itself: a person is to say what it is for.
            findings.push(finding.help("take it out: no decision changes by that"));
            continue;
        }
        let removal = if whole { Removal::Statement(span) } else { Removal::Item(span) };
        let finding = finding.help("take it out: nothing changes by that");
        // Its words would be lost to whoever is refused.
        let speaks = whole && written.origin.because.is_some();
        findings.push(finding.fix((!speaks).then(|| Fix::Remove(vec![removal]))));
    }
}

/// What says all of a unit already, in each case in which this statement does.
fn said_elsewhere(
    examined: &Examined<'_>,
    written: &Written<'_>,
    unit: &Unit,
    redundant: &FxHashSet<StatementId>,
) -> Option<Said> {
    let mut by = None;
    for &permission in &unit.permissions {
        let own = written.grants.iter().find(|grant| grant.permission == permission)?;
        let occasion = written.occasion(examined, permission);
        let says = |other: &Grant| !redundant.contains(&other.statement) && covers(examined, occasion, own, other);
        let beside = candidates(examined, written, own).into_iter().find(says);
        let said = match beside {
            Some(other) => Said { statement: other.statement, implied: None },
            None => {
                let allowed = implied_candidates(examined, written, permission);
                let (implied, other) = allowed.into_iter().find(|(_, other)| says(other))?;
                Said { statement: other.statement, implied: Some(implied) }
            }
        };
        // What only an implied role says is told as that.
        by = by.filter(|known: &Said| known.implied.is_some() || said.implied.is_none()).or(Some(said));
    }
    by
}

/// The allows that come with the role of one by implications; few enough to be compared, or none.
fn implied_candidates(
    examined: &Examined<'_>,
    written: &Written<'_>,
    permission: PermissionId,
) -> Vec<(SurelyImplied, Grant)> {
    match (written.role(), written.effect()) {
        (Some(role), Effect::Allow) => {
            let mut allowed = surely_allowed(examined, role, permission);
            allowed.truncate(COMPARED);
            allowed
        }
        _ => Vec::new(),
    }
}

/// The grants that stand beside one: those of the same role, inherited ones first, or those of other rules.
fn candidates(examined: &Examined<'_>, written: &Written<'_>, own: &Grant) -> Vec<Grant> {
    let policy = examined.policy();
    let others = |grants: &[Grant]| -> Vec<Grant> {
        if grants.len() > COMPARED {
            return Vec::new();
        }
        let same = grants.iter().filter(|other| other.effect == own.effect && other.statement != own.statement);
        same.copied().collect()
    };
    let mut found = match written.role() {
        Some(role) => others(policy.role(role).grants_of(own.permission)),
        None => match written.origin.owner {
            Owner::Policy(id) => others(policy.guardrails(id, own.permission)),
            _ => others(policy.rules_of(own.permission, own.effect).all()),
        },
    };
    let owner = |grant: &Grant| policy.provenance().statements.get(grant.statement).map(|origin| origin.owner);
    found.sort_by_key(|grant| (owner(grant) == Some(written.origin.owner), grant.statement));
    found
}

/// Whether a grant counts wherever this one does.
pub(super) fn covers(examined: &Examined<'_>, occasion: Occasion, own: &Grant, other: &Grant) -> bool {
    if other.condition.is_none() || other.condition == own.condition {
        return true;
    }
    let side = match own.effect {
        Effect::Allow => Side::Grant,
        Effect::Deny => Side::Denial,
    };
    let Some(other) = other.condition else { return true };
    let mut wanted = vec![(other, side.counts().others())];
    wanted.extend(own.condition.map(|condition| (condition, side.counts())));
    examined.never(&wanted, occasion, Given::MayMiss)
}

/// Whether a role inherits all that it says itself, be it written in a file or in a directory.
pub(super) fn is_all_inherited(examined: &Examined<'_>, role: RoleId) -> bool {
    let policy = examined.policy();
    let ty = examined.type_of_role(role);
    let is_own = |grant: &Grant| {
        let origin = policy.provenance().statements.get(grant.statement);
        origin.is_some_and(|origin| origin.owner == Owner::Role(role))
    };
    let grants = &policy.role(role).grants;
    grants.iter().filter(|own| is_own(own)).all(|own| {
        let occasion = Occasion::in_role(policy, ty, own.permission);
        let mut others = policy.role(role).grants_of(own.permission).iter();
        others.any(|other| other.effect == own.effect && !is_own(other) && covers(examined, occasion, own, other))
    })
}
