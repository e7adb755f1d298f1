//! `assert` declarations.

use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, first};
use super::{expression, pattern};
use crate::syntax::ast::{AssertDecl, AssertKind};

/// An `assert_decl`.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<AssertDecl> {
    let kind = claim(reader, &child(piece, Rule::assertion)?)?;
    Some(AssertDecl { doc: reader.doc(piece), text: reader.spanned((), piece), kind })
}

/// What an `assertion` claims.
pub(super) fn claim(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<AssertKind> {
    let claim = first(piece)?;
    let (roles, patterns) = (pattern::roles(reader, &claim), pattern::patterns(reader, &claim));
    if claim.as_rule() == Rule::only_claim {
        return Some(AssertKind::Only { roles, patterns });
    }
    let cannot = child(&claim, Rule::kw_cannot).is_some();
    let when = child(&claim, Rule::when).and_then(|when| expression::of_clause(reader, &when));
    Some(AssertKind::Can { roles, cannot, patterns, when })
}
