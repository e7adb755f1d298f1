//! `allow` and `deny`, wherever they stand, and the patterns of permissions they name.

use super::{Doc, Expr, Ident};
use crate::source::{Span, Spanned};
use std::fmt;

/// Which way a statement decides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It forbids.
    Deny,
}

impl Effect {
    /// The keyword.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// `allow|deny PATTERNS [within T] [to T, …] [when E] [unless E] [because "…"]`.
///
/// One shape for rules, for statements in roles and for guardrails in org policies; the model refuses the clauses that
/// have no place where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its comment.
    pub doc: Doc,
    /// The keyword.
    pub effect: Spanned<Effect>,
    /// The permissions.
    pub patterns: Vec<Pattern>,
    /// Only on resources that are of this type or contained in one.
    pub within: Option<Ident>,
    /// Only for subjects of these types.
    pub to: Vec<Ident>,
    /// Where it holds.
    pub when: Option<Expr>,
    /// Where it does not.
    pub unless: Option<Expr>,
    /// Why, in words for the one who is refused.
    pub because: Option<Spanned<String>>,
}

/// A pattern of permissions: `run.delete`, `run.{view, delete}`, `run.*`, `*.view`, `*`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// The types meant.
    pub types: TypePart,
    /// The verbs meant.
    pub actions: ActionPart,
    /// The whole text's place.
    pub text: Spanned<()>,
}

/// Before the dot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypePart {
    /// Every type in range.
    Any,
    /// One type.
    One(Ident),
}

/// After the dot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ActionPart {
    /// Every verb.
    Any,
    /// These verbs.
    These(Vec<Ident>),
}

impl Pattern {
    /// The whole text's place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.text.span
    }
}

/// On one line and without comments.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.types {
            TypePart::Any if self.actions == ActionPart::Any => return f.write_str("*"),
            TypePart::Any => f.write_str("*.")?,
            TypePart::One(name) => write!(f, "{}.", name.value)?,
        }
        match &self.actions {
            ActionPart::Any => f.write_str("*"),
            ActionPart::These(actions) => match actions.as_slice() {
                [only] => f.write_str(&only.value),
                several => {
                    let names: Vec<&str> = several.iter().map(|action| action.value.as_str()).collect();
                    write!(f, "{{{}}}", names.join(", "))
                }
            },
        }
    }
}

/// One permission as written, `team.delete`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PermissionRef {
    /// Before the dot.
    pub type_name: Ident,
    /// After it.
    pub action: Ident,
}

impl PermissionRef {
    /// The whole text's place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.type_name.span.to(self.action.span)
    }
}
