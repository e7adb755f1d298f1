//! The rows themselves: what each subject holds, side by side.
//!
//! Layout. A subject's row is a run of [`Four`]s, half a cache line each, with the entries sorted by entity: their entities
//! stand side by side, to be compared at once, and behind them their words. A handful of entries is what most have, so that
//! one half line answers for all that lies above a resource. What is left of the last four of a row is filled up with
//! entries on no entity, and the first four of all is nothing else: it stands for every row without entries. `starts` tells
//! where a row begins, and the next one where it ends. A word is the number of an interned set of roles, or, with its
//! highest bit set, the place of a [`Mixed`]: roles held within times or under conditions beside those held always.

mod compiled;
mod four;
mod row;

pub(super) use compiled::Known;
pub use four::{Four, Held};
pub use row::{Entries, Row, RowSpot};

use super::sets::RoleSets;
use super::ways::Hold;
use super::{Guard, Qualified};
use crate::compile::RoleSetId;
use crate::directory::EntityId;
use crate::index::{Stamp, Table};
use crate::schema::RoleId;
use four::FOUR;

/// Tells the place of a [`Mixed`] from the number of a set.
const MIXED: u32 = 1 << 31;

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
    fours: Table<Four>,
    /// How many entries the last row has, whose end is yet open.
    open: usize,
    mixed: Vec<Mixed>,
    qualified: Vec<Qualified>,
    guards: Vec<Guard>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            stamp: Stamp::default(),
            starts: vec![1].into(),
            fours: vec![Four::EMPTY].into(),
            open: 0,
            mixed: Vec::new(),
            qualified: Vec::new(),
            guards: Vec::new(),
        }
    }
}

impl Rows {
    /// No row, and room for so many of so many fours together.
    pub(super) fn with_capacity(rows: usize, fours: usize) -> Self {
        let (mut starts, mut all) = (Vec::with_capacity(rows + 1), Vec::with_capacity(fours + 1));
        starts.push(1);
        all.push(Four::EMPTY);
        Self { starts: starts.into(), fours: all.into(), ..Self::default() }
    }

    /// Ends the rows, and gives back what room is left.
    pub(super) fn ended(mut self) -> Self {
        self.fours.made().shrink_to_fit();
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
        match ends {
            Some((start, end)) if start < end => RowSpot { start, len: end - start },
            _ => RowSpot::EMPTY,
        }
    }

    pub(super) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The row at a spot of these rows.
    #[inline]
    pub(super) fn row_at(&self, spot: &RowSpot) -> Row<'_> {
        self.row_among(&self.fours, spot)
    }

    /// The row at a spot of these rows, whose [entries](Rows::entries) are at hand.
    #[inline]
    pub(super) fn row_among<'a>(&'a self, entries: &'a [Four], spot: &RowSpot) -> Row<'a> {
        Row { all: entries, start: spot.start, len: spot.len, rows: self }
    }

    /// The entries of all rows.
    pub(super) fn entries(&self) -> &[Four] {
        &self.fours
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Adds an entry to the last row, whose end is yet open. Entries come sorted.
    fn add(&mut self, held: Held) {
        let fours = self.fours.made();
        let at = self.open % FOUR;
        if at == 0 {
            fours.push(Four::EMPTY);
        }
        if let Some(last) = fours.last_mut() {
            last.set(at, held);
        }
        self.open += 1;
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
            self.add(Held { on, word });
        } else if let Some(set) = set {
            self.push_set(on, set);
        }
    }

    /// Adds a set of roles held always on an entity to the last row, whose end is yet open.
    pub(super) fn push_set(&mut self, on: EntityId, set: RoleSetId) {
        self.add(Held { on, word: set.0 });
    }

    /// Adds a row of others to the last row, whose end is yet open.
    pub(super) fn copy(&mut self, row: Row<'_>) {
        for held in row.held() {
            let Some(mixed) = row.mixed(held) else {
                self.add(held);
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
            self.add(Held { on: held.on, word });
        }
    }

    /// Ends the last row and begins the next.
    pub(super) fn end_row(&mut self) {
        self.starts.made().push(narrow(self.fours.len()));
        self.open = 0;
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `at`th entity that roles are held on; those between are not.
    fn entity(at: u32) -> EntityId {
        EntityId(2 * at + 1)
    }

    /// Rows of every length up to so many entries.
    fn rows(most: u32) -> Rows {
        let mut rows = Rows::with_capacity(0, 0);
        for length in 0..=most {
            (0..length).for_each(|at| rows.push_set(entity(at), RoleSetId(at)));
            rows.end_row();
        }
        rows.ended()
    }

    #[test]
    fn a_row_of_any_length_has_its_entries_and_no_more() {
        let rows = rows(50);
        for length in 0..=50 {
            let row = rows.row(length as usize);
            let expected: Vec<(EntityId, Option<RoleSetId>)> =
                (0..length).map(|at| (entity(at), Some(RoleSetId(at)))).collect();
            let held: Vec<_> = row.held().map(|held| (held.on, row.only_set(held))).collect();
            assert_eq!(held, expected);
            assert_eq!((row.is_empty(), row.four().is_some()), (length == 0, length <= 4), "{length}");
            for at in 0..=50 {
                let on = row.on(entity(at)).and_then(|held| row.only_set(held));
                assert_eq!(on, (at < length).then_some(RoleSetId(at)), "{length}");
                assert!(row.on(EntityId(2 * at)).is_none(), "{length}");
            }
        }
        assert!(rows.row(51).is_empty(), "past the end");
    }

    #[test]
    fn entries_that_were_met_are_taken_out_in_order() {
        let rows = rows(32);
        for length in 0..=32 {
            let row = rows.row(length as usize);
            let wanted = [entity(0), entity(5), entity(29), EntityId(u32::MAX)];
            let mut entries = Entries::default();
            row.fours().iter().enumerate().for_each(|(at, four)| entries.add(at, four.are_on(wanted)));
            let met: Vec<EntityId> = std::iter::from_fn(|| row.next(&mut entries)).map(|held| held.on).collect();
            let expected: Vec<EntityId> = [0, 5, 29].into_iter().filter(|&at| at < length).map(entity).collect();
            assert_eq!(met, expected, "{length}");
        }
    }
}
