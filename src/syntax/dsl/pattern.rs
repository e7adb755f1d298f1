//! Patterns of permissions, single permissions and roles, wherever they are named.

use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, children, first};
use crate::syntax::ast::{ActionPart, Pattern, PermissionRef, RoleRef, TypePart};

/// The `pattern` parts of a piece.
pub(super) fn patterns(reader: &Reader<'_>, piece: &Piece<'_>) -> Vec<Pattern> {
    children(piece, Rule::pattern).map(|part| pattern(reader, &part)).collect()
}

/// A `pattern`.
pub(super) fn pattern(reader: &Reader<'_>, piece: &Piece<'_>) -> Pattern {
    let types = child(piece, Rule::pattern_type).map_or(TypePart::Any, |name| TypePart::One(reader.ident(&name)));
    let set = child(piece, Rule::action_set);
    let names = reader.idents(set.as_ref().unwrap_or(piece), Rule::action_name);
    let actions = if names.is_empty() { ActionPart::Any } else { ActionPart::These(names) };
    Pattern { types, actions, text: reader.spanned((), piece) }
}

/// The `role` parts of a piece.
pub(super) fn roles(reader: &Reader<'_>, piece: &Piece<'_>) -> Vec<RoleRef> {
    children(piece, Rule::role).filter_map(|part| role(reader, &part)).collect()
}

/// A `role`.
pub(super) fn role(reader: &Reader<'_>, piece: &Piece<'_>) -> Option<RoleRef> {
    let type_name = reader.ident(&first(piece)?);
    Some(RoleRef { type_name, name: reader.ident(&child(piece, Rule::role_name)?) })
}

/// The `permission` parts of a piece.
pub(super) fn permissions(reader: &Reader<'_>, piece: &Piece<'_>) -> Vec<PermissionRef> {
    children(piece, Rule::permission).filter_map(|part| permission(reader, &part)).collect()
}

/// A `permission`.
pub(super) fn permission(reader: &Reader<'_>, piece: &Piece<'_>) -> Option<PermissionRef> {
    let type_name = reader.ident(&first(piece)?);
    Some(PermissionRef { type_name, action: reader.ident(&child(piece, Rule::action_name)?) })
}
