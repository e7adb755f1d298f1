//! The texts that were read, and the way from a byte to a line and a column.

use super::{FileId, Span};
use std::ops::Range;
use std::sync::Arc;

/// One text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
}

/// A place as people and tools name it; both counts start at 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, counted in characters.
    pub column: u32,
}

impl Source {
    fn new(name: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(line_starts_after_first(text)).collect::<Vec<u32>>();
        Self { name: name.into(), text: text.into(), line_starts: starts.into() }
    }

    /// The name it was added under: a path as the person wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number, from 0, of the line that holds byte `offset`; an offset past the end lies on the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> u32 {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The bytes of a line counted from 0, without its line break; `None` past the last line.
    #[must_use]
    pub fn line_bytes(&self, line: u32) -> Option<Range<u32>> {
        let start = *self.line_starts.get(line as usize)?;
        let end = match self.line_starts.get(line as usize + 1) {
            Some(&next) => next.saturating_sub(1),
            None => u32::try_from(self.text.len()).unwrap_or(u32::MAX),
        };
        let bytes = self.text.get(start as usize..end as usize)?;
        Some(start..if bytes.ends_with('\r') { end.saturating_sub(1) } else { end })
    }

    /// The position of byte `offset`; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = line.checked_sub(1).and_then(|l| self.line_starts.get(l)).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or("");
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column }
    }
}

/// Byte offsets just after each line feed.
fn line_starts_after_first(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').filter_map(|(at, _)| u32::try_from(at + 1).ok())
}

/// All texts of one run, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name and hands out its id.
    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        let id = FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source::new(name, text));
        id
    }

    /// The text behind an id of this map.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.sources.get(file.0 as usize)
    }

    /// All ids, in the order of adding.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..self.sources.len()).filter_map(|at| u32::try_from(at).ok().map(FileId))
    }

    /// The text that a span covers; empty when the span is not of this map.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text().get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Where a span starts, as `file:line:column`.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        match self.get(span.file) {
            Some(source) => {
                let at = source.position(span.start);
                format!("{}:{}:{}", source.name(), at.line, at.column)
            }
            None => String::from("(unknown place)"),
        }
    }
}
