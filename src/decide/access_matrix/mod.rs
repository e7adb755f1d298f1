//! What a glance tells, looked up: a table of all subjects and all places, where these are few.
//!
//! What roles say of a request, and whether anything else has a say in it, follows from what the subject holds and from where
//! the resource lies. In a small directory there are few *places*: all that is in the projects of a team is in one, but for
//! projects that somebody holds a role on, or where rules find something. So there is a row for each subject, a column for each
//! place, and in each cell the number of an outcome, of which equal ones are stored once: one read tells which outcome it is,
//! and one more what that says of the permission. What it leaves open is decided as it is without the table, but for two things that
//! are told for who asks for yes or no: where a rule is sure to allow, and where nothing is left but whether the resource is the
//! subject's own. Beside it stand the names of all who have a row or a column, to be looked up as they are written.
//!
//! Whatever changes, the table tells nothing that would not be decided without it. It need not tell all: of who came since it
//! was made, and of roles where nobody held one, it tells nothing, until these are so many that it is made anew.
//!
//! Such a table is what Lampson begins with (Protection, 1971). It grows with the product of subjects and places, so that
//! large directories have none.

mod found;
mod names;
mod outcome;
mod place;
mod table;
mod telling;

pub(super) use names::Named;
pub(super) use outcome::Outcome;

use super::snapshot::Snapshot;
use crate::directory::EntityId;
use crate::index::{AtHand, Idx};
use crate::schema::PermissionId;
use names::Names;
use outcome::Outcomes;
use std::sync::Arc;
use table::{Amended, Table};

/// What stands in the place of a row or column that there is not.
const NO_CELL: u32 = u32::MAX;

/// Where the cell of a subject and a resource stands, if it has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellSpot(u32);

/// The table, empty where there is none, with what of it is read most at hand.
#[derive(Clone, Debug)]
pub(super) struct AccessMatrix {
    cells: AtHand<Table, u16>,
    outcomes: AtHand<Table, Outcomes>,
    names: Arc<Names>,
}

impl Default for AccessMatrix {
    fn default() -> Self {
        Self::new(Table::default(), Arc::default())
    }
}

impl AccessMatrix {
    fn new(table: Table, names: Arc<Names>) -> Self {
        let table = Arc::new(table);
        let cells = AtHand::new(Arc::clone(&table), Table::cells);
        Self { cells, outcomes: AtHand::new(table, Table::outcomes), names }
    }

    /// That of a snapshot, if it is a small one. `before` is that of one with the same numbers.
    pub(super) fn of(snapshot: &Snapshot, before: Option<&Self>) -> Self {
        let Some(table) = Table::of(snapshot) else { return Self::default() };
        let names = Names::of(snapshot, &table, before.map(|before| &*before.names));
        Self::new(table, Arc::new(names))
    }

    /// That of a snapshot which differs from the one that this is of by who holds what, and by who came since; nothing where it
    /// is to be made anew.
    pub(super) fn amended(&self, before: &Snapshot, now: &Snapshot) -> Option<Self> {
        if self.is_empty() {
            return Some(self.clone());
        }
        Some(match self.cells.amended(before, now)? {
            Amended::Same => self.clone(),
            Amended::Changed(table) => Self::new(table, Arc::clone(&self.names)),
        })
    }

    /// Whether there is none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.cells.table().is_empty()
    }

    /// Whether every cell of another stands here where it does there.
    pub(super) fn has_cells_of(&self, other: &Self) -> bool {
        self.cells.has_cells_of(&other.cells)
    }

    /// Whom a text names, if that stands in the table; where it does not, that may be somebody all the same.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn named(&self, text: &str) -> Option<&Named> {
        self.names.find(text)
    }

    /// Where the cell of a subject and a resource stands.
    #[inline]
    pub(super) fn spot(&self, subject: EntityId, resource: EntityId) -> CellSpot {
        let (row, column) = (self.cells.row(subject), self.cells.column(resource));
        CellSpot(row.saturating_add(column))
    }

    /// What is told of a permission.
    #[inline]
    pub(super) fn outcome(&self, CellSpot(at): CellSpot, permission: PermissionId) -> Option<Outcome<'_>> {
        let first = *self.cells.table().get(at as usize)?;
        Outcome::among(self.outcomes.table(), first, permission.index())
    }

    /// The slot of the attribute of a resource that has to be the subject, where that is all that is left to be looked at.
    #[inline]
    pub(super) fn own_slot(&self, spot: CellSpot, permission: PermissionId) -> Option<usize> {
        self.outcome(spot, permission)?.is_own().then(|| self.cells.own_slot(permission))?
    }

    /// Whether a rule is sure to give a permission.
    #[inline]
    pub(super) fn is_ruled(&self, spot: CellSpot, permission: PermissionId) -> bool {
        self.outcome(spot, permission).is_some_and(Outcome::is_ruled)
    }

    /// Whether a permission is given, where that is settled by what is told of it.
    // Where a check begins, so that nothing need be kept for what comes behind.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn settled(&self, spot: CellSpot, permission: PermissionId) -> Option<bool> {
        let outcome = self.outcome(spot, permission)?;
        (!outcome.is_open()).then(|| outcome.allows())
    }
}
