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
    /// How many characters begin before each whole [`BLOCK`] of bytes, so that the column on a line of megabytes is found
    /// without counting from its start: a file of one such line may have thousands of findings.
    characters: Arc<[u32]>,
}

/// Bytes between two entries of the table of characters.
const BLOCK: usize = 4096;

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
        let mut before = 0;
        let characters = std::iter::once(0)
            .chain(text.as_bytes().chunks(BLOCK).map(|block| {
                before += characters_of(block);
                before
            }))
            .collect::<Vec<u32>>();
        Self { name: name.into(), text: text.into(), line_starts: starts.into(), characters: characters.into() }
    }

    /// How many characters begin before byte `offset`.
    fn characters_before(&self, offset: usize) -> u32 {
        let block = offset / BLOCK;
        let counted = self.characters.get(block).copied().unwrap_or(0);
        counted + characters_of(self.text.as_bytes().get(block * BLOCK..offset).unwrap_or(&[]))
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
        let column = self.characters_before(offset as usize).saturating_sub(self.characters_before(start as usize));
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: column.saturating_add(1) }
    }
}

/// How many characters begin in a piece of UTF-8.
fn characters_of(bytes: &[u8]) -> u32 {
    let continues = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
    u32::try_from(bytes.iter().filter(|&&byte| !continues(byte)).count()).unwrap_or(u32::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_agree_with_counting_from_the_start() {
        let line = "ä団x\t".repeat(3_000);
        let text = format!("{line}\r\n\n{line}{line}\nend");
        let source = Source::new("name", &text);
        for (offset, _) in text.char_indices().chain([(text.len(), ' '), (text.len() + 9, ' ')]).step_by(7) {
            let before = &text[..offset.min(text.len())];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = before.matches('\n').count() + 1;
            let column = before[start..].chars().count() + 1;
            let position = source.position(u32::try_from(offset).unwrap());
            assert_eq!((position.line as usize, position.column as usize), (line, column), "at {offset}");
        }
    }
}
