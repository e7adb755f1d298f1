//! The values of attributes, by entity and slot.

mod compiled;
mod values;

pub(super) use values::Values;

use super::EntityId;
use super::cell::Cells;
use super::entities::EntityTable;
use super::spans::Spans;
use crate::index::{Idx, IndexVec, Symbol, dense_id};
use crate::schema::{Presence, Schema, TypeId, Value};
use crate::source::Span;
use fixedbitset::FixedBitSet;
use std::ops::Range;

dense_id! {
    /// A set of values, stored once however often it occurs.
    SetId
}

dense_id! {
    /// An address, stored once however often it occurs.
    AddressId
}

/// A value as the directory holds it: small, `Copy`, and equal where the values are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stored {
    /// A required value that nobody gave: what depends on it cannot be computed.
    Missing,
    /// An optional value that is not there, which is a value of its own.
    Absent,
    /// A `bool`.
    Bool(bool),
    /// An `int`.
    Int(i64),
    /// A `string` or a word of an enumeration, by [`Directory::text`](super::Directory::text).
    Text(Symbol),
    /// A `timestamp`, in milliseconds since 1970 UTC.
    Timestamp(i64),
    /// A `duration`, in milliseconds.
    Duration(i64),
    /// An `ip`, by [`Directory::address`](super::Directory::address).
    Ip(AddressId),
    /// An entity.
    Entity(EntityId),
    /// A set, by [`Directory::set`](super::Directory::set).
    Set(SetId),
}

/// Rows of values, one value a slot of the entity's type.
///
/// An entity points at its row, four bytes. Beside the values stand the places where they were given. All entities of a type that say nothing of their own share the type's row
/// of defaults, mentioned ones included.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    cells: Cells,
    /// The place of each cell's value, where it was given.
    spans: Spans,
    defaults: IndexVec<TypeId, u32>,
    rows: IndexVec<EntityId, u32>,
    /// Where the rows begin that are no type's defaults.
    own: u32,
}

impl Attributes {
    /// The rows of defaults, and nobody with a row of their own.
    pub(super) fn new(schema: &Schema, mut default: impl FnMut(&Value) -> Stored) -> Self {
        let mut made = Self::default();
        for info in &schema.types {
            made.defaults.push(offset(&made.cells));
            for attribute in &info.attributes {
                made.cells.push(match &attribute.presence {
                    Presence::Required => Stored::Missing,
                    Presence::Optional => Stored::Absent,
                    Presence::Default(value) => default(value),
                });
            }
        }
        made.spans.grow(made.cells.len());
        made.own = offset(&made.cells);
        made
    }

    /// Gives every entity that has none yet the defaults of its type.
    pub(super) fn grow(&mut self, entities: &EntityTable) {
        while self.rows.len() < entities.len() {
            let ty = entities.type_of(self.rows.next_id());
            self.rows.push(self.defaults.get(ty).copied().unwrap_or(u32::MAX));
        }
    }

    /// Where the values of an entity begin.
    pub(super) fn row(&self, entity: EntityId) -> u32 {
        self.rows.get(entity).copied().unwrap_or(u32::MAX)
    }

    /// Forgets where the values of each entity begin, which is written down elsewhere. None may be set after this.
    pub(super) fn seal(&mut self) {
        self.rows = IndexVec::new();
        self.cells.shrink();
        self.spans.shrink();
    }

    #[inline]
    pub(super) fn get(&self, row: u32, slot: usize) -> Stored {
        self.cells.get((row as usize).saturating_add(slot)).unwrap_or(Stored::Missing)
    }

    /// Has the memory bring the first values of a row.
    #[inline]
    pub(super) fn prefetch(&self, row: u32) {
        self.cells.prefetch(row as usize);
    }

    /// The row of whoever says nothing of their own.
    pub(super) fn default_row(&self, ty: TypeId) -> u32 {
        self.defaults.get(ty).copied().unwrap_or(u32::MAX)
    }

    /// The default of an attribute.
    pub(super) fn default_of(&self, ty: TypeId, slot: usize) -> Stored {
        self.get(self.default_row(ty), slot)
    }

    /// Puts the values of an entity into its row, which is given, or a new one where it is its type's. Where they are left as
    /// they are, it may be that nobody gave them any more.
    pub(super) fn put_row(
        &mut self,
        row: u32,
        ty: TypeId,
        values: Option<&[(Stored, Option<Span>)]>,
        gone: bool,
    ) -> u32 {
        let own = self.own_row(row, ty);
        if gone {
            own.into_iter().flatten().for_each(|at| self.spans.clear(at));
            return self.default_row(ty);
        }
        let Some(values) = values else { return row };
        let start = own.map_or(self.cells.len(), |row| row.start);
        for (at, (value, span)) in (start..).zip(values) {
            if at == self.cells.len() {
                self.cells.push(*value);
                self.spans.push(*span);
                continue;
            }
            self.cells.set(at, *value);
            match span {
                Some(span) => self.spans.set(at, *span),
                None => self.spans.clear(at),
            }
        }
        u32::try_from(start).unwrap_or(u32::MAX)
    }

    /// Whom any value names.
    pub(super) fn named(&self) -> FixedBitSet {
        let mut named = FixedBitSet::new();
        for at in 0..self.cells.len() {
            if let Some(Stored::Entity(entity)) = self.cells.get(at) {
                named.grow_and_insert(entity.index());
            }
        }
        named
    }

    /// Where a value was given; nothing where it is the default.
    pub(super) fn span(&self, row: u32, slot: usize) -> Option<Span> {
        self.spans.get((row as usize).saturating_add(slot))
    }

    /// Where each value was given, but for those of some rows, which are given in their order.
    pub(super) fn spans_but(&self, left: Vec<Range<usize>>) -> impl Iterator<Item = Span> {
        let mut left = left.into_iter().peekable();
        self.spans.numbered().filter_map(move |(at, span)| {
            while left.next_if(|row| row.end <= at).is_some() {}
            (!left.peek().is_some_and(|row| row.contains(&at))).then_some(span)
        })
    }

    /// The cells of a row, if it is one entity's own.
    pub(super) fn own_row(&self, row: u32, ty: TypeId) -> Option<Range<usize>> {
        let start = *self.defaults.get(ty)?;
        let end = self.defaults.get(TypeId(ty.0 + 1)).copied().unwrap_or(self.own);
        let width = end.saturating_sub(start) as usize;
        (row != u32::MAX && row >= self.own).then(|| row as usize..row as usize + width)
    }

    /// Writes a cell, and where it was given; the entity, of a type with `width` slots, gets a row of its own at the first.
    pub(super) fn set(
        &mut self,
        entity: EntityId,
        (ty, width): (TypeId, usize),
        slot: usize,
        (value, span): (Stored, Span),
    ) {
        let (Some(row), Some(&shared)) = (self.rows.get_mut(entity), self.defaults.get(ty)) else { return };
        if *row == shared {
            *row = offset(&self.cells);
            let start = shared as usize;
            self.cells.push_from(start, (start + width).min(self.cells.len()));
            self.spans.grow(self.cells.len());
        }
        let at = *row as usize + slot;
        self.cells.set(at, value);
        self.spans.set(at, span);
    }
}

fn offset(cells: &Cells) -> u32 {
    u32::try_from(cells.len()).unwrap_or(u32::MAX)
}
