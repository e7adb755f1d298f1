//! Conditions as written.

use super::{Ident, RoleRef};
use crate::source::{Span, Spanned};

/// An expression and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole text's place.
    pub text: Spanned<()>,
}

impl Expr {
    /// An expression written at `span`.
    #[must_use]
    pub const fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, text: Spanned::new((), span) }
    }

    /// The whole text's place.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.text.span
    }
}

/// What an expression is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExprKind {
    /// `a or b or …`, two or more.
    Or(Vec<Expr>),
    /// `a and b and …`, two or more.
    And(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `a == b` and its like.
    Compare {
        /// The comparison.
        op: Spanned<Comparison>,
        /// Left of it.
        left: Box<Expr>,
        /// Right of it.
        right: Box<Expr>,
    },
    /// `X is TYPE`
    Is {
        /// The entity.
        entity: Box<Expr>,
        /// The type.
        type_name: Ident,
    },
    /// `X has ROLE on Y`, `X has any role on Y`
    Has {
        /// Who.
        subject: Box<Expr>,
        /// Which role.
        role: HasRole,
        /// On what.
        on: Box<Expr>,
    },
    /// `a.b.c`: one name or more.
    Path(Vec<Ident>),
    /// `size(X)`
    Size(Box<Expr>),
    /// A literal.
    Literal(LiteralKind),
    /// What could not be read; an error was reported for it.
    Broken,
}

/// Which role `has` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HasRole {
    /// `any role`
    Any,
    /// `team.member`
    Role(RoleRef),
}

/// A comparison of two values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`: left is an element of right, or an address in a range.
    In,
    /// `contains`: right is an element of left.
    Contains,
    /// `overlaps`: the sets share an element.
    Overlaps,
    /// `subset of`: every element of left is in right.
    SubsetOf,
    /// `starts with`
    StartsWith,
    /// `ends with`
    EndsWith,
    /// `like`: text matches a pattern in which `*` is any text.
    Like,
}

impl Comparison {
    /// The words as written in policy text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::Contains => "contains",
            Self::Overlaps => "overlaps",
            Self::SubsetOf => "subset of",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Like => "like",
        }
    }
}

/// A literal and its place.
pub type Literal = Spanned<LiteralKind>;

/// A value as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LiteralKind {
    /// `true`, `false`
    Bool(bool),
    /// `12`, `-3`
    Int(i64),
    /// `"text"`
    String(String),
    /// An unquoted YAML scalar, to be read by the type that is wanted where it stands. Never comes from the DSL.
    Raw(String),
    /// `30d`, in milliseconds
    Duration(i64),
    /// `[a, b]`
    List(Vec<Literal>),
}
