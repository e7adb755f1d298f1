//! Attributes that take other values.

use super::Amending;
use crate::directory::change::Field;
use crate::directory::patches::Patch;
use crate::directory::tree::DirectoryTree;
use crate::directory::wording::Given;
use crate::directory::{Directory, EntityId, Stored};
use crate::schema::{AttributeInfo, Presence, RawValue, Schema, TypeId, TypeInfo, Value};
use crate::source::Span;
use std::sync::Arc;

impl Amending<'_> {
    pub(super) fn set_attribute(&mut self, entity: &str, field: &Field) -> Option<()> {
        let entity = self.declared(entity)?;
        let ty = self.directory.type_of(entity);
        let info = self.schema.types.get(ty)?;
        let slot = info.attribute(&field.key)?;
        // A warning may be of the mention that goes.
        if !self.directory.is_of_known(self.directory.attribute(entity, slot)) {
            return None;
        }
        let attribute = info.attributes.get(slot)?;
        let (value, span) = if field.value.is_null() {
            (self.directory.default_value(ty, slot, attribute)?, None)
        } else {
            (self.value(attribute, field)?, Some(field.value.span))
        };
        let mut patch = self.directory.patch_of(entity);
        let mut row = self.directory.values_of(entity, info);
        *row.get_mut(slot)? = (value, span);
        patch.values = Some(row.into());
        self.put(entity, patch);
        if attribute.unique && self.directory.is_taken(entity, slot, value) {
            return None;
        }
        self.word((entity, Given::Attribute(slot)), field, value);
        self.revalued.push(entity);
        Some(())
    }

    /// The value of a field by the type of an attribute, if no warning comes of it.
    pub(super) fn value(&mut self, attribute: &AttributeInfo, field: &Field) -> Option<Stored> {
        let value = self.schema.read_value(&attribute.ty, &RawValue::from(&field.value)).ok()?;
        self.known_value(&value, field.value.span)
    }

    /// A value as the directory holds it, if no warning comes of it.
    pub(super) fn known_value(&mut self, value: &Value, span: Span) -> Option<Stored> {
        for value in if let Value::Set(elements) = value { elements } else { std::slice::from_ref(value) } {
            if let Value::Entity(name) = value {
                self.meet(name.ty, &name.id, span);
            }
        }
        let value = self.directory.stored(value)?;
        if !self.directory.is_of_known(value) {
            return None;
        }
        self.directory.name_all(value);
        Some(value)
    }

    /// Keeps how a value is written, where that does not follow from it.
    pub(super) fn word(&mut self, given: (EntityId, Given), field: &Field, value: Stored) {
        match self.directory.own_wording(self.schema, field, value) {
            Some(raw) => drop(self.directory.wordings.insert(given, raw)),
            None => drop(self.directory.wordings.remove(&given)),
        }
    }
}

impl Directory {
    /// The attributes of an entity, each with the place where it was given.
    pub(super) fn values_of(&self, entity: EntityId, info: &TypeInfo) -> Vec<(Stored, Option<Span>)> {
        let slots = 0..info.attributes.len();
        slots.map(|slot| (self.attribute(entity, slot), self.attribute_span(entity, slot))).collect()
    }

    /// What is said of an entity, to be changed.
    pub(super) fn patch_of(&self, entity: EntityId) -> Patch {
        self.patch(entity).cloned().unwrap_or_else(|| Patch {
            ty: self.type_of(entity),
            id: None,
            chain: self.chain_of_declared(entity),
            mentioned: None,
            span: self.span(entity),
            values: None,
            links: None,
            settings: None,
        })
    }

    /// Notes whom a value names.
    fn name_all(&mut self, value: Stored) {
        match value {
            Stored::Entity(entity) => self.patches.name(entity),
            Stored::Set(set) => {
                for element in self.set(set).to_vec() {
                    if let Stored::Entity(entity) = element {
                        self.patches.name(entity);
                    }
                }
            }
            _ => {}
        }
    }

    /// What an attribute is where nobody gives it a value, if that may be.
    pub(super) fn default_value(&self, ty: TypeId, slot: usize, attribute: &AttributeInfo) -> Option<Stored> {
        match attribute.presence {
            Presence::Required => None,
            Presence::Optional => Some(Stored::Absent),
            Presence::Default(_) => Some(self.attributes.default_of(ty, slot)),
        }
    }

    /// A value as the directory holds it; nothing where it speaks of an entity that the directory does not know.
    fn stored(&mut self, value: &Value) -> Option<Stored> {
        let (entities, patches) = (Arc::clone(&self.entities), self.patches.clone());
        let known = |ty, id: &str| entities.find(ty, id.into()).or_else(|| patches.find(ty, id.into()));
        let mut unknown = false;
        let stored = self.values.store(value, &mut |ty, id| {
            let found = known(ty, id);
            unknown |= found.is_none();
            found
        });
        (!unknown).then_some(stored)
    }

    /// Whether nobody needs to be told of whom a value mentions: all of them have an entry, or none of their type does.
    pub(super) fn is_of_known(&self, value: Stored) -> bool {
        let is_known = |entity| self.is_declared(entity) || !self.declares_type(self.type_of(entity));
        match value {
            Stored::Entity(entity) => is_known(entity),
            Stored::Set(set) => self.set(set).iter().all(|&element| match element {
                Stored::Entity(entity) => is_known(entity),
                _ => true,
            }),
            _ => true,
        }
    }

    /// Whether another entity of the type has a value, one that lies in the same or lies in nothing as well.
    pub(super) fn is_taken(&self, entity: EntityId, slot: usize, value: Stored) -> bool {
        if matches!(value, Stored::Absent | Stored::Missing) {
            return false;
        }
        let parents = self.parents(entity);
        let beside = |other: EntityId| {
            let theirs = self.parents(other);
            theirs.iter().any(|parent| parents.contains(parent)) || (theirs.is_empty() && parents.is_empty())
        };
        let mut owners = Vec::new();
        self.with_value(self.type_of(entity), slot, value, &mut owners);
        owners.into_iter().any(|other| other != entity && beside(other))
    }

    /// How a value is written, where that does not follow from it: as of one in a file.
    fn own_wording(&self, schema: &Schema, field: &Field, value: Stored) -> Option<RawValue> {
        if field.value.is_null() {
            return None;
        }
        let (texts, written) = DirectoryTree::written(&field.value);
        let usual = self.is_usual_value(schema, &texts, &written, value);
        (!usual).then(|| written.raw(&texts))
    }
}
