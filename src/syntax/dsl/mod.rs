//! The DSL: policy text to tree.
//!
//! The grammar (`grammar/rolebook.pest`) is the language: a text that it takes whole becomes a tree without more ado.
//! pest stops at the first mistake, so a text that it refuses is read again part by part, each by the rule for its
//! kind, and every part that fails has its own finding. Before either, the text is scanned for what no grammar should
//! see: characters without a meaning, and nesting too deep to recurse into.
//!
//! Of declarations that differ in their names alone, the grammar reads the first (`shapes`).
//!
//! Cost: reading is linear in the length of the text, mistakes or not.

pub mod fragment;

mod assertion;
mod attribute;
mod context;
mod doc;
mod draft;
mod entity;
mod expression;
mod file;
pub(crate) mod grammar;
mod level;
mod literal;
mod name;
mod outline;
mod parts;
mod pattern;
mod pieces;
mod policy_decl;
mod reader;
mod recover;
mod role_decl;
mod scan;
mod setting;
mod shapes;
mod statement;
mod type_decl;
mod wording;

#[cfg(test)]
mod tests;

pub use self::file::Bounds;
use self::file::FileDraft;
use self::parts::{PART, Read, Text};
use self::reader::Reader;
use self::scan::{FINDING_LIMIT, Scan};
use self::wording::Scene;
use super::Parsed;
use super::ast::{Item, PolicyFile};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::index::{AtOnce, in_turn};
use crate::source::{FileId, Span};
use std::ops::Range;

/// Reads a policy file: all of it that can be read, and every error found, in the order of their places.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed<PolicyFile> {
    parse_placed(file, text, &|start, end| Span::new(file, start, end), &in_turn).0
}

/// As [`parse`], with places as they are noted, and the bytes at which each declaration begins and ends, where the whole text
/// follows the grammar. Parts of a long text are read at once.
#[must_use]
pub fn parse_placed(
    file: FileId,
    text: &str,
    place: fragment::Place<'_>,
    at_once: AtOnce<'_>,
) -> (Parsed<PolicyFile>, Option<Bounds>) {
    parse_by_parts(file, text, place, PART, at_once)
}

fn parse_by_parts(
    file: FileId,
    text: &str,
    place: fragment::Place<'_>,
    least: u32,
    at_once: AtOnce<'_>,
) -> (Parsed<PolicyFile>, Option<Bounds>) {
    let mut scan = scan::scan(text, place);
    let mut findings = std::mem::take(&mut scan.findings);
    if scan.tokens.is_empty() && findings.is_empty() {
        findings.push(empty(&scan, place(0, 0)));
    }
    let read = Text { file, scan: &scan, place }.read(least, at_once);
    let followed = read.is_ok();
    let Read { draft, findings: found } = read.unwrap_or_else(|refusal| {
        let mut draft = FileDraft::new(file);
        let mut reader = Reader::new(place, &scan.docs);
        recover::file(&scan, &mut reader, &mut draft);
        // Part by part everything could be read, and yet not as a whole: the grammar has the last word.
        if let Some(refusal) = refusal
            && reader.reported() == 0
            && findings.is_empty()
        {
            let scene = Scene { scan: &scan, level: &level::DECLARATION, from: 0, to: scan.tokens.len(), place };
            let base = scan.tokens.first().map_or(0, |token| token.start);
            findings.extend(wording::finding(&refusal, base, &scene));
        }
        Read { draft, findings: reader.into_findings() }
    });
    findings.extend(found);
    diagnostics::sort(&mut findings);
    // Words that fit neither the part before nor the part after are one mistake.
    findings.dedup_by(|second, first| second.span() == first.span());
    limit(&mut findings);
    let (tree, bounds) = draft.finish();
    let bounds = (followed && bounds.items.len() == tree.items.len()).then_some(bounds);
    (Parsed { tree, diagnostics: findings }, bounds)
}

/// Reads a part of a policy file that holds whole declarations and nothing else, with the bytes at which each begins and
/// ends. Nothing where there is anything to be said of it.
#[must_use]
pub fn parse_part(file: FileId, text: &str, place: fragment::Place<'_>) -> Option<(Vec<Item>, Vec<Range<u32>>)> {
    let scan = scan::scan(text, place);
    if !scan.findings.is_empty() {
        return None;
    }
    let Read { draft, findings } = Text { file, scan: &scan, place }.read(PART, &in_turn).ok()?;
    let (tree, bounds) = draft.finish();
    let whole = bounds.items.len() == tree.items.len() && bounds.head.is_empty();
    (whole && findings.is_empty()).then_some((tree.items, bounds.items))
}

/// The finding for a file without a declaration: an error if it holds nothing, else a warning.
fn empty(scan: &Scan<'_>, span: Span) -> Diagnostic {
    if scan.commented {
        Diagnostic::warning(Code::EmptyFile, span, "the file holds comments only")
    } else {
        Diagnostic::error(Code::EmptyFile, span, "the file is empty")
    }
}

/// Cuts a list of findings at the limit, and says so.
fn limit(findings: &mut Vec<Diagnostic>) {
    if findings.len() < FINDING_LIMIT {
        return;
    }
    findings.truncate(FINDING_LIMIT);
    if let Some(span) = findings.last().and_then(Diagnostic::span) {
        let message = format!("more than {FINDING_LIMIT} errors: those from here on are left out");
        findings.push(Diagnostic::error(Code::LimitExceeded, span, message));
    }
}
