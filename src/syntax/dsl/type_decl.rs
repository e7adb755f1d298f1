//! `type` declarations and their members.

use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::{Reader, child, children, first};
use super::{attribute, name, pattern, setting};
use crate::schema::Cardinality;
use crate::source::Span;
use crate::syntax::ast::{ActionDecl, ChangeKind, ChangeRule, Doc, ParentDecl, TypeDecl};

/// A type of which not all parts have been seen yet.
#[derive(Default)]
pub(super) struct TypeDraft {
    decl: Option<TypeDecl>,
    parents_at: Option<Span>,
    acts_as_at: Option<Span>,
}

impl Draft for TypeDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::type_decl | Rule::type_body => piece.into_inner().for_each(|part| self.take(reader, &part)),
            Rule::type_head => self.head(reader, piece),
            rule => self.part(reader, rule, piece),
        }
    }

    fn lose_part(&mut self, word: &str) {
        // Of an attribute its name and its type are enough.
        if let Some(decl) = &mut self.decl {
            decl.incomplete |= !decl.attributes.iter().any(|attribute| attribute.name.value == word);
        }
    }
}

impl TypeDraft {
    /// The type, if its name was read.
    pub(super) fn finish(self) -> Option<TypeDecl> {
        self.decl
    }

    fn head(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        let Some(name) = child(piece, Rule::type_name).map(|name| reader.ident(&name)) else { return };
        name::check_type(reader, &name);
        self.decl = Some(TypeDecl {
            doc: reader.doc(piece),
            name,
            parents: Vec::new(),
            acts_as: None,
            attributes: Vec::new(),
            settings: Vec::new(),
            actions: Vec::new(),
            unique: Vec::new(),
            changes: Vec::new(),
            incomplete: false,
        });
    }

    fn part(&mut self, reader: &mut Reader<'_>, rule: Rule, piece: &Piece<'_>) {
        let Some(decl) = &mut self.decl else { return };
        match rule {
            Rule::in_types => {
                let at = first(piece).map_or_else(|| reader.span(piece), |word| reader.span(&word));
                reader.once("in", self.parents_at.replace(at), at);
                decl.parents.extend(children(piece, Rule::parent).filter_map(|part| parent(reader, &part)));
            }
            Rule::acts_as => {
                let at = first(piece).map_or_else(|| reader.span(piece), |word| reader.span(&word));
                reader.once("acts as", self.acts_as_at.replace(at), at);
                decl.acts_as = child(piece, Rule::attribute_name).map(|name| reader.ident(&name));
            }
            Rule::attribute => decl.attributes.extend(attribute::read(reader, piece)),
            Rule::setting => decl.settings.extend(setting::read(reader, piece)),
            Rule::actions => decl.actions.extend(actions(reader, piece)),
            Rule::unique => decl.unique.extend(reader.idents(piece, Rule::attribute_name)),
            Rule::change => decl.changes.extend(change(reader, piece)),
            _ => {}
        }
    }
}

/// A `parent`.
pub(super) fn parent(reader: &Reader<'_>, piece: &Piece<'_>) -> Option<ParentDecl> {
    let type_name = reader.ident(&child(piece, Rule::type_name)?);
    let cardinality = if child(piece, Rule::optional_mark).is_some() {
        Cardinality::Optional
    } else if child(piece, Rule::many_mark).is_some() {
        Cardinality::Many
    } else {
        Cardinality::One
    };
    Some(ParentDecl { type_name, cardinality })
}

/// The names after `actions`. A comment before the keyword is the first one's, unless that has its own.
fn actions(reader: &Reader<'_>, piece: &Piece<'_>) -> Vec<ActionDecl> {
    let mut lead: Doc = reader.doc(piece);
    children(piece, Rule::action_name)
        .map(|part| {
            let lead = lead.take();
            ActionDecl { doc: reader.doc(&part).or(lead), name: reader.ident(&part) }
        })
        .collect()
}

/// `create by …` and its like.
fn change(reader: &Reader<'_>, piece: &Piece<'_>) -> Option<ChangeRule> {
    let kind = child(piece, Rule::change_kind)?;
    let change = match first(&kind)?.as_rule() {
        Rule::kw_create => ChangeKind::Create,
        Rule::kw_delete => ChangeKind::Delete,
        Rule::kw_set => ChangeKind::Set,
        Rule::kw_move => ChangeKind::Move,
        Rule::kw_link => ChangeKind::Link,
        Rule::custom_roles => ChangeKind::CustomRoles,
        _ => return None,
    };
    Some(ChangeRule { kind: reader.spanned(change, &kind), by: pattern::permissions(reader, piece) })
}
