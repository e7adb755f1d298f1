//! From names to entities: a hash table that may stand in a file and be read there.
//!
//! Layout. Lines of four slots of sixteen bytes each: a line is one of the cache. A power of two of lines, at most five
//! eighths of the slots in use. A name's home is the line that its hash tells; there it stands, or in the first line after
//! it that had a free slot, the first line following on the last. A slot has all of an id that is short and the hash of one
//! that is not, so that names are told apart without a look at their texts, each look being a cache miss. All slots of a
//! line are compared, without a branch for each: which of them it is nobody can foretell.
//!
//! Ids are often chosen by those whom they name. So that nobody can choose ids that share a home, homes are drawn by a
//! [`Seed`] that is another for each table.

mod compiled;
mod seed;

pub(super) use compiled::hash_of_known;

use super::EntityId;
use crate::index::{Table, Word, prefetch};
use crate::schema::{TypeId, narrow};
use seed::Seed;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Of this many slots...
const SLOTS: usize = 8;
/// ...so many are in use at most.
const USED: usize = 5;
/// How many slots a line has.
const LINE: usize = 4;

/// A name, sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(super) struct Slot {
    /// All of an id that is short, the missing bytes zero; the hash of one that is not.
    mark: u64,
    /// The entity's number and one; zero where the slot is free.
    entity: u32,
    /// The last bits of the type, and above them how many bytes the id has; 255 stands for all from there on. Highest stands
    /// how many lines this one is from the name's home; 255 stands for all from there on.
    key: u32,
}

/// The bits of [`Slot::key`] that are the name's.
const NAME: u32 = 0x00ff_ffff;
/// How far up the rest is.
const AWAY: u32 = 24;

/// The free ones come last.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(super) struct Line {
    slots: [Slot; LINE],
}

/// The names of entities, whose texts stand elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    lines: Table<Line>,
    used: usize,
    seed: Seed,
}

/// A name with its hash, by which files are laid out.
struct Name {
    hash: u64,
    slot: Slot,
}

impl Name {
    /// The name of an entity, as yet without a place.
    fn new(seed: Seed, ty: TypeId, id: Word<'_>, entity: EntityId) -> Self {
        if id.is_short() { Self::short(seed, ty, id, entity) } else { Self::long(seed, ty, id, entity) }
    }

    /// One of which all is known by its head.
    #[inline]
    fn short(seed: Seed, ty: TypeId, id: Word<'_>, entity: EntityId) -> Self {
        let key = (id.bytes().len() as u32) << 16 | u32::from(narrow(ty));
        let slot = Slot { mark: id.head(), entity: entity.0.wrapping_add(1), key };
        Self { hash: seed.hash_short(id.head(), key), slot }
    }

    fn long(seed: Seed, ty: TypeId, id: Word<'_>, entity: EntityId) -> Self {
        let len = id.bytes().len().min(usize::from(u8::MAX)) as u32;
        let (hash, key) = (seed.hash_long(ty, id.bytes()), len << 16 | u32::from(narrow(ty)));
        Self { hash, slot: Slot { mark: hash, entity: entity.0.wrapping_add(1), key } }
    }

    /// Its home among a power of two of lines.
    #[inline]
    fn home(&self, lines: usize) -> usize {
        (self.hash >> 32) as usize & lines.wrapping_sub(1)
    }
}

impl Slot {
    const fn is_free(&self) -> bool {
        self.entity == 0
    }

    const fn of(&self) -> EntityId {
        EntityId(self.entity.wrapping_sub(1))
    }

    const fn away(&self) -> u32 {
        self.key >> AWAY
    }
}

impl Line {
    /// The slots that may be the name's, a bit for each.
    #[inline]
    fn like(&self, name: &Slot) -> u32 {
        let is_like = |slot: &Slot| (slot.mark ^ name.mark) | u64::from((slot.key ^ name.key) & NAME) == 0;
        self.slots.iter().rev().fold(0, |bits, slot| bits << 1 | u32::from(is_like(slot)))
    }

    #[inline]
    const fn is_full(&self) -> bool {
        let [.., last] = &self.slots;
        !last.is_free()
    }
}

impl NameTable {
    /// The entity of a name. `is` tells whether a long name that is much like the one wanted is the one wanted.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn find(&self, ty: TypeId, id: Word<'_>, is: impl Fn(EntityId) -> bool) -> Option<EntityId> {
        if id.is_short() { self.find_short(ty, id) } else { self.find_long(ty, id, is) }
    }

    /// Has the memory bring the home of a short name.
    #[inline]
    pub(super) fn prefetch(&self, ty: TypeId, id: Word<'_>) {
        if id.is_short() {
            let home = Name::short(self.seed, ty, id, EntityId(0)).home(self.lines.len());
            self.lines.get(home).into_iter().for_each(prefetch);
        }
    }

    #[expect(clippy::inline_always)]
    #[inline(always)]
    fn find_short(&self, ty: TypeId, id: Word<'_>) -> Option<EntityId> {
        let name = Name::short(self.seed, ty, id, EntityId(0));
        let lines = &*self.lines;
        let home = name.home(lines.len());
        let mut at = home;
        loop {
            let line = lines.get(at)?;
            if let Some(slot) = line.slots.get(line.like(&name.slot).trailing_zeros() as usize) {
                // A free slot is like the empty name, and comes after it.
                return if slot.is_free() { None } else { Some(slot.of()) };
            }
            if !line.is_full() {
                return None;
            }
            at = (at + 1) & (lines.len() - 1);
            // Of a table that somebody writes into, against all that is asked, not even the last line need have room.
            if at == home {
                return None;
            }
        }
    }

    #[inline(never)]
    fn find_long(&self, ty: TypeId, id: Word<'_>, is: impl Fn(EntityId) -> bool) -> Option<EntityId> {
        let name = Name::long(self.seed, ty, id, EntityId(0));
        let lines = &*self.lines;
        let home = name.home(lines.len());
        let mut at = home;
        loop {
            let line = lines.get(at)?;
            let mut like = line.like(&name.slot);
            while let Some(slot) = line.slots.get(like.trailing_zeros() as usize) {
                if is(slot.of()) {
                    return Some(slot.of());
                }
                like &= like - 1;
            }
            if !line.is_full() {
                return None;
            }
            at = (at + 1) & (lines.len() - 1);
            // Of a table that somebody writes into, against all that is asked, not even the last line need have room.
            if at == home {
                return None;
            }
        }
    }

    /// Makes room for so many names more, that as many can be added before the table grows. `name` gives the name of an
    /// entity that is there.
    pub(super) fn reserve<'n>(&mut self, more: usize, name: impl Fn(EntityId) -> (TypeId, &'n str)) {
        let wanted = (self.used.saturating_add(more).saturating_mul(SLOTS)).div_ceil(USED).div_ceil(LINE);
        if wanted > self.lines.len() {
            self.lay_out(wanted.next_power_of_two().max(SLOTS / LINE), name);
        }
    }

    /// Looks at where names stand that are looked for next. Each look waits for the memory, and those that follow on each
    /// other at once wait together.
    pub(super) fn look_ahead<'n>(&self, names: impl Iterator<Item = (TypeId, Word<'n>)>) {
        let lines = &*self.lines;
        let seen = names.fold(0, |seen, (ty, id)| {
            seen ^ lines
                .get(Name::new(self.seed, ty, id, EntityId(0)).home(lines.len()))
                .map_or(0, |Line { slots: [first, ..] }| first.entity)
        });
        std::hint::black_box(seen);
    }

    /// Adds a name that is not there. `name` gives the name of an entity that is.
    pub(super) fn insert<'n>(
        &mut self,
        (ty, id, entity): (TypeId, &str, EntityId),
        name: impl Fn(EntityId) -> (TypeId, &'n str),
    ) {
        self.reserve(1, name);
        self.used += 1;
        put(self.lines.made(), &Name::new(self.seed, ty, id.into(), entity));
    }

    fn lay_out<'n>(&mut self, lines: usize, name: impl Fn(EntityId) -> (TypeId, &'n str)) {
        self.seed = Seed::drawn();
        self.lines = self.laid_out(self.seed, lines, name).into();
    }

    /// The same names in so many lines, by a seed: put there in the order of their numbers, wherever they stood.
    fn laid_out<'n>(&self, seed: Seed, lines: usize, name: impl Fn(EntityId) -> (TypeId, &'n str)) -> Vec<Line> {
        let mut lines = vec![Line::new_zeroed(); lines];
        let mut entities: Vec<EntityId> = self.slots().filter(|slot| !slot.is_free()).map(Slot::of).collect();
        entities.sort_unstable();
        for entity in entities {
            let (ty, id) = name(entity);
            put(&mut lines, &Name::new(seed, ty, id.into(), entity));
        }
        lines
    }

    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.lines.iter().flat_map(|line| &line.slots)
    }
}

/// Puts a name into the first free slot from its home on. One at least is free.
fn put(lines: &mut [Line], name: &Name) {
    let (home, mask) = (name.home(lines.len()), lines.len().wrapping_sub(1));
    let away = (0..lines.len()).find(|away| lines.get((home + away) & mask).is_some_and(|line| !line.is_full()));
    if let Some(away) = away
        && let Some(line) = lines.get_mut((home + away) & mask)
        && let Some(slot) = line.slots.iter_mut().find(|slot| slot.is_free())
    {
        *slot = Slot { key: name.slot.key | (away.min(usize::from(u8::MAX)) as u32) << AWAY, ..name.slot };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_count_up_stand_where_they_belong() {
        for name in [|at: u32| format!("u{at}"), |at: u32| format!("run-{at:04}"), |at: u32| format!("{at:x}")] {
            let names: Vec<String> = (0..10_000).map(name).collect();
            let mut table = NameTable::default();
            table.reserve(names.len(), |_| (TypeId(0), ""));
            for (entity, id) in (0..).map(EntityId).zip(&names) {
                table.insert((TypeId(0), id, entity), |_| (TypeId(0), ""));
            }
            let away = table.slots().filter(|slot| slot.away() > 0).count();
            assert!(away < names.len() / 10, "{away} of {} are not at home", names.len());
        }
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Vec<(TypeId, String)> =
            (0..3_000).map(|at| (TypeId(at % 3), format!("{}{}", "long".repeat(at as usize % 100), at / 3))).collect();
        let name =
            |entity: EntityId| names.get(entity.0 as usize).map_or((TypeId(9), ""), |(ty, id)| (*ty, id.as_str()));
        let mut table = NameTable::default();
        let find = |table: &NameTable, ty, id: &str| table.find(ty, id.into(), |entity| name(entity) == (ty, id));
        assert_eq!(find(&table, TypeId(0), "0"), None);
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            assert_eq!(find(&table, *ty, id), None);
            table.insert((*ty, id, entity), name);
            assert_eq!(find(&table, *ty, id), Some(entity));
        }
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            assert_eq!(find(&table, *ty, id), Some(entity));
            assert_eq!(find(&table, TypeId(ty.0 + 3), id), None, "another type");
            assert_eq!(find(&table, *ty, &format!("{id}\0")), None, "what fills a head up is no part of an id");
        }
        assert!(table.slots().filter(|slot| !slot.is_free()).count() == names.len() && table.lines.len() == 2_048);
    }

    #[test]
    fn ids_that_crowd_by_one_seed_do_not_by_the_next() {
        let lines = 4_096;
        let crowd =
            |id: &String| Name::new(Seed::default(), TypeId(0), id.as_str().into(), EntityId(0)).home(lines) < 32;
        for name in [|at: u32| format!("{at:x}"), |at: u32| format!("somebody-{at}")] {
            let names: Vec<String> = (0..400_000).map(name).filter(crowd).take(2_000).collect();
            let mut table = NameTable::default();
            for (entity, id) in (0..).map(EntityId).zip(&names) {
                table.insert((TypeId(0), id, entity), |known| (TypeId(0), names[known.0 as usize].as_str()));
            }
            let away = table.slots().filter(|slot| slot.away() > 0).count();
            assert!(names.len() == 2_000 && away < names.len() / 5, "{away} of {} are not at home", names.len());
        }
    }

    #[test]
    fn a_table_without_room_ends_the_search() {
        let taken = Slot { mark: 1, entity: 1, key: 1 };
        let table =
            NameTable { lines: vec![Line { slots: [taken; LINE] }; 4].into(), used: 4 * LINE, seed: Seed::default() };
        assert_eq!(table.find(TypeId(0), "ana".into(), |_| false), None);
        assert_eq!(table.find(TypeId(0), "somebody-with-a-long-name".into(), |_| false), None);
    }
}
