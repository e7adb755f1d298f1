//! The facts of a directory as records, where records are wanted: a directory is not kept beside the trees that it was
//! built of, but can be made a tree again that says the same.

use super::{
    Declarations, DirectoryTree, Mention, ParentMention, RoleKey, Window, Written, WrittenAssignment, WrittenField,
    WrittenLink,
};
use crate::directory::wording::Given;
use crate::directory::{Directory, EntityId, Stored, Subject};
use crate::index::Symbol;
use crate::schema::{RawValue, Schema};
use crate::source::Span;

impl DirectoryTree {
    /// Records of all that a directory holds, in the order of its entities, but for what it adds to the policy.
    ///
    /// Places that it does not keep are those of what they belong to: of a parent the key of the entity that lies in it, of
    /// a role that of its subject, of a key and of an element of a list those of the value. It takes time and memory by
    /// what there is.
    #[must_use]
    pub fn of_directory(schema: &Schema, directory: &Directory) -> Self {
        let mut recorder = Recorder { schema, directory, tree: Self::default(), names: Vec::new() };
        recorder.names.resize(directory.len(), None);
        recorder.entities();
        recorder.assignments();
        recorder.tree
    }

    /// Records of what directories add to a policy, and of nothing else.
    #[must_use]
    pub fn of_declarations(declarations: Declarations) -> Self {
        Self { declarations, ..Self::default() }
    }
}

struct Recorder<'d> {
    schema: &'d Schema,
    directory: &'d Directory,
    tree: DirectoryTree,
    names: Vec<Option<Symbol>>,
}

impl Recorder<'_> {
    fn entities(&mut self) {
        for entity in self.directory.entities() {
            // Only what has an entry says anything.
            let Some(span) = self.directory.span(entity) else { continue };
            let text = self.name(entity);
            self.tree.entries.push(Mention { text, span });
            for &parent in self.directory.parents(entity) {
                let parent = self.name(parent);
                self.tree.parents.push(ParentMention { entity: text, parent, span });
            }
            self.attributes(entity, text);
            for entry in self.directory.settings(entity) {
                let key = self.schema.settings.get(entry.setting).map_or("", |info| &info.name);
                let given = (entity, Given::Setting(entry.setting));
                if let Some(field) = self.field(text, key, given, entry.value, entry.span) {
                    self.tree.settings.push(field);
                }
            }
            for link in self.directory.links(entity) {
                let name = self.schema.policies.get(link.policy).map_or("", |name| name);
                let policy = Mention { text: self.tree.texts.intern(name), span: link.span };
                self.tree.links.push(WrittenLink { entity: text, policy });
            }
        }
    }

    fn attributes(&mut self, entity: EntityId, text: Symbol) {
        let Some(info) = self.schema.types.get(self.directory.type_of(entity)) else { return };
        for (slot, attribute) in info.attributes.iter().enumerate() {
            let Some(span) = self.directory.attribute_span(entity, slot) else { continue };
            let (given, value) = ((entity, Given::Attribute(slot)), self.directory.attribute(entity, slot));
            if let Some(field) = self.field(text, &attribute.name, given, value, span) {
                self.tree.attributes.push(field);
            }
        }
    }

    fn field(
        &mut self,
        entity: Symbol,
        key: &str,
        given: (EntityId, Given),
        value: Stored,
        span: Span,
    ) -> Option<WrittenField> {
        let value = match (self.directory.wordings.get(&given), value) {
            (Some(raw), _) => self.written(raw, span),
            (None, Stored::Entity(named)) => Written::Text { text: self.name(named), quoted: false },
            (None, value) => {
                let raw = self.directory.usual(self.schema, value)?;
                self.written(&raw, span)
            }
        };
        let key = Mention { text: self.tree.texts.intern(key), span };
        Some(WrittenField { entity, key, value, span })
    }

    fn written(&mut self, raw: &RawValue, span: Span) -> Written {
        let mut text = |text: &str, quoted| Written::Text { text: self.tree.texts.intern(text), quoted };
        match raw {
            RawValue::Null => Written::Null,
            RawValue::Bool(value) => text(&value.to_string(), false),
            RawValue::Int(value) => text(&value.to_string(), false),
            RawValue::Duration(length) => text(&crate::schema::duration_text(*length), false),
            RawValue::String(value) => text(value, true),
            RawValue::Plain(value) => text(value, false),
            // Elements are never lists themselves, so this goes one step down at most.
            RawValue::List(items) => Written::List(items.iter().map(|item| (self.written(item, span), span)).collect()),
            RawValue::Other(what) => Written::Other(what),
        }
    }

    fn assignments(&mut self) {
        let (schema, directory) = (self.schema, self.directory);
        let role_name = |role| schema.roles.get(role).map_or("", |info| &info.name);
        for one in directory.assignments() {
            let span = one.span;
            let on = self.name(one.on);
            let role = Mention { text: self.tree.texts.intern(role_name(one.role)), span };
            let same = self.tree.role_keys.last().filter(|key| (key.entity, key.role.text) == (on, role.text));
            if same.is_none() {
                self.tree.role_keys.push(RoleKey { entity: on, at: span, role });
            }
            let entity = self.name(one.subject.entity());
            let userset = match one.subject {
                Subject::Entity(_) => None,
                Subject::Userset { role, .. } => Some(self.tree.texts.intern(role_name(role))),
            };
            let window = (one.since.is_some() || one.until.is_some()).then(|| {
                self.tree.windows.push(Window { since: one.since, until: one.until });
                narrow(self.tree.windows.len() - 1)
            });
            let key = narrow(self.tree.role_keys.len() - 1);
            self.tree.assignments.push(WrittenAssignment { key, entity, userset, span, window });
        }
    }

    /// The name of an entity as a text of the tree.
    fn name(&mut self, entity: EntityId) -> Symbol {
        if let Some(Some(known)) = self.names.get(entity.0 as usize) {
            return *known;
        }
        let text = self.tree.texts.intern(&self.directory.name(self.schema, entity));
        if let Some(slot) = self.names.get_mut(entity.0 as usize) {
            *slot = Some(text);
        }
        text
    }
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
