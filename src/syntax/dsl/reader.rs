//! What every construct needs to become a part of the tree: places, doc comments and somewhere to put findings.

use super::doc::Docs;
use super::fragment::Place;
use super::grammar::Rule;
use super::pieces::Piece;
use super::scan::{FINDING_LIMIT, offset};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Doc, Ident};

/// The state of turning pieces of grammar into a tree.
pub(super) struct Reader<'a> {
    place: Place<'a>,
    docs: &'a Docs,
    /// Where the text that the pieces come from begins in the whole.
    base: u32,
    findings: Vec<Diagnostic>,
    reported: usize,
}

impl<'a> Reader<'a> {
    /// A reader of a text.
    pub(super) const fn new(place: Place<'a>, docs: &'a Docs) -> Self {
        Self { place, docs, base: 0, findings: Vec::new(), reported: 0 }
    }

    /// From now on pieces come from the part of the text that begins at `base`.
    pub(super) const fn at(&mut self, base: u32) {
        self.base = base;
    }

    /// The place of a range of the whole text.
    pub(super) fn place(&self, start: u32, end: u32) -> Span {
        (self.place)(start, end)
    }

    /// The place of a piece.
    pub(super) fn span(&self, piece: &Piece<'_>) -> Span {
        (self.place)(self.start(piece), self.base.saturating_add(piece.end()))
    }

    /// The place of a part of a piece, by byte offsets in it.
    pub(super) fn span_within(&self, piece: &Piece<'_>, start: usize, end: usize) -> Span {
        let base = self.start(piece);
        (self.place)(base.saturating_add(offset(start)), base.saturating_add(offset(end)))
    }

    /// A value and the place of its piece.
    pub(super) fn spanned<T>(&self, value: T, piece: &Piece<'_>) -> Spanned<T> {
        Spanned::new(value, self.span(piece))
    }

    /// A piece that is a name.
    pub(super) fn ident(&self, piece: &Piece<'_>) -> Ident {
        self.spanned(piece.as_str().to_owned(), piece)
    }

    /// All pieces of one kind, as names.
    pub(super) fn idents(&self, pieces: &Piece<'_>, rule: Rule) -> Vec<Ident> {
        children(pieces, rule).map(|piece| self.ident(&piece)).collect()
    }

    /// The doc comment before a piece.
    pub(super) fn doc(&self, piece: &Piece<'_>) -> Doc {
        self.doc_before(self.start(piece))
    }

    /// The doc comment before the token that begins at `start` in the whole text.
    pub(super) fn doc_before(&self, start: u32) -> Doc {
        self.docs.before(start)
    }

    /// Where a piece begins in the whole text.
    pub(super) fn start(&self, piece: &Piece<'_>) -> u32 {
        self.base.saturating_add(piece.start())
    }

    /// Notes a finding.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.reported = self.reported.saturating_add(1);
        if self.findings.len() < FINDING_LIMIT {
            self.findings.push(finding);
        }
    }

    /// How many findings were noted so far, those past the limit included.
    pub(super) const fn reported(&self) -> usize {
        self.reported
    }

    /// Notes that a clause stands for the second time, if `first` says where it stood before.
    pub(super) fn once(&mut self, clause: &str, first: Option<Span>, second: Span) {
        if let Some(first) = first {
            self.report(
                Diagnostic::error(Code::DuplicateClause, second, format!("`{clause}` stands here for the second time"))
                    .label(first, "the first")
                    .help("join the two, or leave one out"),
            );
        }
    }

    /// All that was found.
    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }
}

/// The direct parts of a piece that are of one kind.
pub(super) fn children<'t>(piece: &Piece<'t>, rule: Rule) -> impl Iterator<Item = Piece<'t>> + use<'t> {
    piece.into_inner().filter(move |part| part.as_rule() == rule)
}

/// The first direct part of a piece that is of one kind.
pub(super) fn child<'t>(piece: &Piece<'t>, rule: Rule) -> Option<Piece<'t>> {
    children(piece, rule).next()
}

/// The first direct part of a piece.
pub(super) fn first<'t>(piece: &Piece<'t>) -> Option<Piece<'t>> {
    piece.into_inner().next()
}
