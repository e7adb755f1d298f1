//! Coverage for programs: every count, by place.

use super::{folder, gaps};
use crate::analysis::coverage::{Figures, Kind, StatementOwner};
use crate::compile::Effect;
use crate::diagnostics::json::{self, JsonPlace};
use crate::engine::TestCoverage;
use crate::schema::PermissionId;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(in super::super) struct JsonCoverage<'a> {
    #[serde(skip_serializing_if = "String::is_empty")]
    policy: String,
    figures: BTreeMap<&'static str, JsonShare>,
    statements: Vec<JsonStatement<'a>>,
    implications: Vec<JsonImplication<'a>>,
    conditions: Vec<JsonCondition<'a>>,
    cells: Vec<JsonCells<'a>>,
}

#[derive(Serialize)]
struct JsonShare {
    exercised: usize,
    of: usize,
    percent: f64,
}

#[derive(Serialize)]
struct JsonStatement<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    looked_at: usize,
    applied: usize,
    permissions: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct JsonImplication<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    role: &'a str,
    implies: &'a str,
    looked_at: usize,
}

#[derive(Serialize)]
struct JsonCondition<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    text: String,
    held: usize,
    failed: usize,
    not_computed: usize,
    compared: usize,
}

#[derive(Serialize)]
struct JsonCells<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    role: &'a str,
    permissions: serde_json::Map<String, serde_json::Value>,
}

/// What was looked at of a package.
pub(in super::super) fn json<'a>(package: &TestCoverage<'a>) -> JsonCoverage<'a> {
    let (coverage, sources) = (package.coverage, package.sources);
    let place = |span| json::place(sources, span);
    JsonCoverage {
        policy: folder(package),
        figures: figures(coverage.figures()),
        statements: coverage
            .statements
            .iter()
            .map(|(&span, statement)| JsonStatement {
                place: place(span),
                effect: match statement.effect {
                    Effect::Allow => "allow",
                    Effect::Deny => "deny",
                },
                role: if let StatementOwner::Role(role) = &statement.owner { Some(role) } else { None },
                policy: if let StatementOwner::Policy(policy) = &statement.owner { Some(policy) } else { None },
                looked_at: statement.looked,
                applied: statement.applied,
                permissions: counts(package, &statement.permissions),
            })
            .collect(),
        implications: coverage
            .implications
            .iter()
            .map(|(&span, implied)| JsonImplication {
                place: place(span),
                role: &implied.owner,
                implies: &implied.role,
                looked_at: implied.looked,
            })
            .collect(),
        conditions: coverage
            .conditions
            .iter()
            .map(|(&span, condition)| JsonCondition {
                place: place(span),
                text: gaps::quoted(package, span),
                held: condition.held,
                failed: condition.failed,
                not_computed: condition.unknown,
                compared: condition.compared,
            })
            .collect(),
        cells: coverage
            .roles
            .iter()
            .map(|(&span, role)| JsonCells {
                place: place(span),
                role: &role.role,
                permissions: counts(package, &role.cells),
            })
            .collect(),
    }
}

fn figures(figures: Figures) -> BTreeMap<&'static str, JsonShare> {
    let share = |kind: Kind| {
        let share = figures.of(kind);
        let percent = f64::from(u32::try_from(share.permille()).unwrap_or(0)) / 10.0;
        (kind.as_str(), JsonShare { exercised: share.exercised, of: share.of, percent })
    };
    Kind::ALL.into_iter().map(share).collect()
}

fn counts(
    package: &TestCoverage<'_>,
    counts: &BTreeMap<PermissionId, usize>,
) -> serde_json::Map<String, serde_json::Value> {
    counts.iter().map(|(&permission, &count)| (package.schema.permission_name(permission), count.into())).collect()
}
