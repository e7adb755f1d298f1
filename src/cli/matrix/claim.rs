//! What a field of a permission table claims, and how a table writes its claims.

use super::page::Field;
use super::shown::Mark;
use crate::analysis::{Cell, RoleGrant};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::Expr;
use crate::syntax::dsl::fragment;

/// What is read as yes; case does not count, nor does a request to show a mark in colour.
const YES: &[&str] = &["✅", "✔", "✓", "☑", "x", "yes", ":white_check_mark:", ":heavy_check_mark:"];
/// What is read as no, apart from nothing at all.
const NO: &[&str] = &["❌", "✗", "✘", "✖", "no", "-", "–", "—", ":x:"];

/// What a field says.
#[derive(Debug)]
pub(super) enum Claim {
    /// The role gives the permission.
    Yes,
    /// It does not.
    No,
    /// It does where this holds.
    When(Expr),
}

/// A field that was read.
#[derive(Debug)]
pub(super) struct Claimed {
    /// What it says.
    pub(super) claim: Claim,
    /// How the role is said to come by it.
    pub(super) mark: Option<Mark>,
    /// The text that says so, without white space around it and references to footnotes after it.
    pub(super) span: Span,
}

/// How a table writes its claims.
#[derive(Debug, Clone)]
pub(super) struct Style {
    yes: Option<String>,
    no: Option<String>,
    /// Whether it marks what is inherited.
    marked: bool,
}

impl Claimed {
    /// Reads a field.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(field: &Field, sources: &SourceMap) -> Result<Self, Vec<Diagnostic>> {
        let span = claiming(field.raw, sources.slice(field.raw));
        let (answer, mark) = unmarked(span, sources.slice(span));
        let pieces: Vec<_> = field.pieces.iter().filter(|piece| piece.span.start < answer.end).collect();
        let claimed = |claim| Ok(Self { claim, mark, span });
        if let [only] = pieces.as_slice()
            && only.code
        {
            return condition(&only.text, only.span, sources).and_then(|expr| claimed(Claim::When(expr)));
        }
        let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        // A footnote's reference is text where the reader knows no footnotes.
        let text = text.split("[^").next().unwrap_or("");
        let text = text.trim().trim_end_matches(Mark::ALL.map(Mark::sign));
        let word = text.trim_end().trim_end_matches('\u{fe0f}').to_lowercase();
        let code = pieces.iter().any(|piece| piece.code);
        match word.as_str() {
            "" if !code => claimed(Claim::No),
            word if !code && YES.contains(&word) => claimed(Claim::Yes),
            word if !code && NO.contains(&word) => claimed(Claim::No),
            _ => Err(vec![
                Diagnostic::error(Code::MatrixTable, span, "the field says neither yes nor no, and is no condition")
                    .help(
                        "write `✅`, `X` or `yes`; `❌`, `no`, `-` or nothing; or a condition, all of it in backticks",
                    ),
            ]),
        }
    }
}

/// The part of a field that claims something.
fn claiming(raw: Span, text: &str) -> Span {
    let mut kept = text.trim_end();
    while let Some(at) =
        kept.strip_suffix(']').and_then(|rest| rest.rfind("[^").filter(|&at| !rest[at..].contains(']')))
    {
        kept = kept.get(..at).unwrap_or("").trim_end();
    }
    let start = kept.len() - kept.trim_start().len();
    let offset = |at: usize| raw.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    if start == kept.len() { raw } else { Span::new(raw.file, offset(start), offset(kept.len())) }
}

/// A claim without the sign of how the role comes by it.
fn unmarked(span: Span, text: &str) -> (Span, Option<Mark>) {
    let Some(mark) = Mark::ALL.into_iter().find(|mark| text.ends_with(mark.sign())) else { return (span, None) };
    let kept = text.trim_end_matches(mark.sign()).trim_end().len();
    let end = span.start.saturating_add(u32::try_from(kept).unwrap_or(u32::MAX));
    (Span::new(span.file, span.start, end), Some(mark))
}

/// The condition that a piece of code is.
fn condition(text: &str, code: Span, sources: &SourceMap) -> Result<Expr, Vec<Diagnostic>> {
    let within = sources.slice(code).find(text).and_then(|at| u32::try_from(at).ok());
    let place = |start: u32, end: u32| match within {
        Some(at) => Span::new(code.file, code.start + at + start, code.start + at + end),
        // Escaped bars move what stands after them.
        None => code,
    };
    let parsed = fragment::expression(text, &place);
    parsed.tree.filter(|_| !parsed.diagnostics.iter().any(Diagnostic::is_error)).ok_or(parsed.diagnostics)
}

impl Style {
    /// The style of a table, by the fields that were read in it, and the text of each.
    pub(super) fn of<'a>(claims: impl Iterator<Item = (&'a Claimed, &'a str)>) -> Self {
        let mut style = Self { yes: None, no: None, marked: false };
        for (claimed, text) in claims {
            style.marked |= claimed.mark.is_some();
            let text = text.trim_end_matches(Mark::ALL.map(Mark::sign)).trim();
            match claimed.claim {
                Claim::Yes if style.yes.is_none() => style.yes = Some(text.to_owned()),
                // Nothing at all may also be a row that was left unfinished: a sign goes before it.
                Claim::No if style.no.as_deref().is_none_or(str::is_empty) => style.no = Some(text.to_owned()),
                _ => {}
            }
        }
        style
    }

    /// The sign that a cell bears in the table.
    pub(super) fn mark(&self, cell: &Cell) -> Option<Mark> {
        Mark::of(cell).filter(|_| self.marked)
    }

    /// A claim in the style of the table.
    pub(super) fn write(&self, cell: &Cell) -> String {
        let answer = self.answer(&cell.grant);
        match self.mark(cell) {
            Some(mark) => format!("{answer} {}", mark.sign()),
            None => answer,
        }
    }

    fn answer(&self, grant: &RoleGrant) -> String {
        match grant {
            RoleGrant::Yes => self.yes.clone().unwrap_or_else(|| {
                String::from(match self.no.as_deref() {
                    Some("no") => "yes",
                    Some("No") => "Yes",
                    _ => "✅",
                })
            }),
            RoleGrant::No => self.no.clone().unwrap_or_else(|| {
                String::from(match self.yes.as_deref() {
                    Some("X" | "x") => "",
                    Some("yes") => "no",
                    Some("Yes") => "No",
                    _ => "❌",
                })
            }),
            RoleGrant::When(expr) => code(&expr.to_string()),
        }
    }
}

/// A text as code in a field of a table.
pub(in crate::cli) fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Backticks at an end would run together with the fence.
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}
