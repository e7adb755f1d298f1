//! Assignments: roles found on the entities they are held on, subjects that may hold one.

use super::Builder;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::directory::naming::{holds_no_role, repeated, unknown_role, userset_parts};
use crate::directory::tree::{RoleKey, WrittenAssignment};
use crate::directory::{Assignment, EntityId, Subject};
use crate::index::Idx;
use crate::schema::RoleId;
use crate::source::Span;
use hashbrown::HashTable;
use std::hash::BuildHasher;

impl Builder<'_> {
    pub(super) fn assign(&mut self) -> Vec<Assignment> {
        let mut assignments = Vec::with_capacity(self.trees.iter().map(|tree| tree.assignments.len()).sum());
        for (tree, written) in self.trees.iter().enumerate() {
            let keys: Vec<Option<(EntityId, RoleId)>> =
                written.role_keys.iter().map(|key| self.role_key(tree, key)).collect();
            for one in &written.assignments {
                // The subject is looked at even where the role is unknown: its mistakes are its own.
                let subject = self.subject(tree, one);
                let (Some((on, role)), Some(subject)) = (keys.get(one.key as usize).copied().flatten(), subject) else {
                    continue;
                };
                let window = one.window.and_then(|at| written.windows.get(at as usize));
                let (since, until) = window.map_or((None, None), |window| (window.since, window.until));
                assignments.push(Assignment { subject, role, on, since, until, span: one.span });
            }
        }
        self.repeated(&assignments);
        assignments
    }

    fn role_key(&mut self, tree: usize, key: &RoleKey) -> Option<(EntityId, RoleId)> {
        let on = self.entity(tree, key.entity, key.at)?;
        if !self.directory.is_declared(on) {
            self.undeclared_scope(on, key.at);
            return None;
        }
        let name = self.trees.get(tree)?.texts.resolve(key.role.text);
        Some((on, self.role(on, name, key.role.span)?))
    }

    /// An assignment on what has no entry, which only the bulk form can write: nobody could tell what lies there.
    fn undeclared_scope(&mut self, on: EntityId, span: Span) {
        self.reported.grow_and_insert(on.index());
        if self.incomplete {
            return;
        }
        let help = if self.findings.room(Severity::Error) { self.nearest(on) } else { None };
        let name = self.name(on);
        self.findings.error(|| {
            Diagnostic::error(Code::InvalidAssignment, span, format!("a role is held on `{name}`, which has no entry"))
                .help(help.unwrap_or_else(|| format!("give it one: {{\"entity\":\"{name}\"}}")))
        });
    }

    fn subject(&mut self, tree: usize, one: &WrittenAssignment) -> Option<Subject> {
        if let Some(role) = one.userset {
            let texts = &self.trees.get(tree)?.texts;
            let (text, name) = (texts.resolve(one.entity), texts.resolve(role));
            let (group, member) = userset_parts(one.span, text, name);
            let entity = self.entity(tree, one.entity, group)?;
            let role = self.role(entity, name, member)?;
            return Some(Subject::Userset { on: entity, role });
        }
        let entity = self.entity(tree, one.entity, one.span)?;
        let (schema, directory) = (self.schema, &self.directory);
        let acts_as = schema.types.get(directory.type_of(entity))?.acts_as;
        if acts_as.is_none() {
            return Some(Subject::Entity(entity));
        }
        self.findings.error(|| holds_no_role(schema, directory, entity, one.span));
        None
    }

    /// The role of a name on an entity: that of an organization above it before one that belongs to none.
    fn role(&mut self, on: EntityId, name: &str, span: Span) -> Option<RoleId> {
        let (schema, directory) = (self.schema, &self.directory);
        let found = directory.role_named(schema, on, name);
        if found.is_none() {
            self.findings.error(|| unknown_role(schema, directory, on, name, span));
        }
        found
    }

    /// Warns of assignments that stand twice, word for word.
    fn repeated(&mut self, assignments: &[Assignment]) {
        let key = |one: &Assignment| (one.on, one.subject, one.role, one.since, one.until);
        let hasher = foldhash::fast::FixedState::default();
        let hash = |one: &Assignment| hasher.hash_one(key(one));
        let mut seen: HashTable<&Assignment> = HashTable::with_capacity(assignments.len());
        for one in assignments {
            let Some(first) = seen.find(hash(one), |other| key(other) == key(one)) else {
                seen.insert_unique(hash(one), one, |other| hash(other));
                continue;
            };
            let message = repeated(self.schema, &self.directory, one.role, one.on);
            let finding = Diagnostic::warning(Code::DuplicateAssignment, one.span, message)
                .label(first.span, "first assigned here")
                .help("one of the two can go");
            self.findings.push(finding);
        }
    }
}
