//! Attributes and settings: keys found, values read by their type.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic, did_you_mean, listing, with_article};
use crate::directory::attributes::Attributes;
use crate::directory::tree::{RESERVED, Written, WrittenField};
use crate::directory::wording::Given;
use crate::directory::{EntityId, SettingEntry, Stored};
use crate::index::Interner;
use crate::schema::{Presence, ReadError, TypeInfo, Value, ValueType, split_entity};
use crate::source::Span;
use std::sync::Arc;

impl Builder<'_> {
    pub(super) fn attributes(&mut self) {
        let directory = &mut self.directory;
        let (entities, values) = (Arc::make_mut(&mut directory.entities), &mut directory.values);
        let mut default = |value: &Value| values.store(value, &mut |ty, id| entities.insert(ty, id, None));
        let mut attributes = Attributes::new(self.schema, &mut default);
        attributes.grow(&directory.entities);
        directory.attributes = Arc::new(attributes);
        for (tree, written) in self.trees.iter().enumerate() {
            for field in &written.attributes {
                if let Some(entity) = self.entity(tree, field.entity, field.key.span) {
                    self.attribute(tree, &written.texts, entity, field);
                }
            }
        }
        self.missing_attributes();
    }

    fn attribute(&mut self, tree: usize, texts: &Interner, entity: EntityId, field: &WrittenField) {
        let ty = self.directory.type_of(entity);
        let Some(info) = self.schema.types.get(ty) else { return };
        let key = texts.resolve(field.key.text);
        let Some((slot, attribute)) = info.attribute(key).and_then(|slot| Some((slot, info.attributes.get(slot)?)))
        else {
            self.unknown_attribute(info, key, field.key.span);
            return;
        };
        let at = Reading { tree, texts, code: Code::InvalidAttribute, of: (entity, Given::Attribute(slot)) };
        let stored = if matches!(field.value, Written::Null) && attribute.presence == Presence::Optional {
            self.unusual(at, field);
            Some(Stored::Absent)
        } else {
            self.value(at, &attribute.ty, field)
        };
        match stored {
            Some(stored) => {
                let attributes = Arc::make_mut(&mut self.directory.attributes);
                attributes.set(entity, (ty, info.attributes.len()), slot, (stored, field.span));
            }
            None => {
                self.unreadable.insert((entity, slot));
            }
        }
    }

    fn unknown_attribute(&mut self, info: &TypeInfo, key: &str, span: Span) {
        let schema = self.schema;
        self.findings.error(|| {
            let known = info.attributes.iter().map(|attribute| &*attribute.name).chain(RESERVED);
            let parent =
                info.parents.iter().any(|parent| schema.types.get(parent.ty).is_some_and(|ty| *ty.name == *key));
            let owner = format!("`{}`", info.name);
            let role = schema.type_named(&info.name).is_some_and(|ty| !schema.roles_named(ty, key).is_empty());
            let help = if parent {
                format!("what it lies in is given by `in: {key}:ID`")
            } else if role {
                format!("it is a role of {owner}: indent it below `roles`")
            } else {
                let attributes = info.attributes.iter().map(|attribute| &*attribute.name);
                did_you_mean(key, known).unwrap_or_else(|| listing(&owner, "attribute", attributes))
            };
            Diagnostic::error(Code::UnknownAttribute, span, format!("{owner} has no attribute `{key}`")).help(help)
        });
    }

    /// Required attributes that nobody gave.
    fn missing_attributes(&mut self) {
        for entity in self.directory.entities() {
            let Some(info) = self.schema.types.get(self.directory.type_of(entity)) else { continue };
            if !self.directory.is_declared(entity) {
                continue;
            }
            for (slot, attribute) in info.attributes.iter().enumerate() {
                if attribute.presence != Presence::Required
                    || self.directory.attribute(entity, slot) != Stored::Missing
                    || self.unreadable.contains(&(entity, slot))
                {
                    continue;
                }
                let (name, place, schema) = (self.name(entity), self.directory.span(entity), self.schema);
                self.findings.error(|| {
                    let message = format!("`{name}` has no `{}`", attribute.name);
                    let finding = match place {
                        Some(span) => Diagnostic::error(Code::MissingAttribute, span, message),
                        None => Diagnostic::placeless(Code::MissingAttribute, message),
                    };
                    finding.help(format!("it must be {}", schema.type_text(&attribute.ty)))
                });
            }
        }
    }

    /// The values given to settings, kept as they are: what they amount to is worked out elsewhere.
    pub(super) fn settings(&mut self) -> Vec<(EntityId, SettingEntry)> {
        let mut entries = Vec::new();
        for (tree, written) in self.trees.iter().enumerate() {
            for field in &written.settings {
                let Some(entity) = self.entity(tree, field.entity, field.key.span) else { continue };
                if let Some(entry) = self.setting(tree, &written.texts, entity, field) {
                    entries.push((entity, entry));
                }
            }
        }
        entries
    }

    fn setting(
        &mut self,
        tree: usize,
        texts: &Interner,
        entity: EntityId,
        field: &WrittenField,
    ) -> Option<SettingEntry> {
        let (schema, ty) = (self.schema, self.directory.type_of(entity));
        let key = texts.resolve(field.key.text);
        let own = schema.types.get(ty).map_or("", |info| &info.name);
        let Some((setting, info)) = schema.setting_named(key).and_then(|id| Some((id, schema.settings.get(id)?)))
        else {
            self.findings.error(|| {
                let known = schema.settings.iter_enumerated().filter(|(id, _)| schema.may_give(ty, *id));
                let known = known.map(|(_, info)| &*info.name);
                Diagnostic::error(Code::UnknownSetting, field.key.span, format!("unknown setting `{key}`"))
                    .maybe_help(did_you_mean(key, known))
            });
            return None;
        };
        if !schema.may_give(ty, setting) {
            self.findings.error(|| {
                let declaring = schema.types.get(info.ty).map_or("", |info| &info.name);
                let message = format!("`{key}` cannot be set on {}", with_article(own));
                Diagnostic::error(Code::UnknownSetting, field.key.span, message)
                    .help(format!("it is a setting of `{declaring}`: set it there or on what contains one"))
            });
            return None;
        }
        let at = Reading { tree, texts, code: Code::InvalidLiteral, of: (entity, Given::Setting(setting)) };
        let value = self.value(at, &info.value, field)?;
        Some(SettingEntry { setting, value, span: field.span })
    }

    /// The value of a field by its type. Each element of a list that does not fit is reported at its own place.
    fn value(&mut self, at: Reading<'_>, ty: &ValueType, field: &WrittenField) -> Option<Stored> {
        let (ValueType::Set(element), Written::List(items)) = (ty, &field.value) else {
            let value = self.single(at, ty, &field.value, field.span)?;
            if !self.directory.is_usual(self.schema, at.texts, &field.value, value) {
                self.unusual(at, field);
            }
            return Some(value);
        };
        let mut stored = Vec::with_capacity(items.len());
        for (item, span) in items {
            stored.push(self.single(at, element, item, *span));
        }
        let mut stored: Vec<Stored> = stored.into_iter().collect::<Option<_>>()?;
        let mut written = items.iter().map(|(item, _)| item).zip(&stored);
        let usual = written.all(|(item, value)| self.directory.is_usual(self.schema, at.texts, item, *value));
        let set = self.directory.values.store_set(&mut stored);
        if !usual || stored.len() < items.len() {
            self.unusual(at, field);
        }
        Some(set)
    }

    /// Keeps what a value is written as, which does not follow from it.
    fn unusual(&mut self, at: Reading<'_>, field: &WrittenField) {
        self.directory.wordings.insert(at.of, field.value.raw(at.texts));
    }

    fn single(&mut self, at: Reading<'_>, ty: &ValueType, written: &Written, span: Span) -> Option<Stored> {
        if let (ValueType::Entity(wanted), Written::Text { text, .. }) = (ty, written)
            && let Some((type_name, _)) = split_entity(at.texts.resolve(*text))
            && self.schema.type_named(type_name).is_none_or(|named| named == *wanted)
        {
            let entity = self.entity(at.tree, *text, span)?;
            if !self.directory.is_declared(entity) {
                Arc::make_mut(&mut self.directory.entities).mention(entity, span);
            }
            return Some(Stored::Entity(entity));
        }
        match self.schema.read_value(ty, &written.raw(at.texts)) {
            Ok(value) => {
                let directory = &mut self.directory;
                let (entities, values) = (Arc::make_mut(&mut directory.entities), &mut directory.values);
                Some(values.store(&value, &mut |ty, id| entities.insert(ty, id, Some(span))))
            }
            Err(ReadError { message, help }) => {
                self.findings.error(|| Diagnostic::error(at.code, span, message).maybe_help(help));
                None
            }
        }
    }
}

/// Which tree a value stands in, the code of the finding where it does not fit, and whose value it is.
#[derive(Clone, Copy)]
struct Reading<'t> {
    tree: usize,
    texts: &'t Interner,
    code: Code,
    of: (EntityId, Given),
}
