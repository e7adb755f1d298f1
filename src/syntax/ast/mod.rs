//! The tree that both forms of policy text become. Names are as written and not yet resolved.
//!
//! Equality of trees ignores places ([`Spanned`]), so that a DSL file and its YAML form can be compared.

mod expr;
mod item;
mod role;
mod rule;
mod text;
mod types;

pub use expr::{Comparison, Expr, ExprKind, HasRole, Literal, LiteralKind};
pub use item::{AssertDecl, AssertKind, ContextDecl, Import, Item, PolicyDecl, PolicyFile, SettingValue};
pub use role::{AssignedBy, Implication, Open, RoleDecl, RoleItem, RoleRef};
pub use rule::{ActionPart, Effect, Pattern, PermissionRef, Statement, TypePart};
pub(crate) use text::is_hidden;
pub use types::{
    ActionDecl, AttributeDecl, ChangeKind, ChangeRule, ParentDecl, SettingDecl, TypeDecl, TypeExpr, TypeExprKind,
};

use crate::source::Spanned;

/// A name as written.
pub type Ident = Spanned<String>;

/// The text of the `##` lines before a declaration, without the marks, joined by line feeds.
pub type Doc = Option<Spanned<String>>;

/// An entity as written, `organization:acme`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntityRef {
    /// Before the colon.
    pub type_name: Ident,
    /// After it.
    pub id: Ident,
}

impl EntityRef {
    /// The whole text's place.
    #[must_use]
    pub fn span(&self) -> crate::source::Span {
        self.type_name.span.to(self.id.span)
    }
}
