//! The one form of facts: by numbers that depend on what they say alone.

use super::Numbers;
use crate::compile::NodeId;
use crate::directory::assignments::Assignments;
use crate::directory::attributes::{Attributes, Stored, Values};
use crate::directory::by_entity::ByEntity;
use crate::directory::containment::{ChainId, Chains};
use crate::directory::entities::EntityTable;
use crate::directory::places::Places;
use crate::directory::{Assignment, Directory, EntityId, Link, SettingEntry, Subject};
use crate::index::{Idx, SortedMap};
use crate::schema::{PolicyId, Presence, RoleId, Schema, Value};
use crate::source::{FileId, Span};
use fixedbitset::FixedBitSet;
use std::cmp::Ordering;
use std::sync::Arc;

/// Entities in their order, and by what numbers they and all else are known then.
pub(in crate::directory) struct Renumbered<'a> {
    /// By the new number, the old one.
    pub(in crate::directory) order: Vec<EntityId>,
    /// By the old number, the new one, or [`GONE`].
    new: Vec<u32>,
    schema: &'a Schema,
    pub(in crate::directory) role: &'a dyn Fn(RoleId) -> Option<RoleId>,
    policy: &'a dyn Fn(PolicyId) -> Option<PolicyId>,
    pub(in crate::directory) program: &'a dyn Fn(NodeId) -> Option<NodeId>,
    span: Option<&'a dyn Fn(Span) -> Span>,
}

/// The number of an entity that nothing speaks of.
const GONE: u32 = u32::MAX;

/// The place of an entity that is only mentioned: that it was is all that counts.
const SOMEWHERE: Span = Span::new(FileId(0), 0, 0);

impl<'a> Renumbered<'a> {
    pub(super) fn new(directory: &Directory, numbers: &Numbers<'a>) -> Option<Self> {
        let spoken_of = spoken_of(directory, numbers.schema);
        let mut order: Vec<EntityId> =
            directory.entities().filter(|entity| spoken_of.contains(entity.index())).collect();
        let name = |entity: EntityId| (directory.type_of(entity), directory.id_of(entity));
        order.sort_unstable_by(|&one, &other| name(one).cmp(&name(other)));
        let mut new = vec![GONE; directory.len()];
        for (at, entity) in order.iter().enumerate() {
            *new.get_mut(entity.index())? = u32::try_from(at).ok()?;
        }
        let &Numbers { schema, role, policy, program, span } = numbers;
        Some(Self { order, new, schema, role, policy, program, span })
    }

    pub(in crate::directory) fn entity(&self, old: EntityId) -> Option<EntityId> {
        self.new.get(old.index()).copied().filter(|&new| new != GONE).map(EntityId)
    }

    fn place(&self, old: Span) -> Span {
        self.span.map_or(SOMEWHERE, |span| span(old))
    }

    /// Whether places, order and words are kept.
    const fn keeps_writing(&self) -> bool {
        self.span.is_some()
    }

    /// Entities, sorted by their new numbers.
    fn entities(&self, old: &[EntityId]) -> Option<Vec<EntityId>> {
        let mut new = old.iter().map(|&entity| self.entity(entity)).collect::<Option<Vec<_>>>()?;
        new.sort_unstable();
        Some(new)
    }

    fn assignment(&self, old: Assignment) -> Option<Assignment> {
        let subject = match old.subject {
            Subject::Entity(entity) => Subject::Entity(self.entity(entity)?),
            Subject::Userset { on, role } => Subject::Userset { on: self.entity(on)?, role: (self.role)(role)? },
        };
        let (on, role, span) = (self.entity(old.on)?, (self.role)(old.role)?, self.place(old.span));
        Some(Assignment { subject, on, role, span, ..old })
    }
}

/// Entities with an entry, and those that anything that is said speaks of.
fn spoken_of(directory: &Directory, schema: &Schema) -> FixedBitSet {
    let mut spoken_of = FixedBitSet::with_capacity(directory.len());
    fn mention(spoken_of: &mut FixedBitSet, directory: &Directory, value: Stored) {
        match value {
            Stored::Entity(entity) => spoken_of.grow_and_insert(entity.index()),
            Stored::Set(set) => {
                directory.set(set).iter().for_each(|&element| mention(spoken_of, directory, element));
            }
            _ => {}
        }
    }
    for entity in directory.entities() {
        if directory.is_declared(entity) {
            spoken_of.grow_and_insert(entity.index());
            let slots = schema.types.get(directory.type_of(entity)).map_or(0, |info| info.attributes.len());
            for slot in 0..slots {
                mention(&mut spoken_of, directory, directory.attribute(entity, slot));
            }
        }
        directory.settings(entity).iter().for_each(|entry| mention(&mut spoken_of, directory, entry.value));
    }
    for one in directory.assignments() {
        spoken_of.grow_and_insert(one.subject.entity().index());
        spoken_of.grow_and_insert(one.on.index());
    }
    let attributes = schema.types.iter().flat_map(|info| &info.attributes);
    for attribute in attributes {
        let Presence::Default(value) = &attribute.presence else { continue };
        for value in if let Value::Set(elements) = value { elements } else { std::slice::from_ref(value) } {
            if let Value::Entity(name) = value
                && let Some(entity) = directory.find(name.ty, &name.id)
            {
                spoken_of.grow_and_insert(entity.index());
            }
        }
    }
    spoken_of
}

impl Directory {
    /// The same facts by other numbers, laid out in their order; nothing where they contradict each other.
    pub(super) fn renumbered(&self, numbers: &Renumbered<'_>) -> Option<Self> {
        let order = &numbers.order;
        let mut entities = EntityTable::default();
        for &old in order {
            let (ty, id) = (self.type_of(old), self.id_of(old));
            if let Some(span) = self.span(old) {
                let span = numbers.place(span);
                let new = entities.insert(ty, id, Some(span))?;
                entities.declare(new, span);
            } else {
                let mentioned = numbers.keeps_writing() && self.is_mentioned_somewhere(old);
                entities.insert(ty, id, mentioned.then_some(SOMEWHERE))?;
            }
        }
        let mut values = Values::default();
        let attributes = self.renumbered_attributes(numbers, &mut entities, &mut values)?;
        let chains = self.renumbered_chains(numbers)?;
        let (mut settings, mut links, mut assignments) = (Vec::new(), Vec::new(), Vec::new());
        for (new, &old) in (0..).map(EntityId).zip(order) {
            let mut given = self.settings(old).to_vec();
            if !numbers.keeps_writing() {
                given.sort_by_key(|entry| entry.setting);
            }
            for SettingEntry { setting, value, span } in given {
                let value = self.restored(value, numbers, &mut values)?;
                settings.push((new, SettingEntry { setting, value, span: numbers.place(span) }));
            }
            for &Link { policy, span } in self.links(old) {
                links.push((new, Link { policy: (numbers.policy)(policy)?, span: numbers.place(span) }));
            }
            for one in self.assignments_on(old) {
                assignments.push(numbers.assignment(one)?);
            }
        }
        if assignments.len() != self.assignment_count() || entities.len() != order.len() {
            return None;
        }
        if !numbers.keeps_writing() {
            links.sort_by_key(|(entity, link)| (*entity, link.policy));
            assignments.sort_by_key(|one| (one.on, one.subject, one.role, one.since, one.until));
        }
        let mut wordings = SortedMap::default();
        for (&(entity, given), raw) in self.wordings.iter().filter(|_| numbers.keeps_writing()) {
            // What is there no longer is not written in any way.
            if let Some(new) = numbers.entity(entity) {
                wordings.insert((new, given), raw.clone());
            }
        }
        values.seal();
        let count = entities.len();
        let places = Places::new(&entities, &chains, &attributes);
        Some(Self {
            entities: Arc::new(entities),
            chains: Arc::new(chains),
            attributes: Arc::new(attributes),
            values,
            assignments: Assignments::new(count, assignments),
            places: Arc::new(places),
            links: Arc::new(ByEntity::new(count, links)),
            settings: Arc::new(ByEntity::new(count, settings)),
            wordings,
            ..Self::default()
        })
    }

    /// Chains after those of their parents, by how many entities they are and then by which.
    fn renumbered_chains(&self, numbers: &Renumbered<'_>) -> Option<Chains> {
        let mut seen = FixedBitSet::with_capacity(self.chains());
        let mut old: Vec<(usize, Vec<EntityId>, EntityId)> = Vec::new();
        for &entity in &numbers.order {
            let chain = self.chain(entity);
            if self.is_declared(entity) && !seen.put(chain.index()) {
                old.push((self.ancestors(entity).len(), numbers.entities(self.parents(entity))?, entity));
            }
        }
        old.sort_unstable();
        let mut chains = Chains::default();
        chains.grow(numbers.order.len());
        let mut by_chain = vec![ChainId(0); self.chains()];
        for (_, parents, entity) in old {
            for &parent in self.parents(entity) {
                chains.set(numbers.entity(parent)?, *by_chain.get(self.chain(parent).index())?);
            }
            let chain = chains.intern(&parents).ok()?;
            // What is above was worked out here once more: it has to be what the tables say.
            if numbers.entities(self.ancestors(entity))? != chains.ancestors(chain) {
                return None;
            }
            *by_chain.get_mut(self.chain(entity).index())? = chain;
        }
        for (new, &old) in (0..).map(EntityId).zip(&numbers.order) {
            if self.is_declared(old) {
                chains.set(new, *by_chain.get(self.chain(old).index())?);
            }
        }
        Some(chains)
    }

    fn renumbered_attributes(
        &self,
        numbers: &Renumbered<'_>,
        entities: &mut EntityTable,
        values: &mut Values,
    ) -> Option<Attributes> {
        let schema = numbers.schema;
        let mut default = |value: &Value| values.store(value, &mut |ty, id| entities.insert(ty, id, None));
        let mut attributes = Attributes::new(schema, &mut default);
        attributes.grow(entities);
        for (new, &old) in (0..).map(EntityId).zip(&numbers.order) {
            let ty = self.type_of(old);
            let width = schema.types.get(ty)?.attributes.len();
            for slot in 0..width {
                let value = self.restored(self.attribute(old, slot), numbers, values)?;
                match self.attribute_span(old, slot) {
                    // That the default was given is a matter of writing.
                    Some(_) if !numbers.keeps_writing() && value == attributes.get(attributes.row(new), slot) => {}
                    Some(span) => attributes.set(new, (ty, width), slot, (value, numbers.place(span))),
                    None if value != attributes.get(attributes.row(new), slot) => return None,
                    None => {}
                }
            }
        }
        Some(attributes)
    }

    /// The order of two elements of a set, by what they are.
    fn compare_by_name(&self, one: Stored, other: Stored) -> Ordering {
        match (one, other) {
            (Stored::Text(one), Stored::Text(other)) => self.text(one).cmp(self.text(other)),
            (Stored::Ip(one), Stored::Ip(other)) => self.address(one).cmp(&self.address(other)),
            (one, other) => one.cmp(&other),
        }
    }

    /// A value of this directory, stored among others.
    fn restored(&self, value: Stored, numbers: &Renumbered<'_>, values: &mut Values) -> Option<Stored> {
        Some(match value {
            Stored::Text(symbol) => Stored::Text(values.store_text(self.text(symbol))),
            Stored::Ip(address) => Stored::Ip(values.store_address(self.address(address)?)),
            Stored::Entity(entity) => Stored::Entity(numbers.entity(entity)?),
            Stored::Set(set) => {
                // They are sorted by numbers, and what these are depends on what came before.
                let mut named = self.set(set).to_vec();
                if !numbers.keeps_writing() {
                    named.sort_unstable_by(|one, other| self.compare_by_name(*one, *other));
                }
                let mut elements = Vec::with_capacity(named.len());
                for element in named {
                    elements.push(self.restored(element, numbers, values)?);
                }
                values.store_set(&mut elements)
            }
            value => value,
        })
    }
}
