//! Texts of values as numbers: equal texts, one number. What an [`Interner`](crate::index::Interner) does, in tables that
//! may stand in a file.

use super::EntityId;
use super::name_table::NameTable;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{Arena, Symbol, Table};
use crate::schema::TypeId;

/// Texts stored once each, numbered in the order of first sight.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    arena: Arena,
    /// Where each ends, and the next begins.
    ends: Table<u32>,
    numbers: NameTable,
}

/// All are of one kind.
const KIND: TypeId = TypeId(0);

impl Texts {
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(known) = self.get(text) {
            return known;
        }
        let symbol = Symbol(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
        let arena = self.arena.made();
        arena.push_str(text);
        let end = u32::try_from(arena.len()).unwrap_or(u32::MAX);
        self.ends.made().push(end);
        let (arena, ends) = (&self.arena, &self.ends);
        self.numbers.insert((KIND, text, EntityId(symbol.0)), |known| (KIND, slice(arena, ends, known.0)));
        symbol
    }

    pub(super) fn get(&self, text: &str) -> Option<Symbol> {
        let is = |known: EntityId| slice(&self.arena, &self.ends, known.0) == text;
        self.numbers.find(KIND, text.into(), is).map(|known| Symbol(known.0))
    }

    /// The text of a number; empty for one from elsewhere.
    pub(super) fn resolve(&self, symbol: Symbol) -> &str {
        slice(&self.arena, &self.ends, symbol.0)
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::ValueTextEnds, &self.ends);
        image.bytes(Section::ValueTexts, self.arena.as_bytes());
        let name = |known: EntityId| (KIND, slice(&self.arena, &self.ends, known.0));
        self.numbers.write(Section::ValueTextSlots, image, &self.arena, name);
    }

    pub(super) fn read(image: &Image) -> Result<Self, Fault> {
        let (arena, ends) = (image.arena(Section::ValueTexts)?, image.table::<u32>(Section::ValueTextEnds)?);
        let mut start = 0;
        for (at, &end) in ends.iter().enumerate() {
            if arena.get(start..end as usize).is_none() {
                return Err(Fault::row(Section::ValueTextEnds, at, "it is no part of the texts"));
            }
            start = end as usize;
        }
        if start != arena.len() {
            return Err(Fault::row(Section::ValueTexts, start, "the text is nobody's"));
        }
        let numbers = NameTable::read(Section::ValueTextSlots, image, &arena, ends.len())?;
        let name = |entity: EntityId| (KIND, slice(&arena, &ends, entity.0));
        let mut told = numbers.tally();
        (0..ends.len()).for_each(|at| told.add(KIND, slice(&arena, &ends, narrow(at)).into(), at));
        numbers.look(Section::ValueTextSlots, told, name)?;
        // Two equal texts would be found as the first of them; that each is found tells that there are none.
        let texts = Self { arena, ends, numbers };
        let twice = (0..texts.len()).find(|&at| {
            let symbol = Symbol(narrow(at));
            texts.get(texts.resolve(symbol)) != Some(symbol)
        });
        match twice {
            Some(at) => Err(Fault::row(Section::ValueTextEnds, at, "the text is there twice")),
            None => Ok(texts),
        }
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn slice<'a>(arena: &'a str, ends: &[u32], at: u32) -> &'a str {
    let end = ends.get(at as usize).copied().unwrap_or(0);
    let start = at.checked_sub(1).and_then(|before| ends.get(before as usize)).copied().unwrap_or(0);
    arena.get(start as usize..end as usize).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number() {
        let mut texts = Texts::default();
        let names = ["", "free", "a plan with a long name", "free", "a plan with a longer name", ""];
        let numbers = names.map(|name| texts.intern(name));
        assert_eq!(numbers.map(|symbol| symbol.0), [0, 1, 2, 1, 3, 0]);
        assert_eq!(numbers.map(|symbol| texts.resolve(symbol).to_owned()), names);
        assert_eq!(texts.get("paid"), None);
        assert_eq!((texts.len(), texts.resolve(Symbol(9))), (4, ""));
    }
}
