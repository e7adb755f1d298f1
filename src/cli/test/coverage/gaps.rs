//! What no test looked at, in words.

use crate::analysis::coverage::{ConditionCoverage, StatementCoverage, StatementOwner};
use crate::compile::Effect;
use crate::engine::TestCoverage;
use crate::schema::PermissionId;
use crate::source::Span;
use std::collections::BTreeMap;

/// Something that no test looked at, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Gap {
    pub(super) place: Span,
    pub(super) text: String,
}

/// How many permissions are named in a line.
const NAMED: usize = 6;

/// The gaps of a package in the order of files and lines, its permission table's last.
pub(super) fn gaps(package: &TestCoverage<'_>) -> Vec<Gap> {
    let coverage = package.coverage;
    let mut gaps = Vec::new();
    for (&place, statement) in &coverage.statements {
        gaps.extend(missing_of(package, statement).map(|text| Gap { place, text }));
    }
    for (&place, implied) in coverage.implications.iter().filter(|(_, implied)| implied.looked == 0) {
        gaps.push(Gap { place, text: format!("`{}` implies `{}`", implied.owner, implied.role) });
    }
    for (&place, condition) in &coverage.conditions {
        let text = quoted(package, place);
        gaps.extend(missing_ways(*condition).map(|missing| Gap { place, text: format!("`{text}` {missing}") }));
    }
    gaps.sort_by_key(|gap| gap.place);
    gaps
}

/// The fields of the permission table that no test asked about, a gap for each role.
pub(super) fn cell_gaps(package: &TestCoverage<'_>) -> Vec<Gap> {
    let roles = package.coverage.roles.iter();
    let gap = |(&place, role): (&Span, &crate::analysis::coverage::RoleCoverage)| {
        let missing = unasked(&role.cells);
        let nobody = || format!("nobody with `{}` was asked about {}", role.role, names(package, &missing));
        (!missing.is_empty()).then(|| Gap { place, text: nobody() })
    };
    roles.filter_map(gap).collect()
}

/// What of a statement was not looked at.
pub(super) fn missing_of(package: &TestCoverage<'_>, statement: &StatementCoverage) -> Option<String> {
    let verb = match statement.effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    };
    let missing = missing_names(package, statement)?;
    let owner = match &statement.owner {
        StatementOwner::Role(role) => format!("`{role}`"),
        StatementOwner::Policy(policy) => format!("policy `{policy}`"),
        StatementOwner::Rule => String::from("a rule"),
    };
    Some(format!("{owner} {verb} {missing}"))
}

/// The permissions for which a statement was not looked at, if there are any.
pub(super) fn missing_names(package: &TestCoverage<'_>, statement: &StatementCoverage) -> Option<String> {
    let missing = match statement.owner {
        StatementOwner::Role(_) => unasked(&statement.permissions),
        _ if statement.looked == 0 => statement.permissions.keys().copied().collect(),
        _ => Vec::new(),
    };
    (!missing.is_empty()).then(|| names(package, &missing))
}

/// In which ways a part of a condition never came out.
pub(super) fn missing_ways(condition: ConditionCoverage) -> Option<&'static str> {
    match condition.ways() {
        [true, true] => None,
        [true, false] => Some("never failed"),
        [false, true] => Some("never held"),
        [false, false] => Some("was never computed"),
    }
}

fn unasked(counts: &BTreeMap<PermissionId, usize>) -> Vec<PermissionId> {
    counts.iter().filter(|(_, looked)| **looked == 0).map(|(permission, _)| *permission).collect()
}

/// The names of permissions; the first few where they are many.
fn names(package: &TestCoverage<'_>, permissions: &[PermissionId]) -> String {
    let shown: Vec<String> = permissions
        .iter()
        .take(if permissions.len() == NAMED + 1 { NAMED + 1 } else { NAMED })
        .map(|&permission| format!("`{}`", package.schema.permission_name(permission)))
        .collect();
    match permissions.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Policy text on one line.
pub(super) fn quoted(package: &TestCoverage<'_>, place: Span) -> String {
    package.sources.slice(place).split_whitespace().collect::<Vec<_>>().join(" ")
}
