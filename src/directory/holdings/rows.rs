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
use crate::directory::{EntityId, Line};
use crate::index::{Stamp, Table};
use crate::schema::RoleId;
use wide::u32x4;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

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
    held: &'a [Held],
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
        Self { starts: starts.into(), held: Vec::with_capacity(held).into(), ..Self::default() }
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
        let (start, len) = (spot.start as usize, spot.len as usize);
        Row { held: self.held.get(start..start + len).unwrap_or(&[]), rows: self }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many entities roles are held on, counted once for each subject.
    pub(super) fn held(&self) -> usize {
        self.held.len()
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
        for held in row.held {
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
    #[must_use]
    pub const fn held(self) -> &'a [Held] {
        self.held
    }

    /// What is held on an entity.
    #[inline]
    #[must_use]
    pub fn on(self, entity: EntityId) -> Option<&'a Held> {
        // Few are looked through faster than halved.
        if self.held.len() <= 16 {
            return self.held.iter().find(|held| held.on == entity);
        }
        let at = self.held.binary_search_by_key(&entity, |held| held.on).ok()?;
        self.held.get(at)
    }

    /// The entries on any of four entities, with which each entry is compared at once; nothing where the row is longer than
    /// [`Entries::LIMIT`].
    #[inline]
    #[must_use]
    pub fn on_any_of_four(self, entities: [EntityId; 4]) -> Option<Entries> {
        let entities = u32x4::new(entities.map(|entity| entity.0));
        self.each(|on| u32x4::splat(on.0).simd_eq(entities).to_bitmask() != 0)
    }

    /// The same for an entity and a line of what lies above it.
    #[must_use]
    pub fn on_or_above(self, entity: EntityId, above: &Line) -> Option<Entries> {
        self.each(|on| above.ancestors().iter().fold(on == entity, |met, &above| met | (on == above)))
    }

    /// The entries whose entity is one that is looked for.
    #[inline]
    fn each(self, is_met: impl Fn(EntityId) -> bool) -> Option<Entries> {
        if self.held.len() > Entries::LIMIT {
            return None;
        }
        Some(Entries(self.held.iter().rev().fold(0, |bits, held| bits << 1 | u32::from(is_met(held.on)))))
    }

    /// Takes the first of some entries out of them.
    #[inline]
    pub fn next(self, entries: &mut Entries) -> Option<&'a Held> {
        let at = entries.0.trailing_zeros();
        entries.0 &= entries.0.wrapping_sub(1);
        self.held.get(at as usize)
    }

    /// Takes the first two of some entries out of them; twice the same where there is but one, which is told without a branch.
    #[inline]
    pub fn next_two(self, entries: &mut Entries) -> Option<(&'a Held, &'a Held)> {
        let all = entries.0;
        let but_first = all & all.wrapping_sub(1);
        let second = if but_first == 0 { all } else { but_first };
        entries.0 = but_first & but_first.wrapping_sub(1);
        Some((self.held.get(all.trailing_zeros() as usize)?, self.held.get(second.trailing_zeros() as usize)?))
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

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
