//! `type` declarations and what stands in them.

use super::{Doc, Ident, Literal, PermissionRef};
use crate::schema::{Cardinality, MergeWord};
use crate::source::Spanned;

/// `type NAME [in PARENTS] [acts as ATTR] [{ … }]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeDecl {
    /// Its comment.
    pub doc: Doc,
    /// Its name.
    pub name: Ident,
    /// What contains it.
    pub parents: Vec<ParentDecl>,
    /// The attribute whose entity it is checked as.
    pub acts_as: Option<Ident>,
    /// Attributes.
    pub attributes: Vec<AttributeDecl>,
    /// Settings.
    pub settings: Vec<SettingDecl>,
    /// Actions.
    pub actions: Vec<ActionDecl>,
    /// `unique ATTR`, each.
    pub unique: Vec<Ident>,
    /// `create by …` and its like.
    pub changes: Vec<ChangeRule>,
    /// Whether a part of it could not be read, for which an error was reported.
    pub incomplete: bool,
}

/// One parent type with its mark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParentDecl {
    /// The containing type.
    pub type_name: Ident,
    /// Its mark.
    pub cardinality: Cardinality,
}

/// `NAME: TYPE [= LITERAL]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttributeDecl {
    /// Its comment.
    pub doc: Doc,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// Its default.
    pub default: Option<Literal>,
}

/// A type as written, with its `?`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeExpr {
    /// The type without the `?`.
    pub kind: Spanned<TypeExprKind>,
    /// Whether a `?` follows.
    pub optional: bool,
}

/// A type as written, without its `?`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeExprKind {
    /// `bool`, `int`, …, or the name of an entity type.
    Named(String),
    /// `"a" | "b"`
    Enum(Vec<Spanned<String>>),
    /// `set<T>`
    Set(Box<TypeExpr>),
}

/// One name after `actions`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionDecl {
    /// Its comment.
    pub doc: Doc,
    /// Its name.
    pub name: Ident,
}

/// `setting NAME: TYPE MERGE [within OTHER]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingDecl {
    /// Its comment.
    pub doc: Doc,
    /// Its name.
    pub name: Ident,
    /// The type of its value.
    pub ty: TypeExpr,
    /// How values combine.
    pub merge: Spanned<MergeWord>,
    /// The setting whose value must hold this one's.
    pub within: Option<Ident>,
}

/// A change that a permission guards.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChangeKind {
    /// `create by`
    Create,
    /// `delete by`
    Delete,
    /// `set by`
    Set,
    /// `move by`
    Move,
    /// `link by`
    Link,
    /// `custom roles by`
    CustomRoles,
}

impl ChangeKind {
    /// All kinds, in the order of the contract.
    pub const ALL: [Self; 6] = [Self::Create, Self::Delete, Self::Set, Self::Move, Self::Link, Self::CustomRoles];

    /// The words before `by`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Set => "set",
            Self::Move => "move",
            Self::Link => "link",
            Self::CustomRoles => "custom roles",
        }
    }
}

/// `create by P, …` and its like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeRule {
    /// What is guarded.
    pub kind: Spanned<ChangeKind>,
    /// The permissions, any one of which suffices.
    pub by: Vec<PermissionRef>,
}
