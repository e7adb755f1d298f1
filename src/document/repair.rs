//! Values that YAML cannot read without quotes, and what they were most likely meant to be.
//!
//! `allow: *`, `"free" | "enterprise"` and `[run.{create, delete}]` end the parser's reading, and with it all hope of
//! finding the file's other mistakes. Each is one finding with the quoted text to paste; the reading then begins anew with
//! the value covered by letters of the same length, and takes the value as it was written. Nothing else is guessed at.

use super::trouble::{self, byte};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::ErrorKind;
use std::ops::Range;

/// How many values of one text are covered at most; each costs another reading.
const REPAIR_LIMIT: usize = 20;

/// Longer texts are written by machines, which quote.
const LENGTH_LIMIT: usize = 1 << 20;

/// Longer lines are left alone, as finding the value takes the square of their length.
const LINE_LIMIT: usize = 1 << 10;

/// The values that were covered so far, and the text with the covers in place.
#[derive(Default)]
pub(super) struct Repairs {
    text: Option<String>,
    covered: Vec<Range<usize>>,
    /// Whether a line had to be left out.
    pub(super) incomplete: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Repairs {
    /// The text to read, of the same length as the original, every character outside of the covers at its place.
    pub(super) fn text<'t>(&'t self, original: &'t str) -> &'t str {
        self.text.as_deref().unwrap_or(original)
    }

    /// Whether a place was covered, so that its text is the original's.
    pub(super) fn covers(&self, place: Span) -> bool {
        self.covered.iter().any(|range| range.start == place.start as usize && range.end == place.end as usize)
    }

    /// These repairs and one more, for an error at a byte, if it is one that quotes would mend.
    pub(super) fn mend(&self, file: FileId, original: &str, kind: &ErrorKind, at: usize) -> Option<Self> {
        if self.covered.len() >= REPAIR_LIMIT || original.len() > LENGTH_LIMIT {
            return None;
        }
        if let Some(range) = missing_space(original, kind, at) {
            let (key, value) = original.get(range.clone())?.split_once(':')?;
            let finding = Diagnostic::error(Code::YamlSyntax, span(file, &range), "a space is missing after the colon")
                .help(format!("write `{key}: {value}`"));
            return Some(Self { incomplete: true, ..self.cover(original, range, ' ', finding)? });
        }
        let range = value_around(original, at)?;
        let written = original.get(range.clone())?;
        let message = reason(kind, written, original.get(range.start..at)?)?;
        let code = if written.starts_with('*') { Code::YamlAlias } else { Code::YamlSyntax };
        let finding = Diagnostic::error(code, span(file, &range), message).help(trouble::quote_it(written));
        self.cover(original, range, 'x', finding)
    }

    fn cover(&self, original: &str, range: Range<usize>, with: char, finding: Diagnostic) -> Option<Self> {
        let overlaps = |other: &Range<usize>| range.start < other.end && other.start < range.end;
        if range.is_empty() || self.covered.iter().any(overlaps) {
            return None;
        }
        let text = self.text(original);
        let cover = String::from(with).repeat(range.len());
        Some(Self {
            text: Some([text.get(..range.start)?, &cover, text.get(range.end..)?].concat()),
            covered: self.covered.iter().cloned().chain([range]).collect(),
            incomplete: self.incomplete,
            diagnostics: self.diagnostics.iter().cloned().chain([finding]).collect(),
        })
    }
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
        (ErrorKind::MappingValueNotAllowed, _) if !inside.is_empty() => {
            Some(String::from("a value with a colon and a space in it must be quoted"))
        }
        (ErrorKind::UnexpectedCharacter { .. } | ErrorKind::InvalidBlockScalarHeader, '@' | '`' | '%' | '>' | '|') => {
            Some(format!("a value that begins with `{first}` must be quoted"))
        }
        _ => None,
    }
}

/// The line `key:value` that lacks its space and caused the error: the line itself, or the one above it.
fn missing_space(text: &str, kind: &ErrorKind, at: usize) -> Option<Range<usize>> {
    let line = line_around(text, at)?;
    match kind {
        ErrorKind::SimpleKeyExpected => glued(text, line),
        ErrorKind::MappingValueNotAllowed => {
            let above = line_around(text, line.start.checked_sub(1)?)?;
            glued(text, above)
        }
        _ => None,
    }
}

/// The part of a line that is a name, a colon and more, without a space between.
fn glued(text: &str, line: Range<usize>) -> Option<Range<usize>> {
    let written = text.get(line.clone())?;
    let trimmed = written.trim();
    let (key, value) = trimmed.split_once(':')?;
    let name = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '));
    if !name || value.is_empty() || value.starts_with(char::is_whitespace) {
        return None;
    }
    let start = line.start + (written.len() - written.trim_start().len());
    Some(start..start + trimmed.len())
}

fn line_around(text: &str, at: usize) -> Option<Range<usize>> {
    let at = trouble::floor(text, at);
    let start = text.get(..at)?.rfind('\n').map_or(0, |feed| feed + 1);
    let end = text.get(at..)?.find(['\n', '\r']).map_or(text.len(), |length| at + length);
    Some(start..end.max(start))
}

/// The unfinished value on the line that holds a byte.
fn value_around(text: &str, at: usize) -> Option<Range<usize>> {
    let line = line_around(text, at)?;
    if line.len() > LINE_LIMIT {
        return None;
    }
    let mut depth = usize::from(continues_brackets(text.get(..line.start)?));
    let mut start = line.start;
    loop {
        let rest = text.get(start..line.end)?;
        let next = rest.chars().next()?;
        match next {
            '[' | '{' => {
                depth += 1;
                start += 1;
            }
            ']' | '}' | ',' if depth > 0 => {
                depth -= usize::from(next != ',');
                start += 1;
            }
            _ if next.is_whitespace() => start += next.len_utf8(),
            '-' if rest.starts_with("- ") => start += 2,
            '#' => return None,
            _ => {
                if let Some(key) = key_length(rest, depth > 0) {
                    start += key;
                    if depth == 0 && !starts_bracket(text.get(start..line.end)?) {
                        // Without brackets one key stands on a line, and all that follows is its value.
                        let written = text.get(start..line.end)?;
                        start += written.len() - written.trim_start().len();
                        let end = start + value_length(text.get(start..line.end)?, false);
                        return (start <= at && at <= end && start < end).then_some(start..end);
                    }
                    continue;
                }
                let end = start + value_length(rest, depth > 0);
                if at <= end {
                    return (start <= at && start < end).then_some(start..end);
                }
                // Never at a standstill: a closing bracket without an opening one is stepped over.
                start = end.max(start + next.len_utf8());
            }
        }
    }
}

/// Whether brackets are open at the end of a text, going by its last line. The parser cannot tell: it reads ahead of what
/// it has handed out.
fn continues_brackets(before: &str) -> bool {
    let mut lines = before.lines().rev().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let last = lines.next().unwrap_or("");
    last.split(" #").next().unwrap_or("").trim_end().ends_with([',', '[', '{'])
}

fn starts_bracket(rest: &str) -> bool {
    rest.trim_start().starts_with(['[', '{'])
}

/// The length of a key and its colon at the beginning of a text, if one stands there.
fn key_length(rest: &str, flow: bool) -> Option<usize> {
    let body = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.get(1..)?.find(quote)? + 2,
        _ => 0,
    };
    let after = rest.get(body..)?;
    let value = value_length(after, flow);
    let colon = after.get(..value)?.find(':').filter(|_| body == 0 || after.trim_start().starts_with(':'))?;
    let follows = after.get(colon + 1..)?.chars().next();
    (follows.is_none_or(char::is_whitespace)).then_some(body + colon + 1)
}

/// The length of a value at the beginning of a text: brackets and quotes within it are passed over whole, as they would
/// be within quotes.
fn value_length(rest: &str, flow: bool) -> usize {
    let mut depth = 0usize;
    let mut quoted = None;
    let mut before = ' ';
    for (at, c) in rest.char_indices() {
        match (quoted, c) {
            (Some(quote), _) if c == quote => quoted = None,
            (Some(_), _) => {}
            (None, '"') => quoted = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth > 0 => depth -= 1,
            (None, ',' | ']' | '}') if depth == 0 && flow => return trimmed(rest, at),
            (None, '#') if before.is_whitespace() => return trimmed(rest, at),
            _ => {}
        }
        before = c;
    }
    trimmed(rest, rest.len())
}

fn trimmed(rest: &str, end: usize) -> usize {
    rest.get(..end).unwrap_or("").trim_end().len()
}

fn span(file: FileId, range: &Range<usize>) -> Span {
    Span::new(file, byte(range.start), byte(range.end))
}
