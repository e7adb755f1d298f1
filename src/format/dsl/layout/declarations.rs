//! A file and its declarations: what stands before their braces, and in them.

use super::{Layout, parts};
use crate::format::dsl::doc::{Doc, Stands};
use crate::format::dsl::token::Role;
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Layout<'t> {
    /// Declarations, each on lines of its own.
    pub(super) fn file(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        for part in parts(&piece) {
            if !docs.is_empty() {
                docs.push(Doc::Hard { blank: true });
            }
            docs.push(match part.as_rule() {
                Rule::statement => self.statement(part, true),
                _ => self.piece(part),
            });
        }
        Doc::Concat(docs)
    }

    /// A type, a role or an org policy: its clauses stand behind its name, or each on a line below; then its brace does too.
    pub(super) fn declaration(&mut self, piece: Piece<'t>) -> Doc {
        let (mut head, mut clauses, mut body) = (Vec::new(), Vec::new(), None);
        for part in parts(&piece) {
            match part.as_rule() {
                Rule::type_head | Rule::role_head | Rule::policy_head | Rule::open | Rule::custom => {
                    head.push(self.piece(part));
                }
                Rule::type_body | Rule::role_body | Rule::policy_body => {
                    let mut inside = parts(&part);
                    let open = inside.next().map(|open| Doc::Token(self.token(&open, Role::Fixed)));
                    body = Some((open, self.members(inside)));
                }
                _ => {
                    let doc = self.piece(part);
                    clauses.extend([Doc::line(), doc]);
                }
            }
        }
        // Without clauses there is nothing to be spread, and the brace stays.
        let gap = if clauses.is_empty() { Doc::Space } else { Doc::line() };
        let mut header = vec![Doc::spaced(head), Doc::Indent(clauses)];
        let Some((open, members)) = body else { return Doc::Group(header) };
        header.push(gap);
        header.extend(open);
        Doc::Concat(vec![Doc::Group(header), members])
    }

    /// Braces with a member on each line.
    pub(super) fn body(&mut self, piece: Piece<'t>) -> Doc {
        let mut inside = parts(&piece);
        let open = inside.next().map(|open| Doc::Token(self.token(&open, Role::Fixed)));
        let members = self.members(inside);
        Doc::Concat(open.into_iter().chain([members]).collect())
    }

    /// What follows an opening brace, up to the closing one.
    fn members(&mut self, pieces: impl Iterator<Item = Piece<'t>>) -> Doc {
        let mut members = Vec::new();
        let mut close = None;
        for piece in pieces {
            if piece.as_rule() == Rule::close_brace {
                close = Some(Doc::Close(self.token(&piece, Role::Fixed)));
            } else {
                members.push(Doc::Hard { blank: !members.is_empty() });
                members.push(self.piece(piece));
            }
        }
        let mut docs = Vec::new();
        if !members.is_empty() {
            docs.push(Doc::Indent(members));
            docs.push(Doc::Hard { blank: true });
        }
        docs.extend(close);
        Doc::Concat(docs)
    }

    /// `context { … }`: on one line with commas, or a field on each line without.
    pub(super) fn context(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        let mut fields = Vec::new();
        let mut joined = true;
        let mut parts = parts(&piece).peekable();
        while let Some(part) = parts.next() {
            match part.as_rule() {
                Rule::kw_context => {
                    docs.push(self.piece(part));
                    docs.push(Doc::Space);
                }
                Rule::open_brace => docs.push(Doc::Token(self.token(&part, Role::Fixed))),
                Rule::close_brace => {
                    let gap = !fields.is_empty();
                    docs.push(Doc::Indent(std::mem::take(&mut fields)));
                    if gap {
                        docs.push(Doc::Line { space: true, blank: true });
                    }
                    docs.push(Doc::Close(self.token(&part, Role::Fixed)));
                }
                Rule::comma => {
                    let last = parts.peek().is_some_and(|next| next.as_rule() == Rule::close_brace);
                    let stands = if last { Stands::Never } else { Stands::OneLine };
                    fields.push(Doc::Comma { at: self.token(&part, Role::Joining), stands });
                    joined = true;
                }
                _ => {
                    if !joined {
                        fields.push(Doc::Comma { at: self.tokens.comma(Role::Joining), stands: Stands::OneLine });
                    }
                    fields.push(Doc::Line { space: true, blank: !fields.is_empty() });
                    fields.push(self.piece(part));
                    joined = false;
                }
            }
        }
        Doc::Group(docs)
    }

    /// `queues: set<string> narrows`, `plan: "free" | "enterprise" = "free"`.
    pub(super) fn attribute(&mut self, piece: Piece<'t>) -> Doc {
        let mut name = Vec::new();
        let mut rest = Vec::new();
        let mut named = false;
        for part in parts(&piece) {
            match part.as_rule() {
                Rule::colon => {
                    name.push(self.piece(part));
                    named = true;
                }
                _ if !named => {
                    if !name.is_empty() {
                        name.push(Doc::Space);
                    }
                    name.push(self.piece(part));
                }
                rule => {
                    let doc = self.piece(part);
                    if !rest.is_empty() {
                        rest.push(if rule == Rule::default { Doc::line() } else { Doc::Space });
                    }
                    rest.push(doc);
                }
            }
        }
        Doc::Concat(vec![Doc::Concat(name), Doc::Space, Doc::Indent(vec![Doc::Group(rest)])])
    }

    /// `"free" | "enterprise"`: spread over lines, each but the first begins with the bar.
    pub(super) fn enumeration(&mut self, piece: Piece<'t>) -> Doc {
        let mut docs = Vec::new();
        for part in parts(&piece) {
            let bar = part.as_rule() == Rule::bar;
            if !docs.is_empty() {
                docs.push(if bar { Doc::line() } else { Doc::Space });
            }
            docs.push(self.piece(part));
        }
        Doc::Group(docs)
    }
}
