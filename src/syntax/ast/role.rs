//! `role` declarations.

use super::{Doc, EntityRef, Expr, Ident, Pattern, PermissionRef, Statement};
use crate::source::Span;

/// `team.member`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RoleRef {
    /// The type it is held on.
    pub type_name: Ident,
    /// Its name there.
    pub name: Ident,
}

impl RoleRef {
    /// The whole text's place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.type_name.span.to(self.name.span)
    }

    /// `type.name`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}.{}", self.type_name.value, self.name.value)
    }
}

/// `[open [when E] | custom] role TYPE.NAME … { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleDecl {
    /// Its comment.
    pub doc: Doc,
    /// Whether custom roles may extend it.
    pub open: Open,
    /// Whether it says `custom`.
    pub custom: bool,
    /// Its name.
    pub name: RoleRef,
    /// `in organization:acme`.
    pub organization: Option<EntityRef>,
    /// Bases.
    pub extends: Vec<RoleRef>,
    /// Roles that its holders must also hold above.
    pub requires: Vec<RoleRef>,
    /// Who assigns it.
    pub assigned_by: Option<AssignedBy>,
    /// Where it counts.
    pub when: Option<Expr>,
    /// What stands in the braces.
    pub body: Vec<RoleItem>,
}

/// Whether custom roles may extend a role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Open {
    /// They may not.
    No,
    /// They may, everywhere.
    Always,
    /// They may, and carry this condition.
    When(Expr),
}

/// `assigned [freely] by P, …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssignedBy {
    /// Whether the comparison with the assigner's own permissions is lifted.
    pub freely: bool,
    /// The permissions, any one of which suffices.
    pub permissions: Vec<PermissionRef>,
}

/// What stands in a role's braces.
#[expect(clippy::large_enum_variant, reason = "most items are statements, and a tree lives only until it is resolved")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RoleItem {
    /// `allow …` or `deny …`
    Statement(Statement),
    /// `implies R, … [when E]`
    Implies(Implication),
    /// `without PATTERNS`
    Without(Vec<Pattern>),
}

/// `implies R, … [when E]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Implication {
    /// The implied roles.
    pub roles: Vec<RoleRef>,
    /// Where it holds.
    pub when: Option<Expr>,
}
