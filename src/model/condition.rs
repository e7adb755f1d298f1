//! Type-checked conditions.

use crate::schema::{RoleId, SettingId, TypeId, Value};
use crate::source::Span;
use crate::syntax::ast::Comparison;

/// A condition whose names and types were checked. Its value at run time is true, false, or not computable.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    /// The expression.
    pub term: Term,
    /// Its text, as [`Expr`](crate::syntax::ast::Expr) displays itself.
    pub text: Box<str>,
}

/// A typed expression and its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Term {
    /// What it is.
    pub kind: TermKind,
    /// Where it was written.
    pub span: Span,
}

/// What a typed expression is. The first group yields truth values, the second other values.
#[derive(Clone, PartialEq, Debug)]
pub enum TermKind {
    /// All of them; two or more.
    And(Vec<Term>),
    /// Any of them; two or more.
    Or(Vec<Term>),
    /// The contrary.
    Not(Box<Term>),
    /// A comparison; its sides fit its operator.
    Compare(Comparison, Box<Term>, Box<Term>),
    /// Whether an entity is of a type.
    Is(Box<Term>, TypeId),
    /// Whether a subject holds any of these roles (several bear one name when organizations composed their own), or any
    /// role at all where `roles` is `None`, on an entity or on any of a set of entities.
    Has {
        /// Who.
        subject: Box<Term>,
        /// Which roles.
        roles: Option<Vec<RoleId>>,
        /// On what.
        on: Box<Term>,
    },
    /// A bare operand: a `bool` is true, a set not empty, an optional present (an optional `bool`: present and true).
    Bare(Box<Term>),

    /// A literal.
    Constant(Value),
    /// `subject`
    Subject,
    /// `actor`
    Actor,
    /// `resource`
    Resource,
    /// `scope`: the entity that the role at hand is held on.
    Scope,
    /// `action`: its name.
    Action,
    /// `context.time`
    Now,
    /// A field of `context`, by its place in the schema.
    Context(usize),
    /// An attribute of an entity; every type that the entity can have declares one of this name.
    Attribute(Box<Term>, Box<str>),
    /// The ancestor-or-self of a type: one, or a set where there can be several ([`Reach`](crate::schema::Reach)).
    ///
    /// The entity can be of several types, some with one such ancestor and some with several. Then it was checked as a
    /// set, and a single one counts as a set of one.
    Ancestor(Box<Term>, TypeId),
    /// An effective setting of an entity.
    Setting(Box<Term>, SettingId),
    /// How many elements a set has.
    Size(Box<Term>),
}
