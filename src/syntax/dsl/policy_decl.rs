//! `policy` declarations: values for settings, and guardrails.

use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, first};
use super::{entity, literal, statement};
use crate::source::Span;
use crate::syntax::ast::{PolicyDecl, SettingValue, Statement};

/// An org policy of which not all parts have been seen yet.
#[derive(Default)]
pub(super) struct PolicyDraft {
    decl: Option<PolicyDecl>,
    organization_at: Option<Span>,
}

impl Draft for PolicyDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::policy_decl | Rule::policy_body => {
                piece.into_inner().for_each(|part| self.take(reader, &part));
            }
            Rule::policy_head => {
                let Some(name) = child(piece, Rule::policy_name) else { return };
                self.decl = Some(PolicyDecl {
                    doc: reader.doc(piece),
                    name: reader.ident(&name),
                    organization: None,
                    settings: Vec::new(),
                    rules: Vec::new(),
                });
            }
            rule => self.part(reader, rule, piece),
        }
    }

    fn take_statement(&mut self, statement: Statement) {
        if let Some(decl) = &mut self.decl {
            decl.rules.push(statement);
        }
    }
}

impl PolicyDraft {
    /// The policy, if its name was read.
    pub(super) fn finish(self) -> Option<PolicyDecl> {
        self.decl
    }

    fn part(&mut self, reader: &mut Reader<'_>, rule: Rule, piece: &Piece<'_>) {
        let Some(decl) = &mut self.decl else { return };
        match rule {
            Rule::in_entity => {
                let at = first(piece).map_or_else(|| reader.span(piece), |word| reader.span(&word));
                reader.once("in", self.organization_at.replace(at), at);
                decl.organization = child(piece, Rule::entity).and_then(|part| entity::read(reader, &part));
            }
            Rule::statement => decl.rules.extend(statement::read(reader, piece)),
            Rule::setting_value => {
                let Some(name) = child(piece, Rule::setting_name) else { return };
                let Some(value) = child(piece, Rule::literal).and_then(|part| literal::read(reader, &part)) else {
                    return;
                };
                decl.settings.push(SettingValue { name: reader.ident(&name), value });
            }
            _ => {}
        }
    }
}
