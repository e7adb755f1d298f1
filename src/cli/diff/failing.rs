//! Whether something changes that is not to.

use super::FailOn;
use super::report::{Clause, Report};
use crate::analysis::diff::Relation;

/// What becomes of one thing that is declared, whoever it concerns today.
struct Change {
    approved: bool,
    may_gain: bool,
    may_lose: bool,
    /// Whether it says something else, and not the same in other words.
    other: bool,
}

/// Whether something happens that is not to, and that nobody approved.
///
/// What a role or a rule brings or takes counts, too, where nobody holds that role, and no facts of today meet its condition;
/// and so does what somebody may gain or lose under values of the context that were not tried.
pub(super) fn fails(report: &Report, what: FailOn) -> bool {
    let (gained, lost) = (report.people.gained, report.people.lost);
    let mut unapproved = changes(report).into_iter().filter(|change| !change.approved);
    match what {
        FailOn::Gained => gained.rows > gained.approved || unapproved.any(|change| change.may_gain),
        FailOn::Lost => lost.rows > lost.approved || unapproved.any(|change| change.may_lose),
        FailOn::Any => {
            gained.rows > gained.approved || lost.rows > lost.approved || unapproved.any(|change| change.other)
        }
    }
}

/// Whether somebody may gain or lose by something under whatever facts and context, as far as that is known.
pub(super) fn may_concern_somebody(report: &Report) -> bool {
    let declared = declared(report).iter().any(|change| change.may_gain || change.may_lose);
    declared || !report.facts.is_empty() || !report.people.changes.is_empty()
}

fn changes(report: &Report) -> Vec<Change> {
    let mut changes = declared(report);
    if !report.people.complete {
        changes.push(Change { approved: report.people.approved, may_gain: true, may_lose: true, other: true });
    }
    changes
}

/// What becomes of everything that is declared.
fn declared(report: &Report) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let presence = |is: Option<&str>, approved: bool| {
        // What it brings is told of its own.
        is.map(|_| Change { approved, may_gain: false, may_lose: false, other: true })
    };
    let clause = |clause: &Clause| {
        let (may_gain, may_lose) = clause.may;
        let other = clause.conditions.relation != Some(Relation::Equal);
        Change { approved: clause.approved, may_gain, may_lose, other }
    };
    for declaration in &report.declarations {
        changes.extend(presence(declaration.is, declaration.approved));
        changes.extend(declaration.clauses.iter().map(clause));
    }
    for role in &report.roles {
        changes.extend(presence(role.is, role.approved));
        changes.extend(role.clauses.iter().map(clause));
        changes.extend(role.permissions.iter().map(|permission| {
            let (may_gain, may_lose) = permission.may;
            Change { approved: permission.approved, may_gain, may_lose, other: may_gain || may_lose }
        }));
    }
    changes.extend(report.rules.iter().map(|rule| {
        let (may_gain, may_lose) = rule.may;
        Change { approved: rule.approved, may_gain, may_lose, other: may_gain || may_lose }
    }));
    changes.extend(report.settings.iter().map(|setting| {
        let (may_gain, may_lose) = setting.may;
        Change { approved: setting.approved, may_gain, may_lose, other: true }
    }));
    changes
}
