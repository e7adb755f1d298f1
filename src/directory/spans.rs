//! Places by number, eight bytes each.
//!
//! Layout. A [`Mark`] is the first byte of a span, its length in twenty-four bits and the number of its file in eight:
//! directories have few files, and the list knows which they are. A span of a further file, or one that is longer, stands
//! whole in a list of its own, and its mark says where.

use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::Table;
use crate::source::{FileId, Span};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Places, or none, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Spans {
    marks: Table<Mark>,
    files: Table<FileId>,
    /// What has no room in a mark.
    whole: Table<Span>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Mark {
    start: u32,
    /// File and length.
    rest: u32,
}

/// How many bits of a mark say the length.
const LENGTH: u32 = 24;
/// The number of file that says that the place stands elsewhere.
const ELSEWHERE: u32 = u32::MAX >> LENGTH;
/// No place.
const NONE: Mark = Mark { start: u32::MAX, rest: u32::MAX };

/// In which sections of a file places stand.
#[derive(Clone, Copy)]
pub(super) struct Sections {
    pub(super) marks: Section,
    pub(super) files: Section,
    pub(super) whole: Section,
}

impl Mark {
    /// How many bytes the place has.
    const fn length(self) -> u32 {
        self.rest & (u32::MAX >> (u32::BITS - LENGTH))
    }
}

impl Spans {
    pub(super) fn write(&self, sections: Sections, image: &mut ImageWriter) {
        image.rows(sections.marks, &self.marks);
        image.rows(sections.files, &self.files);
        image.rows(sections.whole, &self.whole);
    }

    /// Reads so many places, which are yet to be looked at.
    pub(super) fn read(sections: Sections, image: &Image, count: usize) -> Result<Self, Fault> {
        let read = Self {
            marks: image.table(sections.marks)?,
            files: image.table(sections.files)?,
            whole: image.table(sections.whole)?,
        };
        if read.marks.len() == count {
            return Ok(read);
        }
        Err(Fault::row(sections.marks, read.marks.len(), "there are not as many places as there should be"))
    }

    /// Whether all of them are places, which `is_place` tells of each.
    pub(super) fn look(&self, sections: Sections, is_place: &dyn Fn(Span) -> bool) -> Result<(), Fault> {
        if self.are_places(is_place) {
            return Ok(());
        }
        let is_sound = |(at, mark): (usize, &Mark)| match self.get(at) {
            Some(span) => is_place(span),
            None => *mark == NONE,
        };
        let at = self.marks.iter().enumerate().position(|mark| !is_sound(mark)).unwrap_or(self.marks.len());
        Err(Fault::row(sections.marks, at, "there is no such place"))
    }

    /// Whether all of them are places, or none. Of those in a file it is enough to ask about the one that ends last.
    fn are_places(&self, is_place: &dyn Fn(Span) -> bool) -> bool {
        let mut ends: Vec<Option<u32>> = vec![None; self.files.len()];
        let mut noted = self.marks.iter().enumerate().map(|(at, mark)| match mark.rest >> LENGTH {
            ELSEWHERE => self.get(at).map_or(*mark == NONE, is_place),
            file => match (ends.get_mut(file as usize), mark.start.checked_add(mark.length())) {
                (Some(last), Some(end)) => {
                    *last = (*last).max(Some(end));
                    true
                }
                _ => false,
            },
        });
        let noted = noted.all(|noted| noted);
        noted && self.files.iter().zip(ends).all(|(&file, end)| end.is_none_or(|end| is_place(Span::new(file, 0, end))))
    }

    /// How many numbers there are.
    pub(super) fn len(&self) -> usize {
        self.marks.len()
    }

    /// Adds a place under the next number.
    pub(super) fn push(&mut self, span: Option<Span>) {
        let mark = self.mark(span);
        self.marks.made().push(mark);
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        self.marks.made().reserve_exact(more);
    }

    /// Gives numbers up to this no place.
    pub(super) fn grow(&mut self, len: usize) {
        let len = len.max(self.marks.len());
        self.marks.made().resize(len, NONE);
    }

    /// Gives a number that there is another place.
    pub(super) fn set(&mut self, at: usize, span: Span) {
        if at < self.marks.len() {
            let mark = self.mark(Some(span));
            if let Some(slot) = self.marks.made().get_mut(at) {
                *slot = mark;
            }
        }
    }

    /// Takes the place of a number away.
    pub(super) fn clear(&mut self, at: usize) {
        if let Some(slot) = self.marks.made().get_mut(at) {
            *slot = NONE;
        }
    }

    /// The place of a number.
    pub(super) fn get(&self, at: usize) -> Option<Span> {
        let mark = *self.marks.get(at)?;
        match mark.rest >> LENGTH {
            ELSEWHERE => self.whole.get(mark.start as usize).copied(),
            file => {
                let end = mark.start.saturating_add(mark.length());
                Some(Span::new(*self.files.get(file as usize)?, mark.start, end))
            }
        }
    }

    /// All places, each with its number.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, Span)> {
        (0..self.len()).filter_map(|at| Some((at, self.get(at)?)))
    }

    /// Gives back room that is not needed.
    pub(super) fn shrink(&mut self) {
        self.marks.made().shrink_to_fit();
        self.whole.made().shrink_to_fit();
    }

    fn mark(&mut self, span: Option<Span>) -> Mark {
        let Some(span) = span else { return NONE };
        let length = span.end.wrapping_sub(span.start);
        if let Some(file) = self.file(span.file).filter(|_| span.start <= span.end && length >> LENGTH == 0) {
            return Mark { start: span.start, rest: (file << LENGTH) | length };
        }
        let at = u32::try_from(self.whole.len()).unwrap_or(u32::MAX);
        self.whole.made().push(span);
        Mark { start: at, rest: ELSEWHERE << LENGTH }
    }

    /// The number of a file, where it has or can get one.
    fn file(&mut self, file: FileId) -> Option<u32> {
        // Places of one file come one after another.
        let at = self.files.iter().rposition(|known| *known == file).unwrap_or_else(|| {
            if self.files.len() < ELSEWHERE as usize {
                self.files.made().push(file);
            }
            self.files.len() - 1
        });
        (self.files.get(at) == Some(&file)).then(|| u32::try_from(at).unwrap_or(ELSEWHERE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_comes_back_as_it_was() {
        let mut random = 5_u32;
        let mut next = |below: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 4) % below
        };
        let (mut spans, mut plain) = (Spans::default(), Vec::new());
        for at in 0..5_000 {
            let start = [next(50), next(u32::MAX >> 4), u32::MAX - next(3)][next(3) as usize];
            let length = [next(20), (1 << LENGTH) - 1 + next(3), next(u32::MAX >> 4)][next(3) as usize];
            let span = Span::new(FileId(next(400)), start, start.saturating_add(length));
            let place = Some(span).filter(|_| next(5) > 0);
            if at % 3 == 0 && at > 0 {
                let at = next(at / 2) as usize % plain.len();
                spans.set(at, span);
                plain[at] = Some(span);
            } else {
                spans.push(place);
                plain.push(place);
            }
        }
        spans.grow(plain.len() + 2);
        plain.extend([None, None]);
        spans.set(plain.len(), Span::new(FileId(0), 0, 0));
        let back: Vec<_> = (0..plain.len() + 1).map(|at| spans.get(at)).collect();
        assert_eq!(back[..plain.len()], plain);
        assert_eq!((back.last(), spans.len()), (Some(&None), plain.len()));
        assert!(spans.numbered().map(|(_, span)| span).eq(plain.into_iter().flatten()));
        assert!(!spans.whole.is_empty() && spans.files.len() == ELSEWHERE as usize);
    }
}
