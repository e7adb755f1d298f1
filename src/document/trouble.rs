//! What is wrong with a text that is no well-formed YAML, in the words of people who write policies.

use super::gate::{NESTING_LIMIT, too_deep};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::{ErrorKind, ScanError};

/// The finding for an error at which the parser gave up, at a byte of the text.
pub(super) fn explain(file: FileId, text: &str, at: usize, error: &ScanError) -> Diagnostic {
    let here = word_at(file, text, at);
    let mark = word(text, here).chars().next().map_or(0, char::len_utf8);
    let bracket = Span { end: here.start + byte(mark), ..here };
    let found = |span: Span, message: &str| Diagnostic::error(Code::YamlSyntax, span, message);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(here, NESTING_LIMIT),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            found(tab_near(file, text, at).unwrap_or(here), "a tab cannot indent YAML").help("indent with spaces")
        }
        ErrorKind::MissingAnchorOrAliasName => {
            found(here, "a value that begins with `*` or `&` must be quoted").help(quote_it(word(text, here)))
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar | ErrorKind::InvalidTrailingSingleQuotedScalar => {
            found(here, "text follows the closing quote")
                .help("quote a value that begins with a quote as a whole: '\"free\" | \"enterprise\"'")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            found(here, "expected `key: value`").help("put a colon and a space after the key")
        }
        ErrorKind::MappingValueNotAllowed => found(bracket, "this `:` has no place here")
            .help("indent each key like those beside it, and quote a value that holds a colon and a space"),
        ErrorKind::InvalidMappingValueWhitespace | ErrorKind::InvalidColonPlacement => {
            found(bracket, "this `:` has no place here").help("close what is open above, or quote the value")
        }
        ErrorKind::ExpectedFlowSequenceSeparator => found(here, "expected `,` or `]`")
            .help("inside `[]`, quote what holds `{`, `[` or `,`: [\"run.{create, delete}\"]"),
        ErrorKind::ExpectedFlowMappingSeparator if word(text, here).starts_with(':') => {
            found(bracket, "expected `,` or `}`")
                .help("close the `{` that is open, or quote the value that holds this colon")
        }
        ErrorKind::ExpectedFlowMappingSeparator => found(here, "expected `,` or `}`")
            .help("inside `{}`, quote what holds `{`, `[` or `,`: { permissions: \"run.{create, delete}\" }"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            found(open_quote(file, text, at).unwrap_or(bracket), "the quote that opens here is never closed")
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            found(bracket, &format!("the `{open}` that opens here is never closed"))
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            found(bracket, &format!("`{close}` stands where `{open}` wants its closing bracket"))
        }
        ErrorKind::MisplacedFlowCollectionEnd => found(bracket, "nothing is open that this could close"),
        ErrorKind::BlockSequenceEntryNotAllowed => {
            found(here, "a list cannot begin here").help("begin the list on a line of its own, or write it in `[]`")
        }
        ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::UnexpectedEofBlockSequence
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEof
        | ErrorKind::ExpectedNodeContent => {
            found(here, "expected a value").help("quote it if it begins with a comma or a bracket")
        }
        ErrorKind::MappingKeyNotAllowed => {
            found(here, "a value that begins with `?` must be quoted").help(quote_it(word(text, here)))
        }
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::UnknownQuotedScalarEscape => {
            found(here, "no such escape in double quotes").help("write `\\\\` for a backslash, or use single quotes")
        }
        ErrorKind::CommentInterceptedScalar => {
            found(here, "a comment cuts this text in two").help("move the comment, or quote the text")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::InvalidIndentation => {
            found(here, "the line does not fit what stands above it")
                .help("indent the entries of one mapping or list alike, with spaces")
        }
        ErrorKind::ExpectedDocumentStart => {
            found(here, "this comes after the end of the one value that the file holds")
                .help("write the file as lines of `key: value`")
        }
        ErrorKind::DirectiveDisallowed => found(here, "directives have no place in this file").help("remove the line"),
        _ => found(here, "this is no well-formed YAML").here(error.info()),
    }
}

/// What is said of a value that begins with `*`.
pub(super) const ALIAS: &str = "an unquoted `*` begins an alias in YAML";

/// The finding for `*name`; `known` says whether there is an anchor of that name.
pub(super) fn alias(place: Span, written: &str, known: bool) -> Diagnostic {
    let finding = |message: &str| Diagnostic::error(Code::YamlAlias, place, message);
    if known {
        finding(&format!("`{written}`: aliases have no place in this file"))
            .help("write the value out where it is wanted")
    } else {
        finding(ALIAS).help(quote_it(written))
    }
}

/// The help for a value that must stand in quotes: the text with the quotes that fit it.
pub(super) fn quote_it(written: &str) -> String {
    let within_single =
        written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|rest| rest.contains('\''));
    if let Some(within) = within_single {
        format!("write a quote within single quotes twice: '{}'", within.replace('\'', "''"))
    } else if !written.contains(['"', '\\']) {
        format!("quote it: \"{written}\"")
    } else {
        format!("quote it: '{}'", written.replace('\'', "''"))
    }
}

fn word(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("")
}

/// The word that begins at a byte: at least one character, up to white space or a bracket.
pub(super) fn word_at(file: FileId, text: &str, at: usize) -> Span {
    let at = floor(text, at);
    let rest = text.get(at..).unwrap_or("");
    let length = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'))
        .map_or(rest.len(), |(length, _)| length);
    Span::new(file, byte(at), byte(at + length))
}

/// The quote that was most likely left open before a byte: the last one of the nearest line that has an odd number of them.
fn open_quote(file: FileId, text: &str, at: usize) -> Option<Span> {
    const LINES: usize = 100;
    let line_end = text.get(at..)?.find('\n').map_or(text.len(), |length| at + length);
    let mut end = line_end;
    for line in text.get(..line_end)?.rsplit('\n').take(LINES) {
        let start = end - line.len();
        for quote in ['"', '\''] {
            if line.matches(quote).count() % 2 == 1 {
                let place = start + line.rfind(quote)?;
                return Some(Span::new(file, byte(place), byte(place + 1)));
            }
        }
        end = start.saturating_sub(1);
    }
    None
}

/// The tab at the beginning of the line at a byte, or of the next.
fn tab_near(file: FileId, text: &str, at: usize) -> Option<Span> {
    let start = text.get(..floor(text, at))?.rfind('\n').map_or(0, |feed| feed + 1);
    let mut line_start = start;
    for line in text.get(start..)?.split_inclusive('\n').take(2) {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..blank).and_then(|blank| blank.find('\t')) {
            let tabs = line.bytes().skip(tab).take_while(|&byte| byte == b'\t').count();
            return Some(Span::new(file, byte(line_start + tab), byte(line_start + tab + tabs)));
        }
        line_start += line.len();
    }
    None
}

/// The nearest start of a character at or before a byte.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// A count of bytes as a place has it; the gate lets no text through for which it does not fit.
pub(super) fn byte(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
