//! The permission tables of a Markdown document: where they stand and what their fields hold.
//!
//! What is a table, a code fence or a comment is CommonMark's to say, with the tables of GitHub; this file knows only the
//! marker. What the fields mean is read elsewhere.

use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::source::{FileId, Span};
use pulldown_cmark::{Alignment, Event, OffsetIter, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// The marker, as it is to be written.
pub(super) const MARKER: &str = "<!-- rolebook: matrix -->";

/// A table under a marker.
#[derive(Debug)]
pub(super) struct Table {
    /// The marker's place.
    pub(super) marker: Span,
    /// How each column is aligned.
    pub(super) alignments: Vec<Alignment>,
    /// The head.
    pub(super) head: Vec<Field>,
    /// The rows below it, each with as many fields as the head.
    pub(super) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct Row {
    /// Its line, without the line break.
    pub(super) span: Span,
    /// Its fields.
    pub(super) fields: Vec<Field>,
}

/// One field of a table.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// All between its bars, white space included; empty after the end of a row that is too short.
    pub(super) raw: Span,
    /// What it holds, without markup.
    pub(super) pieces: Vec<Piece>,
}

/// A part of a field.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Its place, backticks included.
    pub(super) span: Span,
    /// Its text.
    pub(super) text: String,
    /// Whether it is code.
    pub(super) code: bool,
}

/// What a document holds.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its permission tables.
    pub(super) tables: Vec<Table>,
    /// Markers that stand for nothing, and tables that cannot be taken apart.
    pub(super) faults: Vec<Diagnostic>,
}

impl Page {
    pub(super) fn read(file: FileId, text: &str) -> Self {
        let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
        let mut reader = Reader { file, text, events, marker: None, page: Self::default() };
        reader.document();
        reader.page
    }
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    events: OffsetIter<'t>,
    /// The marker that waits for its table.
    marker: Option<Span>,
    page: Page,
}

impl<'t> Reader<'t> {
    fn document(&mut self) {
        // The lines of one block of HTML come one by one, and a comment may go over several.
        let mut html: Option<Range<usize>> = None;
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::HtmlBlock) => html = Some(range),
                Event::End(TagEnd::HtmlBlock) => {
                    if let Some(block) = html.take() {
                        self.comments(block);
                    }
                }
                Event::InlineHtml(_) => self.comments(range),
                Event::Start(Tag::Table(alignments)) => {
                    let table = self.table(alignments);
                    self.page.tables.extend(table);
                }
                Event::Start(
                    Tag::Paragraph
                    | Tag::Heading { .. }
                    | Tag::BlockQuote(_)
                    | Tag::CodeBlock(_)
                    | Tag::List(_)
                    | Tag::Item,
                )
                | Event::Rule => self.unanswered(),
                _ => {}
            }
        }
        self.unanswered();
    }

    /// A marker with no table under it.
    fn unanswered(&mut self) {
        if let Some(marker) = self.marker.take() {
            self.page.faults.push(
                Diagnostic::error(Code::MatrixMarker, marker, "no table stands under this marker")
                    .help("a table follows the marker, with a line such as `| --- | --- |` under its head"),
            );
        }
    }

    /// Looks for markers among the comments of some HTML.
    fn comments(&mut self, html: Range<usize>) {
        let text = self.text;
        let mut at = html.start;
        while let Some(start) = find(text, at..html.end, "<!--") {
            let Some(end) = find(text, start + 4..html.end, "-->") else { break };
            let inside = text.get(start + 4..end).unwrap_or("");
            at = end + 3;
            if let Some(word) = inside.trim().strip_prefix("rolebook:") {
                let marker = self.span(start..at);
                self.unanswered();
                if word.trim() == "matrix" {
                    self.marker = Some(marker);
                } else {
                    let help = did_you_mean(word.trim(), ["matrix"]).map(|_| format!("did you mean `{MARKER}`?"));
                    let message = format!("`{}` marks nothing that is known", inside.trim());
                    let known = format!("the marker of a permission table is `{MARKER}`");
                    self.page
                        .faults
                        .push(Diagnostic::error(Code::MatrixMarker, marker, message).help(help.unwrap_or(known)));
                }
            }
        }
    }

    /// Reads a table up to its end; it is kept where a marker waits for one.
    fn table(&mut self, alignments: Vec<Alignment>) -> Option<Table> {
        let mut head = Vec::new();
        let mut rows = Vec::new();
        let marker = self.marker.take();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::End(TagEnd::Table) => break,
                Event::Start(Tag::TableHead) => head = self.fields(),
                Event::Start(Tag::TableRow) => {
                    let span = self.line(range);
                    let mut fields = self.fields();
                    // Fields that the row lacks stand at the beginning of the next line for the reader.
                    for field in fields.iter_mut().filter(|field| field.raw.start > span.end) {
                        field.raw = Span::new(self.file, span.end, span.end);
                    }
                    let row = Row { span, fields };
                    if marker.is_some() {
                        self.overlong(&row);
                    }
                    rows.push(row);
                }
                _ => {}
            }
        }
        marker.map(|marker| Table { marker, alignments, head, rows })
    }

    /// The fields of a row, up to its end.
    fn fields(&mut self) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        while let Some((event, range)) = self.events.next() {
            let (text, code) = match event {
                Event::End(TagEnd::TableRow | TagEnd::TableHead) => break,
                Event::Start(Tag::TableCell) => {
                    fields.push(Field { raw: self.line(range), pieces: Vec::new() });
                    continue;
                }
                Event::Code(text) => (text.into_string(), true),
                Event::Text(text) => (text.into_string(), false),
                Event::InlineHtml(html) => {
                    self.comments(range.clone());
                    // A comment shows nothing.
                    if html.starts_with("<!--") {
                        continue;
                    }
                    (html.into_string(), false)
                }
                _ => continue,
            };
            let span = self.span(range);
            if let Some(field) = fields.last_mut() {
                field.pieces.push(Piece { span, text, code });
            }
        }
        fields
    }

    /// A row with more fields than the head has: most likely a bar that was to be part of one.
    fn overlong(&mut self, row: &Row) {
        let Some(last) = row.fields.last() else { return };
        let rest = self.text.get(last.raw.end as usize..row.span.end as usize).unwrap_or("");
        let rest = rest.strip_prefix('|').unwrap_or(rest);
        if !rest.trim().is_empty() {
            let start = row.span.end as usize - rest.trim_start().len();
            self.page.faults.push(
                Diagnostic::error(
                    Code::MatrixTable,
                    self.span(start..row.span.end as usize),
                    "the row has more fields than the head of the table",
                )
                .help("a bar inside of a field is written `\\|`, in code too"),
            );
        }
    }

    /// A range without the line break that it may end in.
    fn line(&self, range: Range<usize>) -> Span {
        let text = self.text.get(range.clone()).unwrap_or("");
        self.span(range.start..range.start + text.trim_end_matches(['\r', '\n']).len())
    }

    fn span(&self, range: Range<usize>) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span::new(self.file, offset(range.start), offset(range.end))
    }
}

fn find(text: &str, range: Range<usize>, what: &str) -> Option<usize> {
    text.get(range.clone())?.find(what).map(|at| range.start + at)
}
