//! The text that is converted: its pieces as text on one line, and its comments, each of which is taken once.

use super::{Value, scalar};
use crate::format::dsl::layout::Layout;
use crate::format::dsl::print::on_one_line;
use crate::format::dsl::token::Token;
use crate::format::yaml::sheet::{Comment, Item};
use crate::source::{FileId, Span};
use crate::syntax::ast::LiteralKind;
use crate::syntax::dsl::fragment;
use crate::syntax::dsl::grammar::{Piece, Rule};
use std::ops::Range;

/// A policy text.
pub(super) struct Source<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    /// Where each token begins.
    starts: Vec<usize>,
}

/// The comments of a piece of text.
#[derive(Default)]
pub(super) struct Comments {
    /// Those that stand above what the piece becomes.
    pub(super) before: Vec<Comment>,
    /// The one behind it on its line.
    pub(super) after: Option<String>,
    /// Whether an empty line stands before it.
    pub(super) blank: bool,
    /// The doc comment.
    pub(super) doc: Option<String>,
}

impl<'t> Source<'t> {
    /// A text, and the piece that is all of it.
    pub(super) fn of(text: &'t str, file: &Piece<'t>) -> Self {
        let mut layout = Layout::of(text);
        let doc = layout.piece(file.clone());
        let (tokens, _) = layout.finish(vec![doc]);
        // Commas that were not written have no place. The comment of one is that of the token before it.
        let mut written: Vec<Token<'t>> = Vec::with_capacity(tokens.len());
        for token in tokens {
            match written.last_mut() {
                Some(last) if token.start.is_none() => last.after = last.after.or(token.after),
                _ => written.push(token),
            }
        }
        let tokens = written;
        let starts = tokens.iter().filter_map(|token| token.start).collect();
        Self { text, tokens, starts }
    }

    /// The comments at the beginning of the file that say nothing of the first declaration: those above an empty line, and
    /// all above `package`.
    pub(super) fn head(&mut self) -> Vec<Comment> {
        let Some(first) = self.tokens.first_mut() else { return Vec::new() };
        let count = if first.text == "package" || first.text.is_empty() {
            first.before.len()
        } else {
            // The first doc comment is the declaration's, however far above it stands.
            let doc = |text: &str| text.starts_with("##") && !text.starts_with("###");
            let plain = first.before.iter().position(|comment| doc(comment.text)).unwrap_or(first.before.len());
            let apart = if first.blank { None } else { first.before.iter().rposition(|comment| comment.blank) };
            plain.min(if first.blank { first.before.len() } else { apart.unwrap_or(0) })
        };
        first.before.drain(..count).map(|comment| kept(comment.text, comment.blank)).collect()
    }

    /// All comments that were not taken.
    pub(super) fn rest(&mut self) -> Vec<Comment> {
        let mut rest = Vec::new();
        for token in &mut self.tokens {
            rest.extend(token.before.drain(..).map(|comment| kept(comment.text, comment.blank)));
            rest.extend(token.after.take().map(|text| kept(text, false)));
        }
        rest
    }

    /// Takes the comments of a range of the text. Where a doc comment may stand, that of its first token is one.
    pub(super) fn take(&mut self, range: Range<usize>, documented: bool) -> Comments {
        let first = self.starts.partition_point(|&start| start < range.start);
        let end = self.starts.partition_point(|&start| start < range.end);
        let mut comments = Comments::default();
        let mut doc: Vec<&str> = Vec::new();
        let tokens = self.tokens.get_mut(first..end).unwrap_or_default();
        let last = tokens.len().saturating_sub(1);
        for (at, token) in tokens.iter_mut().enumerate() {
            if at == 0 {
                comments.blank = token.blank || token.before.first().is_some_and(|comment| comment.blank);
            }
            for comment in token.before.drain(..) {
                match comment.text.strip_prefix("##").filter(|rest| documented && at == 0 && !rest.starts_with('#')) {
                    Some(line) => doc.push(line.strip_prefix(' ').unwrap_or(line)),
                    None => comments.before.push(kept(comment.text, comment.blank && !comments.before.is_empty())),
                }
            }
            let after = token.after.take().map(str::to_owned);
            if at == last {
                comments.after = after;
            } else {
                comments.before.extend(after.map(|text| Comment { text, blank: false }));
            }
        }
        comments.doc = (!doc.is_empty()).then(|| doc.join("\n"));
        // An empty line before all of it stands before the first comment.
        if let Some(first) = comments.before.first_mut() {
            first.blank = std::mem::take(&mut comments.blank);
        }
        comments
    }

    /// An item for a piece whose comments are all its own.
    pub(super) fn element(&mut self, piece: &Piece<'t>, value: Value) -> Item {
        let Comments { before, after, blank, .. } = self.take(range(piece), false);
        Item { before, after, blank, key: None, value }
    }

    /// An entry for such a piece.
    pub(super) fn field(&mut self, piece: &Piece<'t>, key: &str, value: Value) -> Item {
        Item { blank: false, ..Item { key: super::entry(key, Value::default()).key, ..self.element(piece, value) } }
    }

    /// The text of a piece on one line, without comments.
    pub(super) fn flat(&self, piece: &Piece<'t>) -> String {
        let mut layout = Layout::from(self.text, piece.as_span().start());
        let doc = layout.piece(piece.clone());
        let (tokens, doc) = layout.finish(vec![doc]);
        on_one_line(&tokens, &doc)
    }

    /// The texts of pieces with commas between.
    pub(super) fn joined(&self, pieces: &[Piece<'t>]) -> String {
        pieces.iter().map(|piece| self.flat(piece)).collect::<Vec<_>>().join(", ")
    }

    /// The text of the first part of a kind.
    pub(super) fn child(&self, piece: &Piece<'t>, rule: Rule) -> String {
        inner(piece).iter().find(|part| part.as_rule() == rule).map(|part| self.flat(part)).unwrap_or_default()
    }

    /// What the text in quotes within a piece says.
    pub(super) fn string(&self, piece: &Piece<'t>) -> String {
        match literal(&self.child(piece, Rule::string)) {
            Some(LiteralKind::String(text)) => text,
            _ => String::new(),
        }
    }

    /// An entity as YAML has it: nothing in quotes.
    pub(super) fn entity(&self, piece: &Piece<'t>) -> Value {
        let text = self.child(piece, Rule::entity);
        let read = fragment::entity_ref(&text, &nowhere).tree;
        scalar(&read.map_or(text, |entity| format!("{}:{}", entity.type_name.value, entity.id.value)))
    }

    /// Elements that are texts, each with its comments.
    pub(super) fn elements(&mut self, pieces: Vec<Piece<'t>>) -> Vec<Item> {
        let flow = pieces.len() > 1;
        let mut items = Vec::new();
        for piece in pieces {
            let text = crate::document::written::yaml(&self.flat(&piece), false, flow);
            items.push(Item { blank: false, ..self.element(&piece, super::plain(&text)) });
        }
        items
    }
}

/// What a literal says.
pub(super) fn literal(text: &str) -> Option<LiteralKind> {
    let read = fragment::attribute(&format!("string = {text}"), &nowhere).tree?;
    read.default.map(|default| default.value)
}

fn nowhere(start: u32, end: u32) -> Span {
    Span::new(FileId(0), start, end)
}

fn kept(text: &str, blank: bool) -> Comment {
    Comment { text: text.to_owned(), blank }
}

/// The bytes of a piece.
pub(super) fn range(piece: &Piece<'_>) -> Range<usize> {
    piece.as_span().start()..piece.as_span().end()
}

/// The parts of a piece.
pub(super) fn inner<'t>(piece: &Piece<'t>) -> Vec<Piece<'t>> {
    piece.clone().into_inner().collect()
}

/// The parts of a piece that are of one kind.
pub(super) fn all<'t>(piece: &Piece<'t>, rule: Rule) -> Vec<Piece<'t>> {
    piece.clone().into_inner().filter(|part| part.as_rule() == rule).collect()
}
