//! `context { … }`.

use super::attribute;
use super::draft::Draft;
use super::grammar::Rule;
use super::pieces::Piece;
use super::reader::Reader;
use super::scan::offset;
use crate::source::Spanned;
use crate::syntax::ast::{AttributeDecl, ContextDecl};

/// A context of which not all fields have been seen yet.
#[derive(Default)]
pub(super) struct ContextDraft {
    fields: Vec<AttributeDecl>,
    /// Where it begins, once the keyword was seen.
    decl: Option<ContextDecl>,
}

impl Draft for ContextDraft {
    fn take(&mut self, reader: &mut Reader<'_>, piece: &Piece<'_>) {
        match piece.as_rule() {
            Rule::context_decl => piece.into_inner().for_each(|part| self.take(reader, &part)),
            Rule::kw_context => {
                self.begin(reader, reader.start(piece));
            }
            Rule::attribute => self.fields.extend(attribute::read(reader, piece)),
            _ => {}
        }
    }
}

impl ContextDraft {
    /// The keyword stands at `start`.
    pub(super) fn begin(&mut self, reader: &Reader<'_>, start: u32) {
        let keyword = Spanned::new((), reader.place(start, start + offset("context".len())));
        self.decl = Some(ContextDecl { doc: reader.doc_before(start), keyword, fields: Vec::new() });
    }

    /// The context, if its keyword was read.
    pub(super) fn finish(self) -> Option<ContextDecl> {
        self.decl.map(|decl| ContextDecl { fields: self.fields, ..decl })
    }
}
