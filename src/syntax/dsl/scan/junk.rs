//! Characters that begin no token, and what to say about each: most are habits from other languages.

use super::super::literal::spelled_out;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::is_hidden;

/// A stretch of text that the language has no use for.
pub(super) struct Junk {
    /// Its length in bytes.
    pub(super) length: usize,
    /// What is wrong with it.
    pub(super) finding: Box<dyn FnOnce(Span) -> Diagnostic>,
}

/// Reads the stretch that `text`, beginning with `first`, begins with.
pub(super) fn read(text: &str, first: char) -> Junk {
    for (wrong, right) in [("&&", "and"), ("||", "or"), ("&", "and"), ("!", "not")] {
        if text.starts_with(wrong) {
            return junk(wrong.len(), format!("expected `{right}`, found `{wrong}`"), format!("write `{right}`"));
        }
    }
    if text.starts_with(';') {
        return junk(1, "expected no `;`", "nothing stands between one declaration and the next; leave it out");
    }
    if text.starts_with("//") || text.starts_with("/*") || text.starts_with("--") {
        let line = text.split('\n').next().unwrap_or(text).trim_end();
        return junk(line.len(), "expected `#` before a comment", "a comment begins with `#` and ends with its line");
    }
    for (open, close) in [('\'', '\''), ('‘', '’'), ('“', '”'), ('`', '`'), ('«', '»')] {
        if first == open {
            return quoted(text, open, close);
        }
    }
    if is_hidden(first) {
        return Junk { length: first.len_utf8(), finding: Box::new(move |span| hidden(span, first)) };
    }
    let length = text.find(|c: char| !is_stray(c)).unwrap_or(text.len()).max(first.len_utf8());
    let found = super::super::wording::shortened(text.get(..length).unwrap_or(""));
    if first.is_whitespace() {
        return junk(
            first.len_utf8(),
            format!("expected a plain space, found U+{:04X}", u32::from(first)),
            "type it anew",
        );
    }
    Junk {
        length,
        finding: Box::new(move |span| {
            Diagnostic::error(Code::Syntax, span, format!("the language has no use for `{found}`"))
        }),
    }
}

/// A number at the beginning of a text, `length` bytes long, with a unit of time as a word of its own behind it.
pub(super) fn duration(text: &str, length: usize) -> Option<Junk> {
    let (number, tail) = text.split_at_checked(length)?;
    let rest = tail.trim_start_matches([' ', '\t']);
    let unit = rest.split(|c: char| c != '_' && !c.is_alphanumeric()).next().filter(|_| rest.len() < tail.len())?;
    let meant = spelled_out(number, unit)?;
    // A name of what follows, as in `{ limit: int = 5 days: int }`.
    if rest.get(unit.len()..)?.trim_start().starts_with([':', '=', '.']) {
        return None;
    }
    let length = text.len() - rest.len() + unit.len();
    let written = text.get(..length)?;
    Some(junk(length, format!("`{written}` is neither a number nor a duration"), format!("write `{meant}`")))
}

/// What to say about such a character.
pub(super) fn hidden(span: Span, char: char) -> Diagnostic {
    let what = if char.is_control() { "control" } else { "invisible" };
    Diagnostic::error(Code::Syntax, span, format!("found the {what} character U+{:04X}", u32::from(char)))
        .help("leave it out; in a string it can be written as an escape, such as `\\u{200B}`")
}

/// Whether a character begins nothing that the scanner knows or [`read`] tells apart.
fn is_stray(char: char) -> bool {
    !char.is_whitespace()
        && !char.is_alphanumeric()
        && !is_hidden(char)
        && !matches!(
            char,
            '_' | '#'
                | '"'
                | '='
                | '<'
                | '>'
                | '.'
                | ','
                | ':'
                | '?'
                | '*'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '-'
                | '|'
                | '&'
                | '!'
                | ';'
                | '/'
                | '\''
                | '‘'
                | '“'
                | '`'
                | '«'
        )
}

/// A text in quotes of another kind, up to their end on the same line, or the quote alone.
fn quoted(text: &str, open: char, close: char) -> Junk {
    let inside = text.get(open.len_utf8()..).unwrap_or("");
    let line = inside.split('\n').next().unwrap_or("");
    let Some(end) = line.find(close) else {
        return junk(open.len_utf8(), format!("expected `\"`, found `{open}`"), "a string stands in double quotes");
    };
    let help = match inside.get(..end) {
        Some(inside) if inside.len() <= 60 && !inside.contains(['"', '\\']) => format!("write `\"{inside}\"`"),
        _ => String::from("put it in double quotes"),
    };
    junk(open.len_utf8() + end + close.len_utf8(), "a string stands in double quotes", help)
}

fn junk(length: usize, message: impl Into<String>, help: impl Into<String>) -> Junk {
    let (message, help) = (message.into(), help.into());
    Junk { length, finding: Box::new(move |span| Diagnostic::error(Code::Syntax, span, message).help(help)) }
}
