//! Allows and denies: rules, statements of roles, guardrails.

use super::pattern::Range;
use super::{Resolver, doc_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::check::{Place, Where};
use crate::model::{Statement, lookup};
use crate::schema::TypeId;
use crate::syntax::ast;
use std::fmt::Write as _;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// A rule that is not tied to a role, or a guardrail of an org policy.
    pub(super) fn rule(&mut self, written: &ast::Statement) -> Option<Statement> {
        self.statement(written, None)
    }

    /// A statement; in a role that is held on `scope` where there is one.
    ///
    /// One whose condition could not be checked is left out: without it, it would say something else.
    pub(super) fn statement(&mut self, written: &ast::Statement, scope: Option<TypeId>) -> Option<Statement> {
        let names = self.names;
        let within = written.within.as_ref().map(|within| lookup::type_named(names, self.findings, within));
        let to = self.subject_types(&written.to);
        let range = Range { scopes: scope.into_iter().collect(), names_any: false, within: within.flatten() };
        let spelled = self.patterns(&written.patterns, &range);
        let place = Place {
            at: if scope.is_some() { Where::RoleStatement } else { Where::Rule },
            scope,
            subjects: to.clone().unwrap_or_else(|| Rc::clone(&self.subjects)),
            actors: self.actor_types(to.as_deref()),
            // Without the type after `within`, it is not known what `*` ranges over.
            resources: if within == Some(None) { Rc::default() } else { spelled.types.into() },
        };
        let when = self.maybe_condition(written.when.as_ref(), &place);
        let unless = self.maybe_condition(written.unless.as_ref(), &place);
        let end = written.patterns.last().map_or(written.effect.span, ast::Pattern::span);
        let (Ok(when), Ok(unless)) = (when, unless) else { return None };
        if within == Some(None) || to.as_ref().is_some_and(|types| types.is_empty()) {
            return None;
        }
        Some(Statement {
            span: written.effect.span.to(end),
            doc: doc_text(&written.doc),
            effect: written.effect.value,
            patterns: listed(&written.patterns),
            permissions: spelled.permissions,
            within: range.within,
            to: to.map_or_else(Vec::new, |types| types.to_vec()),
            when,
            unless,
            because: written.because.as_ref().map(|text| text.value.clone()),
        })
    }

    /// The types after `to` that are known, if anything stands there.
    fn subject_types(&mut self, written: &[ast::Ident]) -> Option<Rc<[TypeId]>> {
        if written.is_empty() {
            return None;
        }
        let names = self.names;
        let mut types = Vec::with_capacity(written.len());
        for name in written {
            let Some(ty) = lookup::type_named(names, self.findings, name) else { continue };
            if let Some(acts_as) = &names.types[ty].decl.acts_as {
                self.findings.report(
                    Diagnostic::warning(
                        Code::ActsAsType,
                        name.span,
                        format!("no subject is {0}: {0} is checked as its `{1}`", names.a_type(ty), acts_as.value),
                    )
                    .label(acts_as.span, "declared here")
                    .help(format!("write `when actor is {}`", name.value)),
                );
            }
            types.push(ty);
        }
        types.sort_unstable();
        types.dedup();
        Some(types.into())
    }

    /// The types of actors that can stand for subjects of these types: the subject itself, and what acts as it.
    fn actor_types(&self, to: Option<&[TypeId]>) -> Rc<[TypeId]> {
        let Some(to) = to else { return Rc::clone(&self.actors) };
        let acts_for = |ty: TypeId| {
            let info = &self.names.schema.types[ty];
            let attribute = info.acts_as.and_then(|slot| info.attributes.get(slot));
            match attribute.map(|attribute| &attribute.ty) {
                Some(crate::schema::ValueType::Entity(owner)) => to.contains(owner),
                _ => false,
            }
        };
        self.names.types.ids().filter(|ty| to.contains(ty) || acts_for(*ty)).collect()
    }
}

/// Patterns as policy text.
fn listed(patterns: &[ast::Pattern]) -> String {
    let mut text = String::new();
    for (at, pattern) in patterns.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{pattern}", if at == 0 { "" } else { ", " });
    }
    text
}
