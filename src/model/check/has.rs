//! `X is T` and `X has R on Y`.

use super::operand::{Kind, Operand, Side};
use super::{Checker, Narrowed};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{TermKind, literal, lookup};
use crate::schema::{Reach, TypeId, Value};
use crate::source::Span;
use crate::syntax::ast::{Expr, HasRole, Ident, LiteralKind, RoleRef};

impl Checker<'_, '_> {
    pub(super) fn is<'e>(&mut self, entity: &'e Expr, type_name: &Ident, narrowed: &Narrowed<'e>) -> Option<TermKind> {
        let names = self.names;
        let operand = self.entity(entity, narrowed);
        let ty = lookup::type_named(names, self.findings, type_name);
        let (operand, ty) = (operand?, ty?);
        let Kind::Entity(types) = &operand.kind else {
            let what = operand.kind.describe(names);
            let code = if matches!(operand.kind, Kind::Set(_)) { Code::SetOperation } else { Code::TypeMismatch };
            self.error(code, entity.span(), format!("`is` asks for the type of one entity, and this is {what}"), None);
            return None;
        };
        if !types.contains(&ty) {
            let finding = Diagnostic::error(
                Code::TypeMismatch,
                type_name.span,
                format!("this is never {} here", names.a_type(ty)),
            )
            .label(entity.span(), operand.kind.describe(names));
            let finding = match &names.types[ty].decl.acts_as {
                Some(acts_as) if matches!(operand.term.kind, TermKind::Subject) => finding.help(format!(
                    "{} is checked as its `{}`; write `actor is {}`",
                    names.a_type(ty),
                    acts_as.value,
                    type_name.value
                )),
                _ => finding,
            };
            self.findings.report(finding);
            return None;
        }
        Some(TermKind::Is(Box::new(operand.term), ty))
    }

    /// An operand where an entity is wanted: text is read as one.
    fn entity<'e>(&mut self, written: &'e Expr, narrowed: &Narrowed<'e>) -> Option<Operand> {
        match self.side(written, narrowed)? {
            Side::Typed(operand) => Some(operand),
            Side::Literal(LiteralKind::String(text), span) => {
                let all: Vec<TypeId> = self.names.types.ids().collect();
                let entity = literal::read_entity(&self.names.schema, self.findings, &all, text, span)?;
                let kind = Kind::entity(entity.ty);
                Some(self.constant(Value::Entity(entity), kind, span))
            }
            Side::Literal(literal, span) => self.natural(literal, span),
        }
    }

    pub(super) fn has<'e>(
        &mut self,
        subject: &'e Expr,
        role: &HasRole,
        on: &'e Expr,
        span: Span,
        narrowed: &Narrowed<'e>,
    ) -> Option<TermKind> {
        let names = self.names;
        let at = self.place.at;
        if at.guards_role() {
            let message = format!("`has` cannot be used in {}", at.describe());
            self.error(Code::NotAllowedHere, span, message, Some(String::from(at.allowed())));
            return None;
        }
        let holder = self.entity(subject, narrowed);
        let target = self.entity(on, narrowed);
        let roles = match role {
            HasRole::Any => Some(None),
            HasRole::Role(role) => lookup::roles(names, self.findings, role).map(|roles| Some(roles.to_vec())),
        };
        let (holder, target, roles) = (holder?, target?, roles?);
        let Kind::Entity(_) = &holder.kind else {
            let what = holder.kind.describe(names);
            let code = if matches!(holder.kind, Kind::Set(_)) { Code::SetOperation } else { Code::TypeMismatch };
            self.error(code, subject.span(), format!("only one entity holds a role, and this is {what}"), None);
            return None;
        };
        let types = match &target.kind {
            Kind::Entity(types) => types.clone(),
            Kind::Set(element) if let Kind::Entity(types) = &**element => types.clone(),
            kind => {
                let message = format!("roles are held on entities, and this is {}", kind.describe(names));
                self.error(Code::TypeMismatch, on.span(), message, None);
                return None;
            }
        };
        if let HasRole::Role(role) = role {
            self.role_exists_on(role, &types, on)?;
        }
        Some(TermKind::Has { subject: Box::new(holder.term), roles, on: Box::new(target.term) })
    }

    /// The role must be one that everything asked about can have holders of.
    fn role_exists_on(&mut self, role: &RoleRef, types: &[TypeId], on: &Expr) -> Option<()> {
        let names = self.names;
        let wanted = names.schema.type_named(&role.type_name.value)?;
        let Some(&other) = types.iter().find(|&&ty| ty != wanted) else { return Some(()) };
        let namesake = !names.schema.roles_named(other, &role.name.value).is_empty();
        let help = if let [_] = types {
            if namesake {
                Some(format!("did you mean `{}.{}`?", names.type_name(other), role.name.value))
            } else if names.schema.reach(other, wanted) != Reach::Never {
                Some(format!("ask on the `{0}` that it lies in: `on {0}`", role.type_name.value))
            } else {
                None
            }
        } else if types.contains(&wanted) {
            Some(format!("narrow it first: `… is {} and …`", role.type_name.value))
        } else {
            None
        };
        self.findings.report(
            Diagnostic::error(
                Code::UnknownRole,
                role.span(),
                format!("`{}` is no role on {}", role.text(), names.a_type(other)),
            )
            .label(
                on.span(),
                if types.len() == 1 { names.a_type(other) } else { format!("can be {}", names.a_type(other)) },
            )
            .maybe_help(help),
        );
        None
    }
}
