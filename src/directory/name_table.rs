//! From names to entities: a hash table that may stand in a file and be read there.
//!
//! Layout. Lines of four slots of sixteen bytes each: a line is one of the cache. A power of two of lines, at most five
//! eighths of the slots in use. A name's home is the line that its hash tells; there it stands, or in the first line after
//! it that had a free slot, the first line following on the last. Where not all can stand at home, those of types that have
//! few entities do: each of them is asked about more often, as every check has a subject, and a team has many runs.
//!
//! A slot has all of an id that is short and the hash of one that is not, so that names are told apart without a look at
//! their texts, each look being a cache miss. The slots of a line stand side by side, and are compared at once, without a
//! branch for each: which of them it is nobody can foretell.
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
use wide::u32x4;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Of this many slots...
const SLOTS: usize = 8;
/// ...so many are in use at most.
const USED: usize = 5;
/// How many slots a line has.
const LINE: usize = 4;

/// A name, sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
/// Stands for all lines so far away and further.
const AFAR: usize = 255;

/// Four slots. The free ones come last.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C, align(64))]
pub(super) struct Line {
    /// The lower halves of the marks, and the upper ones.
    marks: [[u32; LINE]; 2],
    entities: [u32; LINE],
    keys: [u32; LINE],
}

/// The names of entities, whose texts stand elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct NameTable {
    lines: Table<Line>,
    used: usize,
    seed: Seed,
}

/// A name with its hash, by which files are laid out.
#[derive(Clone, Copy, Debug)]
struct Name {
    hash: u64,
    slot: Slot,
}

/// The lines of a table at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    lines: &'a [Line],
    seed: Seed,
}

/// A name that is looked for: whoever has many to look for has the memory bring where each of them stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sought<'a> {
    lines: &'a [Line],
    name: Name,
    ty: TypeId,
    id: Word<'a>,
}

impl Name {
    /// The name of an entity, as yet without a place.
    #[inline]
    fn new(seed: Seed, ty: TypeId, id: Word<'_>, entity: EntityId) -> Self {
        let key = |len: usize| (len as u32) << 16 | u32::from(narrow(ty));
        let (mark, hash, key) = if id.is_short() {
            let key = key(id.bytes().len());
            (id.head(), seed.hash_short(id.head(), key), key)
        } else {
            let hash = seed.hash_long(ty, id.bytes());
            (hash, hash, key(id.bytes().len().min(usize::from(u8::MAX))))
        };
        Self { hash, slot: Slot { mark, entity: entity.0.wrapping_add(1), key } }
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

    const fn of(self) -> EntityId {
        EntityId(self.entity.wrapping_sub(1))
    }

    /// The last bits of the type.
    const fn ty(&self) -> usize {
        (self.key & 0xffff) as usize
    }

    /// How many lines it is from the name's home, up to [`AFAR`].
    const fn away(&self) -> usize {
        (self.key >> AWAY) as usize
    }

    /// The name so many lines from its home.
    fn at(self, away: usize) -> Self {
        Self { key: self.key & NAME | (away.min(AFAR) as u32) << AWAY, ..self }
    }
}

impl Line {
    /// The slots that may be the name's, a bit for each.
    #[inline]
    fn like(&self, name: &Slot) -> u32 {
        let [lower, upper] = self.marks.map(u32x4::new);
        let marks = (lower ^ u32x4::splat(name.mark as u32)) | (upper ^ u32x4::splat((name.mark >> 32) as u32));
        let keys = (u32x4::new(self.keys) ^ u32x4::splat(name.key)) & u32x4::splat(NAME);
        (marks | keys).simd_eq(u32x4::ZERO).to_bitmask()
    }

    #[inline]
    const fn is_full(&self) -> bool {
        let [.., last] = self.entities;
        last != 0
    }

    fn slots(&self) -> [Slot; LINE] {
        let [lower, upper] = self.marks;
        std::array::from_fn(|at| Slot {
            mark: u64::from(upper[at]) << 32 | u64::from(lower[at]),
            entity: self.entities[at],
            key: self.keys[at],
        })
    }

    fn put(&mut self, at: usize, slot: Slot) {
        let [lower, upper] = &mut self.marks;
        (lower[at], upper[at]) = (slot.mark as u32, (slot.mark >> 32) as u32);
        (self.entities[at], self.keys[at]) = (slot.entity, slot.key);
    }
}

impl NameTable {
    /// The entity of a name. `is` tells whether a long name that is much like the one wanted is the one wanted.
    #[inline]
    pub(super) fn find(&self, ty: TypeId, id: Word<'_>, is: impl Fn(EntityId) -> bool) -> Option<EntityId> {
        self.at_hand().seek(ty, id).find(|entity, _, _| is(entity))
    }

    /// What names are looked for in.
    #[inline]
    pub(super) fn at_hand(&self) -> Names<'_> {
        Names { lines: &self.lines, seed: self.seed }
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
            let home = lines.get(Name::new(self.seed, ty, id, EntityId(0)).home(lines.len()));
            seen ^ home.map_or(0, |Line { entities: [first, ..], .. }| *first)
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

    /// Gives the places at home to those that are to have them, once all names are there.
    pub(super) fn settle(&mut self) {
        settle(self.lines.made());
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
        settle(&mut lines);
        lines
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        self.lines.iter().flat_map(Line::slots)
    }
}

impl<'a> Names<'a> {
    /// Begins to look for a name, and has the memory bring its home.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(crate) fn seek(self, ty: TypeId, id: Word<'a>) -> Sought<'a> {
        let Self { lines, seed } = self;
        let name = Name::new(seed, ty, id, EntityId(0));
        lines.get(name.home(lines.len())).into_iter().for_each(prefetch);
        Sought { lines, name, ty, id }
    }
}

impl<'a> Sought<'a> {
    /// The name.
    pub(super) const fn name(self) -> (TypeId, Word<'a>) {
        (self.ty, self.id)
    }

    /// The entity of the name. `is` tells whether one that is much like it is the one wanted.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn find(self, is: impl Fn(EntityId, TypeId, Word<'_>) -> bool) -> Option<EntityId> {
        let Self { lines, name, ty, id } = self;
        if id.is_short() {
            // All that there is to a short name is in its slot, and nearly all stand at home.
            let home = lines.get(name.home(lines.len()))?;
            if let Some(entity) = home.entities.get(home.like(&name.slot).trailing_zeros() as usize) {
                return Some(EntityId(entity.checked_sub(1)?));
            }
            if !home.is_full() {
                return None;
            }
            return find_further(lines, name, &|_| true);
        }
        find_further(lines, name, &move |entity| is(entity, ty, id))
    }
}

/// Looks for a name from its home on. `is` tells whether one that is much like it is the one wanted.
#[inline(never)]
fn find_further(lines: &[Line], name: Name, is: &dyn Fn(EntityId) -> bool) -> Option<EntityId> {
    let home = name.home(lines.len());
    let mut at = home;
    loop {
        let line = lines.get(at)?;
        let mut like = line.like(&name.slot);
        while let Some(entity) = line.entities.get(like.trailing_zeros() as usize) {
            // A free slot is like the empty name, and comes after it.
            let entity = EntityId(entity.checked_sub(1)?);
            if is(entity) {
                return Some(entity);
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

/// Puts a name into the first free slot from its home on. One at least is free.
fn put(lines: &mut [Line], name: &Name) {
    let (home, mask) = (name.home(lines.len()), lines.len().wrapping_sub(1));
    let away = (0..lines.len()).find(|away| lines.get((home + away) & mask).is_some_and(|line| !line.is_full()));
    if let Some(away) = away
        && let Some(line) = lines.get_mut((home + away) & mask)
        && let Some(free) = line.entities.iter().position(|entity| *entity == 0)
    {
        line.put(free, name.slot.at(away));
    }
}

/// Has each name that is not at home change places with one of those there, of a type that has more names than its own. That
/// one is as well found where the other stood: all lines from its own home to there are full.
fn settle(lines: &mut [Line]) {
    let mut counts: Vec<u32> = Vec::new();
    for slot in lines.iter().flat_map(Line::slots).filter(|slot| !slot.is_free()) {
        if counts.len() <= slot.ty() {
            counts.resize(slot.ty() + 1, 0);
        }
        counts[slot.ty()] += 1;
    }
    let (count, mask) = (|slot: &Slot| counts.get(slot.ty()).copied().unwrap_or(0), lines.len().wrapping_sub(1));
    for at in 0..lines.len() {
        for (place, slot) in lines[at].slots().into_iter().enumerate() {
            let away = slot.away();
            if away == 0 || away == AFAR {
                continue;
            }
            let home = at.wrapping_sub(away) & mask;
            let there = lines[home].slots();
            let most = there.iter().enumerate().max_by_key(|(_, other)| count(other));
            if let Some((other_place, other)) = most
                && count(other) > count(&slot)
                && other.away() != AFAR
            {
                lines[home].put(other_place, slot.at(0));
                lines[at].put(place, other.at(other.away() + away));
            }
        }
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
    fn names_of_types_that_have_few_stand_at_home() {
        let (many, few) = (TypeId(1), TypeId(2));
        let names: Vec<(TypeId, String)> = (0..9_900)
            .map(|at| (many, format!("r{at}")))
            .chain((0..300).map(|at| (few, format!("{}{at}", if at % 3 == 0 { "u" } else { "somebody-called-" }))))
            .collect();
        let name = |entity: EntityId| names.get(entity.0 as usize).map_or((many, ""), |(ty, id)| (*ty, id.as_str()));
        let mut table = NameTable::default();
        table.reserve(names.len(), name);
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            table.insert((*ty, id, entity), name);
        }
        let away = |table: &NameTable, ty: TypeId| {
            table.slots().filter(|slot| !slot.is_free() && slot.ty() == ty.0 as usize && slot.away() > 0).count()
        };
        assert!(away(&table, few) > 10, "those that come last find the best places taken");
        let before = away(&table, few) + away(&table, many);
        table.settle();
        assert_eq!(away(&table, few), 0);
        assert!(away(&table, many) <= before, "nobody is moved but for somebody who comes home");
        for (entity, (ty, id)) in (0..).map(EntityId).zip(&names) {
            let is = |known: EntityId| name(known) == (*ty, id);
            assert_eq!(table.find(*ty, id.as_str().into(), is), Some(entity), "{id}");
        }
        assert_eq!(table.find(few, "r1".into(), |_| true), None);
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
        let line = Line { marks: [[1; LINE], [0; LINE]], entities: [1; LINE], keys: [1; LINE] };
        let table = NameTable { lines: vec![line; 4].into(), used: 4 * LINE, seed: Seed::default() };
        assert_eq!(table.find(TypeId(0), "ana".into(), |_| false), None);
        assert_eq!(table.find(TypeId(0), "somebody-with-a-long-name".into(), |_| false), None);
    }
}
