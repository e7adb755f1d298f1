//! `role` declarations and what stands in them.

use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, first};
use super::{entity, expression, pattern, statement};
use crate::source::Span;
use crate::syntax::ast::{
    AssignedBy, Doc, EntityRef, Expr, ExprKind, Implication, Open, RoleDecl, RoleItem, RoleRef, Statement,
};

/// A role of which not all parts have been seen yet. What may stand before its name is held until that comes.
pub(super) struct RoleDraft {
    name: Option<RoleRef>,
    begun: bool,
    decl: Parts,
    seen: Vec<(Rule, Span)>,
}

struct Parts {
    doc: Doc,
    open: Open,
    custom: bool,
    organization: Option<EntityRef>,
    extends: Vec<RoleRef>,
    requires: Vec<RoleRef>,
    assigned_by: Option<AssignedBy>,
    when: Option<Expr>,
    body: Vec<RoleItem>,
}

impl Default for RoleDraft {
    fn default() -> Self {
        let decl = Parts {
            doc: None,
            open: Open::No,
            custom: false,
            organization: None,
            extends: Vec::new(),
            requires: Vec::new(),
            assigned_by: None,
            when: None,
            body: Vec::new(),
        };
        Self { name: None, begun: false, decl, seen: Vec::new() }
    }
}

impl Draft for RoleDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        let rule = piece.as_rule();
        if matches!(rule, Rule::role_decl | Rule::role_body) {
            return piece.into_inner().for_each(|part| self.take(reader, &part));
        }
        if !self.begun {
            self.begun = true;
            self.decl.doc = reader.doc(piece);
        }
        match rule {
            Rule::open
            | Rule::custom
            | Rule::in_entity
            | Rule::extends
            | Rule::requires
            | Rule::assigned_by
            | Rule::when => self.header(reader, rule, piece),
            Rule::role_head => self.name = child(piece, Rule::role).and_then(|role| pattern::role(reader, &role)),
            Rule::statement => {
                self.decl.body.extend(statement::read(reader, piece).map(RoleItem::Statement));
            }
            Rule::implies => {
                let mut draft = ImplicationDraft::default();
                draft.take(reader, piece);
                self.decl.body.extend(draft.finish().map(RoleItem::Implies));
            }
            Rule::without => self.decl.body.push(RoleItem::Without(pattern::patterns(reader, piece))),
            _ => {}
        }
    }

    fn lose(&mut self, keyword: &str, span: Span) {
        if keyword == "when" {
            self.decl.when = Some(Expr::new(ExprKind::Broken, span));
        }
    }

    fn take_statement(&mut self, statement: Statement) {
        self.decl.body.push(RoleItem::Statement(statement));
    }

    fn take_implication(&mut self, implication: Implication) {
        self.decl.body.push(RoleItem::Implies(implication));
    }
}

impl RoleDraft {
    /// The role, if its name was read.
    pub(super) fn finish(self) -> Option<RoleDecl> {
        let Parts { doc, open, custom, organization, extends, requires, assigned_by, when, body } = self.decl;
        let name = self.name?;
        Some(RoleDecl { doc, open, custom, name, organization, extends, requires, assigned_by, when, body })
    }

    /// What stands before the braces. A clause that stands twice is reported, and both are kept where lists allow it.
    fn header(&mut self, reader: &mut Reader<'_>, rule: Rule, piece: &Piece<'_>) {
        let keyword = first(piece).unwrap_or(*piece);
        let at = reader.span(&keyword);
        let before = self.seen.iter().find(|(held, _)| *held == rule).map(|(_, span)| *span);
        reader.once(keyword.as_str(), before, at);
        self.seen.push((rule, at));
        match rule {
            Rule::open => {
                let when = child(piece, Rule::when).and_then(|when| expression::of_clause(reader, &when));
                self.decl.open = when.map_or(Open::Always, Open::When);
            }
            Rule::custom => self.decl.custom = true,
            Rule::in_entity => {
                self.decl.organization = child(piece, Rule::entity).and_then(|part| entity::read(reader, &part));
            }
            Rule::extends => self.decl.extends.extend(pattern::roles(reader, piece)),
            Rule::requires => self.decl.requires.extend(pattern::roles(reader, piece)),
            Rule::assigned_by => {
                let freely = child(piece, Rule::kw_freely).is_some();
                self.decl.assigned_by = Some(AssignedBy { freely, permissions: pattern::permissions(reader, piece) });
            }
            _ => self.decl.when = expression::of_clause(reader, piece),
        }
    }
}

/// An implication of which not all parts have been seen yet.
#[derive(Default)]
pub(super) struct ImplicationDraft {
    roles: Vec<RoleRef>,
    when: Option<Expr>,
}

impl Draft for ImplicationDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::implies => piece.into_inner().for_each(|part| self.take(reader, &part)),
            Rule::role => self.roles.extend(pattern::role(reader, piece)),
            Rule::when => self.when = expression::of_clause(reader, piece),
            _ => {}
        }
    }

    fn lose(&mut self, keyword: &str, span: Span) {
        if keyword == "when" {
            self.when = Some(Expr::new(ExprKind::Broken, span));
        }
    }
}

impl ImplicationDraft {
    /// The implication, if it names a role.
    pub(super) fn finish(self) -> Option<Implication> {
        (!self.roles.is_empty()).then_some(Implication { roles: self.roles, when: self.when })
    }
}
