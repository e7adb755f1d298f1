//! Entities as written: `organization:acme`, `organization:"acme, inc."`.

use super::doc::Docs;
use super::fragment::{NameKind, Place};
use super::grammar::Rule;
use super::pieces::{self, Piece};
use super::reader::{Reader, child};
use super::scan::offset;
use super::wording::shortened;
use super::{literal, name};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::Parsed;
use crate::syntax::ast::EntityRef;

/// The entity that an `entity` piece names.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Option<EntityRef> {
    let type_name = reader.ident(&child(piece, Rule::entity_type)?);
    let id = match child(piece, Rule::string) {
        Some(quoted) => {
            let id = literal::string(reader, &quoted);
            check_id(reader, &id.value, id.span);
            id
        }
        None => reader.ident(&child(piece, Rule::entity_id)?),
    };
    Some(EntityRef { type_name, id })
}

/// Reports an id that can be none.
pub(super) fn check_id(reader: &mut Reader<'_>, id: &str, span: Span) {
    let wrong = if id.is_empty() {
        "an id cannot be empty"
    } else if id.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        "an id holds neither white space nor `#`"
    } else {
        return;
    };
    reader.report(Diagnostic::error(Code::InvalidEntity, span, wrong).help("an entity is written `type:id`"));
}

/// A text that is one entity and nothing else.
pub(super) fn whole(text: &str, place: Place<'_>) -> Parsed<Option<EntityRef>> {
    let docs = Docs::new();
    let mut reader = Reader::new(place, &docs);
    let tree = split(&mut reader, text);
    Parsed { tree, diagnostics: reader.into_findings() }
}

fn split(reader: &mut Reader<'_>, text: &str) -> Option<EntityRef> {
    let split = text.split_once(':').filter(|(name, _)| name::is_name(NameKind::Type, name));
    let Some((name, id)) = split else {
        let span = reader.place(0, offset(text.len()));
        let message = format!("expected an entity such as `organization:acme`, found `{}`", shortened(text));
        reader.report(Diagnostic::error(Code::Syntax, span, message));
        return None;
    };
    let id_start = name.len() + 1;
    let type_name = Spanned::new(name.to_owned(), reader.place(0, offset(name.len())));
    if id.starts_with('"')
        && let Ok(pieces) = pieces::read(Rule::only_string, id)
    {
        reader.at(offset(id_start));
        let id = literal::string(reader, &pieces.row().next()?);
        check_id(reader, &id.value, id.span);
        return Some(EntityRef { type_name, id });
    }
    let span = reader.place(offset(id_start), offset(text.len()));
    check_id(reader, id, span);
    Some(EntityRef { type_name, id: Spanned::new(id.to_owned(), span) })
}
