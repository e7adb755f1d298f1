//! The words of a text, before any grammar: tokens, doc comments, and characters that no grammar would take.
//!
//! Scanning never fails and never stops early. What it refuses (an unterminated string, a control character, `&&`)
//! becomes a [`Kind::Junk`] token with a finding, so that the grammar's own complaint about that place can be left
//! out. It also measures nesting: the grammar is recursive and is kept from what nests deeper than the limit.

mod junk;
mod nesting;

use super::doc::Docs;
use super::fragment::Place;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::is_hidden;

/// How many findings one text yields at most; what is found after them is left out.
pub(super) const FINDING_LIMIT: usize = 1_000;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// Digits, and what sticks to them.
    Number,
    /// A text in double quotes.
    Text,
    /// `organization:acme` after `in`.
    Entity,
    /// A mark such as `{` or `==`.
    Mark,
    /// Nothing the language has; a finding says so.
    Junk,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// First byte.
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
    /// How far from the start of its line it stands, if it is the first there.
    pub(super) indent: Option<u32>,
}

/// A scanned text.
pub(super) struct Scan<'t> {
    /// The text.
    pub(super) text: &'t str,
    /// Its tokens, in order.
    pub(super) tokens: Vec<Token>,
    /// Its doc comments.
    pub(super) docs: Docs,
    /// Whether there was any comment.
    pub(super) commented: bool,
    /// What was refused.
    pub(super) findings: Vec<Diagnostic>,
    /// The tokens, by index, that lie deeper than the limit.
    pub(super) too_deep: Vec<usize>,
}

impl<'t> Scan<'t> {
    /// The text of a token.
    pub(super) fn text(&self, token: Token) -> &'t str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    /// The text of the token at an index; empty past the end.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |&token| self.text(token))
    }

    /// The text from one token up to another, the second not included, and where it begins.
    pub(super) fn slice(&self, from: usize, to: usize) -> (u32, &'t str) {
        let start = self.tokens.get(from).map_or(0, |token| token.start);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end);
        (start, self.text.get(start as usize..end as usize).unwrap_or(""))
    }

    /// What the token at an index is.
    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// Whether any token in a range lies deeper than the limit.
    pub(super) fn is_too_deep(&self, from: usize, to: usize) -> bool {
        let at = self.too_deep.partition_point(|&index| index < from);
        self.too_deep.get(at).is_some_and(|&index| index < to)
    }
}

/// Scans a text whose places `place` knows.
pub(super) fn scan<'t>(text: &'t str, place: Place<'_>) -> Scan<'t> {
    let mut scanner = Scanner { text, at: 0, line_start: 0, fresh_line: true, place, scan: Scan::of(text) };
    if text.starts_with('\u{feff}') {
        scanner.at = '\u{feff}'.len_utf8();
        scanner.line_start = scanner.at;
    }
    while scanner.step() {}
    let mut scan = scanner.scan;
    nesting::measure(&mut scan, place);
    scan
}

impl<'t> Scan<'t> {
    const fn of(text: &'t str) -> Self {
        Self {
            text,
            tokens: Vec::new(),
            docs: Docs::new(),
            commented: false,
            findings: Vec::new(),
            too_deep: Vec::new(),
        }
    }
}

struct Scanner<'t, 'p> {
    text: &'t str,
    at: usize,
    line_start: usize,
    fresh_line: bool,
    place: Place<'p>,
    scan: Scan<'t>,
}

impl Scanner<'_, '_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Reads one token or comment; false at the end.
    fn step(&mut self) -> bool {
        // Nearly all that is ever written is one of these.
        match self.text.as_bytes().get(self.at) {
            Some(b'\n') => {
                self.at += 1;
                self.line_start = self.at;
                self.fresh_line = true;
                return true;
            }
            Some(b' ' | b'\t' | b'\r') => {
                self.at += 1;
                return true;
            }
            Some(&byte) if is_word_byte(byte) => {
                self.word(char::from(byte));
                return true;
            }
            Some(b'.' | b',' | b':' | b'?' | b'*' | b'(' | b')' | b'[' | b']' | b'{' | b'}') => {
                self.push(Kind::Mark, 1);
                return true;
            }
            _ => {}
        }
        let Some(next) = self.rest().chars().next() else { return false };
        match next {
            '#' => self.comment(),
            '"' => self.string(),
            '-' if self.rest().starts_with("--") && self.fresh_line => self.junk(next),
            _ if next == '_' || next.is_alphanumeric() => self.word(next),
            '-' if self.rest().as_bytes().get(1).is_some_and(u8::is_ascii_digit) => self.word(next),
            _ => match mark_length(self.rest()) {
                Some(length) => self.push(Kind::Mark, length),
                None => self.junk(next),
            },
        }
        true
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let indent = self.fresh_line.then(|| offset(self.at - self.line_start));
        self.fresh_line = false;
        let (start, end) = (offset(self.at), offset(self.at + length));
        self.scan.docs.settle(start);
        self.scan.tokens.push(Token { kind, start, end, indent });
        self.at += length;
    }

    fn refuse(&mut self, start: usize, end: usize, finding: impl FnOnce(crate::source::Span) -> Diagnostic) {
        if self.scan.findings.len() < FINDING_LIMIT {
            self.scan.findings.push(finding((self.place)(offset(start), offset(end))));
        }
    }

    /// A comment up to the end of its line; a doc comment when `##` and no more is the first thing there.
    fn comment(&mut self) {
        let line = self.rest().split('\n').next().unwrap_or("").to_owned();
        self.scan.commented = true;
        if self.fresh_line
            && let Some(doc) = line.strip_prefix("##")
            && !doc.starts_with('#')
        {
            let span = (self.place)(offset(self.at), offset(self.at + line.trim_end().len()));
            self.scan.docs.add_line(doc, span);
        }
        self.refuse_hidden(self.at, &line);
        self.at += line.len();
    }

    /// A text in double quotes, up to its end or, without one, up to the end of the line.
    fn string(&mut self) {
        let mut escaped = false;
        let mut end = None;
        let mut line_end = self.rest().len();
        for (at, char) in self.rest().char_indices().skip(1) {
            match char {
                '\n' => {
                    line_end = at;
                    break;
                }
                '"' if !escaped => {
                    end = Some(at + 1);
                    break;
                }
                _ => escaped = char == '\\' && !escaped,
            }
        }
        if let Some(length) = end {
            let inside = self.rest().get(..length).unwrap_or("").to_owned();
            self.refuse_hidden(self.at, &inside);
            self.push(Kind::Text, length);
            return;
        }
        let length = self.rest().get(..line_end).unwrap_or("").trim_end().len();
        self.refuse(self.at, self.at + length, |span| {
            Diagnostic::error(Code::Syntax, span, "this string has no closing quote")
                .help("a string ends with `\"` on the line where it begins; `\\n` stands for a new line")
        });
        self.push(Kind::Junk, length);
    }

    /// A word, a number or, right after `in`, an entity.
    fn word(&mut self, first: char) {
        let rest = self.rest();
        let signed = usize::from(first == '-');
        let body = rest.get(signed..).unwrap_or("");
        let mut length = signed + body.bytes().take_while(|&byte| is_word_byte(byte)).count();
        if rest.as_bytes().get(length).is_some_and(|byte| !byte.is_ascii()) {
            length = signed + body.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(body.len());
        }
        let word = rest.get(..length).unwrap_or("");
        if !word.is_ascii() {
            self.refuse(self.at, self.at + length, |span| {
                Diagnostic::error(Code::Syntax, span, "a name is written with the letters a to z, digits and `_`")
                    .help("put it in double quotes if it is a string")
            });
            self.push(Kind::Junk, length);
        } else if first == '-' || first.is_ascii_digit() {
            match junk::duration(rest, length) {
                Some(junk) => self.take_junk(junk),
                None => self.push(Kind::Number, length),
            }
        } else if let Some(id) = rest.get(length..).and_then(|tail| tail.strip_prefix(':'))
            && !id.starts_with(['"', '\''])
            && self.scan.tokens.last().is_some_and(|&last| self.scan.text(last) == "in")
        {
            let id_length = id.find([' ', '\t', '\r', '\n', '#', ',', '{', '}', '(', ')']).unwrap_or(id.len());
            if id_length == 0 {
                self.push(Kind::Word, length);
                return;
            }
            let entity = rest.get(..length + 1 + id_length).unwrap_or("").to_owned();
            self.refuse_hidden(self.at, &entity);
            self.push(Kind::Entity, entity.len());
        } else {
            self.push(Kind::Word, length);
        }
    }

    /// Control characters, and characters that make text look other than it is, have no place even in comments.
    fn refuse_hidden(&mut self, from: usize, text: &str) {
        for (at, char) in text.char_indices().filter(|&(at, c)| is_hidden(c) && !(c == '\r' && at + 1 == text.len())) {
            let start = from + at;
            self.refuse(start, start + char.len_utf8(), |span| junk::hidden(span, char));
        }
    }

    /// What no token begins with.
    fn junk(&mut self, first: char) {
        let junk = junk::read(self.rest(), first);
        self.take_junk(junk);
    }

    fn take_junk(&mut self, junk: junk::Junk) {
        self.refuse(self.at, self.at + junk.length, junk.finding);
        self.push(Kind::Junk, junk.length);
    }
}

/// Whether a byte is a letter, a digit or `_`.
const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of the mark that a text begins with.
fn mark_length(text: &str) -> Option<usize> {
    if ["==", "!=", "<=", ">="].iter().any(|mark| text.starts_with(mark)) {
        return Some(2);
    }
    // `||` is left to be refused as what it is.
    let single = text.starts_with(['=', '<', '>', '.', ',', ':', '?', '*', '(', ')', '[', ']', '{', '}', '-'])
        || (text.starts_with('|') && !text.starts_with("||"));
    single.then_some(1)
}

/// A place in a text as spans hold it; texts are far smaller than the limit of the type.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
