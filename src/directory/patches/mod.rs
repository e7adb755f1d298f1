//! Entities that are not what the tables say, or not in them: what changes made of them since all were laid out flat.
//!
//! A change touches a few entities; to lay the tables out again would cost a million times as much. What is new is kept
//! beside them, in parts shared with the state before: a copy of all this costs a few counts. Whoever reads a directory
//! that nobody has changed pays a single branch, and else a look at a bit that stands in the cache, unless it is one of
//! the changed entities that is asked for.
//!
//! Ids go on after those of the tables. An entity that goes leaves its number behind, which none but an entity of its own
//! name gets again.

mod chains;

pub(super) use chains::LaterChain;

use super::attributes::Stored;
use super::containment::ChainId;
use super::marks::Marks;
use super::{EntityId, Link, SettingEntry};
use crate::index::{Idx, SortedMap, Word};
use crate::schema::TypeId;
use crate::source::Span;
use chains::LaterChains;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The values of one entity, each with the place where it was given.
pub(super) type Row = Arc<[(Stored, Option<Span>)]>;

/// What an entity is now.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub(super) ty: TypeId,
    /// The id of one that stands in no table.
    pub(super) id: Option<Arc<str>>,
    /// What it lies in, if it has an entry.
    pub(super) chain: Option<ChainId>,
    /// Where one is mentioned that has none. Without either it is gone.
    pub(super) mentioned: Option<Span>,
    /// The key of its entry.
    pub(super) span: Option<Span>,
    /// Its attributes, where they are not those of the table.
    pub(super) values: Option<Row>,
    /// Its links and settings, where they are not those of the table.
    pub(super) links: Option<Arc<[Link]>>,
    pub(super) settings: Option<Arc<[SettingEntry]>>,
}

impl Patch {
    /// Whether there is nobody of this name any more.
    pub(super) const fn is_gone(&self) -> bool {
        self.chain.is_none() && self.mentioned.is_none()
    }
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Patches {
    marks: Marks,
    entities: SortedMap<EntityId, Arc<Patch>>,
    /// Those that stand in no table, by the hashes of their names.
    names: SortedMap<(u64, EntityId), ()>,
    /// Those that have other attributes than the table, by type, slot and value.
    by_value: SortedMap<(TypeId, usize, Stored, EntityId), ()>,
    /// Those that lie elsewhere than the table says, by chain.
    members: SortedMap<(ChainId, EntityId), ()>,
    /// Whom attributes and settings name that were given since. Nobody is taken out again.
    named: SortedMap<EntityId, ()>,
    /// Those that have no entry, by type.
    mentioned: SortedMap<(TypeId, EntityId), ()>,
    /// By how many more than in the table have an entry.
    declared: SortedMap<TypeId, i64>,
    gone: usize,
    pub(super) chains: LaterChains,
}

impl Patches {
    /// Past how many, those that are gone apart, all is to be laid out anew.
    pub(super) const LIMIT: usize = if cfg!(test) { 48 } else { 4_096 };
    /// Past how many altogether the numbers of those that are gone are to be left to others.
    pub(super) const GONE: usize = if cfg!(test) { 192 } else { 32_768 };

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    pub(super) const fn len(&self) -> usize {
        self.entities.len()
    }

    /// How many of them are gone.
    pub(super) const fn gone(&self) -> usize {
        self.gone
    }

    /// By how many more entities of each type have an entry than the table says.
    pub(super) fn declared(&self) -> impl Iterator<Item = (TypeId, i64)> {
        self.declared.iter().map(|(&ty, &more)| (ty, more))
    }

    /// How many of them stand in no table.
    pub(super) const fn new_names(&self) -> usize {
        self.names.len()
    }

    /// What an entity is, where that is not what the tables say.
    #[inline]
    pub(super) fn get(&self, entity: EntityId) -> Option<&Patch> {
        if self.is_empty() || !self.marks.has(entity) {
            return None;
        }
        self.entities.get(&entity).map(Arc::as_ref)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (EntityId, &Patch)> {
        self.entities.iter().map(|(&entity, patch)| (entity, &**patch))
    }

    /// The entity of a name that stands in no table, gone or not.
    pub(super) fn find(&self, ty: TypeId, id: Word<'_>) -> Option<EntityId> {
        if self.names.is_empty() {
            return None;
        }
        let hash = hash(ty, id.bytes());
        let alike = self.names.range((hash, EntityId(0))..=(hash, EntityId(u32::MAX))).map(|(&(_, entity), ())| entity);
        let is =
            |patch: &Patch| patch.ty == ty && patch.id.as_deref().is_some_and(|known| known.as_bytes() == id.bytes());
        alike.into_iter().find(|&entity| self.get(entity).is_some_and(is))
    }

    /// By how many more entities of a type have an entry than the table says.
    pub(super) fn declared_of(&self, ty: TypeId) -> i64 {
        self.declared.get(&ty).copied().unwrap_or(0)
    }

    /// The entities of a type that have a value the table does not give them.
    pub(super) fn with_value(&self, ty: TypeId, slot: usize, value: Stored) -> impl Iterator<Item = EntityId> {
        let (first, last) = ((ty, slot, value, EntityId(0)), (ty, slot, value, EntityId(u32::MAX)));
        self.by_value.range(first..=last).map(|(&(.., entity), ())| entity)
    }

    /// The entities that have a chain which the table does not give them, by number.
    pub(super) fn members(&self, chain: ChainId) -> impl Iterator<Item = &EntityId> {
        self.members.range((chain, EntityId(0))..=(chain, EntityId(u32::MAX))).map(|((_, entity), ())| entity)
    }

    /// The entities of a type that were mentioned since, and have no entry.
    pub(super) fn mentioned(&self, ty: TypeId) -> impl Iterator<Item = &EntityId> {
        self.mentioned.range((ty, EntityId(0))..=(ty, EntityId(u32::MAX))).map(|((_, entity), ())| entity)
    }

    /// Whether a value that was given since names an entity, or did.
    pub(super) fn is_named(&self, entity: EntityId) -> bool {
        self.named.get(&entity).is_some()
    }

    /// Notes that a value names an entity.
    pub(super) fn name(&mut self, entity: EntityId) {
        self.named.insert(entity, ());
    }

    /// Puts a patch in the place of what an entity was, which is given: its chain, and its attributes if they were a
    /// patch's. Of one that the tables have, `tabled` is the chain that they give it.
    pub(super) fn put(&mut self, entity: EntityId, tabled: Option<ChainId>, patch: Patch) {
        let before = self.get(entity).cloned();
        let was = before.as_ref().map_or(tabled, |patch| patch.chain);
        let change = i64::from(patch.chain.is_some()) - i64::from(was.is_some());
        if change != 0 {
            self.declared.insert(patch.ty, self.declared_of(patch.ty) + change);
        }
        if let Some(chain) = was {
            self.members.remove(&(chain, entity));
        }
        if let Some(chain) = patch.chain.filter(|&chain| tabled != Some(chain)) {
            self.members.insert((chain, entity), ());
        }
        self.gone -= usize::from(before.as_ref().is_some_and(Patch::is_gone));
        self.gone += usize::from(patch.is_gone());
        if patch.mentioned.is_some() {
            self.mentioned.insert((patch.ty, entity), ());
        } else {
            self.mentioned.remove(&(patch.ty, entity));
        }
        self.value(entity, before.as_ref(), &patch);
        if let (None, Some(id)) = (&before, &patch.id) {
            self.names.insert((hash(patch.ty, id.as_bytes()), entity), ());
        }
        self.marks.set(entity);
        self.entities.insert(entity, Arc::new(patch));
    }

    /// Keeps the way in by value.
    fn value(&mut self, entity: EntityId, before: Option<&Patch>, after: &Patch) {
        let old = before.and_then(|patch| patch.values.as_deref()).unwrap_or_default();
        let new = after.values.as_deref().unwrap_or_default();
        for slot in 0..old.len().max(new.len()) {
            let (old, new) = (old.get(slot).map(|(value, _)| *value), new.get(slot).map(|(value, _)| *value));
            if old == new {
                continue;
            }
            if let Some(old) = old {
                self.by_value.remove(&(after.ty, slot, old, entity));
            }
            if let Some(new) = new {
                self.by_value.insert((after.ty, slot, new, entity), ());
            }
        }
    }

    /// The next number, after so many that the tables have.
    pub(super) fn next_id(&self, tabled: usize) -> EntityId {
        EntityId::from_index(tabled + self.names.len())
    }
}

/// The hash of a name.
fn hash(ty: TypeId, id: &[u8]) -> u64 {
    foldhash::fast::FixedState::default().hash_one((ty, id))
}
