//! The tree of a policy file, and what of it is another when its text is edited.
//!
//! Of an edited text only the declarations are parsed that the edit touches. The language tells where a declaration ends by
//! the word after it, so those beside the edit are read along: where they come out as they were, all others do, too.

use crate::index::in_turn;
use crate::source::{Shifts, Source, Span};
use crate::syntax::ast::{Item, PolicyFile};
use crate::syntax::dsl::{self, Bounds};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How many declarations behind an edit are read along.
const ALONG: usize = 2;

/// The tree of a policy file.
#[derive(Debug)]
pub(super) struct PolicyTree {
    /// Its package and its imports.
    head: PolicyFile,
    /// All of it, once it was parsed whole.
    whole: OnceLock<PolicyFile>,
    /// The text to parse, where it was not.
    text: Option<Source>,
    /// Where each declaration begins and ends by now, where that is known.
    bounds: Option<Bounds>,
}

/// Declarations of a file in the place of others.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    /// Which of the file's declarations are gone, by their place among them.
    pub(super) gone: Range<usize>,
    /// Those in their place.
    pub(super) items: Vec<Item>,
}

/// A file whose text was edited.
pub(super) struct Edited {
    pub(super) tree: PolicyTree,
    pub(super) shifts: Arc<Shifts>,
    pub(super) patch: Patch,
}

impl PolicyTree {
    /// A tree that was parsed whole.
    pub(super) fn parsed(whole: PolicyFile, bounds: Option<Bounds>) -> Self {
        let head = PolicyFile {
            file: whole.file,
            package: whole.package.clone(),
            imports: whole.imports.clone(),
            items: Vec::new(),
        };
        Self { head, whole: OnceLock::from(whole), text: None, bounds }
    }

    /// The file without its declarations.
    pub(super) const fn head(&self) -> &PolicyFile {
        &self.head
    }

    /// The whole file. It is parsed again where only edits were.
    pub(super) fn whole(&self) -> &PolicyFile {
        self.whole.get_or_init(|| {
            let Some(source) = &self.text else { return self.head.clone() };
            let file = self.head.file;
            let place = |start, end| match source.shifts() {
                Some(shifts) => {
                    let noted = shifts.noted(start..end);
                    Span::new(file, noted.start, noted.end)
                }
                None => Span::new(file, start, end),
            };
            dsl::parse_placed(file, source.text(), &place, &in_turn).0.tree
        })
    }

    /// The same with the text edited; nothing where it is to be parsed whole.
    pub(super) fn edited(&self, source: &Source, text: &str) -> Option<Edited> {
        let Bounds { head, items: bounds } = self.bounds.as_ref()?;
        let old = source.text();
        let (prefix, suffix) = common(old, text);
        let (from, to) = (offset(prefix)?, offset(old.len() - suffix)?);
        let moved = |at: u32| at.checked_add(offset(text.len())?)?.checked_sub(offset(old.len())?);

        // Declarations that end before the edit are as they were, and those past the first one behind it, to which a
        // comment before it belongs.
        let first = bounds.partition_point(|decl| decl.end < from);
        let last = (bounds.partition_point(|decl| decl.start <= to) + 1).min(bounds.len());
        // What stands in the head is no declaration, and ends where it ends, whatever follows.
        let behind_head = head.last().map_or(0, |part| part.end);
        if !head.is_empty() && from <= behind_head {
            return self.commented(source, text, from..to);
        }
        let before = first.checked_sub(1).and_then(|at| bounds.get(at));
        let along = bounds.get(last..(last + ALONG).min(bounds.len()))?;
        let start = before.map_or(behind_head, |decl| decl.start);
        let end = match along.last() {
            Some(decl) => moved(decl.end)?,
            None => offset(text.len())?,
        };
        let part = text.get(start as usize..end as usize)?;
        let file = self.head.file;
        let (items, found) = dsl::parse_part(file, part, &|at, end| Span::new(file, at, end))?;

        // What is read along must come out where it was.
        let found: Vec<Range<u32>> = found.into_iter().map(|decl| decl.start + start..decl.end + start).collect();
        let lead = usize::from(before.is_some());
        let middle = lead..found.len().checked_sub(along.len())?;
        let same = |decl: &Range<u32>, known: &Range<u32>| {
            Some(decl.start) == moved(known.start) && Some(decl.end) == moved(known.end)
        };
        let tail = found.get(middle.end..)?;
        if middle.start > middle.end
            || found.first().filter(|_| lead > 0) != before
            || !tail.iter().zip(along).all(|(decl, known)| same(decl, known))
        {
            return None;
        }

        // Of those in between, the first and the last may say what they said.
        let undocumented =
            |text: &str, from: u32, to: u32| slice(text, &(from..to)).is_some_and(|gap| !gap.contains("##"));
        let (mut gone, mut new) = (first..last, middle);
        while let (Some(was), Some(is)) = (bounds.get(gone.start), found.get(new.start))
            && !gone.is_empty()
            && !new.is_empty()
            && was == is
            && slice(old, was) == slice(text, is)
        {
            let gap = gone.start.checked_sub(1).and_then(|at| bounds.get(at)).map_or(behind_head, |decl| decl.end);
            if !undocumented(old, gap, was.start) || !undocumented(text, gap, is.start) {
                break;
            }
            (gone.start, new.start) = (gone.start + 1, new.start + 1);
        }
        while !gone.is_empty()
            && !new.is_empty()
            && let (Some(was), Some(is)) = (bounds.get(gone.end - 1), found.get(new.end - 1))
            && same(is, was)
            && slice(old, was) == slice(text, is)
        {
            let gap = |bounds: &[Range<u32>], at: usize| {
                at.checked_sub(2).and_then(|at| bounds.get(at)).map_or(0, |decl| decl.end)
            };
            let (was_gap, is_gap) = (gap(bounds, gone.end), gap(&found, new.end).max(start));
            if !undocumented(old, was_gap, was.start) || !undocumented(text, is_gap, is.start) {
                break;
            }
            (gone.end, new.end) = (gone.end - 1, new.end - 1);
        }

        // Places are noted for all between what stays on either side.
        let from = gone.start.checked_sub(1).and_then(|at| bounds.get(at)).map_or(behind_head, |decl| decl.end);
        let to = bounds.get(gone.end).map_or(offset(old.len())?, |decl| decl.start);
        let length = moved(to)?.checked_sub(from)?;
        let none = || Arc::new(Shifts::none(offset(old.len()).unwrap_or(u32::MAX)));
        let (shifts, noted) = source.shifts().cloned().unwrap_or_else(none).edited(from..to, length)?;
        let place = |at: u32, end: u32| {
            let shifted = |at: u32| (at + start).saturating_sub(from).saturating_add(noted);
            Span::new(file, shifted(at), shifted(end))
        };
        let mut items = if new.is_empty() { items } else { dsl::parse_part(file, part, &place)?.0 };
        items.truncate(new.end);
        items.drain(..new.start.min(items.len()));

        let stay = bounds.get(gone.end..)?.iter().map(|decl| Some(moved(decl.start)?..moved(decl.end)?));
        let ahead = bounds.get(..gone.start)?.iter().cloned();
        let now: Option<Vec<Range<u32>>> = ahead.chain(found.get(new)?.iter().cloned()).map(Some).chain(stay).collect();
        let shifts = Arc::new(shifts);
        let tree = Self {
            head: self.head.clone(),
            whole: OnceLock::new(),
            text: None,
            bounds: Some(Bounds { head: head.clone(), items: now? }),
        };
        Some(Edited { tree, shifts, patch: Patch { gone, items } })
    }

    /// The same where nothing but comments and blanks were edited, before, between or behind the parts of the head.
    fn commented(&self, source: &Source, text: &str, edit: Range<u32>) -> Option<Edited> {
        let Bounds { head, items } = self.bounds.as_ref()?;
        let old = source.text();
        let moved = |at: u32| at.checked_add(offset(text.len())?)?.checked_sub(offset(old.len())?);
        let parts = || head.iter().chain(items.first());
        if parts().any(|part| part.start <= edit.end && edit.start <= part.end) {
            return None;
        }
        let from = parts().map(|part| part.end).filter(|&end| end < edit.start).max().unwrap_or(0);
        let to = parts().map(|part| part.start).filter(|&start| start > edit.end).min()?;
        let (was, is) = (slice(old, &(from..to))?, slice(text, &(from..moved(to)?))?);
        // A comment may belong to what follows.
        let (found, _) = dsl::parse_part(self.head.file, is, &|at, end| Span::new(self.head.file, at, end))?;
        if !found.is_empty() || was.contains("##") || is.contains("##") {
            return None;
        }
        let none = || Arc::new(Shifts::none(offset(old.len()).unwrap_or(u32::MAX)));
        let length = moved(to)?.checked_sub(from)?;
        let (shifts, _) = source.shifts().cloned().unwrap_or_else(none).edited(from..to, length)?;
        let stand = |parts: &[Range<u32>]| -> Option<Vec<Range<u32>>> {
            let stands = |part: &Range<u32>| {
                if part.start < to { Some(part.clone()) } else { Some(moved(part.start)?..moved(part.end)?) }
            };
            parts.iter().map(stands).collect()
        };
        let bounds = Some(Bounds { head: stand(head)?, items: stand(items)? });
        let tree = Self { head: self.head.clone(), whole: OnceLock::new(), text: None, bounds };
        Some(Edited { tree, shifts: Arc::new(shifts), patch: Patch { gone: 0..0, items: Vec::new() } })
    }

    /// With the text to parse where the whole is asked for.
    pub(super) fn of(self, source: &Source) -> Self {
        Self { text: Some(source.clone()), ..self }
    }
}

fn slice<'t>(text: &'t str, range: &Range<u32>) -> Option<&'t str> {
    text.get(range.start as usize..range.end as usize)
}

fn offset(at: usize) -> Option<u32> {
    u32::try_from(at).ok()
}

/// How many bytes two texts have in common at their start and, past these, at their end, in whole characters.
fn common(one: &str, other: &str) -> (usize, usize) {
    const BLOCK: usize = 4_096;
    let (a, b) = (one.as_bytes(), other.as_bytes());
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    let ahead = a.iter().skip(blocks).zip(b.iter().skip(blocks));
    let mut prefix = blocks + ahead.take_while(|(a, b)| a == b).count();
    while !(one.is_char_boundary(prefix) && other.is_char_boundary(prefix)) {
        prefix -= 1;
    }
    let (a, b) = (a.get(prefix..).unwrap_or_default(), b.get(prefix..).unwrap_or_default());
    let blocks = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    let ends = a.iter().rev().skip(blocks).zip(b.iter().rev().skip(blocks));
    let mut suffix = blocks + ends.take_while(|(a, b)| a == b).count();
    while !(one.is_char_boundary(one.len() - suffix) && other.is_char_boundary(other.len() - suffix)) {
        suffix -= 1;
    }
    (prefix, suffix)
}
