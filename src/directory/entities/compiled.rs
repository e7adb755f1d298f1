//! The names of entities in a compiled file: sorted by type and id, so that each is there once.

use super::{EntityTable, Row};
use crate::directory::EntityId;
use crate::directory::name_table::NameTable;
use crate::directory::spans::{Sections, Spans};
use crate::image::{Fault, Image, ImageWriter, Section};
use crate::index::{Idx, IndexTable, Word};
use crate::schema::TypeId;
use crate::source::Span;
use std::ops::Range;

const SPANS: Sections =
    Sections { marks: Section::EntityMarks, files: Section::EntityFiles, whole: Section::EntitySpans };

impl EntityTable {
    pub(in crate::directory) fn write(&self, image: &mut ImageWriter) {
        image.rows(Section::Entities, self.rows.as_slice());
        image.bytes(Section::EntityNames, self.arena.as_bytes());
        let name = |entity| (self.type_of(entity), self.id_of(entity));
        self.names.write(Section::EntitySlots, image, &self.arena, name);
        self.spans.write(SPANS, image);
    }

    /// Reads the names, which are yet to be looked at. Which of them have an entry is told later.
    pub(in crate::directory) fn read(image: &Image) -> Result<Self, Fault> {
        let rows = IndexTable::<EntityId, Row>::from(image.table(Section::Entities)?);
        let arena = image.arena(Section::EntityNames)?;
        Ok(Self {
            spans: Spans::read(SPANS, image, rows.len())?,
            names: NameTable::read(Section::EntitySlots, image, &arena, rows.len())?,
            arena,
            rows,
            ..Self::default()
        })
    }

    /// Whether names are in their order, each of a type that there is, and each is found.
    pub(in crate::directory) fn look_at_names(&self, types: usize) -> Result<(), Fault> {
        let (mut start, mut before) = (0_usize, (TypeId(0), Word::from("")));
        let mut told = self.names.tally();
        for (at, row) in self.rows.iter().enumerate() {
            let fault = |what| Fault::row(Section::Entities, at, what);
            if row.ty.0 as usize >= types {
                return Err(fault("there is no such type"));
            }
            let id = self.arena.get(start..row.end as usize).ok_or(fault("its id is no part of the names"))?;
            let id = Word::from(id);
            if id.bytes().is_empty() || row.ty < before.0 || (row.ty == before.0 && id <= before.1) {
                return Err(fault("the names are not in their order"));
            }
            told.add(row.ty, id, at);
            (start, before) = (row.end as usize, (row.ty, id));
        }
        if start != self.arena.len() {
            return Err(Fault::row(Section::EntityNames, start, "the name is nobody's"));
        }
        self.names.look(Section::EntitySlots, told, |entity| (self.type_of(entity), self.id_of(entity)))
    }

    /// Of each of so many types, the numbers of its entities, which follow each other where names are in their order.
    pub(in crate::directory) fn ranges(&self, types: usize) -> Vec<Range<EntityId>> {
        let rows = self.rows.as_slice();
        let first = |ty: usize| EntityId::from_index(rows.partition_point(|row| (row.ty.0 as usize) < ty));
        (0..types).map(|ty| first(ty)..first(ty + 1)).collect()
    }

    /// Whether the places are places.
    pub(in crate::directory) fn look_at_places(&self, is_place: &dyn Fn(Span) -> bool) -> Result<(), Fault> {
        self.spans.look(SPANS, is_place)
    }

    /// Notes how many entities of each type have an entry.
    pub(in crate::directory) fn set_declared(&mut self, declared_of: Vec<u32>) {
        self.declared_of = declared_of;
    }

    /// Whether a place was noted, of one that is only mentioned.
    pub(in crate::directory) fn has_place(&self, entity: EntityId) -> bool {
        self.span(entity).is_some()
    }
}
