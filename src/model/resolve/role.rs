//! Roles: bases, requirements, implications, and what stands in their braces.

use super::pattern::Range;
use super::{Resolver, Unresolved, doc_text};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::check::{Place, Where};
use crate::model::{Condition, Implication, Openness, Removal, Role, lookup};
use crate::schema::{EntityName, RoleId, TypeId};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Expr, Open, RoleDecl, RoleItem, RoleRef};
use rustc_hash::FxHashMap;
use std::rc::Rc;

impl Resolver<'_, '_> {
    /// A role that is held on entities of type `ty`.
    pub(super) fn role(&mut self, decl: &RoleDecl, ty: TypeId, organization: Option<&EntityName>) -> Role {
        self.check_custom(decl, ty, organization);
        let extends = self.bases(decl, ty, organization);
        let requires = self.required(decl, ty, organization);
        let assigned_by = decl
            .assigned_by
            .as_ref()
            .map(|by| self.asked_permissions(ty, &by.permissions, by.freely, decl.name.span()));
        let when = decl.when.as_ref().and_then(|when| self.guard(when, Where::RoleWhen, ty, None).ok());
        let mut role = Role {
            span: decl.name.span(),
            doc: doc_text(&decl.doc),
            openness: self.openness(decl, ty),
            custom: decl.custom,
            organization: organization
                .zip(decl.organization.as_ref())
                .map(|(entity, written)| Spanned::new(entity.clone(), written.span())),
            extends,
            requires,
            assigned_by,
            when,
            statements: Vec::new(),
            implies: Vec::new(),
            without: Vec::new(),
        };
        for item in &decl.body {
            match item {
                RoleItem::Statement(written) => role.statements.extend(self.statement(written, Some(ty))),
                RoleItem::Implies(written) => self.implications(written, ty, organization, &mut role.implies),
                RoleItem::Without(patterns) => {
                    let range = Range { scopes: vec![ty], ..Range::default() };
                    for pattern in patterns {
                        let permissions = self.pattern(pattern, &range, &mut Vec::new());
                        role.without.push(Removal { span: pattern.span(), permissions });
                    }
                }
            }
        }
        role
    }

    fn check_custom(&mut self, decl: &RoleDecl, ty: TypeId, organization: Option<&EntityName>) {
        let names = self.names;
        if decl.custom && decl.extends.is_empty() {
            self.findings.report(
                Diagnostic::error(
                    Code::CustomRole,
                    decl.name.span(),
                    format!("the custom role `{}` extends no role", decl.name.text()),
                )
                .help("a custom role extends at least one `open` role"),
            );
        }
        if let (Some(entity), Some(written)) = (organization, &decl.organization)
            && names.never_reaches(ty, entity.ty)
        {
            self.findings.report(Diagnostic::error(
                Code::WrongScope,
                written.span(),
                format!("the role can be assigned nowhere: {}", names.lies_not_in(ty, entity.ty)),
            ));
        }
    }

    fn openness(&mut self, decl: &RoleDecl, ty: TypeId) -> Openness {
        if decl.custom && decl.open != Open::No {
            self.findings.report(
                Diagnostic::error(Code::OpenRole, decl.name.span(), "a custom role cannot be `open`")
                    .help("custom roles extend roles that are not custom"),
            );
        }
        match &decl.open {
            Open::No => Openness::Closed,
            Open::Always => Openness::Open,
            Open::When(when) => match self.guard(when, Where::OpenWhen, ty, None) {
                Ok(condition) => Openness::OpenWhen(condition),
                Err(Unresolved) => Openness::Open,
            },
        }
    }

    /// A condition that does not stand in a statement.
    fn guard(
        &mut self,
        written: &Expr,
        at: Where,
        scope: TypeId,
        resources: Option<Vec<TypeId>>,
    ) -> Result<Condition, Unresolved> {
        let place = Place {
            at,
            scope: Some(scope),
            subjects: Rc::clone(&self.subjects),
            actors: Rc::clone(&self.actors),
            resources: resources.unwrap_or_default().into(),
        };
        self.condition(written, &place).ok_or(Unresolved)
    }

    /// The roles that are named in one list, each once.
    fn named_roles(
        &mut self,
        written: &[RoleRef],
        word: &str,
        organization: Option<&EntityName>,
    ) -> Vec<Spanned<RoleId>> {
        let mut roles: Vec<Spanned<RoleId>> = Vec::with_capacity(written.len());
        let mut places: FxHashMap<RoleId, Span> = FxHashMap::default();
        for reference in written {
            let Some(role) = lookup::role(self.names, self.findings, reference, organization) else { continue };
            if let Some(&first) = places.get(&role) {
                let message = format!("`{}` stands twice after `{word}`", reference.text());
                self.findings.duplicate(message, reference.span(), first);
            } else {
                places.insert(role, reference.span());
                roles.push(Spanned::new(role, reference.span()));
            }
        }
        roles
    }

    fn bases(&mut self, decl: &RoleDecl, ty: TypeId, organization: Option<&EntityName>) -> Vec<Spanned<RoleId>> {
        let names = self.names;
        let mut bases = self.named_roles(&decl.extends, "extends", organization);
        bases.retain(|base| {
            let head = names.role(base.value);
            let base_name = || names.schema.role_name(base.value);
            let scope = names.schema.roles[base.value].ty;
            let wrong_type = (scope != ty).then(|| {
                Diagnostic::error(
                    Code::WrongScope,
                    base.span,
                    format!("a role on `{}` cannot extend one on `{}`", names.type_name(ty), names.type_name(scope)),
                )
                .help(if names.schema.contains(ty, scope) {
                    format!("to have it on what is contained, write `implies {}` in the braces", base_name())
                } else {
                    String::from("a role extends roles of the same type")
                })
            });
            let not_open = || {
                if head.custom {
                    Some(
                        Diagnostic::error(
                            Code::CustomRole,
                            base.span,
                            format!("`{}` is a custom role, which nothing extends", base_name()),
                        )
                        .label(head.span, "declared here"),
                    )
                } else if decl.custom && !head.open {
                    Some(
                        Diagnostic::error(
                            Code::CustomRole,
                            base.span,
                            format!("`{}` is not open to custom roles", base_name()),
                        )
                        .label(head.span, "declared here")
                        .help(format!("write `open role {}` there, if custom roles may extend it", base_name())),
                    )
                } else {
                    None
                }
            };
            match wrong_type.or_else(not_open) {
                Some(finding) => {
                    self.findings.report(finding);
                    false
                }
                None => true,
            }
        });
        bases
    }

    fn required(&mut self, decl: &RoleDecl, ty: TypeId, organization: Option<&EntityName>) -> Vec<Spanned<RoleId>> {
        let names = self.names;
        let mut required = self.named_roles(&decl.requires, "requires", organization);
        required.retain(|role| {
            let above = names.schema.roles[role.value].ty;
            let never = names.never_contains(above, ty);
            if never {
                let (inner, outer) = (names.type_name(ty), names.type_name(above));
                let finding = Diagnostic::error(
                    Code::WrongScope,
                    role.span,
                    format!("a role on `{inner}` cannot require one on `{outer}`: {}", names.lies_not_in(ty, above)),
                );
                self.findings.report(finding.help("a required role is held on a containing entity"));
            }
            !never
        });
        required
    }

    fn implications(
        &mut self,
        written: &ast::Implication,
        ty: TypeId,
        organization: Option<&EntityName>,
        implications: &mut Vec<Implication>,
    ) {
        let names = self.names;
        let mut roles = self.named_roles(&written.roles, "implies", organization);
        roles.retain(|role| {
            let below = names.schema.roles[role.value].ty;
            let never = names.never_contains(ty, below);
            if never {
                let (outer, inner) = (names.type_name(ty), names.type_name(below));
                let finding = Diagnostic::error(
                    Code::WrongScope,
                    role.span,
                    format!("a role on `{outer}` cannot imply one on `{inner}`: {}", names.lies_not_in(below, ty)),
                );
                self.findings.report(finding.help(if below == ty {
                    format!(
                        "to have all of it on the same entity, write `extends {}`",
                        names.schema.role_name(role.value)
                    )
                } else {
                    String::from("an implied role is held on contained entities")
                }));
            }
            !never
        });
        let mut resources: Vec<TypeId> = roles.iter().map(|role| names.schema.roles[role.value].ty).collect();
        resources.sort_unstable();
        resources.dedup();
        let when = match &written.when {
            None => None,
            Some(when) => {
                let place = Place {
                    at: Where::ImpliesWhen,
                    scope: Some(ty),
                    subjects: Rc::clone(&self.subjects),
                    actors: Rc::clone(&self.actors),
                    resources: resources.into(),
                };
                match self.condition(when, &place) {
                    Some(condition) => Some(condition),
                    None => return,
                }
            }
        };
        implications.extend(roles.into_iter().map(|role| Implication { role, when: when.clone() }));
    }
}
