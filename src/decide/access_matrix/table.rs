//! The table itself: how it is made, and made again where it changed.

use super::NO_CELL;
use super::outcome::{Outcomes, Told, ToldBy};
use super::place::{Place, Places};
use crate::decide::snapshot::Snapshot;
use crate::directory::{EntityId, Row};
use crate::index::Idx;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many entities a directory has at most: of a larger one, nothing is looked at.
const ENTITIES: usize = 1 << 16;
/// How many cells there are at most, of two bytes each: more would not stay in the nearest caches.
const CELLS: usize = 1 << 15;
/// What no set of roles has for a number, for roles that are not held always.
const SOMETIMES: u32 = u32::MAX;

/// The table. A copy shares all but the cells.
#[derive(Clone, Default, Debug)]
pub(super) struct Table {
    rows: Arc<Rows>,
    /// One for each column.
    places: Arc<Places>,
    /// By row, and there by column, where the outcomes stand.
    cells: Vec<u16>,
    told: Arc<Told>,
}

/// What becomes of a table.
pub(super) enum Amended {
    /// Nobody holds anything else.
    Same,
    /// Somebody does, which is told in place.
    Changed(Table),
}

/// Who has which row.
#[derive(Default, Debug)]
struct Rows {
    /// Who has a row of their own, in the order of these. The first row is that of all who hold nothing.
    of: Vec<EntityId>,
    /// By entity, where its row begins.
    starts: Vec<u32>,
}

impl Table {
    /// That of a snapshot; nothing where it would be too large.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let (directory, holdings) = (snapshot.directory(), snapshot.holdings());
        if directory.len() > ENTITIES {
            return None;
        }
        if holdings.rows().nth(CELLS).is_some() {
            return None;
        }
        let held: Vec<(EntityId, Row<'_>)> = holdings.rows().collect();
        let held_on = held.iter().flat_map(|(_, row)| row.held()).map(|held| held.on).collect();
        let places = Places::of(snapshot, held_on, CELLS / (held.len() + 1))?;
        let (width, of) = (places.len(), held.iter().map(|&(who, _)| who).collect::<Vec<_>>());
        let mut starts = vec![0; directory.len()];
        for (at, who) in of.iter().enumerate() {
            *starts.get_mut(who.index())? = u32::try_from((at + 1) * width).ok()?;
        }
        let rows = Arc::new(Rows { of, starts });
        let mut table = Self { rows, places: Arc::new(places), ..Self::default() };
        let of_nobody = holdings.row(EntityId(NO_CELL));
        for row in std::iter::once(of_nobody).chain(held.iter().map(|&(_, row)| row)) {
            let cells = table.row_of_cells(row, snapshot)?;
            table.cells.extend(cells);
        }
        Some(table)
    }

    /// The cells of whoever holds what stands in a row; nothing where it is held on something on which nobody held a role when
    /// places were found, or there would be too many outcomes.
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
        let (sets, found) = (&by.0, self.places.found(by.1)?);
        let said = |profile: &_| Some(snapshot.page(profile)?.of_all(sets, profile));
        let outcomes = Outcomes::of_all(snapshot.policy().profiles(), found, said)?;
        Arc::make_mut(&mut self.told).add(by, outcomes)
    }

    /// What becomes of it where nothing is different but who holds what.
    pub(super) fn amended(&self, before: &Snapshot, now: &Snapshot) -> Option<Amended> {
        // Outcomes are told by the numbers of sets.
        let are_numbered_alike = now.holdings().sets().starts_with(before.holdings().sets());
        if !are_numbered_alike || now.holdings().rows().any(|(who, _)| matches!(self.row(who), 0 | NO_CELL)) {
            return None;
        }
        let mut after: Option<Self> = None;
        for &who in &self.rows.of {
            let row = now.holdings().row(who);
            if row.fours() != before.holdings().row(who).fours() {
                let after = after.get_or_insert_with(|| self.clone());
                let (cells, start) = (after.row_of_cells(row, now)?, self.row(who) as usize);
                after.cells.get_mut(start..start + cells.len())?.copy_from_slice(&cells);
            }
        }
        Some(after.map_or(Amended::Same, Amended::Changed))
    }

    /// Whether every cell stands where it does in another.
    pub(super) fn is_laid_out_like(&self, other: &Self) -> bool {
        self.rows.starts == other.rows.starts && self.places.are_numbered_like(&other.places)
    }

    /// Where the row of a subject begins.
    #[inline]
    pub(super) fn row(&self, subject: EntityId) -> u32 {
        self.rows.starts.get(subject.index()).copied().unwrap_or(NO_CELL)
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
