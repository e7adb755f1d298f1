//! Whom a text names, looked up as it is written: neither is it cut at its colon, nor its type looked up.

use super::table::{Table, is_much_more};
use super::{CellSpot, NO_CELL};
use crate::decide::snapshot::Snapshot;
use crate::directory::EntityId;
use crate::index::ShortTexts;
use crate::schema::TypeId;

/// Somebody or something that a text names.
#[derive(Clone, Copy, Debug)]
pub(in crate::decide) struct Named {
    pub(in crate::decide) entity: EntityId,
    pub(in crate::decide) ty: TypeId,
    /// Where its row begins, and its column, beyond all cells where it has none.
    row: u16,
    column: u16,
}

/// Beyond all cells.
const NONE: u16 = u16::MAX;

/// The names of a directory, `type:id`, but for long ones.
#[derive(Default, Debug)]
pub(super) struct Names {
    texts: ShortTexts<Named>,
    /// How many numbers of entities there were when they were gathered.
    entities: usize,
}

impl Names {
    /// Those of a snapshot, with where they stand in its table. `before` has the same numbers under the same names; who came
    /// since is not among them until there are many.
    pub(super) fn of(snapshot: &Snapshot, table: &Table, before: Option<&Self>) -> Self {
        let (schema, directory) = (snapshot.policy().schema(), snapshot.directory());
        let named = |entity, ty| {
            // Who is checked as somebody else has a row of which nothing is told.
            let row = if schema.acts_as_another(ty) { NO_CELL } else { table.row(entity) };
            let short = |at: u32| u16::try_from(at).unwrap_or(NONE);
            Named { entity, ty, row: short(row), column: short(table.column(entity)) }
        };
        if let Some(before) = before.filter(|before| !is_much_more(directory.len(), before.entities)) {
            return Self { texts: before.texts.map(|known| named(known.entity, known.ty)), ..*before };
        }
        let of = |entity| (directory.name(schema, entity), named(entity, directory.type_of(entity)));
        let texts: Vec<(String, Named)> = directory.entities().map(of).collect();
        Self { texts: ShortTexts::new(&texts), entities: directory.len() }
    }

    /// Whom a text names, if that stands here.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn find(&self, text: &str) -> Option<&Named> {
        self.texts.find(text)
    }
}

impl Named {
    /// Where the cell of this subject and a resource stands.
    #[inline]
    pub(in crate::decide) fn spot_on(&self, resource: &Self) -> CellSpot {
        CellSpot(u32::from(self.row) + u32::from(resource.column))
    }
}
