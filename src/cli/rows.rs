//! Answers of many rows: the part that is wanted, a row and its proof, and how to go on where there are more.

use super::output::{FAINT, NAME, Output};
use super::proof::{self, JsonProof};
use super::render;
use crate::analysis::{Page, Part};
use crate::decide::RequestError;
use crate::engine::Engine;
use crate::explain::Explanation;
use crate::workspace::State;
use serde::Serialize;
use std::io::{self, Write};
use std::num::NonZeroUsize;

/// Which rows, and how much about each.
#[derive(clap::Args, Debug)]
pub(super) struct Rows {
    /// Show so many rows at most; where there are more, the answer says how to go on
    #[arg(long, value_name = "ROWS", value_parser = rows)]
    pub(super) limit: Option<NonZeroUsize>,
    /// Go on behind this row
    #[arg(long, value_name = "ROW")]
    pub(super) after: Option<String>,
    /// Prove every row: who holds which role where, by which statement, each with its place
    #[arg(long)]
    pub(super) explain: bool,
}

impl Rows {
    /// The part of the answer that is wanted.
    pub(super) fn part(&self) -> Part {
        Part { limit: self.limit, after: self.after.clone() }
    }
}

fn rows(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a number of rows, at least 1, is wanted")
}

/// How an answer goes on, in its wire form.
#[derive(Serialize, Debug)]
pub(super) struct JsonEnd<'a> {
    more: bool,
    /// What `--after` is for the rows that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
    ignored: &'a [String],
    /// What is to be said of the names in the question.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

impl<'a> JsonEnd<'a> {
    pub(super) const fn new(next: Option<&'a str>, ignored: &'a [String], notes: &'a [String]) -> Self {
        Self { more: next.is_some(), after: next, ignored, notes }
    }
}

/// The rows of a page, each with its proof where one is wanted.
pub(super) fn explained<'p>(
    rows: &Rows,
    page: &'p Page,
    explain: impl Fn(&str) -> Result<Explanation, RequestError>,
) -> Result<Vec<(&'p str, Option<Explanation>)>, RequestError> {
    let row = |row: &'p String| Ok((row.as_str(), rows.explain.then(|| explain(row)).transpose()?));
    page.rows.iter().map(row).collect()
}

/// The rows in words, and what is said beside them: `nothing` where there is no row, and `notes` of the names in the question.
pub(super) fn text(
    output: &mut Output,
    engine: &Engine,
    rows: &[(&str, Option<Explanation>)],
    page: &Page,
    nothing: &str,
    notes: &[String],
) -> io::Result<()> {
    let state = engine.state();
    for (row, explanation) in rows {
        match explanation {
            Some(explanation) => {
                writeln!(output, "{NAME}{}{NAME:#}", render::legible(row))?;
                proof::row(output, state.sources(), explanation)?;
            }
            None => writeln!(output, "{}", render::legible(row))?,
        }
    }
    let nothing = rows.is_empty().then_some(nothing);
    notices(output, nothing, (&page.ignored, notes), page.next())
}

/// What is said to people beside the rows, on standard error: whoever reads the rows reads nothing else. That there is
/// `nothing`, what the question said in vain, what is to be said of the names in it, and how to go on.
pub(super) fn notices(
    output: &mut Output,
    nothing: Option<&str>,
    (in_vain, notes): (&[String], &[String]),
    next: Option<&str>,
) -> io::Result<()> {
    output.flush()?;
    let mut out = anstream::stderr();
    nothing.map_or(Ok(()), |nothing| writeln!(out, "{}", render::legible(nothing)))?;
    ignored(&mut out, in_vain)?;
    noted(&mut out, notes)?;
    match next {
        Some(row) => {
            let row = render::legible(&shell_word(row));
            writeln!(out, "{FAINT}there are more:{FAINT:#} go on with `--after {row}`")
        }
        None => Ok(()),
    }
}

/// What the question said in vain.
pub(super) fn ignored(output: &mut impl Write, notes: &[String]) -> io::Result<()> {
    notes.iter().try_for_each(|note| writeln!(output, "ignored: {}", render::legible(note)))
}

/// What is to be said of the names in the question.
pub(super) fn noted(output: &mut impl Write, notes: &[String]) -> io::Result<()> {
    notes.iter().try_for_each(|note| writeln!(output, "{FAINT}note:{FAINT:#} {}", render::legible(note)))
}

/// The proof of a row in its wire form.
pub(super) fn json_proof<'a>(state: &'a State, explanation: Option<&'a Explanation>) -> Option<JsonProof<'a>> {
    explanation.map(|explanation| proof::json_proof(state.sources(), explanation))
}

/// A text as one word of a shell's command line.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-:./@+,=%".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
