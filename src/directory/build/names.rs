//! Texts as entities: entries, mentions, and what is only mentioned though others of its type have an entry.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::directory::EntityId;
use crate::directory::naming::{assigned_at, leading, near_type, undeclared_mention, unknown_type};
use crate::index::{Idx, Symbol};
use crate::schema::{TypeId, split_entity};
use crate::source::Span;
use std::sync::Arc;

/// What a text of a tree is as an entity.
#[derive(Clone, Copy, Debug)]
pub(super) enum Resolved {
    /// Nobody asked yet.
    Unseen,
    /// It is none; that was reported.
    Nothing,
    /// This one.
    Entity(EntityId),
}

/// How many entries are looked at ahead.
const AHEAD: usize = 32;

impl Builder<'_> {
    /// Takes up every entry of every file.
    pub(super) fn declare(&mut self) {
        let entries = self.trees.iter().map(|tree| tree.entries.len()).sum();
        Arc::make_mut(&mut self.directory.entities).reserve(entries);
        for (tree, written) in self.trees.iter().enumerate() {
            for (at, entry) in written.entries.iter().enumerate() {
                if at % AHEAD == 0 {
                    let ahead = written.entries.get(at..(at + AHEAD).min(written.entries.len())).unwrap_or_default();
                    let names = ahead.iter().map(|entry| written.texts.resolve(entry.text));
                    let names = names.filter_map(|name| self.schema.split_known(name));
                    self.directory.entities.look_ahead(names);
                }
                let Some(entity) = self.entity(tree, entry.text, entry.span) else { continue };
                let first = self.directory.span(entity);
                if Arc::make_mut(&mut self.directory.entities).declare(entity, entry.span) {
                    continue;
                }
                let name = self.name(entity);
                self.findings.error(|| {
                    let finding =
                        Diagnostic::error(Code::DuplicateEntity, entry.span, format!("`{name}` has two entries"))
                            .here("the second")
                            .help(match written.bulk {
                                true => "to give it a further parent, write it to the `\"in\"` of its one line",
                                false => "to give it a further parent, write `in:` in its one entry",
                            });
                    match first {
                        Some(first) => finding.label(first, "the first"),
                        None => finding,
                    }
                });
            }
        }
    }

    /// The entity that a text of a tree names. An unknown type is reported at its first place in the file.
    pub(super) fn entity(&mut self, tree: usize, text: Symbol, span: Span) -> Option<EntityId> {
        match self.resolved.get(tree).and_then(|texts| texts.get(text.index())) {
            Some(Resolved::Entity(entity)) => return Some(*entity),
            Some(Resolved::Nothing) | None => return None,
            Some(Resolved::Unseen) => {}
        }
        let written = self.trees.get(tree).map_or("", |tree| tree.texts.resolve(text));
        let entity = self.resolve(written, span);
        if let Some(slot) = self.resolved.get_mut(tree).and_then(|texts| texts.get_mut(text.index())) {
            *slot = entity.map_or(Resolved::Nothing, Resolved::Entity);
        }
        entity
    }

    fn resolve(&mut self, text: &str, span: Span) -> Option<EntityId> {
        let (type_name, id) = split_entity(text)?;
        let Some(ty) = self.schema.type_named(type_name) else {
            self.unknown_type(type_name, leading(span, text, type_name));
            return None;
        };
        self.insert(ty, id, Some(span))
    }

    /// Reports each place of a typing error, and a type that is nothing like a declared one once: a directory read by
    /// another policy than its own would drown in findings.
    fn unknown_type(&mut self, name: &str, span: Span) {
        let room = self.findings.room(Severity::Error);
        let help = if room { near_type(self.schema, name) } else { None };
        if help.is_some() || self.foreign.insert(name.into()) {
            self.findings.error(|| unknown_type(name, span, help));
        }
    }

    /// The id of an entity by name. That there is no room for more is reported once.
    pub(super) fn insert(&mut self, ty: TypeId, id: &str, span: Option<Span>) -> Option<EntityId> {
        let entity = Arc::make_mut(&mut self.directory.entities).insert(ty, id, span);
        if entity.is_none() && !self.full {
            self.full = true;
            self.findings.push(Diagnostic::placeless(Code::LimitExceeded, "more entities than a directory can hold"));
        }
        entity
    }

    pub(super) fn name(&self, entity: EntityId) -> String {
        self.directory.name(self.schema, entity)
    }

    /// Warns of each entity that has no entry while others of its type do: most likely a typing error.
    pub(super) fn undeclared_mentions(&mut self) {
        if self.incomplete {
            return;
        }
        for entity in self.directory.entities() {
            let ty = self.directory.type_of(entity);
            if self.directory.is_declared(entity)
                || !self.directory.declares_type(ty)
                || self.reported.contains(entity.index())
            {
                continue;
            }
            // One that only a default in the policy names has no place in the directory. Where assignments alone mention
            // it, the first of them counts in their own order, which outlives that of the files.
            let Some(first) = self.directory.entities.span(entity) else { continue };
            let assigned =
                (entity.index() >= self.unassigned).then(|| assigned_at(self.schema, &self.directory, entity));
            let span = assigned.flatten().unwrap_or(first);
            let help = if self.findings.room(Severity::Warning) { self.nearest(entity) } else { None };
            self.findings.push(undeclared_mention(&self.name(entity), span, help));
        }
    }

    /// The declared entity of the same type that was most likely meant.
    pub(super) fn nearest(&mut self, entity: EntityId) -> Option<String> {
        let near = self.nearest.search(&self.directory.entities, entity)?;
        Some(format!("did you mean `{}`?", self.name(near)))
    }
}
