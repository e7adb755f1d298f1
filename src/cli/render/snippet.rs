//! The few lines of text that one finding shows, cut out of its files.
//!
//! A report of miette's holds one source and finds lines by scanning it from the start. A snippet is a small source of
//! its own: the blocks of lines around the labels, whatever files they come from, laid out one after another. Long
//! lines are cut to a window around their labels, a label over many lines is shown up to the end of its first line,
//! and characters that would steer a terminal are made visible. Places are therefore translated once, here.

use crate::diagnostics::Label;
use crate::source::{Position, Source, SourceMap};
use miette::{LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};

/// Lines shown before and after a line at fault.
const CONTEXT: u32 = 1;

/// A label over more lines than this is shown up to the end of its first one.
const LABEL_LINES: u32 = 4;

/// A line longer than this, in bytes, is cut.
const LINE_LIMIT: usize = 140;

/// What is kept before and after the start of the label in a line that is cut, in bytes.
const KEPT: (usize, usize) = (30, 60);

/// Columns a tab takes.
const TAB: &str = "    ";

/// The text that one finding shows.
#[derive(Debug, Default)]
pub(super) struct Snippet {
    text: String,
    blocks: Vec<Block>,
    labels: Vec<LabeledSpan>,
    /// Where each label truly starts, for the head of its block.
    positions: Vec<Position>,
}

/// Consecutive lines of one file.
#[derive(Debug)]
struct Block {
    name: String,
    first_line: usize,
    line_count: usize,
    /// The bytes of [`Snippet::text`].
    start: usize,
    end: usize,
}

/// A label whose place was brought within its file and its first line.
struct Mark<'a> {
    source: &'a Source,
    file: u32,
    /// Its number among the finding's labels.
    number: usize,
    /// The bytes in the file.
    bytes: (u32, u32),
    /// The lines, both included.
    lines: (u32, u32),
    /// The bytes in the snippet, once laid out.
    laid: (Option<usize>, Option<usize>),
}

impl Snippet {
    /// The lines around the given labels; labels of no known file are left out.
    pub(super) fn new(sources: &SourceMap, labels: &[Label]) -> Self {
        let mut marks: Vec<Mark<'_>> =
            labels.iter().enumerate().filter_map(|(number, label)| mark(sources, number, label)).collect();
        marks.sort_by_key(|mark| (mark.file, mark.lines.0, mark.bytes));
        let mut groups: Vec<Vec<Mark<'_>>> = Vec::new();
        for mark in marks {
            let near = |last: &Vec<Mark<'_>>| {
                last.iter().any(|other| {
                    other.file == mark.file && mark.lines.0 <= other.lines.1.saturating_add(2 * CONTEXT + 1)
                })
            };
            match groups.last_mut() {
                Some(last) if near(last) => last.push(mark),
                _ => groups.push(vec![mark]),
            }
        }
        // The block with the primary place stands first, the others follow in the order of the labels.
        groups.sort_by_key(|group| group.iter().map(|mark| mark.number).min());
        let mut snippet = Self::default();
        for mut group in groups {
            snippet.lay_out(&mut group);
            for mark in group {
                let (Some(start), Some(end)) = mark.laid else { continue };
                let text =
                    labels.get(mark.number).map(|label| super::legible(&label.text)).filter(|text| !text.is_empty());
                // Among labels with words, the place at fault is not to be the one without.
                let text = text.or_else(|| (mark.number == 0 && labels.len() > 1).then(|| String::from("here")));
                let place = SourceSpan::from((start, end.saturating_sub(start)));
                snippet.labels.push(if mark.number == 0 {
                    LabeledSpan::new_primary_with_span(text, place)
                } else {
                    LabeledSpan::new_with_span(text, place)
                });
                snippet.positions.push(mark.source.position(mark.bytes.0));
            }
        }
        snippet
    }

    /// The labels, placed in the snippet's own text.
    pub(super) fn labels(&self) -> &[LabeledSpan] {
        &self.labels
    }

    /// Appends the lines of one block.
    fn lay_out(&mut self, marks: &mut [Mark<'_>]) {
        let Some(source) = marks.first().map(|mark| mark.source) else { return };
        let first = marks.iter().map(|mark| mark.lines.0).min().unwrap_or(0).saturating_sub(CONTEXT);
        let last = marks.iter().map(|mark| mark.lines.1).max().unwrap_or(0).saturating_add(CONTEXT);
        let start = self.text.len();
        let mut line_count = 0;
        for line in first..=last {
            let Some(bytes) = source.line_bytes(line) else { break };
            // The empty line that a final line break leaves is shown only to point at it.
            if bytes.is_empty() && line > first && source.line_bytes(line + 1).is_none() && line == last {
                break;
            }
            self.lay_out_line(source, (bytes.start, bytes.end), marks);
            line_count += 1;
        }
        self.blocks.push(Block {
            name: source.name().to_owned(),
            first_line: first as usize,
            line_count,
            start,
            end: self.text.len(),
        });
    }

    /// Appends one line and notes where the ends of the marks on it went.
    fn lay_out_line(&mut self, source: &Source, (start, end): (u32, u32), marks: &mut [Mark<'_>]) {
        let touches = |offset: u32| start <= offset && offset <= end;
        let focus = marks.iter().map(|mark| mark.bytes.0).filter(|&offset| touches(offset)).min();
        // Of a text too large to hold, a line may not be at hand.
        let line = source.slice(start..end).unwrap_or("");
        let within = |offset: u32| offset.saturating_sub(start) as usize;
        let (from, to) = window(line, focus.map_or(0, within));
        let shown = line.get(from..to).unwrap_or("");
        let (from, to) = (from + start as usize, to + start as usize);
        if from > start as usize {
            self.text.push('…');
        }
        let note = |at: usize, laid: usize, marks: &mut [Mark<'_>]| {
            for mark in marks.iter_mut() {
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                if touches(mark.bytes.0) && mark.bytes.0 <= at && mark.laid.0.is_none() {
                    mark.laid.0 = Some(laid);
                }
                if touches(mark.bytes.1) && mark.bytes.1 <= at && mark.laid.1.is_none() {
                    mark.laid.1 = Some(laid);
                }
            }
        };
        for (at, c) in shown.char_indices() {
            note(from + at, self.text.len(), marks);
            match c {
                '\t' => self.text.push_str(TAB),
                _ => self.text.push(visible(c)),
            }
        }
        // Whatever lies past the window ends with it.
        note(end.max(u32::try_from(to).unwrap_or(u32::MAX)) as usize, self.text.len(), marks);
        if to < end as usize {
            self.text.push('…');
        }
        self.text.push('\n');
    }
}

/// Brings a label within its file, and within its first line where it spans many.
fn mark<'a>(sources: &'a SourceMap, number: usize, label: &Label) -> Option<Mark<'a>> {
    let source = sources.get(label.span.file)?;
    let length = source.length();
    let span = sources.located(label.span);
    let start = span.start.min(length);
    let mut end = span.end.clamp(start, length);
    let first = source.line_of(start);
    let first_bytes = source.line_bytes(first)?;
    let start = start.min(first_bytes.end);
    // A label that ends just after a line break ends on the line before it.
    let mut last = source.line_of(end.saturating_sub(1).max(start));
    if last > first.saturating_add(LABEL_LINES - 1) {
        last = first;
    }
    end = end.min(source.line_bytes(last)?.end).max(start);
    Some(Mark {
        source,
        file: label.span.file.0,
        number,
        bytes: (start, end),
        lines: (first, last),
        laid: (None, None),
    })
}

/// The part of a line to show: all of it, or what lies around `focus` when it is long.
fn window(line: &str, focus: usize) -> (usize, usize) {
    if line.len() <= LINE_LIMIT {
        return (0, line.len());
    }
    let boundary = |mut at: usize| {
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = if focus <= KEPT.0 { 0 } else { boundary(focus - KEPT.0) };
    (from, boundary((focus + KEPT.1).min(line.len())))
}

/// The character itself, or a visible stand-in for one that steers the terminal or the direction of writing.
pub(super) fn visible(c: char) -> char {
    match c {
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

impl SourceCode for Snippet {
    /// The block that holds `span`. Asked for no context, miette wants to know where a label truly starts.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let block = self
            .blocks
            .iter()
            .find(|block| block.start <= span.offset() && end <= block.end)
            .ok_or(MietteError::OutOfBounds)?;
        let position = self
            .labels
            .iter()
            .position(|label| label.inner() == span)
            .and_then(|at| self.positions.get(at))
            .filter(|_| lines_before == 0);
        let (line, column) = match position {
            Some(position) => {
                ((position.line as usize).saturating_sub(1), (position.column as usize).saturating_sub(1))
            }
            None => (block.first_line, 0),
        };
        let span = SourceSpan::from((block.start, block.end.saturating_sub(block.start)));
        Ok(Box::new(Contents { snippet: self, block, span, line, column }))
    }
}

struct Contents<'a> {
    snippet: &'a Snippet,
    block: &'a Block,
    span: SourceSpan,
    line: usize,
    column: usize,
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.snippet.text.as_bytes().get(self.block.start..self.block.end).unwrap_or(&[])
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        self.column
    }

    fn line_count(&self) -> usize {
        self.block.line_count
    }

    fn name(&self) -> Option<&str> {
        Some(&self.block.name)
    }
}
