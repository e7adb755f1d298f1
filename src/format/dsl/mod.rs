//! Policy text in its one layout.
//!
//! The grammar's pieces become a layout of the very tokens that were written, in their order, with their comments.

mod doc;
pub(super) mod layout;
pub(super) mod print;
pub(super) mod token;

use super::same;
use crate::diagnostics::Diagnostic;
use crate::source::FileId;
use crate::syntax::dsl;
use crate::syntax::dsl::grammar::{self, Rule};
use layout::Layout;

/// A policy text in its one layout.
pub(super) fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let parsed = dsl::parse(file, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parsed.diagnostics);
    }
    let Some((laid_out, comments)) = laid_out(text) else { return Err(same::refusal(file, "text")) };
    let again = dsl::parse(file, &laid_out);
    if again.diagnostics.iter().any(Diagnostic::is_error) || !same::policies(&parsed.tree, &again.tree) {
        return Err(same::refusal(file, "meaning"));
    }
    match self::laid_out(&laid_out) {
        Some((_, kept)) if kept == comments => Ok(laid_out),
        _ => Err(same::refusal(file, "comments")),
    }
}

/// The comments of a text that can be read, in their order.
pub(super) fn comments(text: &str) -> Option<Vec<&str>> {
    laid_out(text).map(|(_, comments)| comments)
}

/// The text laid out, and its comments.
fn laid_out(text: &str) -> Option<(String, Vec<&str>)> {
    let mut layout = Layout::of(text);
    // A file of comments alone is read by the same rule.
    let docs = grammar::read(Rule::file, text).ok()?.map(|piece| layout.piece(piece)).collect();
    let (tokens, doc) = layout.finish(docs);
    let mut comments = Vec::new();
    for token in &tokens {
        comments.extend(token.before.iter().map(|comment| comment.text));
        comments.extend(token.after);
    }
    let mut laid_out = print::print(&tokens, &doc);
    laid_out.push('\n');
    Some((laid_out, comments))
}
