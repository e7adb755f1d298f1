//! Facts: which entities there are, what lies in what, who is assigned what, and which org policies are linked where.
//!
//! A [`DirectoryTree`] is one file as written; [`Directory::build`] takes all of them and the policy's vocabulary and
//! yields the facts, checked and immutable, or rather: the facts and every mistake found. A directory with an error
//! among its findings must not be decided on. What follows from the facts (who is in a userset, which roles are held by
//! implication) and what a setting's values amount to on the way down are derived from them: [`Holdings`], [`Settings`].

mod above;
mod amend;
mod assigned;
mod assignments;
mod attributes;
mod below;
mod build;
mod by_entity;
mod by_value;
mod cell;
pub mod change;
pub mod compiled;
mod containment;
mod entities;
mod findings;
mod grouped;
mod holdings;
mod lay_out;
mod marks;
mod name_table;
mod naming;
mod parents;
mod patches;
mod places;
mod settings;
mod spans;
#[cfg(test)]
mod tests;
mod texts;
pub mod tree;
mod valued;
mod wording;

pub use above::LineSpot;
pub use amend::Amended;
pub use assignments::{Assignment, Subject};
pub use attributes::{AddressId, SetId, Stored};
pub use change::{Change, ChangeAction, Edit};
pub use containment::ChainId;
pub use entities::EntityId;
pub use holdings::{Entries, Four, Guard, Held, Holdings, Qualified, Row, RowSpot, WAYS};
pub(crate) use name_table::{Names, Sought};
pub use parents::{ParentFault, Way, compare_ways, count_parents};
pub use places::{LINE, Line};
pub use settings::{
    Effective, Fate, ProfileId, Settings, Standing, Supplier, Supply, ValueId, combine, combine_on, elements, fates,
    holds, supplies,
};
pub use tree::DirectoryTree;
pub use valued::ValueSpot;

use crate::diagnostics::{Diagnostic, near_miss};
use crate::index::{Idx, SortedMap, Symbol, Word};
use crate::schema::{EntityName, PolicyId, Schema, SettingId, TypeId, Value};
use crate::source::Span;
use by_value::ByValue;
use fixedbitset::FixedBitSet;
use patches::{Patch, Patches};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// Among how many entities one that was meant is looked for.
const NEAREST_AMONG: u32 = 100_000;

/// An org policy linked to an entity.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The policy.
    pub policy: PolicyId,
    /// The place of its name.
    pub span: Span,
}

/// A value given to a setting on an entity.
#[derive(Clone, Copy, Debug)]
pub struct SettingEntry {
    /// The setting.
    pub setting: SettingId,
    /// The value.
    pub value: Stored,
    /// The value's place.
    pub span: Span,
}

/// The facts of all directory files together.
///
/// Entities are dense ids; the ids of a directory mean nothing to another one. An id from elsewhere is answered with
/// nothing, never with a panic.
///
/// Clones share their parts: those that a change leaves alone are never copied.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    entities: Arc<entities::EntityTable>,
    chains: Arc<containment::Chains>,
    attributes: Arc<attributes::Attributes>,
    values: attributes::Values,
    assignments: assignments::Assignments,
    /// What is read of each entity when deciding; empty while the facts are gathered.
    places: Arc<places::Places>,
    /// The way down, once it was asked for.
    way_down: Arc<OnceLock<below::Below>>,
    /// Entities by what an attribute of theirs is, once it was asked for.
    by_value: ByValue,
    links: Arc<by_entity::ByEntity<Link>>,
    settings: Arc<by_entity::ByEntity<SettingEntry>>,
    wordings: wording::Wordings,
    /// The chain of entities with the same parents, once it was asked for.
    by_parents: Arc<OnceLock<containment::ByParents>>,
    /// Chains that nobody has any more and nobody may come to have: what their parents lie in is another by now.
    left: SortedMap<ChainId, ()>,
    /// Whom the values of the tables name, once it was asked for.
    named: Arc<OnceLock<FixedBitSet>>,
    /// What entities are since the tables were laid out.
    patches: Patches,
}

impl Directory {
    /// The facts of directory files, read by a policy's vocabulary, and every mistake and doubt found.
    ///
    /// An entity and what belongs to it may come from any of the files, in any order. With an error among the findings
    /// the facts are what could be read, for further checks only.
    #[must_use]
    pub fn build(schema: &Schema, trees: &[Arc<DirectoryTree>]) -> (Self, Vec<Diagnostic>) {
        build::build(schema, trees)
    }

    /// The entity of a type and an id, declared or mentioned.
    #[must_use]
    pub fn find(&self, ty: TypeId, id: &str) -> Option<EntityId> {
        self.find_word(ty, id.into())
    }

    /// The same by an id whose first bytes are known.
    #[must_use]
    pub fn find_word(&self, ty: TypeId, id: Word<'_>) -> Option<EntityId> {
        self.found(self.names().seek(ty, id))
    }

    /// What names are looked for in: a check looks for two, and what each waits for is under way at once.
    #[inline]
    pub(crate) fn names(&self) -> Names<'_> {
        self.entities.names()
    }

    /// The entity of a name that [`Names::seek`] began to look for.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    pub(crate) fn found(&self, sought: Sought<'_>) -> Option<EntityId> {
        let found = self.entities.found(sought);
        if self.patches.is_empty() { found } else { self.find_patched(found, sought.name()) }
    }

    #[inline(never)]
    fn find_patched(&self, tabled: Option<EntityId>, (ty, id): (TypeId, Word<'_>)) -> Option<EntityId> {
        let found = tabled.or_else(|| self.patches.find(ty, id));
        found.filter(|&entity| self.is_there(entity))
    }

    /// Whether a number is an entity's, declared or mentioned, and not of one that is gone.
    #[must_use]
    pub fn is_there(&self, entity: EntityId) -> bool {
        entity.index() < self.len() && self.patch(entity).is_none_or(|patch| !patch.is_gone())
    }

    /// How many numbers of entities there are, mentioned ones included; ids are below it. Some may be nobody's any more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len() + self.patches.new_names()
    }

    /// Whether there is no entity at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entities, declared and mentioned.
    pub fn entities(&self) -> impl DoubleEndedIterator<Item = EntityId> + use<> {
        let patches = self.patches.clone();
        let is_there = move |entity: &EntityId| patches.get(*entity).is_none_or(|patch| !patch.is_gone());
        (0..self.len()).map(EntityId::from_index).filter(is_there)
    }

    /// What an entity is, where that is not what the tables say.
    #[inline]
    fn patch(&self, entity: EntityId) -> Option<&Patch> {
        if self.patches.is_empty() { None } else { self.patches.get(entity) }
    }

    /// An entity's type.
    #[must_use]
    pub fn type_of(&self, entity: EntityId) -> TypeId {
        if self.places.is_empty() {
            return self.entities.type_of(entity);
        }
        self.known_type_of(entity).unwrap_or(TypeId(u32::MAX))
    }

    /// An entity's type, if it is one of this directory.
    #[inline]
    #[must_use]
    pub fn known_type_of(&self, entity: EntityId) -> Option<TypeId> {
        let tabled = self.places.known_type_of(entity);
        if tabled.is_some() { tabled } else { self.patch(entity).map(|patch| patch.ty) }
    }

    /// An entity's id, without its type.
    #[must_use]
    pub fn id_of(&self, entity: EntityId) -> &str {
        match self.patch(entity) {
            Some(Patch { id: Some(id), .. }) => id,
            _ => self.entities.id_of(entity),
        }
    }

    /// `type:id`.
    #[must_use]
    pub fn name(&self, schema: &Schema, entity: EntityId) -> String {
        let ty = schema.types.get(self.type_of(entity)).map_or("", |info| &info.name);
        [ty, ":", self.id_of(entity)].concat()
    }

    /// Whether an entity has an entry; otherwise it is only mentioned.
    #[must_use]
    pub fn is_declared(&self, entity: EntityId) -> bool {
        if self.places.is_empty() {
            return self.entities.is_declared(entity);
        }
        match self.patch(entity) {
            None => self.places.is_declared(entity),
            Some(patch) => patch.chain.is_some(),
        }
    }

    /// Visits the entities of a type that are mentioned and have no entry, in runs that each stand in order of their numbers.
    pub fn mentioned<'a>(&'a self, ty: TypeId, mut visit: impl FnMut(&'a [EntityId])) {
        visit(self.places.mentioned(ty));
        self.patches.mentioned(ty).for_each(|one| visit(std::slice::from_ref(one)));
    }

    /// Whether a place was noted where an entity is mentioned: defaults of the policy have none.
    fn is_mentioned_somewhere(&self, entity: EntityId) -> bool {
        self.entities.has_place(entity) || self.patch(entity).is_some_and(|patch| patch.mentioned.is_some())
    }

    /// Whether any entity of a type has an entry.
    #[must_use]
    pub fn declares_type(&self, ty: TypeId) -> bool {
        self.declared_of(ty) > 0
    }

    /// How many entities of a type have an entry.
    fn declared_of(&self, ty: TypeId) -> u32 {
        let now = i64::from(self.entities.declared_of(ty)) + self.patches.declared_of(ty);
        u32::try_from(now).unwrap_or(0)
    }

    /// The entity with an entry that a text was most likely to name: the one of the type whose id is near. It looks at all
    /// of them, unless they are too many: nothing for where time matters.
    #[must_use]
    pub fn nearest(&self, ty: TypeId, id: &str) -> Option<EntityId> {
        if self.declared_of(ty) > NEAREST_AMONG {
            return None;
        }
        let declared = self.entities().filter(|&entity| self.type_of(entity) == ty && self.is_declared(entity));
        self.find(ty, near_miss(id, declared.map(|entity| self.id_of(entity)))?)
    }

    /// The key of an entity's entry; nothing for one that is only mentioned.
    #[must_use]
    pub fn span(&self, entity: EntityId) -> Option<Span> {
        match self.patch(entity) {
            None => self.entities.span(entity).filter(|_| self.is_declared(entity)),
            Some(patch) => patch.span,
        }
    }

    /// Visits the places of everything that has one.
    pub fn each_place(&self, mut visit: impl FnMut(Span)) {
        self.assignments().for_each(|one| visit(one.span));
        self.entities().filter_map(|entity| self.span(entity)).for_each(&mut visit);
        self.attributes.spans_but(self.left_rows()).for_each(&mut visit);
        for (_, patch) in self.patches.iter() {
            let values = patch.values.as_deref().unwrap_or_default();
            values.iter().filter_map(|(_, span)| *span).for_each(&mut visit);
        }
        let any = !self.links.all().is_empty() || !self.settings.all().is_empty();
        let given: Vec<EntityId> =
            if any { self.entities().collect() } else { self.patches.iter().map(|(entity, _)| entity).collect() };
        for entity in given {
            self.links(entity).iter().for_each(|link| visit(link.span));
            self.settings(entity).iter().for_each(|entry| visit(entry.span));
        }
    }

    /// Where the rows of attributes stand that are nobody's any more, in their order.
    fn left_rows(&self) -> Vec<std::ops::Range<usize>> {
        let left = self.patches.iter().filter(|(_, patch)| patch.values.is_some() || patch.chain.is_none());
        let rows = left.filter_map(|(entity, patch)| self.attributes.own_row(self.places.row(entity), patch.ty));
        let mut rows: Vec<std::ops::Range<usize>> = rows.collect();
        rows.sort_unstable_by_key(|row| row.start);
        rows
    }

    /// The value of an attribute, by its slot in the entity's type. Defaults are filled in.
    #[must_use]
    pub fn attribute(&self, entity: EntityId, slot: usize) -> Stored {
        if let Some(Patch { values: Some(row), .. }) = self.patch(entity) {
            return row.get(slot).map_or(Stored::Missing, |(value, _)| *value);
        }
        self.attributes.get(self.row(entity), slot)
    }

    /// Where the value of an attribute was given; nothing where it is the default.
    #[must_use]
    pub fn attribute_span(&self, entity: EntityId, slot: usize) -> Option<Span> {
        if let Some(Patch { values: Some(row), .. }) = self.patch(entity) {
            return row.get(slot).and_then(|(_, span)| *span);
        }
        self.attributes.span(self.row(entity), slot)
    }

    fn row(&self, entity: EntityId) -> u32 {
        if self.places.is_empty() {
            return self.attributes.row(entity);
        }
        match self.places.row(entity) {
            u32::MAX => self.patch(entity).map_or(u32::MAX, |patch| self.attributes.default_row(patch.ty)),
            row => row,
        }
    }

    /// The text of a [`Stored::Text`].
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> &str {
        self.values.text(symbol)
    }

    /// The symbol of a text, if any value of the directory is or holds it.
    #[must_use]
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        self.values.symbol(text)
    }

    /// The address of a [`Stored::Ip`].
    #[must_use]
    pub fn address(&self, id: AddressId) -> Option<IpAddr> {
        self.values.address(id)
    }

    /// The elements of a [`Stored::Set`], sorted, each once.
    #[must_use]
    pub fn set(&self, set: SetId) -> &[Stored] {
        self.values.set(set)
    }

    /// A stored value on its own; nothing where there is none.
    #[must_use]
    pub fn value(&self, stored: Stored) -> Option<Value> {
        Some(match stored {
            Stored::Missing | Stored::Absent => return None,
            Stored::Bool(value) => Value::Bool(value),
            Stored::Int(value) => Value::Int(value),
            Stored::Text(symbol) => Value::Str(self.text(symbol).into()),
            Stored::Timestamp(at) => Value::Timestamp(at),
            Stored::Duration(length) => Value::Duration(length),
            Stored::Ip(address) => Value::Ip(self.values.address(address)?),
            Stored::Entity(entity) => {
                Value::Entity(EntityName { ty: self.type_of(entity), id: self.id_of(entity).into() })
            }
            Stored::Set(set) => Value::Set(self.set(set).iter().filter_map(|&element| self.value(element)).collect()),
        })
    }

    /// The org policies linked to an entity, in the order written.
    #[must_use]
    pub fn links(&self, entity: EntityId) -> &[Link] {
        match self.patch(entity) {
            Some(Patch { links: Some(links), .. }) => links,
            _ => self.links.of(entity),
        }
    }

    /// Whoever gives settings or has org policies linked, in the order of their numbers.
    #[must_use]
    pub fn givers(&self) -> Vec<EntityId> {
        let patched = self.patches.iter().map(|(entity, _)| entity);
        let mut givers: Vec<EntityId> = self.links.owners().chain(self.settings.owners()).chain(patched).collect();
        givers.sort_unstable();
        givers.dedup();
        givers.retain(|&entity| !self.links(entity).is_empty() || !self.settings(entity).is_empty());
        givers
    }

    /// The setting values given on an entity.
    #[must_use]
    pub fn settings(&self, entity: EntityId) -> &[SettingEntry] {
        match self.patch(entity) {
            Some(Patch { settings: Some(settings), .. }) => settings,
            _ => self.settings.of(entity),
        }
    }
}
