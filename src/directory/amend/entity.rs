//! Entities that come, and leaves that go.

use super::Amending;
use crate::directory::change::NewEntity;
use crate::directory::containment::{ByParents, ChainId, TOP};
use crate::directory::patches::{LaterChain, Patch};
use crate::directory::places::Line;
use crate::directory::wording::Given;
use crate::directory::{Assignment, Directory, EntityId, Stored, compare_ways, count_parents};
use crate::index::Idx;
use crate::schema::{SettingId, TypeId, split_entity};
use crate::source::Span;

/// How many entities one may lie in that comes to be beside the tables. Limits on all of them together are looked at where
/// all are laid out.
const ABOVE: usize = 256;

impl Amending<'_> {
    /// An entity gets an entry; one that is spoken of already changes what is said of it, and is left to a directory that
    /// is built anew.
    pub(super) fn declare(&mut self, new: &NewEntity) -> Option<()> {
        let (type_name, id) = split_entity(&new.entity)?;
        let ty = self.schema.type_named(type_name)?;
        let info = self.schema.types.get(ty)?;
        let known = self.directory.ever_known(ty, id);
        if known.is_some_and(|known| self.directory.is_there(known)) {
            return None;
        }
        // What lay in one that is gone would lie in it again, and what is above it now stands in no chain of theirs.
        let returns = known.is_some_and(|known| self.directory.is_parent_of_chain(known));
        if returns || self.directory.declared_of(ty) == 0 || self.owns(ty, id) {
            return None;
        }
        let mut parents = new.parents.iter().map(|parent| self.declared(parent)).collect::<Option<Vec<_>>>()?;
        parents.sort_unstable();
        parents.dedup();
        let chain = self.chain(ty, &parents)?;
        let absent = |slot| self.directory.attributes.default_of(ty, slot);
        let mut row: Vec<_> = (0..info.attributes.len()).map(|slot| (absent(slot), None)).collect();
        let mut given: Vec<usize> = Vec::with_capacity(new.attributes.len());
        for field in &new.attributes {
            let slot = info.attribute(&field.key)?;
            let attribute = info.attributes.get(slot)?;
            if field.value.is_null() || given.contains(&slot) {
                return None;
            }
            given.push(slot);
            *row.get_mut(slot)? = (self.value(attribute, field)?, Some(field.value.span));
        }
        if row.iter().any(|(value, _)| *value == Stored::Missing) {
            return None;
        }
        let entity = known.unwrap_or_else(|| self.directory.patches.next_id(self.directory.entities.len()));
        let before = self.directory.patch(entity).and_then(|patch| patch.id.clone());
        let id = known.map_or_else(|| Some(id.into()), |_| before);
        let (span, values) = (Some(new.entity.span), Some(row.clone().into()));
        self.put(
            entity,
            Patch {
                ty,
                id,
                chain: Some(chain),
                mentioned: None,
                span,
                values,
                links: Some([].into()),
                settings: Some([].into()),
            },
        );
        for ((slot, attribute), (value, _)) in info.attributes.iter().enumerate().zip(row) {
            if attribute.unique && self.directory.is_taken(entity, slot, value) {
                return None;
            }
        }
        for (field, slot) in new.attributes.iter().zip(given) {
            let value = self.directory.attribute(entity, slot);
            self.word((entity, Given::Attribute(slot)), field, value);
        }
        self.created.push(entity);
        new.settings
            .iter()
            .try_for_each(|field| if field.value.is_null() { None } else { self.set_setting(&new.entity, field) })
    }

    /// An entity loses its entry with all that stands there, and is nobody any more: one that anything lies in, or that
    /// anything speaks of, is left to a directory that is built anew.
    pub(super) fn remove(&mut self, entity: &str) -> Option<()> {
        // What stays lies elsewhere by now.
        self.arrive()?;
        let entity = self.declared(entity)?;
        let (schema, directory) = (self.schema, &self.directory);
        let ty = directory.type_of(entity);
        let info = schema.types.get(ty)?;
        let values = directory.values_of(entity, info);
        let settings = directory.settings(entity).iter().map(|entry| entry.value);
        let is_known = values.iter().map(|(value, _)| *value).chain(settings).all(|value| directory.is_of_known(value));
        if !is_known || directory.declared_of(ty) < 2 || self.owns(ty, directory.id_of(entity)) {
            return None;
        }
        let resettled = !directory.links(entity).is_empty() || !directory.settings(entity).is_empty();
        if !directory.is_leaf(entity) || directory.is_named(entity) || self.created.contains(&entity) {
            return None;
        }
        let held: Vec<Assignment> = directory.assignments_on(entity).collect();
        for one in held {
            let revoked = self.directory.assignments.revoke(one.subject, one.role, one.on);
            self.lose(revoked);
        }
        if self.directory.assignments.naming(entity).next().is_some() {
            return None;
        }
        let (first, last) = (Given::Attribute(0), Given::Setting(SettingId(u32::MAX)));
        let worded: Vec<_> =
            self.directory.wordings.range((entity, first)..=(entity, last)).map(|(key, _)| *key).collect();
        for key in worded {
            self.directory.wordings.remove(&key);
        }
        let patch = self.directory.patch_of(entity);
        // What the tables say that it gives, it gives no longer.
        let (links, settings) = (Some([].into()), Some([].into()));
        self.put(entity, Patch { chain: None, span: None, values: None, links, settings, ..patch });
        self.removed.push(entity);
        self.resettled.extend(resettled.then_some(entity));
        Some(())
    }

    /// Takes up an entity that is mentioned for the first time. Where others of its type have an entry, it stays unknown, as a
    /// warning comes of it.
    pub(super) fn meet(&mut self, ty: TypeId, id: &str, span: Span) {
        let directory = &self.directory;
        let known = directory.ever_known(ty, id);
        if directory.declares_type(ty) || known.is_some_and(|known| directory.is_there(known)) {
            return;
        }
        let entity = known.unwrap_or_else(|| directory.patches.next_id(directory.entities.len()));
        let id =
            if known.is_some() { directory.patch(entity).and_then(|gone| gone.id.clone()) } else { Some(id.into()) };
        let (mentioned, span) = (Some(span), None);
        self.put(entity, Patch { ty, id, chain: None, mentioned, span, values: None, links: None, settings: None });
        self.met.push(entity);
    }

    /// The declared entity of a name.
    pub(super) fn declared(&self, name: &str) -> Option<EntityId> {
        let (type_name, id) = split_entity(name)?;
        let found = self.directory.find(self.schema.type_named(type_name)?, id);
        found.filter(|&entity| self.directory.is_declared(entity))
    }

    /// Takes down what an entity is from now on.
    pub(super) fn put(&mut self, entity: EntityId, patch: Patch) {
        let directory = &mut self.directory;
        let tabled = Some(directory.places.line_of(entity)).filter(|chain| chain.index() < directory.chains.len());
        directory.patches.put(entity, tabled, patch);
    }

    /// Whether a custom role or an org policy belongs to the entity of a name.
    fn owns(&self, ty: TypeId, id: &str) -> bool {
        let of_roles = self.schema.roles.iter().filter_map(|info| info.organization.as_ref());
        let of_policies = self.schema.policy_organizations.iter().filter_map(Option::as_ref);
        of_roles.chain(of_policies).any(|owner| owner.ty == ty && *owner.id == *id)
    }

    /// The chain of an entity of a type with these parents, sorted and each once; nothing where it may not lie there.
    pub(super) fn chain(&mut self, ty: TypeId, parents: &[EntityId]) -> Option<ChainId> {
        let (schema, directory) = (self.schema, &self.directory);
        let type_of = |above| directory.type_of(above);
        let sound = count_parents(schema, ty, parents, type_of).is_empty()
            && compare_ways(schema, ty, parents, type_of, |parent| directory.ancestors(parent)).is_empty();
        if !sound {
            return None;
        }
        if parents.is_empty() {
            return Some(TOP);
        }
        let tabled = directory.by_parents.get_or_init(|| ByParents::of(&directory.chains));
        if let Some(known) = directory.chain_of_parents(tabled, parents) {
            return Some(known);
        }
        let mut ancestors: Vec<EntityId> = parents.to_vec();
        parents.iter().for_each(|&parent| ancestors.extend_from_slice(directory.ancestors(parent)));
        ancestors.sort_unstable();
        ancestors.dedup();
        if ancestors.len() > ABOVE {
            return None;
        }
        let line = Line::lay_out(&ancestors, type_of);
        let (parents, ancestors) = (parents.into(), ancestors.into());
        let tabled = directory.chains.len();
        Some(self.directory.patches.chains.push(tabled, LaterChain { parents, ancestors, line }))
    }
}

impl Directory {
    /// The entity of a name, gone or not.
    fn ever_known(&self, ty: TypeId, id: &str) -> Option<EntityId> {
        self.entities.find(ty, id.into()).or_else(|| self.patches.find(ty, id.into()))
    }

    fn chain_of_parents(&self, tabled: &ByParents, parents: &[EntityId]) -> Option<ChainId> {
        let is_live = |chain| !self.is_left(chain);
        tabled.find(&self.chains, parents, is_live).or_else(|| self.patches.chains.of(parents, is_live))
    }

    /// Whether any value, of an attribute or a setting, names an entity, or may have named it before it was changed.
    fn is_named(&self, entity: EntityId) -> bool {
        let tabled = self.named.get_or_init(|| {
            let mut named = self.attributes.named();
            let settings = self.settings.all().iter().map(|entry| entry.value);
            settings.chain(self.values.all_elements()).for_each(|value| {
                if let Stored::Entity(entity) = value {
                    named.grow_and_insert(entity.index());
                }
            });
            named
        });
        tabled.contains(entity.index()) || self.patches.is_named(entity)
    }
}
