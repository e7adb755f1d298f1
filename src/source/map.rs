//! The texts that were read, and the way from a byte to a line and a column.

use super::{FileId, Outline, Span};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// One text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    outline: Arc<Outline>,
    held: Held,
}

/// What of a text is at hand.
#[derive(Clone, Debug)]
enum Held {
    /// All of it.
    Whole(Arc<str>),
    /// Some lines of a text that is too large to hold.
    Lines(Arc<HeldLines>),
}

/// Lines of a text, without their line breaks, by the byte at which each begins.
#[derive(Clone, Debug, Default)]
pub struct HeldLines(BTreeMap<u32, Box<str>>);

impl HeldLines {
    /// Adds a line.
    pub fn insert(&mut self, start: u32, line: &str) {
        self.0.insert(start, line.into());
    }
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
    /// The name it was added under: a path as the person wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text; empty where it is too large to be held.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.held {
            Held::Whole(text) => text,
            Held::Lines(_) => "",
        }
    }

    /// A part of the text, where it is held: of a text of which only lines are, a part of one of them.
    #[must_use]
    pub fn slice(&self, bytes: Range<u32>) -> Option<&str> {
        match &self.held {
            Held::Whole(text) => text.get(bytes.start as usize..bytes.end as usize),
            Held::Lines(lines) => {
                let (start, line) = lines.0.range(..=bytes.start).next_back()?;
                let within = |at: u32| at.checked_sub(*start).map(|at| at as usize);
                line.get(within(bytes.start)?..within(bytes.end)?)
            }
        }
    }

    /// How many bytes the text has.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.outline.length()
    }

    /// The number, from 0, of the line that holds byte `offset`; an offset past the end lies on the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> u32 {
        self.outline.line_of(offset)
    }

    /// The bytes of a line counted from 0, without its line break; `None` past the last line.
    #[must_use]
    pub fn line_bytes(&self, line: u32) -> Option<Range<u32>> {
        let Range { start, end } = self.outline.line(line)?;
        let end = match &self.held {
            Held::Whole(text) => {
                let line = text.get(start as usize..end as usize)?;
                let line = line.strip_suffix('\n').unwrap_or(line);
                let line = line.strip_suffix('\r').unwrap_or(line);
                start.saturating_add(u32::try_from(line.len()).ok()?)
            }
            Held::Lines(lines) => match lines.0.get(&start) {
                Some(line) => start.saturating_add(u32::try_from(line.len()).ok()?),
                None => end,
            },
        };
        Some(start..end)
    }

    /// The position of byte `offset`; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.outline.position(offset)
    }
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
        let id = self.next();
        let outline = Arc::new(Outline::of(text));
        self.sources.push(Source { name: name.into(), outline, held: Held::Whole(text.into()) });
        id
    }

    /// Adds a text that is not held as a whole; `read` reads it under its id.
    pub fn add_outline<T>(&mut self, name: &str, read: impl FnOnce(FileId) -> (Outline, HeldLines, T)) -> T {
        let (outline, lines, result) = read(self.next());
        self.sources.push(Source { name: name.into(), outline: Arc::new(outline), held: Held::Lines(Arc::new(lines)) });
        result
    }

    /// Adds lines to those that are held of a text; nothing where all of it is held.
    pub fn hold(&mut self, file: FileId, mut more: HeldLines) {
        if let Some(Held::Lines(lines)) = self.sources.get_mut(file.0 as usize).map(|source| &mut source.held) {
            Arc::make_mut(lines).0.append(&mut more.0);
        }
    }

    fn next(&self) -> FileId {
        FileId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX))
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

    /// The text that a span covers; empty when the span is not of this map, or its text not held.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.slice(span.start..span.end)).unwrap_or("")
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
    fn of_a_text_that_is_not_held_places_are_known_and_some_lines() {
        let text = "{\"ä\":1}\r\n{\"団\":2}\n\n{}";
        let mut sources = SourceMap::new();
        let file = sources.add_outline("bulk", |file| (Outline::of(text), HeldLines::default(), file));
        let span = |start, end| Span::new(file, start, end);
        assert_eq!((sources.place(span(15, 16)), sources.slice(span(15, 16))), (String::from("bulk:2:4"), ""));
        let mut lines = HeldLines::default();
        lines.insert(10, "{\"団\":2}");
        sources.hold(file, lines);
        assert_eq!(sources.slice(span(12, 15)), "団");
        assert_eq!(sources.slice(span(12, 21)), "", "past the end of its line");
        assert_eq!(sources.slice(span(13, 15)), "", "within a character");
        assert_eq!(sources.slice(span(0, 1)), "");
        let source = sources.get(file).unwrap();
        assert_eq!((source.line_bytes(1), source.length()), (Some(10..19), 23));
    }
}
