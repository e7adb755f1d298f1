//! The rows themselves: what each subject holds, side by side.
//!
//! Layout. A subject's row is a run of [`Held`]s, eight bytes each, sorted by entity: a handful for most, so that one cache
//! line answers for all that lies above a resource. `starts` tells where a row begins, and the next one where it ends. A
//! held's word is the number of an interned set of roles, or, with its highest bit set, the place of a [`Mixed`]: roles
//! held within times or under conditions beside those held always.

mod compiled;

pub(super) use compiled::Known;

use super::sets::RoleSets;
use super::ways::Hold;
use super::{Guard, Qualified};
use crate::compile::RoleSetId;
use crate::directory::EntityId;
use crate::index::{Stamp, Table};
use crate::schema::RoleId;
use wide::u32x4;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// How many entries are compared at once.
const FOUR: usize = 4;
/// Tells the place of a [`Mixed`] from the number of a set.
const MIXED: u32 = 1 << 31;

/// What is held on one entity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub struct Held {
    /// The entity.
    pub on: EntityId,
    word: u32,
}

impl Held {
    /// On no entity.
    const NOBODYS: Self = Self { on: EntityId(u32::MAX), word: MIXED };
}

/// Roles held always, if any, and those held in other ways.
#[derive(Clone, Copy, Debug)]
struct Mixed {
    set: Option<RoleSetId>,
    start: u32,
    end: u32,
}

/// A number of rows, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// None while rows are added.
    stamp: Stamp,
    starts: Table<u32>,
    held: Table<Held>,
    mixed: Vec<Mixed>,
    qualified: Vec<Qualified>,
    guards: Vec<Guard>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub struct RowSpot {
    start: u32,
    len: u32,
}

/// Some entries of a row, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Entries(u32);

impl Entries {
    /// Rows longer than this have no such set.
    pub const LIMIT: usize = 32;
}

/// What one subject holds, implied roles apart.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The entries of all rows.
    all: &'a [Held],
    start: u32,
    len: u32,
    rows: &'a Rows,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            stamp: Stamp::default(),
            starts: vec![0].into(),
            held: Table::default(),
            mixed: Vec::new(),
            qualified: Vec::new(),
            guards: Vec::new(),
        }
    }
}

impl Rows {
    pub(super) fn with_capacity(rows: usize, held: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self { starts: starts.into(), held: Vec::with_capacity(held + FOUR).into(), ..Self::default() }
    }

    /// Ends the rows. Behind the last stand entries that are nobody's, so that four can be read wherever a row begins.
    pub(super) fn ended(mut self) -> Self {
        self.held.made().extend([Held::NOBODYS; FOUR]);
        self
    }

    /// Gives rows that stay as they are a stamp, by which places in them can be remembered.
    pub(super) fn stamped(self) -> Self {
        Self { stamp: Stamp::fresh(), ..self }
    }

    /// A row by its number; an empty one past the end.
    #[inline]
    pub(super) fn row(&self, at: usize) -> Row<'_> {
        self.row_at(&self.spot(at))
    }

    /// Where a row stands, by its number.
    #[inline]
    pub(super) fn spot(&self, at: usize) -> RowSpot {
        let ends = self.starts.get(at..).and_then(|starts| Some((*starts.first()?, *starts.get(1)?)));
        let (start, end) = ends.unwrap_or((0, 0));
        RowSpot { start, len: end.saturating_sub(start) }
    }

    pub(super) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The row at a spot of these rows.
    #[inline]
    pub(super) fn row_at(&self, spot: &RowSpot) -> Row<'_> {
        self.row_among(&self.held, spot)
    }

    /// The row at a spot of these rows, whose [entries](Rows::entries) are at hand.
    #[inline]
    pub(super) fn row_among<'a>(&'a self, entries: &'a [Held], spot: &RowSpot) -> Row<'a> {
        Row { all: entries, start: spot.start, len: spot.len, rows: self }
    }

    /// The entries of all rows, and those that stand behind them.
    pub(super) fn entries(&self) -> &[Held] {
        &self.held
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many entities roles are held on, counted once for each subject.
    pub(super) fn held(&self) -> usize {
        self.starts.last().map_or(0, |&end| end as usize)
    }

    /// Adds to the last row, whose end is yet open, all that is held on an entity. Ways that are never open are left out.
    /// Entities come sorted.
    pub(super) fn push(&mut self, on: EntityId, roles: &mut [(RoleId, Vec<Hold>)], sets: &mut RoleSets) {
        roles.sort_by_key(|(role, _)| *role);
        // In one order, however they were found: a row made anew is the one that was there.
        roles.iter_mut().for_each(|(_, ways)| ways.sort_unstable());
        let always: Vec<RoleId> =
            roles.iter().filter(|(_, ways)| ways.iter().any(Hold::is_always)).map(|(role, _)| *role).collect();
        let start = narrow(self.qualified.len());
        for (role, ways) in roles.iter().filter(|(_, ways)| !ways.iter().any(Hold::is_always)) {
            let set = sets.intern(&[*role]);
            for way in ways.iter().filter(|way| way.since < way.until) {
                let guards = narrow(self.guards.len());
                self.guards.extend_from_slice(&way.guards);
                self.qualified.push(Qualified {
                    role: *role,
                    set,
                    since: way.since,
                    until: way.until,
                    start: guards,
                    end: narrow(self.guards.len()),
                });
            }
        }
        let end = narrow(self.qualified.len());
        let set = if always.is_empty() { None } else { Some(sets.intern(&always)) };
        if start != end {
            let word = narrow(self.mixed.len()) | MIXED;
            self.mixed.push(Mixed { set, start, end });
            self.held.made().push(Held { on, word });
        } else if let Some(set) = set {
            self.held.made().push(Held { on, word: set.0 });
        }
    }

    /// Adds a set of roles held always on an entity to the last row, whose end is yet open.
    pub(super) fn push_set(&mut self, on: EntityId, set: RoleSetId) {
        self.held.made().push(Held { on, word: set.0 });
    }

    /// Adds a row of others to the last row, whose end is yet open.
    pub(super) fn copy(&mut self, row: Row<'_>) {
        for held in row.held() {
            let Some(mixed) = row.mixed(held) else {
                self.held.made().push(*held);
                continue;
            };
            let start = narrow(self.qualified.len());
            for qualified in row.qualified(held) {
                let guards = narrow(self.guards.len());
                self.guards.extend_from_slice(row.guards(qualified));
                self.qualified.push(Qualified { start: guards, end: narrow(self.guards.len()), ..*qualified });
            }
            let word = narrow(self.mixed.len()) | MIXED;
            self.mixed.push(Mixed { set: mixed.set, start, end: narrow(self.qualified.len()) });
            self.held.made().push(Held { on: held.on, word });
        }
    }

    /// Ends the last row and begins the next.
    pub(super) fn end_row(&mut self) {
        self.starts.made().push(narrow(self.held.len()));
    }
}

impl<'a> Row<'a> {
    /// All entities that roles are held on, sorted, and what.
    #[inline]
    #[must_use]
    pub fn held(self) -> &'a [Held] {
        self.from(0).get(..self.len as usize).unwrap_or(&[])
    }

    /// Its entries from one on, and all that stand behind them.
    #[inline]
    fn from(self, at: u32) -> &'a [Held] {
        self.all.get(self.start as usize + at as usize..).unwrap_or(&[])
    }

    /// What is held on an entity.
    #[inline]
    #[must_use]
    pub fn on(self, entity: EntityId) -> Option<&'a Held> {
        let all = self.held();
        // Few are looked through faster than halved.
        if all.len() <= 16 {
            return all.iter().find(|held| held.on == entity);
        }
        let at = all.binary_search_by_key(&entity, |held| held.on).ok()?;
        all.get(at)
    }

    /// The entries on any of some entities, and what is made of them one after the other, of a row that has up to four.
    /// Nothing where it has more, or is one of the last of a table that was not ended.
    // Its caller keeps what it makes in registers.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub fn few_on<const N: usize, A>(
        self,
        entities: [EntityId; N],
        nothing: A,
        take: impl Fn(A, u32, bool) -> A,
    ) -> Option<(Entries, A)> {
        if self.len > FOUR as u32 {
            return None;
        }
        let start = self.start as usize;
        let entries = self.all.get(start..start + FOUR)?.first_chunk()?;
        let (met, taken) = four(entries, self.len, entities, nothing, take);
        Some((Entries(met), taken))
    }

    /// The same of a row of any length up to [`Entries::LIMIT`].
    pub fn all_on<const N: usize, A>(
        self,
        entities: [EntityId; N],
        nothing: A,
        take: impl Fn(A, u32, bool) -> A,
    ) -> Option<(Entries, A)> {
        if self.len as usize > Entries::LIMIT {
            return None;
        }
        let (mut all, mut made) = (0, nothing);
        for at in (0..self.len).step_by(FOUR) {
            let from = self.from(at);
            let (met, taken) = match from.first_chunk() {
                Some(entries) => four(entries, self.len - at, entities, made, &take),
                None => four(&filled_up(from), self.len - at, entities, made, &take),
            };
            (all, made) = (all | met << at, taken);
        }
        Some((Entries(all), made))
    }

    /// Takes the first of some entries out of them.
    #[inline]
    pub fn next(self, entries: &mut Entries) -> Option<&'a Held> {
        let at = entries.0.trailing_zeros();
        entries.0 &= entries.0.wrapping_sub(1);
        self.held().get(at as usize)
    }

    /// The roles held always on an entity, if any.
    #[inline]
    #[must_use]
    pub fn always(self, held: &Held) -> Option<RoleSetId> {
        if held.word & MIXED == 0 { Some(RoleSetId(held.word)) } else { self.mixed(held)?.set }
    }

    /// The roles held on an entity, where all of them are held always.
    #[inline]
    #[must_use]
    pub fn only_set(self, held: &Held) -> Option<RoleSetId> {
        (held.word & MIXED == 0).then_some(RoleSetId(held.word))
    }

    /// The roles held on an entity within times or under conditions, one entry for each way.
    #[inline]
    #[must_use]
    pub fn qualified(self, held: &Held) -> &'a [Qualified] {
        if held.word & MIXED == 0 {
            return &[];
        }
        let range = self.mixed(held).map_or(0..0, |mixed| mixed.start as usize..mixed.end as usize);
        self.rows.qualified.get(range).unwrap_or(&[])
    }

    /// The conditions of a qualified role, all of which must hold.
    #[must_use]
    pub fn guards(self, qualified: &Qualified) -> &'a [Guard] {
        let range = qualified.start as usize..qualified.end as usize;
        self.rows.guards.get(range).unwrap_or(&[])
    }

    fn mixed(self, held: &Held) -> Option<&'a Mixed> {
        if held.word & MIXED == 0 {
            return None;
        }
        self.rows.mixed.get((held.word & !MIXED) as usize)
    }
}

/// The last entries of a table, and behind them such as are nobody's.
fn filled_up(last: &[Held]) -> [Held; FOUR] {
    let mut four = [Held::NOBODYS; FOUR];
    four.iter_mut().zip(last).for_each(|(to, held)| *to = *held);
    four
}

/// Which of the first `len` of four entries are on any of some entities, a bit for each, and what is made of all. They are
/// compared at once, and all are taken in, each with whether it is one: to look at four costs less than to wait for which of
/// them it is.
#[expect(clippy::inline_always)]
#[inline(always)]
fn four<const N: usize, A>(
    four: &[Held; FOUR],
    len: u32,
    entities: [EntityId; N],
    nothing: A,
    take: impl Fn(A, u32, bool) -> A,
) -> (u32, A) {
    let on = u32x4::new(four.map(|held| held.on.0));
    let same = entities.map(|entity| on.simd_eq(u32x4::splat(entity.0)));
    let met = same.into_iter().fold(u32x4::ZERO, |met, same| met | same).to_bitmask();
    // What stands behind the row is another's.
    let met = met & !(u32::MAX << len.min(FOUR as u32));
    let [one, two, three, last] = four.map(|held| held.word);
    let taken = take(nothing, one, met & 1 != 0);
    let taken = take(taken, two, met & 2 != 0);
    let taken = take(taken, three, met & 4 != 0);
    (met, take(taken, last, met & 8 != 0))
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
