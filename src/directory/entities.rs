//! Who there is: entity names as dense ids and back, and which of them have an entry.

mod compiled;

use super::name_table::{NameTable, Names, Sought};
use super::spans::Spans;
use crate::index::{Arena, IndexTable, Word, dense_id};
use crate::schema::TypeId;
use crate::source::Span;
use fixedbitset::FixedBitSet;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

dense_id! {
    /// An entity of a [`Directory`](super::Directory), declared or only mentioned.
    #[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, zerocopy::Immutable)]
    EntityId
}

/// How many entities one directory can hold; far above what fits in memory, so that ids never overflow.
pub(super) const ENTITIES: usize = 1 << 28;

/// Names ↔ ids.
///
/// The ids' texts stand one after the other in one arena; a row knows where its text ends, and begins where the row
/// before it ends.
#[derive(Clone, Debug, Default)]
pub(super) struct EntityTable {
    arena: Arena,
    rows: IndexTable<EntityId, Row>,
    names: NameTable,
    declared: FixedBitSet,
    /// Of each type, how many are declared.
    declared_of: Vec<u32>,
    /// The first place of each.
    spans: Spans,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
struct Row {
    ty: TypeId,
    end: u32,
}

impl EntityTable {
    #[inline]
    pub(super) fn find(&self, ty: TypeId, id: Word<'_>) -> Option<EntityId> {
        self.found(self.names().seek(ty, id))
    }

    /// What names are looked for in.
    #[inline]
    pub(super) fn names(&self) -> Names<'_> {
        self.names.at_hand()
    }

    /// The entity of a name that [`Names::seek`] began to look for.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(super) fn found(&self, sought: Sought<'_>) -> Option<EntityId> {
        sought.find(|entity, ty, id| self.type_of(entity) == ty && self.id_of(entity).as_bytes() == id.bytes())
    }

    /// Has the names stand where they are found fastest, once all are there.
    pub(super) fn settle(&mut self) {
        self.names.settle();
    }

    /// The id of a name, adding it when it is new; `None` when the table is full. `span` is kept for a new one.
    pub(super) fn insert(&mut self, ty: TypeId, id: &str, span: Option<Span>) -> Option<EntityId> {
        if let Some(entity) = self.find(ty, id.into()) {
            return Some(entity);
        }
        let end = u32::try_from(self.arena.len() + id.len()).ok()?;
        if self.rows.len() >= ENTITIES {
            return None;
        }
        self.arena.made().push_str(id);
        let entity = self.rows.push(Row { ty, end });
        self.spans.push(span);
        let (arena, rows) = (&self.arena, &self.rows);
        let name = |known| (rows.get(known).map_or(ty, |row| row.ty), text(arena, rows, known));
        self.names.insert((ty, id, entity), name);
        Some(entity)
    }

    /// Makes room for so many entities more.
    pub(super) fn reserve(&mut self, more: usize) {
        let (arena, rows) = (&self.arena, &self.rows);
        let name = |known| (rows.get(known).map_or(TypeId(u32::MAX), |row| row.ty), text(arena, rows, known));
        self.names.reserve(more, name);
        self.rows.reserve(more);
        self.spans.reserve(more);
    }

    /// Looks at where names stand that are looked for, or added, next.
    pub(super) fn look_ahead<'n>(&self, names: impl Iterator<Item = (TypeId, Word<'n>)>) {
        self.names.look_ahead(names);
    }

    /// Notes a further place of an entity without an entry, whichever is met first: the first of them all is kept.
    pub(super) fn mention(&mut self, entity: EntityId, span: Span) {
        if self.span(entity).is_some_and(|known| span < known) {
            self.spans.set(entity.0 as usize, span);
        }
    }

    /// Notes that an entity has an entry; `false` where it had one already.
    pub(super) fn declare(&mut self, entity: EntityId, span: Span) -> bool {
        let at = entity.0 as usize;
        self.declared.grow(at + 1);
        if self.declared.put(at) {
            return false;
        }
        self.spans.set(at, span);
        let ty = self.type_of(entity).0 as usize;
        if self.declared_of.len() <= ty {
            self.declared_of.resize(ty + 1, 0);
        }
        if let Some(count) = self.declared_of.get_mut(ty) {
            *count += 1;
        }
        true
    }

    /// Notes another place of an entity's entry.
    pub(super) fn set_span(&mut self, entity: EntityId, span: Span) {
        self.spans.set(entity.0 as usize, span);
    }

    /// Notes that so many more of a type have an entry.
    pub(super) fn count(&mut self, ty: TypeId, more: i64) {
        let at = ty.0 as usize;
        if self.declared_of.len() <= at {
            self.declared_of.resize(at + 1, 0);
        }
        if let Some(count) = self.declared_of.get_mut(at) {
            *count = u32::try_from(i64::from(*count) + more).unwrap_or(0);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = EntityId> + use<> {
        self.rows.ids()
    }

    /// The type; of an id from elsewhere one that no schema has.
    pub(super) fn type_of(&self, entity: EntityId) -> TypeId {
        self.rows.get(entity).map_or(TypeId(u32::MAX), |row| row.ty)
    }

    pub(super) fn id_of(&self, entity: EntityId) -> &str {
        text(&self.arena, &self.rows, entity)
    }

    pub(super) fn is_declared(&self, entity: EntityId) -> bool {
        self.declared.contains(entity.0 as usize)
    }

    pub(super) fn declared_of(&self, ty: TypeId) -> u32 {
        self.declared_of.get(ty.0 as usize).copied().unwrap_or(0)
    }

    pub(super) fn span(&self, entity: EntityId) -> Option<Span> {
        self.spans.get(entity.0 as usize)
    }
}

fn text<'a>(arena: &'a str, rows: &IndexTable<EntityId, Row>, entity: EntityId) -> &'a str {
    let end = rows.get(entity).map_or(0, |row| row.end);
    let start = entity.0.checked_sub(1).and_then(|before| rows.get(EntityId(before))).map_or(0, |row| row.end);
    arena.get(start as usize..end as usize).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_name_has_one_id_and_its_type_counts() {
        let mut table = EntityTable::default();
        let user = table.insert(TypeId(0), "ä:1", None);
        let team = table.insert(TypeId(1), "ä:1", None);
        assert_ne!(user, team);
        assert_eq!(table.insert(TypeId(0), "ä:1", None), user);
        assert_eq!(table.find(TypeId(1), "ä:1".into()), team);
        assert_eq!(table.find(TypeId(2), "ä:1".into()), None);
        assert_eq!(table.len(), 2);
        assert_eq!(user.map(|id| table.id_of(id)), Some("ä:1"));
    }

    #[test]
    fn the_second_entry_of_an_entity_is_told_apart_from_the_first() {
        let mut table = EntityTable::default();
        let place = Span::new(FileId(0), 3, 5);
        let Some(user) = table.insert(TypeId(4), "ana", None) else { panic!("the table has room") };
        assert!(!table.is_declared(user));
        assert!(table.declare(user, place));
        assert!(!table.declare(user, Span::new(FileId(0), 9, 10)));
        assert!(table.is_declared(user));
        assert_eq!(table.span(user), Some(place));
        assert_eq!((table.declared_of(TypeId(4)), table.declared_of(TypeId(5))), (1, 0));
    }
}
