//! Documents with the fields rewritten that differ from the policy, and everything else as it was, byte for byte.

use super::compare::{Compared, ComparedTable, Difference};
use super::page::{Field, Row};
use crate::engine::Rewritten;
use crate::source::{SourceMap, Span};
use pulldown_cmark::Alignment;
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// The byte-order mark, which some editors put before a text.
const MARK: &str = "\u{feff}";

/// One replacement.
#[derive(Debug)]
struct Edit {
    span: Span,
    text: String,
}

/// The document's text with the differing fields rewritten.
pub(super) fn rewritten(compared: &Compared, sources: &SourceMap) -> String {
    let mut edits: Vec<Edit> = compared.tables.iter().flat_map(|table| edits(table, sources)).collect();
    edits.sort_by_key(|edit| edit.span);
    let text = sources.get(compared.file).map_or("", |source| source.text());
    let mut rewritten = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        rewritten.push_str(text.get(at..edit.span.start as usize).unwrap_or(""));
        rewritten.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    rewritten.push_str(text.get(at..).unwrap_or(""));
    rewritten
}

fn edits(compared: &ComparedTable, sources: &SourceMap) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut layouts: FxHashMap<usize, Layout> = FxHashMap::default();
    // Differences stand in the order of their rows.
    for differing in compared.differences.chunk_by(|one, other| one.row == other.row) {
        let Some(row) = differing.first().and_then(|difference| compared.table.rows.get(difference.row)) else {
            continue;
        };
        for difference in differing {
            let column = difference.column;
            let Some(field) = row.fields.get(column).filter(|field| !is_missing(row, field)) else { continue };
            let layout = *layouts.entry(column).or_insert_with(|| Layout::of(compared, column, sources));
            let content = compared.style.write(&difference.cell);
            edits.push(Edit { span: field.raw, text: field_with(field, difference.claim, &content, layout, sources) });
        }
        edits.extend(appended(compared, row, differing, sources));
    }
    edits
}

/// Whether the row ends before this field.
fn is_missing(row: &Row, field: &Field) -> bool {
    field.raw.start == field.raw.end && field.raw.start >= row.span.end
}

/// The fields to be added to a row that is too short, up to the last one that differs.
fn appended(compared: &ComparedTable, row: &Row, differing: &[Difference], sources: &SourceMap) -> Option<Edit> {
    let missing = row.fields.iter().enumerate().filter(|(_, field)| is_missing(row, field));
    let wanted = |column: usize| differing.iter().find(|difference| difference.column == column);
    let missing: Vec<usize> = missing.map(|(column, _)| column).collect();
    let last = *missing.iter().rfind(|&&column| wanted(column).is_some())?;
    let line = sources.slice(row.span);
    let mut text = String::new();
    if !line.trim_end().ends_with('|') || line.trim_end().ends_with("\\|") {
        text.push_str(" |");
    }
    for column in missing.into_iter().take_while(|&column| column <= last) {
        let content = wanted(column).map(|difference| compared.style.write(&difference.cell)).unwrap_or_default();
        text.push_str(&format!(" {content} |"));
    }
    let end = row.span.end - u32::try_from(line.len() - line.trim_end().len()).unwrap_or(0);
    Some(Edit { span: Span::new(row.span.file, end, end), text })
}

/// How the fields of a column are laid out.
#[derive(Clone, Copy)]
struct Layout {
    alignment: Alignment,
    /// Their width, where the author gave all of them one.
    width: Option<usize>,
}

impl Layout {
    fn of(compared: &ComparedTable, column: usize, sources: &SourceMap) -> Self {
        let table = &compared.table;
        let rows = table.rows.iter().filter_map(|row| row.fields.get(column).filter(|field| !is_missing(row, field)));
        let mut widths = table.head.get(column).into_iter().chain(rows).map(|field| sources.slice(field.raw).width());
        let first = widths.next();
        Self {
            alignment: table.alignments.get(column).copied().unwrap_or(Alignment::None),
            width: first.filter(|first| widths.all(|width| width == *first)),
        }
    }
}

/// A field with other content, as wide as the others of its column where they are all of one width and there is room.
fn field_with(field: &Field, claim: Span, content: &str, layout: Layout, sources: &SourceMap) -> String {
    let raw = sources.slice(field.raw);
    let blank = raw.trim().is_empty();
    let (before, after) =
        if blank { (1, 1) } else { (raw.len() - raw.trim_start().len(), raw.len() - raw.trim_end().len()) };
    // What stands after the claim, such as a footnote's reference, is the author's.
    let kept_from = claim.end.saturating_sub(field.raw.start) as usize;
    let kept = if blank { "" } else { raw.get(kept_from..raw.len() - after).unwrap_or("") };
    let content = format!("{content}{kept}");
    let Some(width) = layout.width.filter(|_| before > 0 && after > 0) else {
        // An empty field between two spaces would be two spaces wide.
        return if content.is_empty() { " ".repeat(before.max(1)) } else { spaced(before, &content, after) };
    };
    let slack = width.saturating_sub(content.width());
    match layout.alignment {
        Alignment::Right => spaced(slack.saturating_sub(after).max(1), &content, after),
        Alignment::Center => spaced((slack / 2).max(1), &content, (slack - slack / 2).max(1)),
        Alignment::None | Alignment::Left => spaced(before, &content, slack.saturating_sub(before).max(1)),
    }
}

fn spaced(before: usize, content: &str, after: usize) -> String {
    format!("{}{content}{}", " ".repeat(before), " ".repeat(after))
}

/// A document's file with its new text. The byte-order mark, which is no part of the text that was compared, stays.
pub(super) fn replacement(path: &Path, before: &str, after: &str) -> Rewritten {
    let mut start = Vec::new();
    // What cannot be read is found out when the file is replaced.
    let read = File::open(path).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut start));
    let mark = if read.is_ok() && start == MARK.as_bytes() { MARK } else { "" };
    Rewritten { path: path.to_owned(), before: format!("{mark}{before}"), after: format!("{mark}{after}") }
}
