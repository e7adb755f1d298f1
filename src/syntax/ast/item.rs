//! A file and what stands at its top level.

use super::{AttributeDecl, Doc, EntityRef, Expr, Ident, Literal, Pattern, RoleDecl, RoleRef, Statement, TypeDecl};
use crate::source::{FileId, Span, Spanned};

/// One policy file.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The text it was read from.
    pub file: FileId,
    /// `package NAME`.
    pub package: Option<Ident>,
    /// `import "PATH"`.
    pub imports: Vec<Import>,
    /// Declarations in the order written.
    pub items: Vec<Item>,
}

/// `import "../other"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// The folder, relative to the importing file's.
    pub path: Spanned<String>,
}

/// A declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// `type`
    Type(TypeDecl),
    /// `context`
    Context(ContextDecl),
    /// `role`
    Role(RoleDecl),
    /// `allow` or `deny`
    Rule(Statement),
    /// `policy`
    Policy(PolicyDecl),
    /// `assert`
    Assert(AssertDecl),
}

/// `context { … }`: what a request may carry beside its names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContextDecl {
    /// Its comment.
    pub doc: Doc,
    /// The keyword.
    pub keyword: Spanned<()>,
    /// The fields.
    pub fields: Vec<AttributeDecl>,
}

/// `policy NAME [in ENTITY] { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyDecl {
    /// Its comment.
    pub doc: Doc,
    /// Its name.
    pub name: Ident,
    /// The entity it belongs to.
    pub organization: Option<EntityRef>,
    /// Values for settings.
    pub settings: Vec<SettingValue>,
    /// Guardrails. An `allow` is read too, and refused by the model.
    pub rules: Vec<Statement>,
}

/// `NAME = LITERAL`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingValue {
    /// The setting.
    pub name: Ident,
    /// The value.
    pub value: Literal,
}

/// `assert …`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssertDecl {
    /// Its comment.
    pub doc: Doc,
    /// The whole text.
    pub text: Spanned<()>,
    /// What is claimed.
    pub kind: AssertKind,
}

/// What an assertion claims.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssertKind {
    /// `R, … can|cannot PATTERNS [when EXPR]`
    Can {
        /// The roles.
        roles: Vec<RoleRef>,
        /// Whether it says `cannot`.
        cannot: bool,
        /// The permissions.
        patterns: Vec<Pattern>,
        /// Where it is claimed.
        when: Option<Expr>,
    },
    /// `only R, … can PATTERNS`
    Only {
        /// The roles.
        roles: Vec<RoleRef>,
        /// The permissions.
        patterns: Vec<Pattern>,
    },
}

impl Item {
    /// The place that stands for the declaration in messages: its name or keyword.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Type(decl) => decl.name.span,
            Self::Context(decl) => decl.keyword.span,
            Self::Role(decl) => decl.name.span(),
            Self::Rule(decl) => decl.effect.span,
            Self::Policy(decl) => decl.name.span,
            Self::Assert(decl) => decl.text.span,
        }
    }
}
