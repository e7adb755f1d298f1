//! What is wrong with a text that is no well-formed YAML, in the words of people who write policies.

use super::gate::too_deep;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::{ErrorKind, ScanError};

/// The finding for an error at which the parser gave up.
pub(super) fn explain(file: FileId, text: &str, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let here = word_at(file, text, at);
    let found = |message: &str| Diagnostic::error(Code::YamlSyntax, here, message);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(here),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            let span = tab_near(file, text, at).unwrap_or(here);
            Diagnostic::error(Code::YamlSyntax, span, "a tab cannot indent YAML").help("indent with spaces")
        }
        ErrorKind::MissingAnchorOrAliasName => {
            found("what starts with `*` or `&` must be quoted here").help("put the whole value in quotes: \"*\"")
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
            found("text follows the closing quote")
                .help("a value that starts with a quote must be quoted as a whole: '\"free\" | \"enterprise\"'")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            found("expected `key: value`").help("put a colon and a space after the key")
        }
        ErrorKind::MappingValueNotAllowed => found("this `:` has no place here")
            .help("put a space after the colon of each key, and quote a value that holds `: `"),
        ErrorKind::ExpectedFlowSequenceSeparator => found("expected `,` or `]`")
            .help("inside `[]`, quote what holds `{`, `[` or `,`: [\"run.{create, delete}\"]"),
        ErrorKind::ExpectedFlowMappingSeparator => found("expected `,` or `}`")
            .help("inside `{}`, quote what holds `{`, `[` or `,`: { permissions: \"run.{create, delete}\" }"),
        ErrorKind::UnclosedQuotedScalar => found("the quote that opens here is never closed"),
        ErrorKind::UnclosedFlowCollection { open } => found(&format!("the `{open}` that opens here is never closed")),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            found(&format!("`{close}` closes what `{open}` opened"))
        }
        ErrorKind::MisplacedFlowCollectionEnd => found("nothing is open that this could close"),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::InvalidIndentation => {
            found("the line does not fit what stands above it")
                .help("indent the entries of one mapping or list alike, with spaces")
        }
        ErrorKind::DirectiveDisallowed => found("directives have no place in this file").help("remove the line"),
        _ => found("this is no well-formed YAML").here(error.info()),
    }
}

/// The finding for `*name`.
pub(super) fn alias(place: Span, written: &str) -> Diagnostic {
    Diagnostic::error(
        Code::YamlAlias,
        place,
        format!("`{written}` is an alias in YAML, and aliases have no place in this file"),
    )
    .help(format!("quote it: \"{written}\""))
}

/// The word that begins at a byte: at least one character, up to white space or a bracket.
fn word_at(file: FileId, text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let rest = text.get(at..).unwrap_or("");
    let length = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'))
        .map_or(rest.len(), |(length, _)| length);
    let span = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Span::new(file, span(at), span(at + length))
}

/// The tab at the beginning of the line at a byte, or of the next.
fn tab_near(file: FileId, text: &str, at: usize) -> Option<Span> {
    let start = text.get(..floor(text, at))?.rfind('\n').map_or(0, |feed| feed + 1);
    let mut line_start = start;
    for line in text.get(start..)?.split_inclusive('\n').take(2) {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..blank).and_then(|blank| blank.find('\t')) {
            let tabs = line.bytes().skip(tab).take_while(|&byte| byte == b'\t').count();
            let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            return Some(Span::new(file, byte(line_start + tab), byte(line_start + tab + tabs)));
        }
        line_start += line.len();
    }
    None
}

/// The nearest start of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
