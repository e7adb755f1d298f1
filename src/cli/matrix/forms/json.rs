//! The permission table for programs.

use super::super::shown::{Shown, word};
use crate::analysis::{Origin, RoleGrant, StandingRule};
use crate::diagnostics::json::{self, JsonPlace};
use crate::source::Span;
use serde::Serialize;

#[derive(Serialize)]
struct JsonMatrix<'a> {
    roles: Vec<JsonRole>,
    permissions: Vec<JsonRow<'a>>,
    rules: Vec<JsonRule<'a>>,
}

#[derive(Serialize)]
struct JsonRole {
    role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    permission: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
    cells: Vec<JsonCell<'a>>,
}

#[derive(Serialize)]
struct JsonCell<'a> {
    role: String,
    /// `yes`, `no`, or `when` with a condition.
    allowed: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    /// Where what allows it comes from, the nearest first.
    origins: Vec<JsonOrigin>,
    allowed_by: Vec<JsonPlace<'a>>,
    denied_by: Vec<JsonPlace<'a>>,
    implied_by: Vec<JsonPlace<'a>>,
}

#[derive(Serialize)]
struct JsonOrigin {
    /// `own`, `rule`, `inherited` or `implied`.
    by: &'static str,
    /// The role that it is inherited from, or that is implied.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    effect: &'static str,
    permissions: Vec<String>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
}

/// The table with everything that is known of it.
pub(in super::super) fn json(shown: Shown<'_>) -> impl Serialize + '_ {
    let places =
        |spans: &'_ [Span]| spans.iter().filter_map(|&span| json::place(shown.sources, span)).collect::<Vec<_>>();
    JsonMatrix {
        roles: shown
            .matrix
            .roles
            .iter()
            .map(|&role| JsonRole { role: shown.role(role), doc: shown.role_doc(role) })
            .collect(),
        permissions: shown
            .matrix
            .rows
            .iter()
            .map(|row| JsonRow {
                permission: shown.permission(row.permission),
                doc: shown.permission_doc(row.permission),
                cells: row
                    .cells
                    .iter()
                    .zip(&shown.matrix.roles)
                    .map(|(cell, &role)| JsonCell {
                        role: shown.role(role),
                        allowed: word(&cell.grant),
                        condition: match &cell.grant {
                            RoleGrant::When(expr) => Some(expr.to_string()),
                            RoleGrant::Yes | RoleGrant::No => None,
                        },
                        origins: cell.origins.iter().map(|&origin| json_origin(shown, origin)).collect(),
                        allowed_by: places(&cell.allows),
                        denied_by: places(&cell.denies),
                        implied_by: places(&cell.implications),
                    })
                    .collect(),
            })
            .collect(),
        rules: shown.matrix.rules.iter().map(|rule| json_rule(shown, rule)).collect(),
    }
}

fn json_origin(shown: Shown<'_>, origin: Origin) -> JsonOrigin {
    let (by, role) = match origin {
        Origin::Own => ("own", None),
        Origin::Rule => ("rule", None),
        Origin::Extended(role) => ("inherited", Some(shown.role(role))),
        Origin::Implied(role) => ("implied", Some(shown.role(role))),
    };
    JsonOrigin { by, role }
}

fn json_rule<'a>(shown: Shown<'a>, rule: &'a StandingRule) -> JsonRule<'a> {
    JsonRule {
        effect: rule.effect.as_str(),
        permissions: rule.permissions.iter().map(|&permission| shown.permission(permission)).collect(),
        text: &rule.text,
        because: rule.because.as_deref(),
        policy: shown.owner(rule),
        place: json::place(shown.sources, rule.span),
    }
}
