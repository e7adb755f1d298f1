//! Pieces of the DSL that stand on their own, as the YAML form holds them: an expression, patterns, names.
//!
//! Each entry takes the piece's text and a function from byte offsets in it to a place in the file, so that the same
//! mistake reads the same in both forms and points at the words the person wrote.

use crate::schema::MergeWord;
use crate::source::{Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::{
    AssertKind, EntityRef, Expr, Ident, Literal, ParentDecl, Pattern, PermissionRef, RoleRef, TypeExpr,
};

/// From a range of bytes in a piece of text to its place in the file.
pub type Place<'a> = &'a dyn Fn(u32, u32) -> Span;

/// What a name is for: it decides which words of the language it may share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// A package.
    Package,
    /// A type.
    Type,
    /// An attribute or a field of the context.
    Attribute,
    /// An action.
    Action,
    /// A setting.
    Setting,
    /// A role, without its type.
    Role,
    /// An org policy.
    Policy,
}

/// `"free" | "enterprise" = "free"`: what follows an attribute's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttributeText {
    /// The type.
    pub ty: TypeExpr,
    /// The default.
    pub default: Option<Literal>,
}

/// `string overrides within queues`: what follows a setting's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettingText {
    /// The type of the value.
    pub ty: TypeExpr,
    /// How values combine.
    pub merge: Spanned<MergeWord>,
    /// The setting whose value must hold this one's.
    pub within: Option<Ident>,
}

/// An expression.
#[must_use]
pub fn expression(text: &str, place: Place<'_>) -> Parsed<Option<Expr>> {
    unread(text, place)
}

/// Patterns with commas between them: `run.{create, delete}, *.view`.
#[must_use]
pub fn patterns(text: &str, place: Place<'_>) -> Parsed<Option<Vec<Pattern>>> {
    unread(text, place)
}

/// `team.viewer`.
#[must_use]
pub fn role_ref(text: &str, place: Place<'_>) -> Parsed<Option<RoleRef>> {
    unread(text, place)
}

/// `team.delete`.
#[must_use]
pub fn permission_ref(text: &str, place: Place<'_>) -> Parsed<Option<PermissionRef>> {
    unread(text, place)
}

/// `organization:acme`.
#[must_use]
pub fn entity_ref(text: &str, place: Place<'_>) -> Parsed<Option<EntityRef>> {
    unread(text, place)
}

/// `set<user> = []`: an attribute's type and default.
#[must_use]
pub fn attribute(text: &str, place: Place<'_>) -> Parsed<Option<AttributeText>> {
    unread(text, place)
}

/// `team*`: a parent type and its mark.
#[must_use]
pub fn parent(text: &str, place: Place<'_>) -> Parsed<Option<ParentDecl>> {
    unread(text, place)
}

/// `duration at most`: a setting's type, merge word and `within`.
#[must_use]
pub fn setting(text: &str, place: Place<'_>) -> Parsed<Option<SettingText>> {
    unread(text, place)
}

/// An assertion without the word `assert`.
#[must_use]
pub fn assertion(text: &str, place: Place<'_>) -> Parsed<Option<AssertKind>> {
    unread(text, place)
}

/// A name of its own.
#[must_use]
pub fn identifier(kind: NameKind, text: &str, place: Place<'_>) -> Parsed<Option<Ident>> {
    let _ = kind;
    unread(text, place)
}

fn unread<T>(_text: &str, _place: Place<'_>) -> Parsed<Option<T>> {
    Parsed { tree: None, diagnostics: Vec::new() }
}
