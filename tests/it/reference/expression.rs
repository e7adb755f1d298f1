//! Conditions, evaluated on the tree as it was written.

use super::Truth;
use super::policy::{RoleAt, type_of};
use super::value::{Value, compare};
use super::world::World;
use rolebook::syntax::ast::{Expr, ExprKind, HasRole, Ident};

/// What the names in a condition stand for.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) subject: &'a str,
    pub(super) actor: &'a str,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    pub(super) scope: Option<&'a str>,
    /// The entity whose ancestors type names stand for: the resource, or in conditions about holding a role the scope.
    pub(super) named_from: &'a str,
}

impl World<'_> {
    /// The condition's truth.
    pub(super) fn truth(&self, expr: &Expr, names: Names<'_>) -> Truth {
        match &expr.kind {
            ExprKind::Or(parts) => Truth::any(parts.iter().map(|part| self.truth(part, names))),
            ExprKind::And(parts) => Truth::all(parts.iter().map(|part| self.truth(part, names))),
            ExprKind::Not(part) => self.truth(part, names).not(),
            ExprKind::Compare { op, left, right } => {
                compare(op.value, &self.value(left, names), &self.value(right, names))
            }
            ExprKind::Is { entity, type_name } => match self.value(entity, names) {
                Value::Entity(name) => Truth::of(type_of(&name) == type_name.value),
                Value::Missing => Truth::Unknown,
                _ => Truth::False,
            },
            ExprKind::Has { subject, role, on } => {
                let roles = match role {
                    HasRole::Any => (0..self.policy.roles.len()).collect(),
                    HasRole::Role(name) => self.policy.meant(name),
                };
                self.has(&self.value(subject, names), &roles, &self.value(on, names))
            }
            ExprKind::Path(_) | ExprKind::Size(_) | ExprKind::Literal(_) => self.value(expr, names).bare(),
            ExprKind::Broken => panic!("an expression that could not be read"),
        }
    }

    /// Whether a subject has one of the roles on an entity, or on any of a set. Nobody has a role on nothing.
    fn has(&self, subject: &Value, roles: &[RoleAt], on: &Value) -> Truth {
        match (subject, on) {
            (Value::Missing, _) | (_, Value::Missing) => Truth::Unknown,
            (Value::Absent, _) | (_, Value::Absent) => Truth::False,
            (_, Value::Set(entities)) => Truth::any(entities.iter().map(|entity| self.has(subject, roles, entity))),
            (Value::Entity(subject), Value::Entity(entity) | Value::Text(entity)) => self.holds(subject, roles, entity),
            (Value::Text(subject), Value::Entity(entity) | Value::Text(entity)) => self.holds(subject, roles, entity),
            // Only where an `X is T and …` is false anyway.
            _ => Truth::Unknown,
        }
    }

    fn value(&self, expr: &Expr, names: Names<'_>) -> Value {
        match &expr.kind {
            ExprKind::Path(path) => self.path(path, names),
            ExprKind::Literal(literal) => Value::literal(literal),
            ExprKind::Size(of) => match self.value(of, names) {
                Value::Set(items) => Value::Int(items.len().try_into().expect("a small set")),
                Value::Everything => Value::Missing,
                lack => lack,
            },
            _ => match self.truth(expr, names) {
                Truth::Unknown => Value::Missing,
                truth => Value::Bool(truth == Truth::True),
            },
        }
    }

    fn path(&self, path: &[Ident], names: Names<'_>) -> Value {
        let entity = |name: &str| Value::Entity(name.to_owned());
        let (first, rest) = path.split_first().expect("a path has a name");
        let start = match first.value.as_str() {
            "subject" => entity(names.subject),
            "actor" => entity(names.actor),
            "resource" => entity(names.resource),
            "scope" => entity(names.scope.expect("`scope` stands in roles")),
            "action" => Value::Text(names.action.to_owned()),
            "context" => {
                let (field, rest) = rest.split_first().expect("a field of context");
                return self.follow(self.context(&field.value), rest);
            }
            type_name => self.ancestor(names.named_from, type_name),
        };
        self.follow(start, rest)
    }

    /// Goes on from a value. Only where an `X is T and …` is false anyway does something lack what is asked of it.
    fn follow(&self, start: Value, steps: &[Ident]) -> Value {
        let Some((step, rest)) = steps.split_first() else { return start };
        let (next, rest) = match (start, rest) {
            (Value::Entity(entity), [name, rest @ ..]) if step.value == "settings" => {
                (self.setting(&entity, &name.value), rest)
            }
            (Value::Entity(entity), _) if self.policy.attribute(type_of(&entity), &step.value).is_some() => {
                (self.attribute(&entity, &step.value), rest)
            }
            (Value::Entity(entity), _) if self.policy.type_decl(&step.value).is_some() => {
                (self.ancestor(&entity, &step.value), rest)
            }
            (lack @ (Value::Absent | Value::Missing), _) => return lack,
            _ => return Value::Missing,
        };
        self.follow(next, rest)
    }
}
