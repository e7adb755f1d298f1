//! The values of attributes, by entity and slot.

mod compiled;

use super::EntityId;
use super::cell::Cells;
use super::entities::EntityTable;
use super::spans::Spans;
use super::texts::Texts;
use crate::index::{IndexVec, Symbol, dense_id};
use crate::schema::{Presence, Schema, TypeId, Value};
use crate::source::Span;
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use std::hash::BuildHasher;
use std::net::IpAddr;
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

/// Interned texts and sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    texts: Texts,
    addresses: IndexVec<AddressId, IpAddr>,
    address_ids: FxHashMap<IpAddr, AddressId>,
    elements: Vec<Stored>,
    sets: IndexVec<SetId, Range<u32>>,
    table: HashTable<SetId>,
    hasher: foldhash::fast::FixedState,
}

impl Values {
    /// Stores a value. `entity` gives the id of an entity it names, `None` when there is no room for it.
    pub(super) fn store(&mut self, value: &Value, entity: &mut dyn FnMut(TypeId, &str) -> Option<EntityId>) -> Stored {
        match value {
            Value::Set(items) => {
                let mut stored: Vec<Stored> = items.iter().map(|item| self.single(item, entity)).collect();
                self.store_set(&mut stored)
            }
            single => self.single(single, entity),
        }
    }

    /// Stores a set of stored values; they come out sorted, each once.
    pub(super) fn store_set(&mut self, items: &mut Vec<Stored>) -> Stored {
        items.sort_unstable();
        items.dedup();
        let hash = self.hasher.hash_one(items.as_slice());
        if let Some(&set) = self.table.find(hash, |&other| self.set(other) == items.as_slice()) {
            return Stored::Set(set);
        }
        let start = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        self.elements.extend_from_slice(items);
        let end = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        let set = self.sets.push(start..end);
        let (elements, sets, hasher) = (&self.elements, &self.sets, &self.hasher);
        self.table.insert_unique(hash, set, |&other| hasher.hash_one(slice(elements, sets, other)));
        Stored::Set(set)
    }

    fn single(&mut self, value: &Value, entity: &mut dyn FnMut(TypeId, &str) -> Option<EntityId>) -> Stored {
        match value {
            Value::Bool(value) => Stored::Bool(*value),
            Value::Int(value) => Stored::Int(*value),
            Value::Str(text) => Stored::Text(self.texts.intern(text)),
            Value::Timestamp(at) => Stored::Timestamp(*at),
            Value::Duration(length) => Stored::Duration(*length),
            Value::Ip(address) => Stored::Ip(self.store_address(*address)),
            Value::Entity(name) => entity(name.ty, &name.id).map_or(Stored::Missing, Stored::Entity),
            // No attribute or setting has a type with such values; one that cannot be computed fails closed.
            Value::IpRange(_) | Value::Set(_) => Stored::Missing,
        }
    }

    pub(super) fn address(&self, id: AddressId) -> Option<IpAddr> {
        self.addresses.get(id).copied()
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        self.texts.resolve(symbol)
    }

    pub(super) fn symbol(&self, text: &str) -> Option<Symbol> {
        self.texts.get(text)
    }

    pub(super) fn set(&self, set: SetId) -> &[Stored] {
        slice(&self.elements, &self.sets, set)
    }
}

fn slice<'a>(elements: &'a [Stored], sets: &IndexVec<SetId, Range<u32>>, set: SetId) -> &'a [Stored] {
    sets.get(set).and_then(|range| elements.get(range.start as usize..range.end as usize)).unwrap_or(&[])
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

    /// Where a value was given; nothing where it is the default.
    pub(super) fn span(&self, row: u32, slot: usize) -> Option<Span> {
        self.spans.get((row as usize).saturating_add(slot))
    }

    /// Where each value was given.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        self.spans.iter()
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
