//! One text that was read, and the way from a byte of it to a line and a column.

use super::{Outline, Shifts};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How many bytes a text may have whose outline is made each time that it is asked for.
const SHORT: usize = 4_096;

/// One text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    held: Held,
    shifts: Option<Arc<Shifts>>,
}

/// What of a text is at hand.
#[derive(Clone, Debug)]
enum Held {
    /// All of it, and it is short.
    Short(Arc<str>),
    /// All of it.
    Whole(Arc<str>, Arc<OnceLock<Outline>>),
    /// Some lines of a text that is too large to hold.
    Lines(Arc<HeldLines>, Arc<Outline>),
}

/// Lines of a text, without their line breaks, by the byte at which each begins.
#[derive(Clone, Debug, Default)]
pub struct HeldLines(BTreeMap<u32, Box<str>>);

impl HeldLines {
    /// Adds a line.
    pub fn insert(&mut self, start: u32, line: &str) {
        self.0.insert(start, line.into());
    }

    /// Adds all lines of others.
    pub fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
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
    /// The same text under another name.
    pub(super) fn named(&self, name: &str) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    /// A text that is held.
    pub(super) fn of(name: &str, text: &str) -> Self {
        let held =
            if text.len() <= SHORT { Held::Short(text.into()) } else { Held::Whole(text.into(), Arc::default()) };
        Self { name: name.into(), held, shifts: None }
    }

    /// A text that was edited since places in it were noted.
    pub(super) fn edited(name: &str, text: &str, shifts: Arc<Shifts>) -> Self {
        Self { shifts: Some(shifts), ..Self::of(name, text) }
    }

    /// How it was edited since places in it were noted, if it was.
    #[must_use]
    pub const fn shifts(&self) -> Option<&Arc<Shifts>> {
        self.shifts.as_ref()
    }

    /// A text of which some lines are held.
    pub(super) fn outlined(name: &str, outline: Outline, lines: HeldLines) -> Self {
        Self { name: name.into(), held: Held::Lines(Arc::new(lines), Arc::new(outline)), shifts: None }
    }

    /// The same with more of its lines held; nothing changes where all of it is.
    pub(super) fn holding(mut self, more: HeldLines) -> Self {
        if let Held::Lines(lines, _) = &mut self.held {
            Arc::make_mut(lines).append(more);
        }
        self
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
            Held::Short(text) | Held::Whole(text, _) => text,
            Held::Lines(..) => "",
        }
    }

    fn outline(&self) -> Cow<'_, Outline> {
        match &self.held {
            Held::Short(text) => Cow::Owned(Outline::of(text)),
            Held::Whole(text, outline) => Cow::Borrowed(outline.get_or_init(|| Outline::of(text))),
            Held::Lines(_, outline) => Cow::Borrowed(outline),
        }
    }

    /// A part of the text, where it is held: of a text of which only lines are, a part of one of them.
    #[must_use]
    pub fn slice(&self, bytes: Range<u32>) -> Option<&str> {
        match &self.held {
            Held::Short(text) | Held::Whole(text, _) => text.get(bytes.start as usize..bytes.end as usize),
            Held::Lines(lines, _) => {
                let (start, line) = lines.0.range(..=bytes.start).next_back()?;
                let within = |at: u32| at.checked_sub(*start).map(|at| at as usize);
                line.get(within(bytes.start)?..within(bytes.end)?)
            }
        }
    }

    /// Of a text that is not held as a whole, its outline, and the lines that are.
    #[must_use]
    pub fn lines(&self) -> Option<(&Outline, impl Iterator<Item = (u32, &str)>)> {
        match &self.held {
            Held::Short(_) | Held::Whole(..) => None,
            Held::Lines(lines, outline) => Some((outline, lines.0.iter().map(|(start, line)| (*start, &**line)))),
        }
    }

    /// How many bytes the text has.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.outline().length()
    }

    /// The number, from 0, of the line that holds byte `offset`; an offset past the end lies on the last line.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> u32 {
        self.outline().line_of(offset)
    }

    /// The bytes of a line counted from 0, without its line break; `None` past the last line.
    #[must_use]
    pub fn line_bytes(&self, line: u32) -> Option<Range<u32>> {
        let Range { start, end } = self.outline().line(line)?;
        let end = match &self.held {
            Held::Short(text) | Held::Whole(text, _) => {
                let line = text.get(start as usize..end as usize)?;
                let line = line.strip_suffix('\n').unwrap_or(line);
                let line = line.strip_suffix('\r').unwrap_or(line);
                start.saturating_add(u32::try_from(line.len()).ok()?)
            }
            Held::Lines(lines, _) => match lines.0.get(&start) {
                Some(line) => start.saturating_add(u32::try_from(line.len()).ok()?),
                None => end,
            },
        };
        Some(start..end)
    }

    /// The position of byte `offset`; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.outline().position(offset)
    }
}
