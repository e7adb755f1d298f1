//! The second pass: what stands inside the declarations, looked up and checked.

mod assertion;
mod pattern;
mod policy;
mod removal;
mod role;
mod statement;
mod type_def;

use super::check::{self, Place};
use super::findings::Findings;
use super::names::Names;
use super::{Condition, Model};
use crate::schema::TypeId;
use crate::syntax::ast::{Doc, Expr, Item, PolicyFile};
use pattern::PatternBudget;
use std::rc::Rc;

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
pub(super) fn resolve(files: &[PolicyFile], names: &Names<'_>, findings: &mut Findings) -> Model {
    let subjects = names.types.ids().filter(|&ty| !names.acts_as_another(ty)).collect();
    let actors = names.types.ids().collect();
    let mut resolver = Resolver { names, findings, subjects, actors, budget: PatternBudget::new() };
    let mut model = Model {
        types: resolver.type_defs(),
        settings: resolver.setting_defs(),
        context: names.context.iter().map(|field| (field.name.span, doc_text(&field.doc))).collect(),
        ..Model::default()
    };
    let mut sound = Vec::with_capacity(names.roles.len());
    for (id, decl) in names.roles.iter_enumerated() {
        let before = resolver.findings.count();
        let organization = names.schema.roles[id].organization.clone();
        model.roles.push(resolver.role(decl, names.schema.roles[id].ty, organization.as_ref()));
        sound.push(resolver.findings.count() == before);
    }
    for decl in &names.stray_roles {
        if let Some(ty) = names.schema.type_named(&decl.name.type_name.value) {
            resolver.role(decl, ty, None);
        }
    }
    for decl in &names.policies {
        model.policies.push(resolver.policy(decl));
    }
    for decl in &names.stray_policies {
        resolver.policy(decl);
    }
    for item in files.iter().flat_map(|file| &file.items) {
        match item {
            Item::Rule(decl) => model.rules.extend(resolver.rule(decl)),
            Item::Assert(decl) => model.assertions.extend(resolver.assertion(decl)),
            Item::Type(_) | Item::Context(_) | Item::Role(_) | Item::Policy(_) => {}
        }
    }
    removal::check(names, &model.roles, &sound, findings);
    model
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
