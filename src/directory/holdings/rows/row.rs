//! One row, as it is read.

use super::four::{FOUR, Four, Held};
use super::{MIXED, Mixed, Rows};
use crate::compile::RoleSetId;
use crate::directory::EntityId;
use crate::directory::holdings::{Guard, Qualified};
use crate::index::Lanes;

/// Where a row stands, in fours.
#[derive(Clone, Copy, Debug)]
pub struct RowSpot {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl RowSpot {
    /// That of a row without entries.
    pub(super) const EMPTY: Self = Self { start: 0, len: 1 };
}

/// What one subject holds, implied roles apart.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The entries of all rows.
    pub(super) all: &'a [Four],
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) rows: &'a Rows,
}

/// Some entries of a row, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Entries(u32);

impl Entries {
    /// Rows of more fours than this have no such set.
    pub const FOURS: usize = u32::BITS as usize / FOUR;

    /// Adds some of the `at`th four.
    #[inline]
    pub fn add(&mut self, at: usize, some: Lanes) {
        self.0 |= some.highest() << (at * FOUR);
    }
}

impl<'a> Row<'a> {
    /// All entities that roles are held on, sorted, and what.
    pub fn held(self) -> impl Iterator<Item = Held> + Clone + use<'a> {
        self.fours().iter().flat_map(Four::held)
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.held().next().is_none()
    }

    /// Its entries as they stand.
    #[inline]
    #[must_use]
    pub fn fours(self) -> &'a [Four] {
        let start = self.start as usize;
        self.all.get(start..start + self.len as usize).unwrap_or(&[])
    }

    /// What is held on an entity.
    #[inline]
    #[must_use]
    pub fn on(self, entity: EntityId) -> Option<Held> {
        let mut fours = self.fours();
        // Few are looked through faster than halved.
        if fours.len() > 4 {
            let behind = fours.partition_point(|four| four.get(0).on <= entity);
            fours = fours.get(behind.checked_sub(1)?..behind)?;
        }
        fours.iter().flat_map(Four::held).find(|held| held.on == entity)
    }

    /// All its entries, where they are up to four.
    #[inline]
    #[must_use]
    pub fn four(self) -> Option<&'a Four> {
        if self.len == 1 { self.all.get(self.start as usize) } else { None }
    }

    /// Takes the first of some entries out of them.
    #[inline]
    pub fn next(self, entries: &mut Entries) -> Option<Held> {
        let at = entries.0.trailing_zeros() as usize;
        entries.0 &= entries.0.wrapping_sub(1);
        let four = self.fours().get(at / FOUR)?;
        Some(four.get(at % FOUR))
    }

    /// The roles held always on an entity, if any.
    #[inline]
    #[must_use]
    pub fn always(self, held: Held) -> Option<RoleSetId> {
        if held.word & MIXED == 0 { Some(RoleSetId(held.word)) } else { self.mixed(held)?.set }
    }

    /// The roles held on an entity, where all of them are held always.
    #[inline]
    #[must_use]
    pub fn only_set(self, held: Held) -> Option<RoleSetId> {
        (held.word & MIXED == 0).then_some(RoleSetId(held.word))
    }

    /// The roles held on an entity within times or under conditions, one entry for each way.
    #[inline]
    #[must_use]
    pub fn qualified(self, held: Held) -> &'a [Qualified] {
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

    pub(super) fn mixed(self, held: Held) -> Option<&'a Mixed> {
        if held.word & MIXED == 0 {
            return None;
        }
        self.rows.mixed.get((held.word & !MIXED) as usize)
    }
}
