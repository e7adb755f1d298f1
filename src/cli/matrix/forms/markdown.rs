//! The permission table as Markdown.

use super::super::claim::code;
use super::super::page::MARKER;
use super::super::shown::{Mark, Shown};
use super::{STANDING, marks};
use crate::analysis::{Cell, RoleGrant};
use std::io::{self, Write};

/// Markdown, with the marker by which the table can be checked wherever it is pasted.
pub(in super::super) fn markdown(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
    table(out, shown)?;
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

/// The table with its marker, and what its signs mean.
pub(in super::super) fn table(out: &mut impl Write, shown: Shown<'_>) -> io::Result<()> {
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
            write!(out, " {} |", field(cell))?;
        }
        if documented {
            write!(out, " {} |", prose(&shown.permission_doc(row.permission).unwrap_or_default()))?;
        }
        writeln!(out)?;
    }
    let marks: Vec<String> =
        marks(shown).into_iter().map(|mark| format!("{} {}", mark.sign(), mark.meaning())).collect();
    if !marks.is_empty() {
        writeln!(out, "\n{}", marks.join("; "))?;
    }
    Ok(())
}

fn field(cell: &Cell) -> String {
    let grant = match &cell.grant {
        RoleGrant::Yes => String::from("✅"),
        RoleGrant::No => String::from("❌"),
        RoleGrant::When(expr) => code(&expr.to_string()),
    };
    match Mark::of(cell) {
        Some(mark) => format!("{grant} {}", mark.sign()),
        None => grant,
    }
}

/// A text as Markdown prose: nothing in it is markup.
pub(in crate::cli) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '#') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
