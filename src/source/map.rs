//! The texts that were read, by the ids that places name them by.

use super::{FileId, HeldLines, Outline, Shifts, Source, Span};
use crate::index::SortedMap;
use std::sync::Arc;

/// How many texts may come before it is asked which of them are still referred to.
const RECENT: usize = 4_096;

/// All texts of one run, by [`FileId`]. Clones share nearly everything.
///
/// Files stay until they are [taken out](Self::keep), and keep their ids when they are read again, so that what was made of
/// the others keeps its places. Passing texts are those of changes, of which a service that runs for long makes millions:
/// they [go](Self::let_go) when nothing refers to them any more.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    /// The texts that were there when some were last taken out, by id.
    settled: Arc<Vec<(FileId, Text)>>,
    /// What came since, or was put in the place of one of those.
    recent: SortedMap<FileId, Text>,
    /// What came last and is in none of the others yet, so that to add a text copies nothing.
    last: Option<Arc<Last>>,
    /// The id that is tried next.
    next: u32,
}

#[derive(Clone, Debug)]
struct Text {
    source: Source,
    passing: bool,
}

/// How many texts stand one behind the other before all of them are sorted in.
const LAST: usize = 32;

/// A text, and the one that came before it.
#[derive(Debug)]
struct Last {
    file: FileId,
    text: Text,
    before: Option<Arc<Last>>,
    /// How many there are with those before.
    count: usize,
}

impl SourceMap {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name and hands out its id.
    pub fn add(&mut self, name: &str, text: &str) -> FileId {
        self.put(Text { source: Source::of(name, text), passing: false })
    }

    /// Adds a text that may go when nothing refers to it.
    pub fn add_passing(&mut self, name: &str, text: &str) -> FileId {
        self.put(Text { source: Source::of(name, text), passing: true })
    }

    /// Adds a text that is not held as a whole; `read` reads it under its id.
    pub fn add_outline<T>(&mut self, name: &str, read: impl FnOnce(FileId) -> (Outline, HeldLines, T)) -> T {
        let (outline, lines, result) = read(self.free());
        self.put(Text { source: Source::outlined(name, outline, lines), passing: false });
        result
    }

    /// Puts another text in the place of one, under its name; nothing where there is none.
    pub fn replace(&mut self, file: FileId, text: &str) {
        self.alter(file, |source| Source::of(source.name(), text));
    }

    /// Puts a text under a name of its own in the place of one; nothing where there is none.
    pub fn exchange(&mut self, file: FileId, by: &Source) {
        self.alter(file, |_| by.clone());
    }

    /// Gives a text another name.
    pub fn rename(&mut self, file: FileId, name: &str) {
        self.alter(file, |source| source.named(name));
    }

    /// Puts an edited text in the place of one, under its name. Places that were noted in it before stay what they are.
    pub fn edit(&mut self, file: FileId, text: &str, shifts: Arc<Shifts>) {
        self.alter(file, |source| Source::edited(source.name(), text, shifts));
    }

    /// Where a place is in the text as it is now; itself, unless the text was edited since the place was noted.
    #[must_use]
    pub fn located(&self, span: Span) -> Span {
        let shifts = self.get(span.file).and_then(Source::shifts);
        match shifts.and_then(|shifts| shifts.now(span.start..span.end)) {
            Some(now) => Span::new(span.file, now.start, now.end),
            None => span,
        }
    }

    /// Adds lines to those that are held of a text; nothing where all of it is held.
    pub fn hold(&mut self, file: FileId, more: HeldLines) {
        self.alter(file, |source| source.clone().holding(more));
    }

    /// Takes out every text but these.
    pub fn keep(&mut self, wanted: impl Fn(FileId) -> bool) {
        self.settle(|file, _| wanted(file));
    }

    /// Whether a text may go when nothing refers to it.
    #[must_use]
    pub fn is_passing(&self, file: FileId) -> bool {
        self.text(file).is_some_and(|text| text.passing)
    }

    /// Whether so many texts came that it is worth while to ask which passing ones are still referred to.
    #[must_use]
    pub fn has_grown(&self) -> bool {
        let last = self.last.as_ref().map_or(0, |last| last.count);
        self.recent.len() + last > RECENT.max(self.settled.len() / 16)
    }

    /// Takes out the passing texts that nothing refers to.
    pub fn let_go(&mut self, is_referred_to: impl Fn(FileId) -> bool) {
        self.settle(|file, text| !text.passing || is_referred_to(file));
    }

    /// The text behind an id of this map.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.text(file).map(|text| &text.source)
    }

    /// All ids, in their order, which is that of adding for as long as none is handed out again.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.texts().map(|(file, _)| *file)
    }

    /// The text that a span covers; empty when the span is not of this map, or its text not held.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let span = self.located(span);
        self.get(span.file).and_then(|source| source.slice(span.start..span.end)).unwrap_or("")
    }

    /// Where a span starts, as `file:line:column`.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        let span = self.located(span);
        match self.get(span.file) {
            Some(source) => {
                let at = source.position(span.start);
                format!("{}:{}:{}", source.name(), at.line, at.column)
            }
            None => String::from("(unknown place)"),
        }
    }

    fn text(&self, file: FileId) -> Option<&Text> {
        let last = self.last().find(|last| last.file == file).map(|last| &last.text);
        last.or_else(|| self.recent.get(&file)).or_else(|| {
            let at = self.settled.binary_search_by_key(&file, |(known, _)| *known).ok()?;
            self.settled.get(at).map(|(_, text)| text)
        })
    }

    /// All texts by id.
    fn texts(&self) -> impl Iterator<Item = (&FileId, &Text)> {
        let mut last: Vec<(&FileId, &Text)> = self.last().map(|last| (&last.file, &last.text)).collect();
        last.sort_unstable_by_key(|(file, _)| **file);
        merged(merged(self.settled.iter().map(|(file, text)| (file, text)), self.recent.iter()), last.into_iter())
    }

    /// What came last, the latest first.
    fn last(&self) -> impl Iterator<Item = &Last> {
        std::iter::successors(self.last.as_deref(), |last| last.before.as_deref())
    }

    /// Sorts in what came last.
    fn sort_in(&mut self) {
        let mut next = self.last.take();
        while let Some(last) = next {
            self.recent.insert(last.file, last.text.clone());
            next = last.before.clone();
        }
    }

    fn put(&mut self, text: Text) -> FileId {
        let file = self.free();
        let count = self.last.as_ref().map_or(0, |last| last.count) + 1;
        self.last = Some(Arc::new(Last { file, text, before: self.last.take(), count }));
        if count >= LAST {
            self.sort_in();
        }
        self.next = file.0.wrapping_add(1);
        file
    }

    fn alter(&mut self, file: FileId, change: impl FnOnce(&Source) -> Source) {
        if let Some(Text { source, passing }) = self.text(file) {
            let text = Text { source: change(source), passing: *passing };
            self.sort_in();
            self.recent.insert(file, text);
        }
    }

    fn settle(&mut self, stays: impl Fn(FileId, &Text) -> bool) {
        let kept = self.texts().filter(|(file, text)| stays(**file, text));
        let settled = kept.map(|(file, text)| (*file, text.clone())).collect();
        (self.settled, self.recent, self.last) = (Arc::new(settled), SortedMap::default(), None);
    }

    /// An id that no text has. One that is free again is handed out only after all others were once.
    fn free(&self) -> FileId {
        let mut id = FileId(self.next);
        while id.0 == u32::MAX || self.text(id).is_some() {
            id = FileId(id.0.wrapping_add(1));
        }
        id
    }
}

/// Two lists of texts that are sorted by id, as one: of an id that both have, the second has the text.
fn merged<'a>(
    first: impl Iterator<Item = (&'a FileId, &'a Text)>,
    second: impl Iterator<Item = (&'a FileId, &'a Text)>,
) -> impl Iterator<Item = (&'a FileId, &'a Text)> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    std::iter::from_fn(move || match (first.peek(), second.peek()) {
        (Some((one, _)), Some((other, _))) if one == other => {
            first.next();
            second.next()
        }
        (Some((one, _)), Some((other, _))) if other < one => second.next(),
        (Some(_), _) => first.next(),
        (None, _) => second.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_read_again_keeps_its_id_and_one_that_is_gone_leaves_no_trace() {
        let mut sources = SourceMap::new();
        let ids: Vec<FileId> = ["a", "b", "c"].into_iter().map(|name| sources.add(name, "old")).collect();
        let before = sources.clone();
        sources.replace(ids[1], "\nnew");
        assert_eq!(sources.place(Span::new(ids[1], 1, 4)), "b:2:1");
        sources.keep(|file| file != ids[0]);
        assert_eq!(sources.place(Span::new(ids[0], 0, 1)), "(unknown place)");
        sources.replace(ids[0], "nobody");
        sources.replace(ids[2], "new");
        assert_eq!(sources.files().collect::<Vec<_>>(), ids[1..]);
        assert_eq!(sources.slice(Span::new(ids[2], 0, 3)), "new");
        assert_eq!(before.slice(Span::new(ids[1], 0, 3)), "old", "who took the map before keeps it");
        sources.keep(|_| false);
        assert_eq!(sources.files().count(), 0);
    }

    #[test]
    fn passing_texts_that_nothing_refers_to_go_and_all_others_stay_what_they_were() {
        let mut sources = SourceMap::new();
        let policy = sources.add("policy", "type user");
        let mut ids: Vec<FileId> = (0..300).map(|at| sources.add_passing("change", &format!("text {at}"))).collect();
        let before = sources.clone();
        let third = |file: FileId| file.0.is_multiple_of(3);
        sources.let_go(third);
        ids.extend((300..400).map(|at| sources.add_passing("change", &format!("text {at}"))));
        assert!(!sources.is_passing(policy) && ids.iter().all(|&id| before.get(id).is_none() || before.is_passing(id)));
        for (at, &id) in ids.iter().enumerate() {
            let text = format!("text {at}");
            let here = sources.get(id).map(Source::text);
            assert_eq!(here, Some(text.as_str()).filter(|_| at >= 300 || third(id)), "{id:?}");
            assert_eq!(before.get(id).map(Source::text), Some(text.as_str()).filter(|_| at < 300));
        }
        assert_eq!((sources.files().count(), before.files().count()), (201, 301));
        assert_eq!(sources.place(Span::new(ids[350], 5, 6)), "change:1:6");
        assert_eq!(sources.slice(Span::new(policy, 5, 9)), "user");
    }

    #[test]
    fn when_all_ids_were_given_those_that_went_are_given_again() {
        let mut sources = SourceMap::new();
        sources.add("policy", "type user");
        let first = [sources.add_passing("change", "a"), sources.add_passing("change", "b")];
        sources.let_go(|file| file == first[1]);
        sources.next = u32::MAX - 1;
        let then: Vec<u32> = ["c", "d", "e"].map(|text| sources.add("change", text).0).to_vec();
        assert_eq!(then, [u32::MAX - 1, first[0].0, 3]);
        assert_eq!(sources.get(first[1]).map(Source::text), Some("b"));
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
