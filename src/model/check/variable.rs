//! The first name of a path.

use super::operand::{Kind, Operand};
use super::{Checker, Narrowed, Where};
use crate::diagnostics::Code;
use crate::model::{Term, TermKind};
use crate::schema::{AttributeInfo, Presence, TypeId};
use crate::source::Span;
use crate::syntax::ast::Ident;
use std::rc::Rc;

const VARIABLES: [&str; 6] = ["subject", "actor", "resource", "action", "context", "scope"];

impl<'c> Checker<'c, '_> {
    /// What the first name of a path stands for, and how many names that took.
    pub(super) fn variable<'e>(&mut self, path: &'e [Ident], narrowed: &Narrowed<'e>) -> Option<(Operand, usize)> {
        let first = path.first()?;
        let at = self.place.at;
        let allowed = match first.value.as_str() {
            "actor" | "action" | "context" => !at.guards_role(),
            "resource" => at.has_resource(),
            "scope" => self.place.scope.is_some(),
            _ => true,
        };
        if !allowed {
            let help = match (first.value.as_str(), at) {
                ("scope", Where::Rule | Where::Assertion) => {
                    "`scope` is the entity that a role is held on; outside of roles write the name of a type, such as `team`"
                }
                _ => at.allowed(),
            };
            let message = format!("`{}` cannot be used in {}", first.value, at.describe());
            self.error(Code::NotAllowedHere, first.span, message, Some(String::from(help)));
            return None;
        }
        let place = self.place;
        let (kind, types) = match first.value.as_str() {
            "subject" => (TermKind::Subject, &place.subjects),
            "actor" => (TermKind::Actor, &place.actors),
            "resource" => (TermKind::Resource, &place.resources),
            "scope" => {
                let term = Term { kind: TermKind::Scope, span: first.span };
                return Some((Operand { term, kind: Kind::entity(place.scope?), optional: false }, 1));
            }
            "action" => {
                let term = Term { kind: TermKind::Action, span: first.span };
                return Some((Operand { term, kind: Kind::String, optional: false }, 1));
            }
            "context" => return self.context(first, path.get(1)).map(|operand| (operand, 2)),
            _ => return self.type_variable(first, narrowed).map(|operand| (operand, 1)),
        };
        let types = self.entity_types(path.get(..1)?, types, narrowed, first.span)?;
        Some((Operand { term: Term { kind, span: first.span }, kind: Kind::Entity(types), optional: false }, 1))
    }

    /// The types that are left of an entity's after narrowing.
    pub(super) fn entity_types<'e>(
        &mut self,
        path: &'e [Ident],
        types: &Rc<[TypeId]>,
        narrowed: &Narrowed<'e>,
        span: Span,
    ) -> Option<Rc<[TypeId]>> {
        let left = narrowed.apply(path, types);
        if !left.is_empty() {
            return Some(left);
        }
        if !self.findings.has_errors() {
            self.error(Code::TypeMismatch, span, "there is nothing that this can be here", None);
        }
        None
    }

    fn context(&mut self, word: &Ident, field: Option<&Ident>) -> Option<Operand> {
        let names = self.names;
        let Some(field) = field else {
            let help = String::from("write `context.` and one of its fields");
            self.error(Code::NotACondition, word.span, "the context as a whole is no value", Some(help));
            return None;
        };
        let span = word.span.to(field.span);
        if field.value == "time" {
            let term = Term { kind: TermKind::Now, span };
            return Some(Operand { term, kind: Kind::Timestamp, optional: false });
        }
        let slot = names.schema.context.iter().position(|info| *info.name == *field.value);
        let Some((slot, info)) = slot.and_then(|slot| Some((slot, names.schema.context.get(slot)?))) else {
            if !names.lost.context && !names.lost.context_fields.contains(field.value.as_str()) {
                let fields = names.schema.context.iter().map(|info| &*info.name).chain(["time"]);
                let help = self
                    .findings
                    .near_miss(&field.value, fields)
                    .map(|near| format!("did you mean `context.{near}`?"))
                    .unwrap_or_else(|| self.declare_field(field));
                let message = format!("the context has no field `{}`", field.value);
                self.error(Code::UnknownAttribute, field.span, message, Some(help));
            }
            return None;
        };
        Some(attribute_operand(Term { kind: TermKind::Context(slot), span }, info))
    }

    /// A type's name stands for the ancestor-or-self of that type: of the resource, or where there is none, of the scope.
    fn type_variable<'e>(&mut self, name: &'e Ident, narrowed: &Narrowed<'e>) -> Option<Operand> {
        let names = self.names;
        let Some(ty) = names.schema.type_named(&name.value) else {
            if !names.lost.types.contains(name.value.as_str()) {
                self.unknown_variable(name);
            }
            return None;
        };
        let place = self.place;
        let (kind, types, root) = if place.at.guards_role() {
            (TermKind::Scope, Rc::new([place.scope?]) as Rc<[TypeId]>, "scope")
        } else {
            let resource = [Ident::new(String::from("resource"), name.span)];
            (TermKind::Resource, narrowed.apply(&resource, &place.resources), "resource")
        };
        if types.is_empty() {
            if !self.findings.has_errors() {
                self.error(Code::TypeMismatch, name.span, "there is nothing that this can be here", None);
            }
            return None;
        }
        let of =
            Operand { term: Term { kind, span: name.span }, kind: Kind::Entity(Rc::clone(&types)), optional: false };
        self.ancestor(of, &types, ty, name, root)
    }

    fn unknown_variable(&mut self, name: &Ident) {
        let names = self.names;
        let place = self.place;
        let of_resource = |ty: &TypeId| names.schema.types[*ty].attribute(&name.value).is_some();
        let help = if names.schema.context.iter().any(|info| *info.name == *name.value) && !place.at.guards_role() {
            Some(format!("did you mean `context.{}`?", name.value))
        } else if place.at.has_resource() && place.resources.iter().any(of_resource) {
            Some(format!("did you mean `resource.{}`?", name.value))
        } else if place.scope.as_ref().is_some_and(of_resource) {
            Some(format!("did you mean `scope.{}`?", name.value))
        } else if ["null", "none", "nil", "undefined"].contains(&name.value.as_str()) {
            Some(String::from("an optional value on its own asks whether it is there: `not resource.owner`"))
        } else {
            self.findings
                .did_you_mean(&name.value, VARIABLES.into_iter().chain(names.type_names()))
                .or_else(|| Some(format!("text is written in quotes: `\"{}\"`", name.value)))
        };
        self.error(Code::UnknownVariable, name.span, format!("`{}` stands for nothing here", name.value), help);
    }
}

/// The value of an attribute or a context field.
pub(super) fn attribute_operand(term: Term, info: &AttributeInfo) -> Operand {
    Operand { term, kind: Kind::of(&info.ty), optional: info.presence == Presence::Optional }
}
