//! Reading `ACTION RESOURCE`.

use super::Expectation;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::Scalar;
use crate::source::{Span, Spanned};

/// The expectation that a text states; its two words are separated by white space.
pub(super) fn read(allowed: bool, scalar: &Scalar, whole: Span) -> Result<Expectation, Diagnostic> {
    let mut words = words(&scalar.text).map(|(at, word)| {
        let (start, end) = (offset(at), offset(at + word.len()));
        Spanned::new(word.to_owned(), scalar.locate(whole, start, end))
    });
    match (words.next(), words.next(), words.next()) {
        (Some(action), Some(resource), None) => Ok(Expectation { allowed, action, resource, span: whole }),
        (Some(action), Some(_), Some(more)) => Err(wrong(&scalar.text, action.span.to(more.span))
            .help("one line asks for one action on one resource; give each a line of its own")),
        _ => Err(wrong(&scalar.text, whole)),
    }
}

fn wrong(text: &str, span: Span) -> Diagnostic {
    let message = format!("expected `ACTION RESOURCE`, found `{text}`");
    Diagnostic::error(Code::InvalidTest, span, message).help("write the verb and the resource: `delete run:42`")
}

/// The words of a text and the byte at which each starts.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        let end = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        let (word, after) = trimmed.split_at_checked(end)?;
        if word.is_empty() {
            return None;
        }
        let start = text.len() - trimmed.len();
        rest = after;
        Some((start, word))
    })
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
