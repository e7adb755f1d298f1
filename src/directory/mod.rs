//! Facts: which entities there are, what lies in what, who is assigned what, and which org policies are linked where.
//!
//! A [`DirectoryTree`] is one file as written; [`Directory::build`] takes all of them and the policy's vocabulary and
//! yields the facts, checked and immutable, or rather: the facts and every mistake found. A directory with an error
//! among its findings must not be decided on. What follows from the facts (who is in a userset, which roles are held by
//! implication) and what a setting's values amount to on the way down are derived from them: [`Holdings`], [`Settings`].

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
mod holdings;
mod name_table;
mod naming;
mod parents;
mod places;
mod reassign;
mod settings;
mod spans;
#[cfg(test)]
mod tests;
mod texts;
pub mod tree;
mod wording;

pub use assignments::{Assignment, Subject};
pub use attributes::{AddressId, SetId, Stored};
pub use change::{Change, ChangeAction, Edit};
pub use containment::ChainId;
pub use entities::EntityId;
pub use holdings::{Entries, Guard, Held, Holdings, Qualified, Row, RowSpot, WAYS};
pub use parents::{ParentFault, Way, compare_ways, count_parents};
pub use places::{Few, LINE, Line};
pub use reassign::Reassigned;
pub use settings::{
    Effective, Fate, ProfileId, Settings, Standing, Supplier, Supply, ValueId, combine, combine_on, elements, fates,
    holds, supplies,
};
pub use tree::DirectoryTree;

use crate::diagnostics::{Diagnostic, near_miss};
use crate::index::{Stamp, Symbol, Word};
use crate::schema::{EntityName, PolicyId, RoleId, Schema, SettingId, TypeId, Value, narrow, split_entity};
use crate::source::Span;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

/// Among how many entities one that was meant is looked for.
const NEAREST_AMONG: u32 = 100_000;

/// Where it stands what an entity lies in.
#[derive(Clone, Copy, Debug)]
pub struct LineSpot(ChainId);

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
    values: Arc<attributes::Values>,
    assignments: assignments::Assignments,
    /// What is read of each entity when deciding; empty while the facts are gathered.
    places: Arc<places::Places>,
    /// The way down, once it was asked for.
    below: Arc<OnceLock<below::Below>>,
    /// Entities by what an attribute of theirs is, once it was asked for.
    by_value: by_value::ByValue,
    links: Arc<by_entity::ByEntity<Link>>,
    settings: Arc<by_entity::ByEntity<SettingEntry>>,
    wordings: wording::Wordings,
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
    // A check looks up two, and what each waits for is under way at once.
    #[expect(clippy::inline_always)]
    #[inline(always)]
    #[must_use]
    pub fn find_word(&self, ty: TypeId, id: Word<'_>) -> Option<EntityId> {
        self.entities.find(ty, id)
    }

    /// How many entities there are, mentioned ones included; ids are below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether there is no entity at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entities, declared and mentioned.
    pub fn entities(&self) -> impl DoubleEndedIterator<Item = EntityId> + use<> {
        self.entities.ids()
    }

    /// An entity's type.
    #[must_use]
    pub fn type_of(&self, entity: EntityId) -> TypeId {
        if self.places.is_empty() { self.entities.type_of(entity) } else { self.places.type_of(entity) }
    }

    /// An entity's type, if it is one of this directory.
    #[inline]
    #[must_use]
    pub fn known_type_of(&self, entity: EntityId) -> Option<TypeId> {
        self.places.known_type_of(entity)
    }

    /// An entity's id, without its type.
    #[must_use]
    pub fn id_of(&self, entity: EntityId) -> &str {
        self.entities.id_of(entity)
    }

    /// `type:id`.
    #[must_use]
    pub fn name(&self, schema: &Schema, entity: EntityId) -> String {
        self.entities.name(schema, entity)
    }

    /// Whether an entity has an entry; otherwise it is only mentioned.
    #[must_use]
    pub fn is_declared(&self, entity: EntityId) -> bool {
        if self.places.is_empty() { self.entities.is_declared(entity) } else { self.places.is_declared(entity) }
    }

    /// The entities of a type that are mentioned and have no entry.
    #[must_use]
    pub fn mentioned(&self, ty: TypeId) -> &[EntityId] {
        self.places.mentioned(ty)
    }

    /// Whether any entity of a type has an entry.
    #[must_use]
    pub fn declares_type(&self, ty: TypeId) -> bool {
        self.entities.declared_of(ty) > 0
    }

    /// The entity with an entry that a text was most likely to name: the one of the type whose id is near. It looks at all
    /// of them, unless they are too many: nothing for where time matters.
    #[must_use]
    pub fn nearest(&self, ty: TypeId, id: &str) -> Option<EntityId> {
        if self.entities.declared_of(ty) > NEAREST_AMONG {
            return None;
        }
        let declared = self.entities().filter(|&entity| self.type_of(entity) == ty && self.is_declared(entity));
        self.find(ty, near_miss(id, declared.map(|entity| self.id_of(entity)))?)
    }

    /// The key of an entity's entry; nothing for one that is only mentioned.
    #[must_use]
    pub fn span(&self, entity: EntityId) -> Option<Span> {
        self.entities.span(entity).filter(|_| self.is_declared(entity))
    }

    /// Visits the places of everything that has one.
    pub fn each_place(&self, mut visit: impl FnMut(Span)) {
        self.assignments().for_each(|one| visit(one.span));
        self.entities().filter_map(|entity| self.span(entity)).for_each(&mut visit);
        self.attributes.spans().for_each(&mut visit);
        self.links.all().iter().for_each(|link| visit(link.span));
        self.settings.all().iter().for_each(|entry| visit(entry.span));
    }

    /// The entities that an entity lies in directly, sorted by id, each once.
    #[must_use]
    pub fn parents(&self, entity: EntityId) -> &[EntityId] {
        self.chains.parents(self.chain(entity))
    }

    /// Everything that an entity lies in, itself not included, sorted by id, each once.
    #[must_use]
    pub fn ancestors(&self, entity: EntityId) -> &[EntityId] {
        self.chain_ancestors(self.chain(entity))
    }

    /// What a declared entity lies in, itself not included; nothing where it is more than [`LINE`] entities.
    #[inline]
    #[must_use]
    pub fn line_above(&self, entity: EntityId) -> Option<&Line> {
        self.places.line(entity)
    }

    /// Where [`Directory::line_above`] of an entity stands.
    #[must_use]
    pub fn spot_above(&self, entity: EntityId) -> LineSpot {
        LineSpot(self.places.line_of(entity))
    }

    /// What stands at a spot, in a directory with the same stamp: the first of it, and all where those are not.
    #[inline]
    #[must_use]
    pub fn few_at(&self, spot: LineSpot) -> Option<&Few> {
        self.places.few_at(spot.0)
    }

    /// The same where it is not few.
    #[must_use]
    pub fn line_at(&self, spot: LineSpot) -> Option<&Line> {
        self.places.line_at(spot.0)
    }

    /// What tells it from a directory where any entity's line stands elsewhere.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.places.stamp()
    }

    /// What an entity lies in that is of a type, itself not included.
    #[inline]
    pub fn ancestors_of_type(&self, entity: EntityId, ty: TypeId) -> impl Iterator<Item = EntityId> + '_ {
        let few = self.places.types_above(entity);
        let all = self.ancestors(entity).iter().enumerate();
        all.filter(move |&(at, &above)| match few.and_then(|types| types.get(at)) {
            Some(&found) => found == narrow(ty),
            None => self.type_of(above) == ty,
        })
        .map(|(_, &above)| above)
    }

    /// What an entity lies in, as an id that all entities with the same parents share.
    #[must_use]
    pub fn chain(&self, entity: EntityId) -> ChainId {
        if self.places.is_empty() { self.chains.of(entity) } else { self.places.chain(entity) }
    }

    /// How many chains there are; ids are below it.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.chains.len()
    }

    /// The parents of a chain, as [`Directory::parents`] of whoever has it. Their own chains have smaller ids.
    #[must_use]
    pub fn chain_parents(&self, chain: ChainId) -> &[EntityId] {
        self.chains.parents(chain)
    }

    /// The entities of a chain, as [`Directory::ancestors`] of whoever has it.
    #[must_use]
    #[inline]
    pub fn chain_ancestors(&self, chain: ChainId) -> &[EntityId] {
        self.places.ancestors(chain).unwrap_or_else(|| self.chains.ancestors(chain))
    }

    /// Whether `inner` is `outer` or lies in it by any way.
    #[must_use]
    pub fn is_within(&self, inner: EntityId, outer: EntityId) -> bool {
        inner == outer || self.ancestors(inner).binary_search(&outer).is_ok()
    }

    /// The value of an attribute, by its slot in the entity's type. Defaults are filled in.
    #[must_use]
    pub fn attribute(&self, entity: EntityId, slot: usize) -> Stored {
        self.attributes.get(self.row(entity), slot)
    }

    /// Where the value of an attribute was given; nothing where it is the default.
    #[must_use]
    pub fn attribute_span(&self, entity: EntityId, slot: usize) -> Option<Span> {
        self.attributes.span(self.row(entity), slot)
    }

    fn row(&self, entity: EntityId) -> u32 {
        if self.places.is_empty() { self.attributes.row(entity) } else { self.places.row(entity) }
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

    /// All assignments, those on one entity side by side, in the order in which they came.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment> {
        self.assignments.all()
    }

    /// How many assignments there are.
    #[must_use]
    pub fn assignment_count(&self) -> usize {
        self.assignments.len()
    }

    /// The assignments held on an entity.
    pub fn assignments_on(&self, entity: EntityId) -> impl Iterator<Item = Assignment> {
        self.assignments.on(entity)
    }

    /// The assignments of one subject by name, usersets not followed.
    pub fn assignments_of(&self, subject: EntityId) -> impl Iterator<Item = Assignment> {
        self.assignments.of(subject)
    }

    /// The assignments to usersets.
    pub fn userset_assignments(&self) -> impl Iterator<Item = Assignment> {
        self.assignments.usersets()
    }

    /// The assignments of a role on an entity to exactly this subject: one, unless the same stands there twice.
    pub fn assignments_between(
        &self,
        subject: Subject,
        role: RoleId,
        on: EntityId,
    ) -> impl Iterator<Item = Assignment> {
        self.assignments.between(subject, role, on)
    }

    /// Whom, which role and where the names of an assignment mean; nothing where one of them means nothing.
    #[must_use]
    pub fn assignment_named(
        &self,
        schema: &Schema,
        subject: &str,
        role: &str,
        on: &str,
    ) -> Option<(Subject, RoleId, EntityId)> {
        let entity = |text: &str| {
            let (ty, id) = split_entity(text)?;
            self.find(schema.type_named(ty)?, id)
        };
        let subject = match subject.split_once('#') {
            Some((group, member)) => {
                let on = entity(group)?;
                Subject::Userset { on, role: self.role_named(schema, on, member)? }
            }
            None => Subject::Entity(entity(subject)?),
        };
        let on = entity(on)?;
        Some((subject, self.role_named(schema, on, role)?, on))
    }

    /// The role that a name means on an entity: that of an organization above it before one that belongs to none.
    #[must_use]
    pub fn role_named(&self, schema: &Schema, on: EntityId, name: &str) -> Option<RoleId> {
        let candidates = schema.roles_named(self.type_of(on), name);
        let owner = |role: &RoleId| schema.roles.get(*role).and_then(|info| info.organization.as_ref());
        let inside = |role: &&RoleId| {
            owner(role).and_then(|owner| self.find(owner.ty, &owner.id)).is_some_and(|owner| self.is_within(on, owner))
        };
        let found = candidates.iter().find(inside).or_else(|| candidates.iter().find(|role| owner(role).is_none()));
        found.copied()
    }

    /// The org policies linked to an entity, in the order written.
    #[must_use]
    pub fn links(&self, entity: EntityId) -> &[Link] {
        self.links.of(entity)
    }

    /// The setting values given on an entity.
    #[must_use]
    pub fn settings(&self, entity: EntityId) -> &[SettingEntry] {
        self.settings.of(entity)
    }
}
