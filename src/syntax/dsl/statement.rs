//! `allow` and `deny`, on their own, in roles and in org policies.

use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, first};
use super::{expression, literal, pattern};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Doc, Effect, Expr, ExprKind, Statement};

/// A statement of which not all parts have been seen yet.
#[derive(Default)]
pub(super) struct StatementDraft {
    doc: Doc,
    effect: Option<Spanned<Effect>>,
    statement: Option<Statement>,
    clauses: Vec<(Rule, Span)>,
}

impl Draft for StatementDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        let rule = piece.as_rule();
        match rule {
            Rule::statement => piece.into_inner().for_each(|part| self.take(reader, &part)),
            Rule::effect => {
                let allows = first(piece).is_some_and(|word| word.as_rule() == Rule::kw_allow);
                let effect = if allows { Effect::Allow } else { Effect::Deny };
                self.doc = reader.doc(piece);
                self.effect = Some(reader.spanned(effect, piece));
            }
            Rule::pattern => {
                let read = pattern::pattern(reader, piece);
                if let Some(statement) = self.statement() {
                    statement.patterns.push(read);
                }
            }
            Rule::within | Rule::to | Rule::when | Rule::unless | Rule::because => self.clause(reader, rule, piece),
            _ => {}
        }
    }

    fn lose(&mut self, keyword: &str, span: Span) {
        let broken = Some(Expr::new(ExprKind::Broken, span));
        match (keyword, self.statement()) {
            ("when", Some(statement)) => statement.when = broken,
            ("unless", Some(statement)) => statement.unless = broken,
            _ => {}
        }
    }
}

impl StatementDraft {
    /// The statement, if its head was read.
    pub(super) fn finish(self) -> Option<Statement> {
        self.statement.filter(|statement| !statement.patterns.is_empty())
    }

    /// The statement so far; it begins with its effect.
    fn statement(&mut self) -> Option<&mut Statement> {
        let effect = self.effect.as_ref()?;
        Some(self.statement.get_or_insert_with(|| Statement {
            doc: self.doc.take(),
            effect: effect.clone(),
            patterns: Vec::new(),
            within: None,
            to: Vec::new(),
            when: None,
            unless: None,
            because: None,
        }))
    }

    fn clause(&mut self, reader: &mut Reader<'_>, rule: Rule, piece: &Piece<'_>) {
        let keyword = first(piece).map_or_else(|| reader.span(piece), |word| reader.span(&word));
        let word = first(piece).map_or("", |word| word.as_str());
        let before = self.clauses.iter().find(|(held, _)| *held == rule).map(|(_, span)| *span);
        reader.once(word, before, keyword);
        self.clauses.push((rule, keyword));
        let condition = expression::of_clause(reader, piece);
        let names = reader.idents(piece, Rule::type_name);
        let text = child(piece, Rule::string).map(|text| literal::string(reader, &text));
        let Some(statement) = self.statement() else { return };
        match rule {
            Rule::within => statement.within = names.into_iter().next(),
            Rule::to => statement.to.extend(names),
            Rule::when => statement.when = condition,
            Rule::unless => statement.unless = condition,
            _ => statement.because = text,
        }
    }
}

/// A `statement` that the grammar took whole.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<Statement> {
    let mut draft = StatementDraft::default();
    draft.take(reader, piece);
    draft.finish()
}
