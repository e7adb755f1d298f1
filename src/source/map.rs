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
    fn whole(name: Arc<str>, text: &str) -> Self {
        Self { name, outline: Arc::new(Outline::of(text)), held: Held::Whole(text.into()) }
    }

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
///
/// A text that is read again keeps its id, so that what was made of the others keeps its places. The id of a text that is
/// gone is free for the next.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Option<Source>>,
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
        self.put(id, Source::whole(name.into(), text));
        id
    }

    /// Puts another text in the place of one, under its name; nothing where there is none.
    pub fn replace(&mut self, file: FileId, text: &str) {
        if let Some(Some(source)) = self.sources.get_mut(file.0 as usize) {
            *source = Source::whole(Arc::clone(&source.name), text);
        }
    }

    /// Takes out every text but these. Its id may be handed out again.
    pub fn keep(&mut self, wanted: impl Fn(FileId) -> bool) {
        for (at, source) in self.sources.iter_mut().enumerate() {
            if !u32::try_from(at).is_ok_and(|at| wanted(FileId(at))) {
                *source = None;
            }
        }
        while let Some(None) = self.sources.last() {
            self.sources.pop();
        }
    }

    /// Adds a text that is not held as a whole; `read` reads it under its id.
    pub fn add_outline<T>(&mut self, name: &str, read: impl FnOnce(FileId) -> (Outline, HeldLines, T)) -> T {
        let id = self.next();
        let (outline, lines, result) = read(id);
        let held = Held::Lines(Arc::new(lines));
        self.put(id, Source { name: name.into(), outline: Arc::new(outline), held });
        result
    }

    /// Adds lines to those that are held of a text; nothing where all of it is held.
    pub fn hold(&mut self, file: FileId, mut more: HeldLines) {
        let source = self.sources.get_mut(file.0 as usize).and_then(Option::as_mut);
        if let Some(Held::Lines(lines)) = source.map(|source| &mut source.held) {
            Arc::make_mut(lines).0.append(&mut more.0);
        }
    }

    /// The first id that stands for nothing.
    fn next(&self) -> FileId {
        let free = self.sources.iter().position(Option::is_none).unwrap_or(self.sources.len());
        FileId(u32::try_from(free).unwrap_or(u32::MAX))
    }

    fn put(&mut self, file: FileId, source: Source) {
        match self.sources.get_mut(file.0 as usize) {
            Some(free) => *free = Some(source),
            None => self.sources.push(Some(source)),
        }
    }

    /// The text behind an id of this map.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.sources.get(file.0 as usize)?.as_ref()
    }

    /// All ids, in the order of adding.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        let there = self.sources.iter().enumerate().filter(|(_, source)| source.is_some());
        there.filter_map(|(at, _)| u32::try_from(at).ok().map(FileId))
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
    fn a_text_that_is_read_again_keeps_its_id_and_one_that_is_gone_leaves_its_own() {
        let mut sources = SourceMap::new();
        let ids: Vec<FileId> = ["a", "b", "c"].into_iter().map(|name| sources.add(name, "old")).collect();
        let before = sources.clone();
        sources.replace(ids[1], "\nnew");
        assert_eq!(sources.place(Span::new(ids[1], 1, 4)), "b:2:1");
        sources.keep(|file| file != ids[0]);
        assert_eq!(sources.place(Span::new(ids[0], 0, 1)), "(unknown place)");
        assert_eq!(sources.files().collect::<Vec<_>>(), ids[1..]);
        assert_eq!(sources.add("d", "first free"), ids[0]);
        assert_eq!(sources.add("e", "behind"), FileId(3));
        assert_eq!(before.slice(Span::new(ids[1], 0, 3)), "old", "who took the map before keeps it");
        sources.keep(|_| false);
        assert_eq!(sources.add_outline("f", |file| (Outline::of(""), HeldLines::default(), file)), FileId(0));
    }

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
