//! Why a line, or a value in it, cannot be read.

use super::node::NESTING_LIMIT;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::gate::{stands_twice, too_deep};
use crate::source::Span;
use serde_json::error::Category;

/// Why a value cannot be read as JSON.
#[derive(Debug)]
pub enum JsonFault {
    /// It is not well formed: where, and why.
    Malformed(Span, serde_json::Error),
    /// A key stands twice.
    Twice(Box<str>, Span, Span),
    /// It nests too deep.
    TooDeep(Span),
}

impl JsonFault {
    /// The finding.
    #[must_use]
    pub fn finding(&self) -> Diagnostic {
        match self {
            Self::Malformed(at, error) if error.classify() == Category::Eof => {
                Diagnostic::error(Code::InvalidJson, *at, "the line ends before its JSON is complete")
            }
            Self::Malformed(at, error) => {
                let words = error.to_string();
                // The line that the parser names is always the first: it sees no more.
                let words = match words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words) {
                    "expected ident" | "expected value" => "expected a value",
                    words => words,
                };
                Diagnostic::error(Code::InvalidJson, *at, format!("this is no well-formed JSON: {words}"))
            }
            Self::Twice(key, first, again) => stands_twice(key, *first, *again),
            Self::TooDeep(at) => too_deep(*at, NESTING_LIMIT),
        }
    }

    /// Whether the text ends where it should go on.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        matches!(self, Self::Malformed(_, error) if error.classify() == Category::Eof)
    }
}
