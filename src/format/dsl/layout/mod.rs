//! How each construct of the language is laid out.

mod conditions;
mod declarations;
mod statements;

use super::doc::{Doc, Stands};
use super::token::{Role, Token, Tokens};
use crate::syntax::dsl::grammar::{Piece, Rule};

/// A layout in the making: pieces are to be given in the order in which they stand in the text.
pub(in crate::format) struct Layout<'t> {
    tokens: Tokens<'t>,
}

impl<'t> Layout<'t> {
    /// Of nothing yet.
    pub(in crate::format) const fn of(text: &'t str) -> Self {
        Self::from(text, 0)
    }

    /// Of nothing yet, for pieces from a byte of the text on.
    pub(in crate::format) const fn from(text: &'t str, start: usize) -> Self {
        Self { tokens: Tokens::of(text, start) }
    }

    /// The tokens and the layout of all pieces.
    pub(in crate::format) fn finish(self, docs: Vec<Doc>) -> (Vec<Token<'t>>, Doc) {
        (self.tokens.finish(), Doc::Concat(docs))
    }

    /// The layout of a piece.
    pub(in crate::format) fn piece(&mut self, piece: Piece<'t>) -> Doc {
        match piece.as_rule() {
            Rule::file => self.file(piece),
            Rule::type_decl | Rule::role_decl | Rule::policy_decl => self.declaration(piece),
            Rule::type_body | Rule::role_body | Rule::policy_body => self.body(piece),
            Rule::context_decl => self.context(piece),
            Rule::assert_decl => self.assertion(piece),
            Rule::statement => self.statement(piece, false),
            Rule::implies => self.implication(piece),
            Rule::in_types | Rule::extends | Rule::requires | Rule::assigned_by | Rule::to | Rule::unique => {
                self.list_behind_words(piece)
            }
            Rule::actions | Rule::change => self.list_below_words(piece),
            Rule::without => self.without(piece),
            Rule::attribute | Rule::setting => self.attribute(piece),
            Rule::default => self.spaced(piece),
            Rule::enumeration => self.enumeration(piece),
            Rule::type_expr | Rule::parent | Rule::set_type => self.joined(piece),
            Rule::path | Rule::role | Rule::permission => self.joined(piece),
            Rule::pattern => self.joined(piece),
            Rule::action_set => self.action_set(piece),
            Rule::list => self.list_literal(piece),
            Rule::when | Rule::unless => self.condition_clause(piece),
            Rule::expr => self.expression(piece),
            Rule::conjunction => self.conjunction(piece),
            Rule::group => self.group(piece),
            Rule::size => self.joined(piece),
            _ => self.spaced(piece),
        }
    }

    /// A token.
    fn token(&mut self, piece: &Piece<'t>, role: Role) -> usize {
        let span = piece.as_span();
        // What may not follow this mark is looked for behind white space and comments, which belong to it no more.
        let end = if piece.as_rule() == Rule::assign { span.start() + "=".len() } else { span.end() };
        self.tokens.push(span.start(), end, role)
    }

    /// Parts with a space between, or the token that a piece without parts is.
    fn spaced(&mut self, piece: Piece<'t>) -> Doc {
        let mut parts = parts(&piece).peekable();
        if parts.peek().is_none() {
            return Doc::Token(self.token(&piece, Role::Fixed));
        }
        Doc::spaced(parts.map(|part| self.piece(part)).collect())
    }

    /// Parts with nothing between.
    fn joined(&mut self, piece: Piece<'t>) -> Doc {
        Doc::Concat(parts(&piece).map(|part| self.piece(part)).collect())
    }

    /// A comma between elements.
    fn separator(&mut self, piece: &Piece<'t>) -> Doc {
        Doc::Token(self.token(piece, Role::Separator))
    }

    /// Elements with commas between, each on a line of its own where they are spread; `first` comes before the first.
    fn elements(&mut self, pieces: impl Iterator<Item = Piece<'t>>, blank: bool) -> Vec<Doc> {
        let mut docs = Vec::new();
        for piece in pieces {
            if piece.as_rule() == Rule::comma {
                docs.push(self.separator(&piece));
                docs.push(Doc::Line { space: true, blank });
            } else {
                docs.push(self.piece(piece));
            }
        }
        docs
    }

    /// Words, and a list that goes on below them further from the edge: `extends team.viewer, team.reporter`.
    fn list_behind_words(&mut self, piece: Piece<'t>) -> Doc {
        let (words, list) = words_and_list(piece);
        let mut docs = self.words(words);
        docs.push(Doc::Space);
        let elements = self.elements(list.into_iter(), false);
        docs.push(Doc::Indent(elements));
        Doc::Group(docs)
    }

    /// Words, and a list that stands behind them or, spread over lines, below them.
    fn list_below_words(&mut self, piece: Piece<'t>) -> Doc {
        let (words, list) = words_and_list(piece);
        let mut docs = self.words(words);
        let mut elements = vec![Doc::line()];
        elements.extend(self.elements(list.into_iter(), true));
        docs.push(Doc::Indent(elements));
        Doc::Group(docs)
    }

    fn words(&mut self, words: Vec<Piece<'t>>) -> Vec<Doc> {
        vec![Doc::spaced(words.into_iter().map(|word| self.piece(word)).collect())]
    }

    /// Brackets around elements, and a comma behind the last where they are spread over lines.
    fn brackets(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        let mut inside = vec![Doc::soft()];
        let mut parts = parts(&piece).peekable();
        if let Some(open) = parts.next() {
            docs.push(Doc::Token(self.token(&open, Role::Fixed)));
        }
        let mut open = false;
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            match part.as_rule() {
                Rule::comma if parts.peek().is_some_and(|next| is_closing(next)) => {
                    inside.push(Doc::Comma { at: self.token(&part, Role::Trailing), stands: Stands::Spread });
                    open = false;
                }
                Rule::comma => {
                    inside.push(self.separator(&part));
                    inside.push(Doc::line());
                }
                _ if last => {
                    if open {
                        inside.push(Doc::Comma { at: self.tokens.comma(Role::Trailing), stands: Stands::Spread });
                    }
                    let empty = inside.len() == 1;
                    docs.push(Doc::Indent(std::mem::take(&mut inside)));
                    if !empty {
                        docs.push(Doc::soft());
                    }
                    docs.push(Doc::Close(self.token(&part, Role::Fixed)));
                }
                _ => {
                    inside.push(self.piece(part));
                    open = true;
                }
            }
        }
        Doc::Group(docs)
    }
}

/// The parts of a piece; none for one that is a single token.
fn parts<'t>(piece: &Piece<'t>) -> impl Iterator<Item = Piece<'t>> + use<'t> {
    let inner = piece.clone().into_inner();
    // No white space may stand in an entity, and the colon is no part.
    let whole = piece.as_rule() == Rule::entity;
    inner.take_while(move |_| !whole)
}

/// The words that a piece begins with, and what follows them.
fn words_and_list<'t>(piece: Piece<'t>) -> (Vec<Piece<'t>>, Vec<Piece<'t>>) {
    parts(&piece).partition(|part| is_words(part.as_rule()))
}

fn is_words(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::kw_in
            | Rule::kw_extends
            | Rule::kw_requires
            | Rule::kw_assigned
            | Rule::kw_freely
            | Rule::kw_by
            | Rule::kw_to
            | Rule::kw_unique
            | Rule::kw_actions
            | Rule::kw_implies
            | Rule::change_kind
    )
}

fn is_closing(piece: &Piece<'_>) -> bool {
    matches!(piece.as_rule(), Rule::close_brace | Rule::close_bracket)
}
