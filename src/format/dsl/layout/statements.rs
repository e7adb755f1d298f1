//! `allow` and `deny`, implications and assertions: words, lists of permissions, and clauses below them.

use super::{Layout, parts, words_and_list};
use crate::format::dsl::doc::Doc;
use crate::syntax::dsl::grammar::{Piece, Rule};

impl<'t> Layout<'t> {
    /// A statement. In braces it stands on one line where it has room; on its own, what it depends on stands below it.
    pub(super) fn statement(&mut self, piece: Piece<'t>, alone: bool) -> Doc {
        let all: Vec<Piece<'t>> = parts(&piece).collect();
        let clauses = all.iter().any(|part| is_clause(part.as_rule()));
        let mut all = all.into_iter().peekable();
        let mut head = Vec::new();
        if let Some(effect) = all.next() {
            head.push(self.piece(effect));
        }
        let mut patterns = Vec::new();
        while let Some(part) = all.next_if(|part| !is_clause(part.as_rule())) {
            patterns.push(part);
        }
        // The actions of a single pattern are spread in its braces.
        let single = patterns.len() == 1;
        if single {
            head.push(Doc::Space);
            head.extend(self.elements(patterns.into_iter(), false));
        } else {
            head.push(self.permissions(patterns, clauses));
        }
        let mut below = Vec::new();
        for part in all {
            let beside = matches!(part.as_rule(), Rule::within | Rule::to) && below.is_empty();
            let doc = self.piece(part);
            if beside {
                head.push(Doc::Indent(vec![Doc::line(), doc]));
            } else {
                below.push(if alone { Doc::Hard { blank: false } } else { Doc::line() });
                below.push(doc);
            }
        }
        let head = Doc::Group(head);
        if below.is_empty() { head } else { Doc::Group(vec![head, Doc::Indent(below)]) }
    }

    /// Permissions behind the word that wants them, or below it: all on one line if they have room there. They are further
    /// from the edge than clauses that follow them.
    fn permissions(&mut self, pieces: Vec<Piece<'t>>, clauses: bool) -> Doc {
        let elements = self.elements(pieces.into_iter(), false);
        let list = Doc::Indent(vec![Doc::line(), Doc::Group(elements)]);
        if clauses { Doc::Indent(vec![list]) } else { list }
    }

    /// `without` and its permissions.
    pub(super) fn without(&mut self, piece: Piece<'t>) -> Doc {
        let mut all = parts(&piece);
        let word = all.next().map(|word| self.piece(word));
        let permissions = self.permissions(all.collect(), false);
        Doc::Group(word.into_iter().chain([permissions]).collect())
    }

    /// `implies team.admin when …`.
    pub(super) fn implication(&mut self, piece: Piece<'t>) -> Doc {
        let (words, list) = words_and_list(piece);
        let mut docs = self.words(words);
        docs.push(Doc::Space);
        let (clause, roles): (Vec<_>, Vec<_>) = list.into_iter().partition(|part| part.as_rule() == Rule::when);
        let roles = self.elements(roles.into_iter(), false);
        docs.push(Doc::Indent(vec![Doc::Group(roles)]));
        for part in clause {
            let doc = self.piece(part);
            docs.push(Doc::Indent(vec![Doc::line(), doc]));
        }
        Doc::Group(docs)
    }

    /// `assert …`.
    pub(super) fn assertion(&mut self, piece: Piece<'t>) -> Doc {
        let mut words = Vec::new();
        let mut claim = None;
        for part in parts(&piece) {
            if part.as_rule() == Rule::assertion {
                claim = parts(&part).next();
            } else {
                words.push(self.piece(part));
            }
        }
        let all: Vec<Piece<'t>> = claim.iter().flat_map(parts).collect();
        let clauses = all.iter().any(|part| part.as_rule() == Rule::when);
        let mut head = words;
        let (mut roles, mut patterns, mut below) = (Vec::new(), Vec::new(), Vec::new());
        let mut claimed = false;
        for part in all {
            match part.as_rule() {
                Rule::kw_only => {
                    head.push(Doc::Space);
                    head.push(self.piece(part));
                }
                Rule::kw_can | Rule::kw_cannot => {
                    let roles = self.elements(std::mem::take(&mut roles).into_iter(), false);
                    head.extend([Doc::Space, Doc::Indent(vec![Doc::Indent(vec![Doc::Group(roles)])]), Doc::Space]);
                    head.push(self.piece(part));
                    claimed = true;
                }
                Rule::when => {
                    head.push(self.permissions(std::mem::take(&mut patterns), clauses));
                    let doc = self.piece(part);
                    below.extend([Doc::line(), doc]);
                }
                _ if claimed => patterns.push(part),
                _ => roles.push(part),
            }
        }
        if !clauses {
            head.push(self.permissions(patterns, false));
        }
        let head = Doc::Group(head);
        if below.is_empty() { head } else { Doc::Group(vec![head, Doc::Indent(below)]) }
    }

    /// `{view, delete}` of a pattern.
    pub(super) fn action_set(&mut self, piece: Piece<'t>) -> Doc {
        self.brackets(piece)
    }
}

fn is_clause(rule: Rule) -> bool {
    matches!(rule, Rule::within | Rule::to | Rule::when | Rule::unless | Rule::because)
}
