//! Declarations in the making.
//!
//! A declaration is put together from pieces, whether the grammar took it whole or, around mistakes, part by part. Both
//! ways hand the same pieces in the order written to the same draft, so there is one way from grammar to tree.

use super::pieces::Piece;
use super::reader::Reader;
use crate::source::Span;
use crate::syntax::ast::{Implication, Statement};

/// Something that pieces are added to.
pub(super) trait Draft {
    /// Adds a piece, of any of the kinds that occur in what this is a draft of.
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>);

    /// A part that begins with `keyword` could not be read, and an error was reported for it.
    fn lose(&mut self, keyword: &str, span: Span) {
        let _ = (keyword, span);
    }

    /// A part that is no clause and begins with `word` could not be read as a whole, and an error was reported for it.
    fn lose_part(&mut self, word: &str) {
        let _ = word;
    }

    /// Adds a statement that was put together from its own parts.
    fn take_statement(&mut self, statement: Statement) {
        let _ = statement;
    }

    /// Adds an implication that was put together from its own parts.
    fn take_implication(&mut self, implication: Implication) {
        let _ = implication;
    }
}
