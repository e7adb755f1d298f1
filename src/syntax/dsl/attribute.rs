//! Attributes, fields of the context, and the types of values.

use super::fragment::AttributeText;
use super::grammar::Rule;
use super::literal;
use super::pieces::Piece;
use super::reader::{Reader, child, children, first};
use crate::source::Spanned;
use crate::syntax::ast::{AttributeDecl, TypeExpr, TypeExprKind};

/// An `attribute`.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<AttributeDecl> {
    let doc = reader.doc(piece);
    let name = reader.ident(&child(piece, Rule::attribute_name)?);
    let text = text(reader, piece.into_inner())?;
    Some(AttributeDecl { doc, name, ty: text.ty, default: text.default })
}

/// What follows the colon.
pub(super) fn text<'t>(reader: &mut Reader<'_>, pieces: impl Iterator<Item = Piece<'t>>) -> Option<AttributeText> {
    let (mut ty, mut default) = (None, None);
    for piece in pieces {
        match piece.as_rule() {
            Rule::type_expr => ty = type_expr(reader, &piece),
            Rule::default => default = child(&piece, Rule::literal).and_then(|value| literal::read(reader, &value)),
            _ => {}
        }
    }
    Some(AttributeText { ty: ty?, default })
}

/// A `type_expr`. How deep sets lie in sets, the scanner has bounded.
pub(super) fn type_expr(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<TypeExpr> {
    let inner = first(piece)?;
    let kind = match inner.as_rule() {
        Rule::enumeration => {
            TypeExprKind::Enum(children(&inner, Rule::string).map(|word| literal::string(reader, &word)).collect())
        }
        Rule::set_type => TypeExprKind::Set(Box::new(type_expr(reader, &child(&inner, Rule::type_expr)?)?)),
        _ => TypeExprKind::Named(inner.as_str().to_owned()),
    };
    let optional = child(piece, Rule::optional_mark).is_some();
    Some(TypeExpr { kind: Spanned::new(kind, reader.span(&inner)), optional })
}
