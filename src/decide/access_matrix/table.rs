//! The table itself: how it is made, and made again where it changed.

use super::NOWHERE;
use super::outcome::{Outcomes, Told, ToldBy};
use super::place::{Place, Places};
use crate::compile::Together;
use crate::decide::snapshot::Snapshot;
use crate::directory::{EntityId, Row};
use crate::index::Idx;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many entities a directory has at most that is looked at at all.
const ENTITIES: usize = 1 << 16;
/// How many cells there are at most, of two bytes each: more would not stay in the nearest caches.
const CELLS: usize = 1 << 15;
/// What no set of roles has for a number, for roles that are not held always.
const SOMETIMES: u32 = u32::MAX;

/// The table. A copy shares all but the cells.
#[derive(Clone, Default, Debug)]
pub(super) struct Table {
    holders: Arc<Holders>,
    /// One for each column.
    places: Arc<Places>,
    /// By row, and there by column, where the outcomes stand.
    cells: Vec<u16>,
    told: Arc<Told>,
}

/// Who has which row.
#[derive(Default, Debug)]
struct Holders {
    /// Who has a row of their own, in the order of these. The first row is that of all who hold nothing.
    all: Vec<EntityId>,
    /// By entity, where its row begins.
    rows: Vec<u32>,
}

impl Table {
    /// That of a snapshot; nothing where it would be too large.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let (directory, holdings) = (snapshot.directory(), snapshot.holdings());
        if directory.len() > ENTITIES {
            return None;
        }
        let held: Vec<(EntityId, Row<'_>)> = holdings.rows().collect();
        let held_on = held.iter().flat_map(|(_, row)| row.held()).map(|held| held.on).collect();
        let places = Places::of(snapshot, held_on, CELLS / (held.len() + 1))?;
        let (width, all) = (places.len(), held.iter().map(|&(who, _)| who).collect::<Vec<_>>());
        let mut rows = vec![0; directory.len()];
        for (at, who) in all.iter().enumerate() {
            *rows.get_mut(who.index())? = u32::try_from((at + 1) * width).ok()?;
        }
        let holders = Arc::new(Holders { all, rows });
        let mut table = Self { holders, places: Arc::new(places), ..Self::default() };
        let nobody = holdings.row(EntityId(NOWHERE));
        for row in std::iter::once(nobody).chain(held.iter().map(|&(_, row)| row)) {
            let cells = table.row_of_cells(row, snapshot)?;
            table.cells.extend(cells);
        }
        Some(table)
    }

    /// The cells of whoever holds what stands in a row; nothing where it is held on what is in no place, or there would be
    /// too many outcomes.
    fn row_of_cells(&mut self, row: Row<'_>, snapshot: &Snapshot) -> Option<Vec<u16>> {
        if row.held().any(|held| !self.places.know(held.on)) {
            return None;
        }
        let set = |held| row.only_set(held).map_or(SOMETIMES, |set| set.0);
        let told = |place: &Place| {
            let mut sets: SmallVec<_> = place.on.iter().filter_map(|&on| row.on(on)).map(set).collect();
            sets.sort_unstable();
            sets.dedup();
            (sets, place.found)
        };
        let all: Vec<ToldBy> = self.places.iter().map(told).collect();
        all.into_iter().map(|by| self.outcome(by, snapshot)).collect()
    }

    /// Where the outcomes stand that are told by this.
    fn outcome(&mut self, by: ToldBy, snapshot: &Snapshot) -> Option<u16> {
        if let Some(known) = self.told.get(&by) {
            return Some(known);
        }
        let (sets, found) = (&by.0, self.places.found(by.1));
        let said = |profile: &_| match snapshot.page(profile) {
            Some(page) => page.of_all(sets, profile),
            None => Together::NOTHING,
        };
        let outcomes = Outcomes::all(snapshot.policy().profiles(), found, said);
        Arc::make_mut(&mut self.told).add(by, outcomes)
    }

    /// The table where somebody holds something else; nothing in it where nobody does, and none where somebody holds a role
    /// who held none, or holds one where nobody did.
    pub(super) fn amended(&self, before: &Snapshot, now: &Snapshot) -> Option<Option<Self>> {
        // Outcomes are told by the numbers of sets.
        let are_numbered_alike = now.holdings().sets().starts_with(before.holdings().sets());
        if !are_numbered_alike || now.holdings().rows().any(|(who, _)| matches!(self.row(who), 0 | NOWHERE)) {
            return None;
        }
        let mut after: Option<Self> = None;
        for &who in &self.holders.all {
            let row = now.holdings().row(who);
            if row.fours() != before.holdings().row(who).fours() {
                let after = after.get_or_insert_with(|| self.clone());
                let (cells, start) = (after.row_of_cells(row, now)?, self.row(who) as usize);
                after.cells.get_mut(start..start + cells.len())?.copy_from_slice(&cells);
            }
        }
        Some(after)
    }

    /// Whether every cell stands where it does in another.
    pub(super) fn is_laid_out_like(&self, other: &Self) -> bool {
        self.holders.rows == other.holders.rows && self.places.are_numbered_like(&other.places)
    }

    /// Where the row of a subject begins.
    #[inline]
    pub(super) fn row(&self, subject: EntityId) -> u32 {
        self.holders.rows.get(subject.index()).copied().unwrap_or(NOWHERE)
    }

    /// The column of a resource.
    #[inline]
    pub(super) fn column(&self, resource: EntityId) -> u32 {
        self.places.column(resource)
    }

    /// All cells.
    pub(super) const fn cells(&self) -> &[u16] {
        self.cells.as_slice()
    }

    /// All outcomes.
    pub(super) fn outcomes(&self) -> &[Outcomes] {
        self.told.all()
    }
}
