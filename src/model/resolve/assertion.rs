//! Assertions: which roles, which permissions, and where.

use super::pattern::Range;
use super::{Resolver, doc_text};
use crate::model::check::{Place, Where};
use crate::model::{Assertion, AssertionKind, lookup};
use crate::schema::{RoleId, TypeId};
use crate::syntax::ast::{AssertDecl, AssertKind, RoleRef};
use rustc_hash::FxHashSet;
use std::rc::Rc;

impl Resolver<'_, '_> {
    pub(super) fn assertion(&mut self, written: &AssertDecl) -> Option<Assertion> {
        let kind = match &written.kind {
            AssertKind::Can { roles, cannot, patterns, when } => {
                let roles = self.asserted_roles(roles);
                let spelled = self.patterns(patterns, &Range { names_any: *cannot, ..self.reached_by(&roles) });
                let place = Place {
                    at: Where::Assertion,
                    scope: None,
                    subjects: Rc::clone(&self.subjects),
                    actors: Rc::clone(&self.actors),
                    resources: spelled.types.into(),
                };
                let when = self.maybe_condition(when.as_ref(), &place).ok()?;
                AssertionKind::Can { roles, cannot: *cannot, permissions: spelled.permissions, when }
            }
            AssertKind::Only { roles, patterns } => {
                let roles = self.asserted_roles(roles);
                let spelled = self.patterns(patterns, &self.reached_by(&roles));
                AssertionKind::Only { roles, permissions: spelled.permissions }
            }
        };
        Some(Assertion { span: written.text.span, doc: doc_text(&written.doc), kind })
    }

    /// All that is meant by the names: an assertion about a name that several organizations use is one about each.
    fn asserted_roles(&mut self, written: &[RoleRef]) -> Vec<RoleId> {
        let names = self.names;
        let mut roles: Vec<RoleId> = Vec::with_capacity(written.len());
        let mut seen = FxHashSet::default();
        for reference in written {
            for &role in lookup::roles(names, self.findings, reference).unwrap_or_default() {
                if seen.insert(role) {
                    roles.push(role);
                }
            }
        }
        roles
    }

    /// What lies where any of the roles is held.
    fn reached_by(&self, roles: &[RoleId]) -> Range {
        let mut scopes: Vec<TypeId> = roles.iter().map(|&role| self.names.schema.roles[role].ty).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Range { scopes, ..Range::default() }
    }
}
