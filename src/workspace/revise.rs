//! A policy of which some roles and rules are written anew, wherever they stand.

use super::passes::Policy;
use crate::compile::{CompiledPolicy, again};
use crate::model::{self, Revision, RuleId};
use crate::schema::RoleId;
use crate::source::FileId;
use crate::syntax::ast::{Item, PolicyFile};
use std::sync::Arc;

/// A policy with what was written anew.
pub(super) struct Revised {
    pub(super) policy: Policy,
    /// The roles of the revision, in its order, and then those that are gone.
    pub(super) roles: Vec<RoleId>,
    /// The rules, likewise.
    pub(super) rules: Vec<RuleId>,
    /// The roles that may say something else than before, sorted.
    pub(super) affected: Vec<RoleId>,
}

/// A policy that is written anew in part, as often as one likes.
#[derive(Debug)]
pub(super) struct Reviser<'p> {
    policy: &'p Policy,
    compiled: &'p CompiledPolicy,
    model: model::Reviser<'p>,
}

impl Policy {
    /// What writes this policy anew; nothing where it has errors.
    pub(super) fn reviser(&self) -> Option<Reviser<'_>> {
        let model = model::Reviser::new(&self.model, &self.frame)?;
        Some(Reviser { policy: self, compiled: self.compiled.as_deref()?, model })
    }

    /// This policy with what is written anew; nothing where everything is to be built again, be it to say what is wrong.
    pub(super) fn revised(&self, revision: &Revision<'_>) -> Option<Revised> {
        self.reviser()?.revise(revision)
    }
}

impl Reviser<'_> {
    /// The policy with what is written anew; nothing where everything is to be built again, be it to say what is wrong.
    pub(super) fn revise(&self, revision: &Revision<'_>) -> Option<Revised> {
        let before = self.policy;
        let revised = self.model.revise(revision)?;
        let again = again(self.compiled, &revised.model, &revised.roles, &revised.rules)?;
        let policy = Policy {
            added: None,
            schema: Some(Arc::clone(&revised.model.schema)),
            model: Arc::new(revised.model),
            compiled: Some(Arc::new(again.policy)),
            frame: Arc::clone(&before.frame),
            slots: Arc::clone(&before.slots),
            diagnostics: before.diagnostics.clone(),
        };
        Some(Revised { policy, roles: revised.roles, rules: revised.rules, affected: again.roles })
    }
}

/// What each declaration of some files is, in the order of files and declarations.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(pub(super) Vec<(FileId, Vec<Slot>)>);

/// What a declaration is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Slot {
    Role(RoleId),
    Rule(RuleId),
    /// None of these, which are all that is revised.
    Other,
}

impl Slots {
    /// Those of files from which a model without errors was built: roles and rules are numbered as they come.
    pub(super) fn of<'f>(files: impl Iterator<Item = &'f PolicyFile>) -> Self {
        let (mut roles, mut rules) = ((0..).map(RoleId), (0..).map(RuleId));
        let mut slot = |item: &Item| match item {
            Item::Role(_) => roles.next().map_or(Slot::Other, Slot::Role),
            Item::Rule(_) => rules.next().map_or(Slot::Other, Slot::Rule),
            _ => Slot::Other,
        };
        Self(files.map(|file| (file.file, file.items.iter().map(&mut slot).collect())).collect())
    }
}

/// All that files declare but for roles, rules and assertions.
pub(super) fn frame<'f>(files: impl Iterator<Item = &'f PolicyFile>) -> Vec<PolicyFile> {
    let declares = |item: &&Item| matches!(item, Item::Type(_) | Item::Context(_) | Item::Policy(_));
    let framed = files.map(|file| PolicyFile {
        file: file.file,
        package: file.package.clone(),
        imports: Vec::new(),
        items: file.items.iter().filter(declares).cloned().collect(),
    });
    framed.filter(|file| !file.items.is_empty()).collect()
}
