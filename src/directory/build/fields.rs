//! Attributes and settings: keys found, values read by their type.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::directory::attributes::Attributes;
use crate::directory::tree::{RESERVED, Written, WrittenField};
use crate::directory::{EntityId, SettingEntry, Stored};
use crate::index::Interner;
use crate::schema::{Presence, ReadError, TypeInfo, Value, ValueType};
use crate::source::Span;

impl Builder<'_> {
    pub(super) fn attributes(&mut self) {
        let directory = &mut self.directory;
        let (entities, values) = (&mut directory.entities, &mut directory.values);
        let mut default = |value: &Value| values.store(value, &mut |ty, id| entities.insert(ty, id, None));
        directory.attributes = Attributes::new(self.schema, &mut default);
        directory.attributes.grow(&directory.entities);
        for (tree, written) in self.trees.iter().enumerate() {
            for field in &written.attributes {
                if let Some(entity) = self.entity(tree, field.entity, field.key.span) {
                    self.attribute(&written.texts, entity, field);
                }
            }
        }
        self.missing_attributes();
    }

    fn attribute(&mut self, texts: &Interner, entity: EntityId, field: &WrittenField) {
        let ty = self.directory.type_of(entity);
        let Some(info) = self.schema.types.get(ty) else { return };
        let key = texts.resolve(field.key.text);
        let Some((slot, attribute)) = info.attribute(key).and_then(|slot| Some((slot, info.attributes.get(slot)?)))
        else {
            self.unknown_attribute(info, key, field.key.span);
            return;
        };
        let stored = if matches!(field.value, Written::Null) && attribute.presence == Presence::Optional {
            Some(Stored::Absent)
        } else {
            self.value(texts, &attribute.ty, &field.value, field.span, Code::InvalidAttribute)
        };
        match stored {
            Some(stored) => {
                self.directory.attributes.set(entity, ty, info.attributes.len(), slot, stored);
                if attribute.unique {
                    self.unique_spans.insert((entity, slot), field.span);
                }
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
            let help = if parent { Some(format!("what it lies in is given by `in: {key}:ID`")) } else { None };
            Diagnostic::error(Code::UnknownAttribute, span, format!("`{}` has no attribute `{key}`", info.name))
                .maybe_help(help.or_else(|| did_you_mean(key, known)))
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
                if let Some(entry) = self.setting(&written.texts, entity, field) {
                    entries.push((entity, entry));
                }
            }
        }
        entries
    }

    fn setting(&mut self, texts: &Interner, entity: EntityId, field: &WrittenField) -> Option<SettingEntry> {
        let (schema, ty) = (self.schema, self.directory.type_of(entity));
        let fits = |declared_on| declared_on == ty || schema.contains(ty, declared_on);
        let key = texts.resolve(field.key.text);
        let own = schema.types.get(ty).map_or("", |info| &info.name);
        let Some((setting, info)) = schema.setting_named(key).and_then(|id| Some((id, schema.settings.get(id)?)))
        else {
            self.findings.error(|| {
                let known = schema.settings.iter().filter(|info| fits(info.ty)).map(|info| &*info.name);
                Diagnostic::error(Code::UnknownSetting, field.key.span, format!("unknown setting `{key}`"))
                    .maybe_help(did_you_mean(key, known))
            });
            return None;
        };
        if !fits(info.ty) {
            self.findings.error(|| {
                let declaring = schema.types.get(info.ty).map_or("", |info| &info.name);
                let message = format!("`{key}` cannot be set on a `{own}`");
                Diagnostic::error(Code::UnknownSetting, field.key.span, message)
                    .help(format!("it is a setting of `{declaring}`: set it there or on what contains one"))
            });
            return None;
        }
        let value = self.value(texts, &info.value, &field.value, field.span, Code::InvalidLiteral)?;
        Some(SettingEntry { setting, value, span: field.span })
    }

    /// A value by its type. Each element of a list that does not fit is reported at its own place.
    fn value(&mut self, texts: &Interner, ty: &ValueType, written: &Written, span: Span, code: Code) -> Option<Stored> {
        let (ValueType::Set(element), Written::List(items)) = (ty, written) else {
            return self.single(texts, ty, written, span, code);
        };
        let mut stored = Vec::with_capacity(items.len());
        for (item, span) in items {
            stored.push(self.single(texts, element, item, *span, code));
        }
        let mut stored: Vec<Stored> = stored.into_iter().collect::<Option<_>>()?;
        Some(self.directory.values.store_set(&mut stored))
    }

    fn single(
        &mut self,
        texts: &Interner,
        ty: &ValueType,
        written: &Written,
        span: Span,
        code: Code,
    ) -> Option<Stored> {
        match self.schema.read_value(ty, &written.raw(texts)) {
            Ok(value) => {
                let (entities, values) = (&mut self.directory.entities, &mut self.directory.values);
                Some(values.store(&value, &mut |ty, id| entities.insert(ty, id, Some(span))))
            }
            Err(ReadError { message, help }) => {
                self.findings.error(|| Diagnostic::error(code, span, message).maybe_help(help));
                None
            }
        }
    }
}
