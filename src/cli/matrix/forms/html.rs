//! The permission table as a page that stands alone: nothing is loaded, it sorts by itself, and it can be printed.

use super::super::shown::{Mark, Shown};
use super::paper::{self, Columns};
use super::{STANDING, conditions as conditions_of, marks};
use crate::analysis::{Cell, RoleGrant};
use pulldown_cmark_escape::escape_html;
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("sort.js");

/// A whole document.
pub(in super::super) fn html(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    let package = shown.policy.schema().package.as_deref();
    let title = package.map_or_else(|| String::from("Permissions"), |name| format!("Permissions of {name}"));
    let title = escaped(&title);
    writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>")?;
    key(out, shown)?;
    let parts = paper::tables(shown);
    table(out, shown, &Columns::all(shown), if parts.is_empty() { "" } else { " class=\"wide\"" })?;
    for columns in &parts {
        table(out, shown, columns, " class=\"part\"")?;
    }
    conditions(out, &conditions_of(shown))?;
    rules(out, shown)?;
    writeln!(out, "<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

/// What the signs mean.
fn key(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    write!(out, "<p class=\"key\"><span class=\"yes\">✓</span> allowed <span class=\"no\">–</span> not by this role")?;
    for mark in marks(shown) {
        write!(out, " <span class=\"mark\">{}</span> {}", mark.sign(), mark.meaning())?;
    }
    if !conditions_of(shown).is_empty() {
        write!(out, "<span class=\"numbers\">; a number: where the condition below holds</span>")?;
    }
    writeln!(out, "</p>")
}

/// Some columns of the table.
fn table(out: &mut impl Write, shown: Shown<'_>, columns: &Columns, class: &str) -> io::Result<()> {
    writeln!(out, "<table{class}>")?;
    head(out, shown, columns)?;
    body(out, shown, columns)?;
    writeln!(out, "</table>")
}

fn head(out: &mut impl Write, shown: Shown<'_>, columns: &Columns) -> io::Result<()> {
    let column = |out: &mut dyn Write, class: &str, title: &str, name: &str| {
        writeln!(
            out,
            // Chromium leaves buttons out of a head that it repeats on paper.
            "<th scope=\"col\" class=\"{class}\" aria-sort=\"none\"><span role=\"button\" tabindex=\"0\"{title}>{name}</span></th>"
        )
    };
    writeln!(out, "<thead>\n<tr>")?;
    column(out, "name", "", "permission")?;
    for &role in shown.matrix.roles.get(columns.roles.clone()).unwrap_or_default() {
        let title = shown.role_doc(role).map(|doc| format!(" title=\"{}\"", escaped(&doc))).unwrap_or_default();
        let name = escaped(&shown.role(role));
        // A long name may be broken behind its type.
        column(out, "role", &title, &format!("<code>{}</code>", name.replacen('.', ".<wbr>", 1)))?;
    }
    if columns.about {
        column(out, "about", "", "description")?;
    }
    writeln!(out, "</tr>\n</thead>")
}

fn body(out: &mut impl Write, shown: Shown<'_>, columns: &Columns) -> io::Result<()> {
    let conditions = conditions_of(shown);
    writeln!(out, "<tbody>")?;
    for row in &shown.matrix.rows {
        writeln!(out, "<tr>")?;
        writeln!(out, "<th scope=\"row\"><code>{}</code></th>", escaped(&shown.permission(row.permission)))?;
        for cell in row.cells.get(columns.roles.clone()).unwrap_or_default() {
            writeln!(out, "{}", field(shown, cell, &conditions))?;
        }
        if columns.about {
            let doc = shown.permission_doc(row.permission).unwrap_or_default();
            writeln!(out, "<td class=\"about\">{}</td>", escaped(&doc))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>")
}

/// A cell; `data-rank` is what it is sorted by. On paper a condition is a number, which the list below the table tells.
fn field(shown: Shown<'_>, cell: &Cell, conditions: &[String]) -> String {
    let (rank, class, answer) = match &cell.grant {
        RoleGrant::Yes => (0, "yes", String::from("✓")),
        RoleGrant::When(expr) => {
            let text = expr.to_string();
            let number = conditions.iter().position(|known| *known == text).map_or(0, |at| at + 1);
            (1, "when", format!("<code>{}</code><b>{number}</b>", escaped(&text)))
        }
        RoleGrant::No => (2, "no", String::from("–")),
    };
    let title = shown.origin(cell).map(|origin| format!(" title=\"{}\"", escaped(&origin))).unwrap_or_default();
    let mark = Mark::of(cell).map(|mark| format!(" <span class=\"mark\">{}</span>", mark.sign())).unwrap_or_default();
    format!("<td class=\"{class}\" data-rank=\"{rank}\"{title}>{answer}{mark}</td>")
}

/// The conditions that the table's numbers stand for on paper.
fn conditions(out: &mut impl Write, conditions: &[String]) -> io::Result<()> {
    if conditions.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ol class=\"conditions\">")?;
    for condition in conditions {
        writeln!(out, "<li><code>{}</code></li>", escaped(condition))?;
    }
    writeln!(out, "</ol>")
}

/// The rules beside the table.
fn rules(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
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
        writeln!(out, "<li>{owner}<code>{}</code>{because}</li>", escaped(&rule.text))?;
    }
    writeln!(out, "</ul>")
}

/// A text as text of a page, or in the quotes of an attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing to memory does not fail.
    let _ = escape_html(&mut escaped, text);
    escaped
}
