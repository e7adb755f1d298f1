//! Conditions, and the literals in them.

use super::{Layout, parts};
use crate::format::dsl::doc::Doc;
use crate::format::dsl::token::Role;
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Layout<'t> {
    /// `when` or `unless` and its condition, which goes on further from the edge.
    pub(super) fn condition_clause(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        for part in parts(&piece) {
            let condition = part.as_rule() == Rule::expr;
            let doc = self.piece(part);
            if condition {
                docs.push(Doc::Space);
                docs.push(Doc::Indent(vec![doc]));
            } else {
                docs.push(doc);
            }
        }
        Doc::Concat(docs)
    }

    /// `a or b`: spread over lines, each but the first begins with `or`.
    pub(super) fn expression(&mut self, piece: Piece<'t>) -> Doc {
        let nested = parts(&piece).count() > 1;
        let mut docs = Vec::new();
        for part in parts(&piece) {
            let join = part.as_rule() == Rule::kw_or;
            let doc = self.piece(part);
            // What `and` joins goes on further from the edge than what `or` does around it.
            let doc = if nested && !join { Doc::Indent(vec![doc]) } else { doc };
            append(&mut docs, doc, join);
        }
        Doc::Group(docs)
    }

    /// `a and b`, likewise.
    pub(super) fn conjunction(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        for part in parts(&piece) {
            let join = part.as_rule() == Rule::kw_and;
            let doc = self.piece(part);
            append(&mut docs, doc, join);
        }
        Doc::Group(docs)
    }

    /// A condition in parentheses.
    pub(super) fn group(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        for part in parts(&piece) {
            match part.as_rule() {
                Rule::open_paren => docs.push(Doc::Token(self.token(&part, Role::Fixed))),
                Rule::close_paren => {
                    docs.push(Doc::soft());
                    docs.push(Doc::Close(self.token(&part, Role::Fixed)));
                }
                _ => {
                    let inside = self.piece(part);
                    docs.push(Doc::Indent(vec![Doc::soft(), inside]));
                }
            }
        }
        Doc::Group(docs)
    }

    /// `["gpu", "cpu"]`.
    pub(super) fn list_literal(&mut self, piece: Piece<'t>) -> Doc {
        self.brackets(piece)
    }
}

/// Adds an operand behind the word that joins it, or such a word, with which a line may begin.
fn append(docs: &mut Vec<Doc>, doc: Doc, join: bool) {
    if !docs.is_empty() {
        docs.push(if join { Doc::line() } else { Doc::Space });
    }
    docs.push(doc);
}
