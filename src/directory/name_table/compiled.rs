//! The table of names in a compiled file.
//!
//! That each name is found is not tried out, as that would be a cache miss for each. The slots, in their order, tell of each
//! name its home; the names, in theirs, do the same; and the sums of what both tell are alike only where they tell the same.

use super::{AFAR, LINE, Line, NAME, Name, NameTable, SLOTS, Seed, Slot, USED};
use crate::directory::EntityId;
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::Word;
use crate::schema::TypeId;

/// The names whose hashes tell whether tables are laid out as this version lays them out: a long one and a short one.
const KNOWN: [(TypeId, &str); 2] = [(TypeId(7), "organization/team/project"), (TypeId(9), "run-42")];

/// What the hash function makes of certain names: part of the format, as tables are laid out by it.
pub(in crate::directory) fn hash_of_known() -> u64 {
    let seed = Seed::of(b"names");
    KNOWN.iter().fold(0, |both, (ty, id)| both ^ Name::new(seed, *ty, (*id).into(), EntityId(0)).hash)
}

impl NameTable {
    /// Writes the table, laid out by what its names have for a seed. `texts` are all of them, and `name` gives that of a number.
    pub(in crate::directory) fn write<'n>(
        &self,
        section: Section,
        image: &mut ImageWriter,
        texts: &str,
        name: impl Fn(EntityId) -> (TypeId, &'n str),
    ) {
        image.rows(section, &self.laid_out(Seed::of(texts.as_bytes()), self.lines.len(), name));
    }

    /// Reads a table of so many names, which is yet to be looked at. `texts` are all of them.
    pub(in crate::directory) fn read(section: Section, image: &Image, texts: &str, used: usize) -> Result<Self, Fault> {
        Ok(Self { lines: image.table(section)?, used, seed: Seed::of(texts.as_bytes()) })
    }

    /// What the table has to tell, as yet of no names.
    pub(in crate::directory) fn tally(&self) -> Tally {
        Tally { lines: self.lines.len(), seed: self.seed, names: 0, told: 0 }
    }

    /// Whether the table tells of these names, and of no others. `name` gives the name of a number.
    pub(in crate::directory) fn look<'n>(
        &self,
        section: Section,
        wanted: Tally,
        name: impl Fn(EntityId) -> (TypeId, &'n str),
    ) -> Result<(), Fault> {
        let (lines, count) = (&*self.lines, wanted.names);
        let fault = |line: usize, what| Err(Fault::row(section, line, what));
        if lines.is_empty() && count == 0 {
            return Ok(());
        }
        if !lines.len().is_power_of_two() || count * SLOTS > lines.len() * LINE * USED {
            return fault(0, "there are too few lines, or no power of two");
        }
        let Some(free) = lines.iter().position(|line| !line.is_full()) else { return fault(0, "no slot is free") };
        let mask = lines.len() - 1;
        let (mut used, mut full, mut told) = (0_usize, 0_usize, 0_u64);
        // Behind a line with room nothing comes from before it. That line itself is last: what comes from full lines before it
        // may stand in it.
        for (at, line) in lines.iter().enumerate().cycle().skip(free + 1).take(lines.len()) {
            for slot in line.slots().into_iter().take_while(|slot| !slot.is_free()) {
                let away = match slot.away() {
                    AFAR if slot.of().0 as usize >= count => return fault(at, "there is no such entity"),
                    AFAR => {
                        let (ty, id) = name(slot.of());
                        at.wrapping_sub(Name::new(self.seed, ty, id.into(), slot.of()).home(lines.len())) & mask
                    }
                    away => away,
                };
                if away > full {
                    return fault(at, "a free slot lies between it and the name's home");
                }
                told = told.wrapping_add(slot.told(at.wrapping_sub(away) & mask));
                used += 1;
            }
            if !line.ends_free() {
                return fault(at, "what is free is not at the end, or not empty");
            }
            full = if line.is_full() { full + 1 } else { 0 };
        }
        if used != count || told != wanted.told {
            return fault(0, "the names in the slots are not the names that there are");
        }
        Ok(())
    }
}

/// What the slots of names tell, added up.
#[derive(Clone, Copy, Debug)]
pub(in crate::directory) struct Tally {
    /// How many lines there are.
    lines: usize,
    seed: Seed,
    names: usize,
    told: u64,
}

impl Tally {
    /// Adds the name of the number `at`.
    #[inline]
    pub(in crate::directory) fn add(&mut self, ty: TypeId, id: Word<'_>, at: usize) {
        let name = Name::new(self.seed, ty, id, EntityId(u32::try_from(at).unwrap_or(u32::MAX)));
        self.told = self.told.wrapping_add(name.slot.told(name.home(self.lines)));
        self.names += 1;
    }
}

impl Line {
    /// Whether the free slots come last and have nothing in them, so that none is taken for a name.
    fn ends_free(&self) -> bool {
        let mut free = self.slots().into_iter().skip_while(|slot| !slot.is_free());
        free.all(|slot| slot.mark | u64::from(slot.entity) | u64::from(slot.key) == 0)
    }
}

impl Slot {
    /// What it tells of a name that has this home, in a number that no other is likely to be.
    #[inline]
    fn told(&self, home: usize) -> u64 {
        let name = u64::from(self.entity) << 32 | u64::from(self.key & NAME);
        let first = fold(self.mark ^ 0x9e37_79b9_7f4a_7c15, name ^ 0xd1b5_4a32_d192_ed03);
        fold(first ^ 0x8cb9_2ba7_2f3d_8dd7, home as u64 ^ 0x2545_f491_4f6c_dd1d)
    }
}

/// Both halves of a product, each of which knows all bits of both numbers only together with the other.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    u64::try_from((product >> 64) ^ (product & u128::from(u64::MAX))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_function_is_the_one_that_files_were_written_with() {
        // Where this fails, older files cannot be read: raise the format.
        assert_eq!(hash_of_known(), 0xbcdd_02e6_d7fd_3f21);
    }

    #[test]
    fn every_table_that_is_written_is_taken_for_what_it_is() {
        for first in 0..400 {
            // Nearly as many as go into sixteen lines, so that some stand in lines behind their own, over the end as well.
            let names: Vec<String> = (first * 40..(first + 1) * 40).map(|at| format!("u{at}")).collect();
            // The last few are of another type, so that they change places with some of the others.
            let ty = |at: usize| TypeId(if at < 34 { 1 } else { 2 });
            let name = |known: EntityId| (ty(known.0 as usize), names[known.0 as usize].as_str());
            let texts = names.concat();
            let mut table = NameTable::default();
            table.reserve(names.len(), name);
            for (entity, id) in (0..).map(EntityId).zip(&names) {
                table.insert((ty(entity.0 as usize), id, entity), name);
            }
            let seed = Seed::of(texts.as_bytes());
            let lines = table.laid_out(seed, table.lines.len(), name);
            assert_eq!(lines.len(), 16);
            let table = NameTable { lines: lines.into(), used: names.len(), seed };
            let mut told = table.tally();
            names.iter().enumerate().for_each(|(at, id)| told.add(ty(at), id.as_str().into(), at));
            let found = table.look(Section::EntitySlots, told, name);
            assert!(found.is_ok(), "{first}: {found:?}");
        }
    }
}
