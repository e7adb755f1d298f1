//! Changes that somebody approved: a file with a line for each, as the report says it.
//!
//! What stands there applies by its words, so that a change that turns into another one is approved no longer. In the line
//! of who gains or loses what, `*` stands for any text.

use super::super::failure::{Failure, reason};
use super::super::produce;
use super::report::{Clause, Report, Role, Rule, Setting, UNTRIED, presence_line, row_line};
use crate::analysis::diff::PolicyDiff;
use crate::diagnostics::{Code, Diagnostic};
use rustc_hash::FxHashMap;
use std::fs;
use std::path::Path;

/// More rows are reviewed by nobody.
const ROWS: usize = 100_000;

const HEAD: &str = "\
# Changes of meaning that were looked at and are wanted: `rolebook diff OLD NEW --approved FILE` does not fail for them.
# A line each, as the report says it. In the lines of who gains or loses what, `*` stands for any text.
";

/// How the lines begin that are not about who gains or loses what: none of these begins like an entity.
const DECLARED: [&str; 6] = ["role ", "rule: ", "setting ", "type ", "context: ", "policy "];

/// Whether a line is about who gains or loses what.
fn is_of_people(line: &str) -> bool {
    !DECLARED.iter().any(|start| line.starts_with(start))
}

/// The lines of a file, each with whether it was met.
#[derive(Default)]
pub(super) struct Approved {
    lines: FxHashMap<String, bool>,
    patterns: Vec<(String, bool)>,
    order: Vec<String>,
}

impl Approved {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot read `{}`: {}", path.display(), reason(&error));
            let help = "`--write-approved FILE` writes one";
            Diagnostic::placeless(Code::UnreadableFile, message).help(help)
        })?;
        let mut approved = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            approved.order.push(line.to_owned());
            if is_of_people(line) && line.contains('*') {
                approved.patterns.push((line.to_owned(), false));
            } else {
                approved.lines.insert(line.to_owned(), false);
            }
        }
        Ok(approved)
    }

    /// Whether nothing is approved.
    pub(super) const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Whether a line is approved; it is met then.
    pub(super) fn has(&mut self, line: &str) -> bool {
        if let Some(met) = self.lines.get_mut(line) {
            *met = true;
            return true;
        }
        let (of_people, mut found) = (is_of_people(line), false);
        for (pattern, met) in &mut self.patterns {
            if of_people && crate::decide::like(line, pattern) {
                *met = true;
                found = true;
            }
        }
        found
    }

    /// Whether any line is about who gains or loses what.
    pub(super) fn speaks_of_people(&self) -> bool {
        !self.patterns.is_empty() || self.lines.keys().any(|line| is_of_people(line))
    }

    /// What was not met.
    pub(super) fn unused(&self) -> Vec<String> {
        let unmet = |line: &&String| {
            let plain = self.lines.get(*line).copied();
            let pattern = self.patterns.iter().find(|(pattern, _)| pattern == *line).map(|(_, met)| *met);
            !plain.or(pattern).unwrap_or(false)
        };
        self.order.iter().filter(unmet).cloned().collect()
    }
}

/// Writes all changes as approved ones.
pub(super) fn write(path: &Path, report: &Report, diff: &PolicyDiff<'_>) -> Result<(), Failure> {
    let rows = report.people.gained.rows + report.people.lost.rows;
    if rows > ROWS {
        let message = format!("somebody gains or loses something {rows} times, which is more than can be looked at");
        let help = "write the file by hand: `* loses run.delete on *` approves all of one permission";
        return Err(Diagnostic::placeless(Code::LimitExceeded, message).help(help).into());
    }
    let mut lines: Vec<String> = Vec::new();
    let declared = |subject: &str, is: Option<&str>, clauses: &[Clause]| {
        let presence = is.map(|is| presence_line(subject, is));
        presence.into_iter().chain(clauses.iter().map(|clause| clause.line(subject))).collect::<Vec<_>>()
    };
    for declaration in &report.declarations {
        lines.extend(declared(&declaration.subject(), declaration.is, &declaration.clauses));
    }
    let of_role = |role: &Role| {
        let mut lines = declared(&role.subject(), role.is, &role.clauses);
        lines.extend(role.permissions.iter().map(|permission| role.line(permission)));
        lines
    };
    lines.extend(report.roles.iter().flat_map(of_role));
    lines.extend(report.rules.iter().map(Rule::line));
    lines.extend(report.settings.iter().map(Setting::line));
    lines.extend((!report.people.complete).then(|| UNTRIED.to_owned()));
    let mut people: Vec<String> = diff.people.rows().map(|row| row_line(&row)).collect();
    people.sort_unstable();
    lines.append(&mut people);
    let text = format!("{HEAD}{}\n", lines.join("\n"));
    produce::write(path, text.as_bytes())
}
