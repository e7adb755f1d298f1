//! The names of entities in a compiled file: sorted by type and id, so that each is there once.

use super::{EntityTable, Row, text};
use crate::directory::EntityId;
use crate::directory::name_table::NameTable;
use crate::directory::spans::{Sections, Spans};
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::IndexTable;
use crate::schema::TypeId;
use crate::source::Span;

const SPANS: Sections =
    Sections { marks: Section::EntityMarks, files: Section::EntityFiles, whole: Section::EntitySpans };

impl EntityTable {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::Entities, self.rows.as_slice());
        image.bytes(Section::EntityNames, self.arena.as_bytes());
        self.names.write(Section::EntitySlots, image);
        self.spans.write(SPANS, image);
    }

    /// Reads the names. Which of them have an entry is told later.
    pub(in crate::directory) fn read(
        image: &Image,
        types: usize,
        is_place: &dyn Fn(Span) -> bool,
    ) -> Result<Self, Fault> {
        let arena = image.arena(Section::EntityNames)?;
        let rows = IndexTable::<EntityId, Row>::from(image.table(Section::Entities)?);
        let spans = Spans::read(SPANS, image, rows.len(), is_place)?;
        let (mut start, mut before) = (0_usize, (TypeId(0), ""));
        for (at, row) in rows.iter().enumerate() {
            let fault = |what| Fault::row(Section::Entities, at, what);
            if row.ty.0 as usize >= types {
                return Err(fault("there is no such type"));
            }
            let id = arena.get(start..row.end as usize).ok_or(fault("its id is no part of the names"))?;
            if id.is_empty() || (row.ty, id) <= before {
                return Err(fault("the names are not in their order"));
            }
            (start, before) = (row.end as usize, (row.ty, id));
        }
        if start != arena.len() {
            return Err(Fault::row(Section::EntityNames, start, "the name is nobody's"));
        }
        let name = |entity| (rows.get(entity).map_or(TypeId(u32::MAX), |row| row.ty), text(&arena, &rows, entity));
        let names = NameTable::read(Section::EntitySlots, image, rows.len(), name)?;
        Ok(Self { arena, rows, names, spans, ..Self::default() })
    }

    /// Notes how many entities of each type have an entry.
    pub(in crate::directory) fn count_declared(&mut self, is_declared: impl Fn(EntityId) -> bool) {
        self.declared_of.clear();
        for (entity, row) in (0..).map(EntityId).zip(self.rows.iter()) {
            let ty = row.ty.0 as usize;
            if self.declared_of.len() <= ty {
                self.declared_of.resize(ty + 1, 0);
            }
            if let Some(count) = self.declared_of.get_mut(ty).filter(|_| is_declared(entity)) {
                *count += 1;
            }
        }
    }

    /// Whether a place was noted, of one that is only mentioned.
    pub(in crate::directory) fn has_place(&self, entity: EntityId) -> bool {
        self.span(entity).is_some()
    }
}
