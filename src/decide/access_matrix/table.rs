//! The table itself: how it is made, and made again where it changed.

use super::NO_CELL;
use super::outcome::{Outcomes, Told, ToldBy};
use super::place::{Place, Places};
use super::telling::{OwnSlots, SOMETIMES, Telling};
use crate::decide::snapshot::Snapshot;
use crate::directory::{EntityId, Row};
use crate::index::Idx;
use crate::schema::{PermissionId, TypeId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::Arc;

/// How many entities a directory has at most: of a larger one, nothing is looked at.
const ENTITIES: usize = 1 << 16;
/// How many cells there are at most, of two bytes each: more would not stay in the nearest caches.
const CELLS: usize = 1 << 15;
/// Where no outcome stands: such a cell tells nothing.
const UNTOLD: u16 = u16::MAX;
/// One of so many subjects and entities may be untold before all is told anew, so that telling costs each change but little.
const TOLD: usize = 8;

/// Whether so many are too many more than there were for these to be left untold.
pub(super) const fn is_much_more(now: usize, before: usize) -> bool {
    now.saturating_sub(before) * TOLD > before
}

/// The table. A copy shares all but the cells.
#[derive(Clone, Default, Debug)]
pub(super) struct Table {
    rows: Arc<Rows>,
    /// One for each column.
    places: Arc<Places>,
    own: Arc<OwnSlots>,
    /// By row, and there by column, where the outcomes stand.
    cells: Vec<u16>,
    told: Arc<Told>,
}

/// What becomes of a table.
pub(super) enum Amended {
    /// Nobody who has a row holds anything else.
    Same,
    /// Somebody does, which is told in place.
    Changed(Table),
}

/// Who has which row.
#[derive(Default, Debug)]
struct Rows {
    /// Who has a row of their own, in the order of these. The first row is that of all others, who hold nothing.
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
        let most = |rows: usize| CELLS / (rows + 1);
        let places = Places::of(snapshot, held_on, most(held.len()))?;
        let holders: Vec<EntityId> = held.iter().map(|&(who, _)| who).collect();
        // Others of their kinds as well, if there is room: so there is a row to tell in when they hold a first role.
        let kinds: FxHashSet<TypeId> = holders.iter().map(|&who| directory.type_of(who)).collect();
        let alike: Vec<EntityId> = directory.entities().filter(|&it| kinds.contains(&directory.type_of(it))).collect();
        let (of, width) = (if places.len() <= most(alike.len()) { alike } else { holders }, places.len());
        let mut starts = vec![0; directory.len()];
        for (at, who) in of.iter().enumerate() {
            *starts.get_mut(who.index())? = u32::try_from((at + 1) * width).ok()?;
        }
        let (rows, places) = (Arc::new(Rows { of, starts }), Arc::new(places));
        let own = Arc::new(OwnSlots::of(snapshot));
        let mut table = Self { rows: Arc::clone(&rows), places, own, ..Self::default() };
        for who in std::iter::once(EntityId(NO_CELL)).chain(rows.of.iter().copied()) {
            let cells = table.row_of_cells(holdings.row(who), snapshot)?;
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
        let outcomes = Telling::new(snapshot, &self.own, &by.0).outcomes(self.places.found(by.1)?)?;
        Arc::make_mut(&mut self.told).add(by, outcomes)
    }

    /// What becomes of it where nothing is different but who holds what, and who came since; nothing where too little would be
    /// told, and all has to be told anew. Nothing is told of who came since, and of who holds a role where nobody did.
    pub(super) fn amended(&self, before: &Snapshot, now: &Snapshot) -> Option<Amended> {
        // Outcomes are told by the numbers of sets.
        let are_numbered_alike = now.holdings().sets().starts_with(before.holdings().sets());
        if !are_numbered_alike || is_much_more(now.directory().len(), self.rows.starts.len()) {
            return None;
        }
        let mut untold = 0;
        for (who, _) in now.holdings().rows() {
            match self.row(who) {
                // It is the row of others, too.
                0 => return None,
                NO_CELL => untold += 1,
                _ => {}
            }
        }
        let mut after: Option<Self> = None;
        for &who in &self.rows.of {
            let (row, start) = (now.holdings().row(who), self.row(who) as usize);
            if row.fours() != before.holdings().row(who).fours() {
                let after = after.get_or_insert_with(|| self.clone());
                let told = after.row_of_cells(row, now).unwrap_or_else(|| vec![UNTOLD; self.places.len()]);
                after.cells.get_mut(start..start + told.len())?.copy_from_slice(&told);
            }
            untold += usize::from(after.as_ref().unwrap_or(self).cells.get(start) == Some(&UNTOLD));
        }
        let is_told = untold * TOLD <= self.rows.of.len();
        is_told.then(|| after.map_or(Amended::Same, Amended::Changed))
    }

    /// Whether every cell of another stands here where it does there.
    pub(super) fn has_cells_of(&self, other: &Self) -> bool {
        self.rows.starts.starts_with(&other.rows.starts) && self.places.begin_with(&other.places)
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

    /// The slot of the attribute of resources that roles ask to be the subject where they give a permission.
    #[inline]
    pub(super) fn own_slot(&self, permission: PermissionId) -> Option<usize> {
        self.own.get(permission)
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
