//! The forms that a permission table is printed in.

use super::claim::code;
use super::page::MARKER;
use super::shown::{Shown, word};
use crate::analysis::{RoleGrant, StandingRule};
use crate::diagnostics::json::{self, JsonPlace};
use pulldown_cmark_escape::escape_html;
use serde::Serialize;
use std::io::{self, Write};

/// What the rules beside a table are.
const STANDING: &str = "Whatever role is held:";

/// Markdown, with the marker by which the table can be checked wherever it is pasted.
pub(super) fn markdown(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    writeln!(out, "{MARKER}")?;
    let documented = shown.documented();
    write!(out, "| permission |")?;
    for &role in &shown.matrix.roles {
        write!(out, " {} |", code(&shown.role(role)))?;
    }
    writeln!(out, "{}", if documented { " description |" } else { "" })?;
    write!(out, "| --- |")?;
    for _ in &shown.matrix.roles {
        write!(out, " :-: |")?;
    }
    writeln!(out, "{}", if documented { " --- |" } else { "" })?;
    for row in &shown.matrix.rows {
        write!(out, "| {} |", code(&shown.permission(row.permission)))?;
        for cell in &row.cells {
            match &cell.grant {
                RoleGrant::Yes => write!(out, " ✅ |")?,
                RoleGrant::No => write!(out, " ❌ |")?,
                RoleGrant::When(expr) => write!(out, " {} |", code(&expr.to_string()))?,
            }
        }
        if documented {
            write!(out, " {} |", prose(&shown.permission_doc(row.permission).unwrap_or_default()))?;
        }
        writeln!(out)?;
    }
    if !shown.matrix.rules.is_empty() {
        writeln!(out, "\n{STANDING}\n")?;
    }
    for rule in &shown.matrix.rules {
        let because = rule.because.as_deref().map(|because| format!(": {}", prose(because))).unwrap_or_default();
        let owner = shown.owner(rule).map(|owner| format!("where `{owner}` is linked, ")).unwrap_or_default();
        // Outside of a table a bar needs no escape.
        writeln!(out, "- {owner}{}{because}", code(&rule.text).replace("\\|", "|"))?;
    }
    Ok(())
}

/// A text as Markdown prose: nothing in it is markup.
fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '#') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// A table element that needs nothing around it.
pub(super) fn html(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    let documented = shown.documented();
    writeln!(out, "<table>")?;
    writeln!(out, "  <thead>\n    <tr>\n      <th scope=\"col\">permission</th>")?;
    for &role in &shown.matrix.roles {
        let title = shown.role_doc(role).map(|doc| format!(" title=\"{}\"", escaped(&doc))).unwrap_or_default();
        writeln!(out, "      <th scope=\"col\"{title}><code>{}</code></th>", escaped(&shown.role(role)))?;
    }
    if documented {
        writeln!(out, "      <th scope=\"col\">description</th>")?;
    }
    writeln!(out, "    </tr>\n  </thead>\n  <tbody>")?;
    for row in &shown.matrix.rows {
        writeln!(out, "    <tr>")?;
        writeln!(out, "      <th scope=\"row\"><code>{}</code></th>", escaped(&shown.permission(row.permission)))?;
        for cell in &row.cells {
            match &cell.grant {
                RoleGrant::Yes => writeln!(out, "      <td class=\"yes\">✅</td>")?,
                RoleGrant::No => writeln!(out, "      <td class=\"no\">❌</td>")?,
                RoleGrant::When(expr) => {
                    writeln!(out, "      <td class=\"when\"><code>{}</code></td>", escaped(&expr.to_string()))?;
                }
            }
        }
        if documented {
            let doc = shown.permission_doc(row.permission).unwrap_or_default();
            writeln!(out, "      <td>{}</td>", escaped(&doc))?;
        }
        writeln!(out, "    </tr>")?;
    }
    writeln!(out, "  </tbody>\n</table>")?;
    if shown.matrix.rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "<p>{STANDING}</p>\n<ul>")?;
    for rule in &shown.matrix.rules {
        let because = rule.because.as_deref().map(|because| format!(": {}", escaped(because))).unwrap_or_default();
        let owner = shown
            .owner(rule)
            .map(|owner| format!("where <code>{}</code> is linked, ", escaped(owner)))
            .unwrap_or_default();
        writeln!(out, "  <li>{owner}<code>{}</code>{because}</li>", escaped(&rule.text))?;
    }
    writeln!(out, "</ul>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to memory does not fail.
    let _ = escape_html(&mut escaped, text);
    escaped
}

/// One record a permission, `yes`, `no` or the condition in each field.
pub(super) fn csv(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    let documented = shown.documented();
    let mut writer = csv::Writer::from_writer(out);
    let mut head = vec![String::from("permission")];
    head.extend(shown.matrix.roles.iter().map(|&role| shown.role(role)));
    head.extend(documented.then(|| String::from("description")));
    writer.write_record(&head)?;
    for row in &shown.matrix.rows {
        let mut record = vec![shown.permission(row.permission)];
        record.extend(row.cells.iter().map(|cell| match &cell.grant {
            RoleGrant::When(expr) => expr.to_string(),
            grant => String::from(word(grant)),
        }));
        record.extend(documented.then(|| shown.permission_doc(row.permission).unwrap_or_default()));
        writer.write_record(&record)?;
    }
    writer.flush()
}

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
    allowed_by: Vec<JsonPlace<'a>>,
    denied_by: Vec<JsonPlace<'a>>,
    implied_by: Vec<JsonPlace<'a>>,
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
pub(super) fn json(shown: Shown<'_>) -> impl Serialize + '_ {
    let places = |spans: &'_ [crate::source::Span]| {
        spans.iter().filter_map(|&span| json::place(shown.sources, span)).collect::<Vec<_>>()
    };
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
