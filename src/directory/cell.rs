//! Values of attributes as they stand in a table: eight bytes each.
//!
//! A word tells what a value is and another which. A number that needs more than that stands in a list of its own.

use super::EntityId;
use super::attributes::{AddressId, SetId, Stored};
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{Symbol, Table, prefetch};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A value. What its words mean, its [`Cells`] know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Cell {
    kind: u32,
    word: u32,
}

/// What a cell holds. Of numbers, those that fit into its word stand there.
mod kind {
    pub(super) const MISSING: u32 = 0;
    pub(super) const ABSENT: u32 = 1;
    pub(super) const BOOL: u32 = 2;
    pub(super) const TEXT: u32 = 3;
    pub(super) const IP: u32 = 4;
    pub(super) const ENTITY: u32 = 5;
    pub(super) const SET: u32 = 6;
    pub(super) const INT: u32 = 8;
    pub(super) const TIMESTAMP: u32 = 9;
    pub(super) const DURATION: u32 = 10;
    /// Added to the kind of a number that stands in the list.
    pub(super) const WIDE: u32 = 16;
}

/// Cells, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    cells: Table<Cell>,
    /// Numbers too large for a cell.
    wide: Table<i64>,
}

/// A value on its own, in the lists of a file that are not read in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Element {
    kind: u32,
    /// Zero.
    rest: u32,
    value: i64,
}

impl From<Stored> for Element {
    fn from(stored: Stored) -> Self {
        let (kind, value) = match stored {
            Stored::Missing => (kind::MISSING, 0),
            Stored::Absent => (kind::ABSENT, 0),
            Stored::Bool(value) => (kind::BOOL, i64::from(value)),
            Stored::Text(symbol) => (kind::TEXT, i64::from(symbol.0)),
            Stored::Ip(address) => (kind::IP, i64::from(address.0)),
            Stored::Entity(entity) => (kind::ENTITY, i64::from(entity.0)),
            Stored::Set(set) => (kind::SET, i64::from(set.0)),
            Stored::Int(number) => (kind::INT, number),
            Stored::Timestamp(number) => (kind::TIMESTAMP, number),
            Stored::Duration(number) => (kind::DURATION, number),
        };
        Self { kind, rest: 0, value }
    }
}

impl Element {
    /// The value, if it is one.
    pub(super) fn stored(self) -> Option<Stored> {
        let id = u32::try_from(self.value).ok();
        Some(match self.kind {
            kind::MISSING => Stored::Missing,
            kind::ABSENT => Stored::Absent,
            kind::BOOL => Stored::Bool(self.value == 1),
            kind::TEXT => Stored::Text(Symbol(id?)),
            kind::IP => Stored::Ip(AddressId(id?)),
            kind::ENTITY => Stored::Entity(EntityId(id?)),
            kind::SET => Stored::Set(SetId(id?)),
            kind::INT => Stored::Int(self.value),
            kind::TIMESTAMP => Stored::Timestamp(self.value),
            kind::DURATION => Stored::Duration(self.value),
            _ => return None,
        })
        .filter(|stored| Self::from(*stored) == self)
    }
}

impl Cells {
    pub(super) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::AttributeCells, &self.cells);
        image.rows(Section::AttributeNumbers, &self.wide);
    }

    /// Reads the cells, which are yet to be looked at.
    pub(super) fn read(image: &Image) -> Result<Self, Fault> {
        Ok(Self { cells: image.table(Section::AttributeCells)?, wide: image.table(Section::AttributeNumbers)? })
    }

    /// Whether all of them are values.
    pub(super) fn look(&self) -> Result<(), Fault> {
        // A word of no kind is taken for a value that is missing, which stands for itself.
        let is_sound = |(at, cell): (usize, &Cell)| match self.get(at) {
            Some(Stored::Missing) => cell.kind == kind::MISSING,
            Some(Stored::Bool(_)) => cell.word < 2,
            Some(_) => true,
            None => false,
        };
        match self.cells.iter().enumerate().find(|cell| !is_sound(*cell)) {
            Some((at, _)) => Err(Fault::row(Section::AttributeCells, at, "it is no value")),
            None => Ok(()),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Has the memory bring one.
    #[inline]
    pub(super) fn prefetch(&self, at: usize) {
        self.cells.get(at).into_iter().for_each(prefetch);
    }

    /// What a cell holds.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<Stored> {
        let Cell { kind, word } = *self.cells.get(at)?;
        Some(match kind {
            kind::ABSENT => Stored::Absent,
            kind::BOOL => Stored::Bool(word != 0),
            kind::TEXT => Stored::Text(Symbol(word)),
            kind::IP => Stored::Ip(AddressId(word)),
            kind::ENTITY => Stored::Entity(EntityId(word)),
            kind::SET => Stored::Set(SetId(word)),
            number => match number & !kind::WIDE {
                kind::INT => Stored::Int(self.number(number, word)?),
                kind::TIMESTAMP => Stored::Timestamp(self.number(number, word)?),
                kind::DURATION => Stored::Duration(self.number(number, word)?),
                _ => Stored::Missing,
            },
        })
    }

    #[inline]
    fn number(&self, kind: u32, word: u32) -> Option<i64> {
        if kind & kind::WIDE == 0 { Some(i64::from(word.cast_signed())) } else { self.wide.get(word as usize).copied() }
    }

    /// Appends a value.
    pub(super) fn push(&mut self, value: Stored) {
        let cell = self.cell(value);
        self.cells.made().push(cell);
    }

    /// Appends a copy of some of its cells.
    pub(super) fn push_from(&mut self, start: usize, end: usize) {
        self.cells.made().extend_from_within(start..end);
    }

    /// Puts a value into a cell.
    pub(super) fn set(&mut self, at: usize, value: Stored) {
        let cell = self.cell(value);
        if let Some(known) = self.cells.made().get_mut(at) {
            *known = cell;
        }
    }

    /// Gives back what memory it has too much.
    pub(super) fn shrink(&mut self) {
        self.cells.made().shrink_to_fit();
        self.wide.made().shrink_to_fit();
    }

    fn cell(&mut self, value: Stored) -> Cell {
        let (kind, word) = match value {
            Stored::Missing => (kind::MISSING, 0),
            Stored::Absent => (kind::ABSENT, 0),
            Stored::Bool(value) => (kind::BOOL, u32::from(value)),
            Stored::Text(symbol) => (kind::TEXT, symbol.0),
            Stored::Ip(address) => (kind::IP, address.0),
            Stored::Entity(entity) => (kind::ENTITY, entity.0),
            Stored::Set(set) => (kind::SET, set.0),
            Stored::Int(number) => self.number_cell(kind::INT, number),
            Stored::Timestamp(number) => self.number_cell(kind::TIMESTAMP, number),
            Stored::Duration(number) => self.number_cell(kind::DURATION, number),
        };
        Cell { kind, word }
    }

    fn number_cell(&mut self, kind: u32, number: i64) -> (u32, u32) {
        if let Ok(small) = i32::try_from(number) {
            return (kind, small.cast_unsigned());
        }
        let wide = self.wide.made();
        wide.push(number);
        (kind | kind::WIDE, u32::try_from(wide.len() - 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_gives_back_what_was_put_into_it() {
        let numbers = [0, 1, -1, i64::from(i32::MAX), i64::from(i32::MIN), 1 << 31, -(1 << 31) - 1, i64::MAX, i64::MIN];
        let mut values = vec![Stored::Missing, Stored::Absent, Stored::Bool(false), Stored::Bool(true)];
        values.extend([
            Stored::Text(Symbol(7)),
            Stored::Ip(AddressId(8)),
            Stored::Entity(EntityId(9)),
            Stored::Set(SetId(10)),
        ]);
        values.extend(
            numbers
                .into_iter()
                .flat_map(|number| [Stored::Int(number), Stored::Timestamp(number), Stored::Duration(number)]),
        );
        let mut cells = Cells::default();
        values.iter().for_each(|&value| cells.push(value));
        let held: Vec<Stored> = (0..cells.len()).filter_map(|at| cells.get(at)).collect();
        assert_eq!(held, values);
        values.reverse();
        values.iter().enumerate().for_each(|(at, &value)| cells.set(at, value));
        assert_eq!((0..cells.len()).filter_map(|at| cells.get(at)).collect::<Vec<_>>(), values);
        assert_eq!(cells.get(values.len()), None);
    }
}
