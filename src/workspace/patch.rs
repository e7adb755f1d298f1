//! The state after a few declarations of policy files were edited: these are revised, and everything else is shared.

use super::policy_text::Patched;
use super::policy_text::TextByPath;
use super::revise::{Slot, Slots};
use super::{Gathered, State, Workspace};
use crate::model::{Model, Revision, RoleChange, RuleChange, RuleId, rank};
use crate::schema::RoleId;
use crate::source::{FileId, Source, SourceMap, Span};
use crate::syntax::ast::Item;
use std::sync::Arc;

/// From how many declarations on, gone and new ones together, everything is made anew: each is looked for among all others.
const MANY: usize = 500;

impl State {
    /// The same records under a package of which only some declarations were edited; nothing where everything is to be made
    /// anew.
    pub(super) fn patched(&self, gathered: &Gathered) -> Option<Self> {
        let patches = gathered.patches.as_deref()?;
        let written = patches.iter().map(|patched| patched.patch.gone.len() + patched.patch.items.len()).sum::<usize>();
        if written > MANY {
            return None;
        }
        let sources = &gathered.sources;
        // A finding may go with what it is about.
        let gone = |place: Span| {
            let shifts = sources.get(place.file).and_then(Source::shifts);
            shifts.is_some_and(|shifts| shifts.now(place.start..place.end).is_none())
        };
        let mut labels = self.policy.diagnostics.iter().chain(&*self.warnings).flat_map(|finding| &finding.labels);
        if labels.any(|label| gone(label.span)) {
            return None;
        }
        let mut state =
            Self { workspace: Arc::new(gathered.workspace.clone()), sources: sources.clone(), ..self.clone() };
        for patched in
            patches.iter().filter(|patched| !patched.patch.gone.is_empty() || !patched.patch.items.is_empty())
        {
            state = state.revised(patched)?;
        }
        Some(state)
    }

    /// The state after the declarations of one file were edited.
    fn revised(self, patched: &Patched) -> Option<Self> {
        let Patched { file, patch } = patched;
        let policy = &self.policy;
        let was = policy.slots.of_file(*file)?.get(patch.gone.clone())?;
        let (mut gone_roles, mut gone_rules) = (Vec::new(), Vec::new());
        for slot in was {
            match slot {
                Slot::Role(role) => gone_roles.push(*role),
                Slot::Rule(rule) => gone_rules.push(*rule),
                Slot::Other => return None,
            }
        }
        let (mut roles, mut rules) = (Vec::new(), Vec::new());
        for item in &patch.items {
            match item {
                Item::Role(decl) => roles.push(decl),
                Item::Rule(decl) => rules.push(decl),
                _ => return None,
            }
        }
        let (role_before, rule_before) = policy.slots.before(*file, patch.gone.start);
        let model: &Model = &policy.model;
        let ranks = rank::of_roles_after(model, role_before, &gone_roles, roles.len())?;
        let roles = roles.into_iter().zip(ranks).map(|(decl, rank)| {
            let before = model.role_of(decl).filter(|role| gone_roles.contains(role));
            gone_roles.retain(|&role| Some(role) != before);
            RoleChange { before, decl, rank }
        });
        let roles: Vec<RoleChange<'_>> = roles.collect();
        let ranks = rank::of_rules_after(model, rule_before, &gone_rules, rules.len())?;
        let left = gone_rules.split_off(rules.len().min(gone_rules.len()));
        let mut again = std::mem::replace(&mut gone_rules, left).into_iter();
        let rules = rules.into_iter().zip(ranks).map(|(decl, rank)| RuleChange { before: again.next(), decl, rank });
        let rules: Vec<RuleChange<'_>> = rules.collect();

        let mut revised = policy.revised(&Revision { gone_roles, roles, gone_rules, rules })?;
        let (mut new_roles, mut new_rules) = (revised.roles.iter(), revised.rules.iter());
        let slot = |item: &Item| match item {
            Item::Role(_) => new_roles.next().map(|role| Slot::Role(*role)),
            _ => new_rules.next().map(|rule| Slot::Rule(*rule)),
        };
        let now: Vec<Slot> = patch.items.iter().map(slot).collect::<Option<_>>()?;
        let slots = Arc::make_mut(&mut revised.policy.slots);
        slots.of_file_mut(*file)?.splice(patch.gone.clone(), now);
        // Of equal reasons for a decision, the one is told whose role has the lowest number.
        let schema = &revised.policy.model.schema;
        let comes = model.schema.roles.len() < schema.roles.len();
        if !slots.are_ordered() || (comes && slots.roles().count() < schema.declared_roles().count()) {
            return None;
        }
        revised.policy.added = policy.added.clone();
        let compiled = Arc::clone(revised.policy.compiled.as_ref()?);
        let snapshot = self.snapshot.under(compiled, &revised.affected)?;
        Some(Self { policy: Arc::new(revised.policy), snapshot: Arc::new(snapshot), ..self })
    }
}

impl Slots {
    pub(super) fn of_file(&self, file: FileId) -> Option<&Vec<Slot>> {
        self.0.iter().find(|(known, _)| *known == file).map(|(_, slots)| slots)
    }

    fn of_file_mut(&mut self, file: FileId) -> Option<&mut Vec<Slot>> {
        self.0.iter_mut().find(|(known, _)| *known == file).map(|(_, slots)| slots)
    }

    /// The roles, in the order in which they are written.
    fn roles(&self) -> impl Iterator<Item = RoleId> {
        let slots = self.0.iter().flat_map(|(_, slots)| slots);
        slots.filter_map(|slot| match slot {
            Slot::Role(role) => Some(*role),
            _ => None,
        })
    }

    /// Whether roles are numbered in the order in which they are written.
    fn are_ordered(&self) -> bool {
        self.roles().is_sorted()
    }

    /// The last role and the last rule before a declaration of a file.
    fn before(&self, file: FileId, at: usize) -> (Option<RoleId>, Option<RuleId>) {
        let files = self.0.iter().position(|(known, _)| *known == file).unwrap_or(0);
        let ahead = self.0.get(..files).unwrap_or_default().iter().flat_map(|(_, slots)| slots);
        let own = self.of_file(file).and_then(|slots| slots.get(..at)).unwrap_or_default();
        let (mut role, mut rule) = (None, None);
        for slot in ahead.chain(own).rev() {
            match slot {
                Slot::Role(id) if role.is_none() => role = Some(*id),
                Slot::Rule(id) if rule.is_none() => rule = Some(*id),
                _ => {}
            }
            if role.is_some() && rule.is_some() {
                break;
            }
        }
        (role, rule)
    }
}

impl Gathered {
    /// The same with every file parsed whole that was edited, so that its places are those of its text.
    #[must_use]
    pub fn settled(&self) -> Self {
        let mut gathered = self.clone();
        gathered.workspace.settle(&mut gathered.sources);
        gathered.patches = None;
        gathered
    }
}

impl Workspace {
    /// Parses every file whole that was edited.
    fn settle(&mut self, sources: &mut SourceMap) {
        let mut texts = TextByPath::clone(&self.texts);
        let mut files = self.files.to_vec();
        for (path, text) in &mut texts {
            let Some(source) = sources.get(text.file).filter(|source| source.shifts().is_some()) else { continue };
            let said: Arc<str> = source.text().into();
            let again = text.parsed_again(path, &said);
            for known in [&mut *sources, &mut self.sources] {
                known.replace(text.file, &said);
            }
            if let (Some(old), Some(new)) = (&text.tree, &again.tree) {
                let place = files.iter_mut().find(|tree| Arc::ptr_eq(tree, old));
                place.into_iter().for_each(|place| *place = Arc::clone(new));
            }
            // Nothing was found in what was read in parts, and nothing is to be found in the whole.
            self.diagnostics.extend(again.diagnostics.iter().cloned());
            *text = again;
            self.policy = Arc::default();
        }
        (self.texts, self.files) = (Arc::new(texts), Arc::new(files));
    }
}
