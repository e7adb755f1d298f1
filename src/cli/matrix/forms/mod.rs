//! The forms that a permission table is printed in.

mod csv;
mod html;
mod json;
mod markdown;
mod paper;
mod terminal;

pub(super) use csv::csv;
pub(super) use html::html;
pub(super) use json::json;
pub(in crate::cli) use markdown::prose;
pub(super) use markdown::{markdown, table};
pub(super) use terminal::terminal;

use super::shown::{Mark, Shown};
use crate::analysis::RoleGrant;

/// What the rules beside a table are.
const STANDING: &str = "Whatever role is held:";

/// The marks that occur in a table.
fn marks(shown: Shown<'_>) -> Vec<Mark> {
    let cells = || shown.matrix.rows.iter().flat_map(|row| &row.cells);
    Mark::ALL.into_iter().filter(|mark| cells().any(|cell| Mark::of(cell) == Some(*mark))).collect()
}

/// The conditions that occur in a table, each once.
fn conditions(shown: Shown<'_>) -> Vec<String> {
    let mut conditions: Vec<String> = Vec::new();
    for cell in shown.matrix.rows.iter().flat_map(|row| &row.cells) {
        if let RoleGrant::When(expr) = &cell.grant {
            let text = expr.to_string();
            if !conditions.contains(&text) {
                conditions.push(text);
            }
        }
    }
    conditions
}
