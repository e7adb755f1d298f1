//! The permission table for a terminal: a sign a cell, conditions as numbers that are spelled out below.

use super::super::shown::{Mark, Shown};
use super::{STANDING, conditions, marks};
use crate::analysis::{Cell, RoleGrant};
use crate::cli::output::{FAINT, GOOD, NAME, OPEN, Output};
use crate::cli::render::{self, legible};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// What stands between columns.
const GAP: usize = 2;

/// Prints the table in blocks of as many columns as a line holds, with the conditions, signs and rules below.
pub(in super::super) fn terminal(out: &mut Output, shown: Shown<'_>) -> io::Result<()> {
    let sheet = Sheet::new(shown);
    let mut columns = sheet.columns.as_slice();
    loop {
        let (block, rest) = columns.split_at(sheet.fitting(columns));
        sheet.block(out, block)?;
        if rest.is_empty() {
            break;
        }
        columns = rest;
        writeln!(out)?;
    }
    sheet.key(out)?;
    standing(out, shown)
}

struct Sheet<'a> {
    shown: Shown<'a>,
    /// The conditions that occur, the first one's number is 1.
    conditions: Vec<String>,
    columns: Vec<Column>,
    /// The width of the names of types and actions.
    names: usize,
}

#[derive(Clone)]
struct Column {
    /// Its place in the table.
    at: usize,
    type_name: String,
    name: String,
    width: usize,
}

impl<'a> Sheet<'a> {
    fn new(shown: Shown<'a>) -> Self {
        let conditions = conditions(shown);
        // A number and its mark.
        let widest = conditions.len().to_string().len() + 1;
        let column = |(at, &role)| {
            let name = legible(&shown.role(role));
            let (type_name, name) = name.split_once('.').map_or(("", name.as_str()), |parts| parts);
            let width = name.width().max(widest);
            Column { at, type_name: type_name.to_owned(), name: name.to_owned(), width }
        };
        let columns = shown.matrix.roles.iter().enumerate().map(column).collect();
        let names = shown.matrix.rows.iter().map(|row| {
            let (type_name, action) = parts(&shown.permission(row.permission));
            type_name.width().max(action.width() + GAP)
        });
        let names = names.max().unwrap_or(0);
        Self { shown, conditions, columns, names }
    }

    /// How many of the columns a line holds, at least one.
    fn fitting(&self, columns: &[Column]) -> usize {
        let mut width = self.names;
        let fits = |column: &&Column| {
            width += GAP + column.width;
            width <= render::WIDTH
        };
        columns.iter().take_while(fits).count().max(1).min(columns.len())
    }

    fn block(&self, out: &mut Output, columns: &[Column]) -> io::Result<()> {
        let mut columns = columns.to_vec();
        let mut line = Line::new(out, self.names);
        for of_type in columns.chunk_by_mut(|one, other| one.type_name == other.type_name) {
            let all: usize = of_type.iter().map(|column| column.width + GAP).sum::<usize>() - GAP;
            let Some(last) = of_type.last_mut() else { continue };
            let type_name = last.type_name.clone();
            // The name of the type stands above all of its roles.
            last.width += type_name.width().saturating_sub(all);
            line.field(&type_name, all.max(type_name.width()), |out, text| write!(out, "{FAINT}{text}{FAINT:#}"))?;
        }
        line.end()?;
        let mut line = Line::new(out, self.names);
        for column in &columns {
            line.field(&column.name, column.width, |out, text| write!(out, "{NAME}{text}{NAME:#}"))?;
        }
        line.end()?;
        let mut before = String::new();
        for row in &self.shown.matrix.rows {
            let (type_name, action) = parts(&self.shown.permission(row.permission));
            if type_name != before {
                writeln!(out, "{NAME}{type_name}{NAME:#}")?;
                before = type_name;
            }
            write!(out, "  {action}")?;
            let mut line = Line::after(out, self.names, GAP + action.width());
            for column in &columns {
                let Some(cell) = row.cells.get(column.at) else { continue };
                let (text, style) = self.cell(cell);
                line.field(&text, column.width, |out, text| write!(out, "{style}{text}{style:#}"))?;
            }
            line.end()?;
        }
        Ok(())
    }

    fn cell(&self, cell: &Cell) -> (String, anstyle::Style) {
        let (answer, style) = match &cell.grant {
            RoleGrant::Yes => (String::from("✓"), GOOD),
            RoleGrant::No => (String::from("·"), FAINT),
            RoleGrant::When(expr) => {
                let text = expr.to_string();
                let number = self.conditions.iter().position(|known| *known == text).map_or(0, |at| at + 1);
                (number.to_string(), OPEN)
            }
        };
        (Mark::of(cell).map_or(answer.clone(), |mark| format!("{answer}{}", mark.sign())), style)
    }

    /// What the numbers and signs mean.
    fn key(&self, out: &mut Output) -> io::Result<()> {
        if !self.conditions.is_empty() {
            writeln!(out, "\nwhere:")?;
        }
        let width = self.conditions.len().to_string().len();
        for (at, condition) in self.conditions.iter().enumerate() {
            writeln!(out, "  {OPEN}{:width$}{OPEN:#}  {}", at + 1, legible(condition))?;
        }
        write!(out, "\n{GOOD}✓{GOOD:#} allowed  {FAINT}·{FAINT:#} not by this role")?;
        for mark in marks(self.shown) {
            write!(out, "  {} {}", mark.sign(), mark.meaning())?;
        }
        writeln!(out)
    }
}

/// The rules beside the table.
fn standing(out: &mut Output, shown: Shown<'_>) -> io::Result<()> {
    if !shown.matrix.rules.is_empty() {
        writeln!(out, "\n{STANDING}")?;
    }
    for rule in &shown.matrix.rules {
        let owner = shown.owner(rule).map(|owner| format!("where `{owner}` is linked, ")).unwrap_or_default();
        let because = rule.because.as_deref().map(|because| format!(": {because}")).unwrap_or_default();
        writeln!(out, "  {}", legible(&format!("{owner}{}{because}", rule.text)))?;
    }
    Ok(())
}

fn parts(permission: &str) -> (String, String) {
    let (type_name, action) = permission.split_once('.').unwrap_or(("", permission));
    (legible(type_name), legible(action))
}

/// A line in columns, without white space at its end.
struct Line<'a> {
    out: &'a mut Output,
    /// How much is to be left blank before the next field.
    blank: usize,
}

impl<'a> Line<'a> {
    /// A line that begins with as much blank.
    fn new(out: &'a mut Output, blank: usize) -> Self {
        Self { out, blank }
    }

    /// A line on which something stands already, in a column of a width.
    fn after(out: &'a mut Output, column: usize, taken: usize) -> Self {
        Self { out, blank: column.saturating_sub(taken) }
    }

    fn field(
        &mut self,
        text: &str,
        width: usize,
        write: impl FnOnce(&mut Output, &str) -> io::Result<()>,
    ) -> io::Result<()> {
        self.blank += GAP;
        if text.is_empty() {
            self.blank += width;
            return Ok(());
        }
        write!(self.out, "{:1$}", "", self.blank)?;
        write(self.out, text)?;
        self.blank = width.saturating_sub(text.width());
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        writeln!(self.out)
    }
}
