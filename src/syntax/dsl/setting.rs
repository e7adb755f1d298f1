//! Settings as types declare them.

use super::attribute;
use super::fragment::SettingText;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, first};
use crate::schema::MergeWord;
use crate::syntax::ast::SettingDecl;

/// A `setting`.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<SettingDecl> {
    let doc = reader.doc(piece);
    let name = reader.ident(&child(piece, Rule::setting_name)?);
    let text = text(reader, piece.into_inner())?;
    Some(SettingDecl { doc, name, ty: text.ty, merge: text.merge, within: text.within })
}

/// What follows the colon.
pub(super) fn text<'t>(reader: &mut Reader<'_>, pieces: impl Iterator<Item = Piece<'t>>) -> Option<SettingText> {
    let (mut ty, mut merge, mut within) = (None, None, None);
    for piece in pieces {
        match piece.as_rule() {
            Rule::type_expr => ty = attribute::type_expr(reader, &piece),
            Rule::merge_word => merge = merge_word(&piece).map(|word| reader.spanned(word, &piece)),
            Rule::setting_within => within = child(&piece, Rule::setting_name).map(|name| reader.ident(&name)),
            _ => {}
        }
    }
    Some(SettingText { ty: ty?, merge: merge?, within })
}

fn merge_word(piece: &Piece<'_>) -> Option<MergeWord> {
    match first(piece)?.as_rule() {
        Rule::overrides => Some(MergeWord::Overrides),
        Rule::narrows => Some(MergeWord::Narrows),
        Rule::widens => Some(MergeWord::Widens),
        Rule::at_most => Some(MergeWord::AtMost),
        Rule::at_least => Some(MergeWord::AtLeast),
        Rule::locks => Some(MergeWord::Locks),
        _ => None,
    }
}
