//! The second pass: what stands inside the declarations, looked up and checked.

mod assertion;
mod pattern;
mod policy;
pub(super) mod removal;
mod role;
mod statement;
mod type_def;

use super::check::{self, Place};
use super::findings::Findings;
use super::names::Names;
use super::{Condition, Model, Role, Statement};
use crate::index::{Chunks, Idx};
use crate::schema::{RoleId, TypeId};
use crate::syntax::ast::{self, Doc, Expr, Item, PolicyFile};
pub(super) use pattern::PatternBudget;
use std::rc::Rc;
use std::sync::Arc;

/// What the second pass carries along.
pub(super) struct Resolver<'r, 'a> {
    names: &'r Names<'a>,
    findings: &'r mut Findings,
    /// The types that a subject can have where nothing says which: those that do not act as another.
    subjects: Rc<[TypeId]>,
    /// The types that an actor can have there: all.
    actors: Rc<[TypeId]>,
    budget: PatternBudget,
}

/// Everything of a model but its schema, which is what [`Names`] hold.
pub(super) fn resolve(files: &[&PolicyFile], names: &Names<'_>, findings: &mut Findings) -> Model {
    let mut resolver = Resolver::new(names, findings, PatternBudget::default());
    let mut model = Model {
        types: Arc::new(resolver.type_defs()),
        settings: Arc::new(resolver.setting_defs()),
        context: names.context.iter().map(|field| (field.name.span, doc_text(&field.doc))).collect(),
        ..Model::default()
    };
    resolver.roles_and_policies(&mut model);
    let (mut rules, mut assertions) = (Chunks::new(), Vec::new());
    for item in files.iter().flat_map(|file| &file.items) {
        match item {
            Item::Rule(decl) => {
                if let Some(rule) = resolver.rule(decl) {
                    rules.push(Some(Arc::new(rule)));
                }
            }
            Item::Assert(decl) => assertions.extend(resolver.assertion(decl)),
            Item::Type(_) | Item::Context(_) | Item::Role(_) | Item::Policy(_) => {}
        }
    }
    Model { rules, assertions: assertions.into(), patterns: resolver.budget, ..model }
}

/// A model with the roles and org policies that `names` know beyond it; nothing where a limit of the whole is exceeded.
pub(super) fn resolve_added(model: &Model, names: &Names<'_>, findings: &mut Findings) -> Option<Model> {
    let mut resolver = Resolver::new(names, findings, model.patterns);
    let mut model = model.clone();
    resolver.roles_and_policies(&mut model);
    model.patterns = resolver.budget;
    (!resolver.budget.exceeded).then_some(model)
}

impl<'r, 'a> Resolver<'r, 'a> {
    fn new(names: &'r Names<'a>, findings: &'r mut Findings, budget: PatternBudget) -> Self {
        let subjects = names.types.ids().filter(|&ty| !names.acts_as_another(ty)).collect();
        let actors = names.types.ids().collect();
        Self { names, findings, subjects, actors, budget }
    }

    /// The roles and org policies that the model does not have yet. Those whose name is taken are looked at for findings.
    fn roles_and_policies(&mut self, model: &mut Model) {
        let names = self.names;
        let first = model.roles.next_id();
        let mut sound = Vec::new();
        for &(id, decl) in names.roles.iter().skip(first.index()) {
            let before = self.findings.errors();
            let organization = names.schema.roles[id].organization.clone();
            model.roles.push(Arc::new(self.role(decl, names.schema.roles[id].ty, organization.as_ref())));
            sound.push(self.findings.errors() == before);
        }
        for decl in &names.stray_roles {
            if let Some(ty) = names.schema.type_named(&decl.name.type_name.value) {
                self.role(decl, ty, None);
            }
        }
        let is_sound =
            |role: RoleId| role.index().checked_sub(first.index()).is_none_or(|at| sound.get(at) == Some(&true));
        let looked_at = model.roles.ids().skip(first.index());
        removal::check(names, &model.roles, looked_at, is_sound, self.findings);
        for decl in names.policies.iter().skip(model.policies.len()) {
            model.policies.push(Arc::new(self.policy(decl)));
        }
        for decl in &names.stray_policies {
            self.policy(decl);
        }
    }
}

/// Roles and rules of a model that are written anew.
pub(super) struct Rewritten {
    pub(super) roles: Vec<(RoleId, Role)>,
    pub(super) rules: Vec<Option<Statement>>,
    pub(super) budget: PatternBudget,
}

/// Resolves roles that `names` know and rules, on top of a model; nothing where a limit of the whole is exceeded.
pub(super) fn resolve_rewritten(
    model: &Model,
    names: &Names<'_>,
    rules: &[&ast::Statement],
    findings: &mut Findings,
) -> Option<Rewritten> {
    let mut resolver = Resolver::new(names, findings, model.patterns);
    let mut roles = Vec::with_capacity(names.roles.len());
    for &(id, decl) in &names.roles {
        let info = names.schema.roles.get(id)?;
        roles.push((id, resolver.role(decl, info.ty, info.organization.as_ref())));
    }
    let rules = rules.iter().map(|rule| resolver.rule(rule)).collect();
    let budget = resolver.budget;
    (!budget.exceeded).then_some(Rewritten { roles, rules, budget })
}

impl Resolver<'_, '_> {
    /// A checked condition. Where it cannot be checked there is none, and a finding says why.
    fn condition(&mut self, written: &Expr, place: &Place) -> Option<Condition> {
        let term = check::condition(self.names, self.findings, place, written)?;
        Some(Condition { term, text: written.to_string().into() })
    }

    /// An optional condition: `Err` where one is written that cannot be checked.
    fn maybe_condition(&mut self, written: Option<&Expr>, place: &Place) -> Result<Option<Condition>, Unresolved> {
        written.map(|expr| self.condition(expr, place).ok_or(Unresolved)).transpose()
    }
}

/// Something that was written could not be resolved, and a finding says why.
#[derive(Clone, Copy, Debug)]
struct Unresolved;

/// The text of a doc comment.
fn doc_text(doc: &Doc) -> Option<String> {
    doc.as_ref().map(|doc| doc.value.clone())
}
