//! Values that YAML cannot read without quotes, and what they were most likely meant to be.
//!
//! `allow: *`, `"free" | "enterprise"` and `[run.{create, delete}]` end the parser's reading, and with it all hope of
//! finding the file's other mistakes. Each is one finding with the text to paste; the reading then begins anew with the
//! value covered by letters of the same length, and takes the value as it was written. A space that is missing after a
//! colon is put in, as is the colon after an entity that is an entry. Nothing else is guessed at.

use super::bare_entry::bare_entry;
use super::faulty_value::{missing_space, value_around};
use super::trouble::{self, byte};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::ErrorKind;
use std::ops::Range;

/// How many mistakes of one text are mended at most; each costs another reading.
const REPAIR_LIMIT: usize = 20;

/// Longer texts are written by machines, which quote.
const LENGTH_LIMIT: usize = 1 << 20;

/// What was mended so far, and the text to read in place of the original.
#[derive(Default)]
pub(super) struct Repairs {
    text: Option<String>,
    /// In the order of their places. No two overlap.
    edits: Vec<Edit>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One change of the original, at bytes of the original.
#[derive(Clone)]
enum Edit {
    /// The value is covered by letters.
    Cover(Range<usize>),
    /// A space, a colon or both are put in.
    Put(usize, &'static str),
}

impl Edit {
    fn start(&self) -> usize {
        match self {
            Self::Cover(range) => range.start,
            Self::Put(at, _) => *at,
        }
    }

    fn end(&self) -> usize {
        match self {
            Self::Cover(range) => range.end,
            Self::Put(at, _) => *at,
        }
    }
}

impl Repairs {
    /// The text to read.
    pub(super) fn text<'t>(&'t self, original: &'t str) -> &'t str {
        self.text.as_deref().unwrap_or(original)
    }

    /// The byte of the original that a byte of the text to read stands for.
    pub(super) fn original(&self, at: usize) -> usize {
        self.edits
            .iter()
            .fold((at, 0), |(original, added), edit| match edit {
                Edit::Put(place, what) if place + added < at => {
                    (original.saturating_sub(what.len()).max(*place), added + what.len())
                }
                _ => (original, added),
            })
            .0
    }

    /// Whether a place of the original was covered, so that its text is the original's.
    pub(super) fn covers(&self, place: Span) -> bool {
        let same = |range: &Range<usize>| range.start == place.start as usize && range.end == place.end as usize;
        self.edits.iter().any(|edit| matches!(edit, Edit::Cover(range) if same(range)))
    }

    /// These repairs and one more, for an error at a byte of the original, if it is one that can be mended.
    pub(super) fn mend(&self, file: FileId, original: &str, kind: &ErrorKind, at: usize) -> Option<Self> {
        if self.edits.len() >= REPAIR_LIMIT || original.len() > LENGTH_LIMIT {
            return None;
        }
        let quotes = value_around(original, at).and_then(|range| want_quotes(file, original, kind, range, at));
        let (edit, finding) = quotes.or_else(|| {
            let (range, before) = missing_space(original, kind, at)?;
            want_colon(file, original, &range).or_else(|| want_space(file, original, range, before))
        })?;
        self.with(original, edit, finding)
    }

    fn with(&self, original: &str, edit: Edit, finding: Diagnostic) -> Option<Self> {
        let overlaps = |other: &Edit| edit.start() <= other.end() && other.start() <= edit.end();
        if self.edits.iter().any(overlaps) {
            return None;
        }
        let mut edits = self.edits.clone();
        edits.push(edit);
        edits.sort_by_key(Edit::start);
        let mut text = String::with_capacity(original.len() + edits.len());
        let mut from = 0;
        for edit in &edits {
            text.push_str(original.get(from..edit.start())?);
            match edit {
                Edit::Cover(range) => text.extend(std::iter::repeat_n('x', range.len())),
                Edit::Put(_, what) => text.push_str(what),
            }
            from = edit.end();
        }
        text.push_str(original.get(from..)?);
        let diagnostics = self.diagnostics.iter().cloned().chain([finding]).collect();
        Some(Self { text: Some(text), edits, diagnostics })
    }
}

/// The cover and the finding for a value that wants quotes.
fn want_quotes(
    file: FileId,
    text: &str,
    kind: &ErrorKind,
    range: Range<usize>,
    at: usize,
) -> Option<(Edit, Diagnostic)> {
    let written = text.get(range.clone())?;
    let message = reason(kind, written, text.get(range.start..at)?)?;
    let code = if written.starts_with('*') { Code::YamlAlias } else { Code::YamlSyntax };
    let finding = Diagnostic::error(code, span(file, &range), message).help(trouble::quote_it(written));
    Some((Edit::Cover(range), finding))
}

/// The space and the finding for a text that lacks it.
fn want_space(file: FileId, text: &str, range: Range<usize>, before: usize) -> Option<(Edit, Diagnostic)> {
    let (before, after) = text.get(range.clone())?.split_at_checked(before)?;
    let mark = if before == "-" { "dash" } else { "colon" };
    let message = format!("a space is missing after the {mark}");
    let finding =
        Diagnostic::error(Code::YamlSyntax, span(file, &range), message).help(format!("write `{before} {after}`"));
    Some((Edit::Put(range.start + before.len(), " "), finding))
}

/// The colon and the finding for the entry of an entity that lacks it. What is no more than `name:text` is an entry in
/// directories alone, where it may be an attribute too.
fn want_colon(file: FileId, text: &str, range: &Range<usize>) -> Option<(Edit, Diagnostic)> {
    let written = text.get(range.clone())?;
    let entity = bare_entry(written)?;
    let rest = written.get(entity.len()..)?;
    let in_directory = || text.lines().any(|line| line.trim_end() == "kind: directory");
    let (message, put, attribute) = match rest.chars().next() {
        None if !in_directory() => return None,
        None => ("a colon is missing after the entity", ":", written.split_once(':')),
        Some(':') => ("a space is missing after the colon", " ", None),
        Some(' ') => ("a colon is missing after the entity", ":", None),
        Some(_) => ("a colon is missing after the entity", ": ", None),
    };
    let at = range.start + entity.len() + usize::from(put == " ");
    let help = match attribute {
        Some((name, value)) => format!("write `{entity}: {{}}`, or `{name}: {value}` if it is an attribute"),
        None => format!("write `{entity}: {{}}`"),
    };
    Some((Edit::Put(at, put), Diagnostic::error(Code::YamlSyntax, span(file, range), message).help(help)))
}

/// Why the value cannot stand without quotes, where quotes would mend it; `inside` is what stands before the error.
fn reason(kind: &ErrorKind, written: &str, inside: &str) -> Option<String> {
    let first = written.chars().next()?;
    match (kind, first) {
        (_, '*') => Some(String::from(trouble::ALIAS)),
        (
            ErrorKind::InvalidTrailingDoubleQuotedScalar
            | ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::MappingValueNotAllowed,
            '"' | '\'',
        ) => Some(String::from("text follows the closing quote")),
        (ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::ExpectedFlowMappingSeparator, _)
            if written.get(inside.len()..).is_some_and(|rest| rest.starts_with(['{', '[', '"']))
                && !inside.is_empty() =>
        {
            let bracket = written.get(inside.len()..)?.chars().next()?;
            Some(format!("a value with `{bracket}` inside brackets must be quoted"))
        }
        (ErrorKind::MappingValueNotAllowed | ErrorKind::ExpectedFlowMappingSeparator, _) if !inside.is_empty() => {
            let colon = written.get(inside.len()..)?.starts_with(':');
            colon.then(|| String::from("a value with a colon and a space in it must be quoted"))
        }
        (ErrorKind::UnexpectedCharacter { .. }, '`') => {
            Some(String::from("a value that begins with a backtick must be quoted"))
        }
        (ErrorKind::UnexpectedCharacter { .. } | ErrorKind::InvalidBlockScalarHeader, '@' | '%' | '>' | '|') => {
            Some(format!("a value that begins with `{first}` must be quoted"))
        }
        _ => None,
    }
}

fn span(file: FileId, range: &Range<usize>) -> Span {
    Span::new(file, byte(range.start), byte(range.end))
}
