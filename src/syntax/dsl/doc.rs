//! Doc comments: the `##` lines right before a declaration.
//!
//! They are gathered while scanning, under the first byte of the token that follows them; whoever reads a declaration
//! asks with the place where it begins. Those that nothing asks for are plain comments.

use crate::source::{Span, Spanned};
use crate::syntax::ast::Doc;
use std::collections::BTreeMap;

/// The doc comments of a text.
#[derive(Debug)]
pub(super) struct Docs {
    settled: BTreeMap<u32, Spanned<String>>,
    pending: Option<Spanned<String>>,
}

impl Docs {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self { settled: BTreeMap::new(), pending: None }
    }

    /// One more line, without its `##`.
    pub(super) fn add_line(&mut self, line: &str, span: Span) {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        match &mut self.pending {
            Some(doc) => {
                doc.value.push('\n');
                doc.value.push_str(line);
                doc.span = doc.span.to(span);
            }
            None => self.pending = Some(Spanned::new(line.to_owned(), span)),
        }
    }

    /// A token begins at `start`: the lines so far are its.
    pub(super) fn settle(&mut self, start: u32) {
        if let Some(doc) = self.pending.take() {
            self.settled.insert(start, doc);
        }
    }

    /// The comment before the token that begins at `start`.
    pub(super) fn before(&self, start: u32) -> Doc {
        self.settled.get(&start).cloned()
    }
}
