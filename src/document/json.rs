//! Values in a line of JSON, each with its place, read no deeper than is asked for.
//!
//! For files of so many lines that making nodes of each would be most of the work. A [`JsonValue`] is the letters of a
//! value, borrowed from the line and known to be well formed; taking it apart gives the letters of its parts. What is
//! taken apart to its depth pays for each level anew, so that is for what is shallow, or small: [`JsonValue::node`].

use super::gate::{stands_twice, too_deep};
use super::keys::Keys;
use super::{Entry, Node, NodeKind, Pieces, Scalar, ScalarStyle, trouble};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Span};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt;

/// How deep a value may nest that is made a [`Node`]. Each level is gone over once more for each around it.
const NESTING_LIMIT: usize = 32;

/// A line of a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct JsonLine<'t> {
    file: FileId,
    start: u32,
    text: &'t str,
}

/// A value in a line.
#[derive(Clone, Copy, Debug)]
pub struct JsonValue<'t> {
    line: JsonLine<'t>,
    /// Its letters, without white space around them.
    text: &'t str,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct JsonMember<'t> {
    /// The key's text.
    pub key: Cow<'t, str>,
    /// The key's place, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: JsonValue<'t>,
}

/// The members of an object, in the order written. Each key stands once.
pub type JsonMembers<'t> = SmallVec<[JsonMember<'t>; 6]>;

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

impl<'t> JsonLine<'t> {
    /// A line that begins at byte `start` of a file.
    #[must_use]
    pub fn new(file: FileId, start: u32, text: &'t str) -> Self {
        Self { file, start, text }
    }

    /// The place of the whole line.
    #[must_use]
    pub fn span(self) -> Span {
        self.place(0, self.text.len())
    }

    /// The members of the object that the line is.
    ///
    /// # Errors
    /// When the line is no well-formed JSON, or a key stands twice. Where it is JSON and no object, the value that it is.
    pub fn object(self) -> Result<Result<JsonMembers<'t>, JsonValue<'t>>, JsonFault> {
        if self.text.trim_start_matches([' ', '\t']).starts_with('{') {
            return self.members(self.text).map(Ok);
        }
        let value: &RawValue = serde_json::from_str(self.text).map_err(|error| self.malformed(self.text, error))?;
        Ok(Err(JsonValue { line: self, text: value.get() }))
    }

    fn members(self, text: &'t str) -> Result<JsonMembers<'t>, JsonFault> {
        let parts = self.parts(text)?;
        let mut members = JsonMembers::with_capacity(parts.len());
        let mut keys = Keys::default();
        for (key, value) in parts {
            let key_span = self.span_of(key);
            let key = self.string(key)?;
            if let Some(first) = keys.find(&members, &key, |member| &member.key).and_then(|at| members.get(at)) {
                return Err(JsonFault::Twice((*key).into(), first.key_span, key_span));
            }
            members.push(JsonMember { key, key_span, value: JsonValue { line: self, text: value } });
        }
        Ok(members)
    }

    /// The parts of an object or a list that `text` is from its beginning to its end.
    fn parts(self, text: &'t str) -> Result<Parts<'t>, JsonFault> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let parts = reader.deserialize_any(AsWritten).and_then(|parts| reader.end().map(|()| parts));
        parts.map_err(|error| self.malformed(text, error))
    }

    /// The text of a string in quotes.
    fn string(self, quoted: &'t str) -> Result<Cow<'t, str>, JsonFault> {
        let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
        if !inner.contains('\\') {
            return Ok(Cow::Borrowed(inner));
        }
        serde_json::from_str(quoted).map(Cow::Owned).map_err(|error| self.malformed(quoted, error))
    }

    fn malformed(self, text: &str, error: serde_json::Error) -> JsonFault {
        // The parser counts bytes from 1, and names the last one it took where it cannot point at the next.
        let base = self.offset(text);
        let at = trouble::floor(self.text, base + error.column().saturating_sub(1).min(text.len()));
        let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        JsonFault::Malformed(self.place(at, at + length), error)
    }

    fn span_of(self, part: &str) -> Span {
        let at = self.offset(part);
        self.place(at, at + part.len())
    }

    /// Where a part of the line begins in it. Parts are never copies: they are borrowed from the line.
    fn offset(self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()).min(self.text.len())
    }

    fn place(self, from: usize, to: usize) -> Span {
        let byte = |at: usize| self.start.saturating_add(trouble::byte(at));
        Span::new(self.file, byte(from), byte(to))
    }
}

impl JsonMember<'_> {
    /// Key and value as nodes.
    ///
    /// # Errors
    /// As [`JsonValue::node`].
    pub fn entry(&self) -> Result<Entry, JsonFault> {
        self.entry_within(NESTING_LIMIT)
    }

    fn entry_within(&self, depth: usize) -> Result<Entry, JsonFault> {
        let key = self.value.line.scalar(&self.key, self.key_span);
        Ok(Entry { key, key_span: self.key_span, value: self.value.node_within(depth)? })
    }
}

impl<'t> JsonValue<'t> {
    /// Its place, quotes and brackets included.
    #[must_use]
    pub fn span(self) -> Span {
        self.line.span_of(self.text)
    }

    fn begins_with(self, byte: u8) -> bool {
        self.text.as_bytes().first() == Some(&byte)
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.begins_with(b'n')
    }

    /// Whether it is a string.
    #[must_use]
    pub fn is_string(self) -> bool {
        self.begins_with(b'"')
    }

    /// The text of a string, number or truth value; a number's as it is written.
    ///
    /// # Errors
    /// When an escape of the string stands for no character.
    pub fn text(self) -> Result<Option<Cow<'t, str>>, JsonFault> {
        match self.text.as_bytes().first() {
            Some(b'"') => self.line.string(self.text).map(Some),
            Some(b'{' | b'[' | b'n') | None => Ok(None),
            Some(_) => Ok(Some(Cow::Borrowed(self.text))),
        }
    }

    /// The members, if it is an object.
    ///
    /// # Errors
    /// When a key stands twice.
    pub fn members(self) -> Result<Option<JsonMembers<'t>>, JsonFault> {
        if self.begins_with(b'{') { self.line.members(self.text).map(Some) } else { Ok(None) }
    }

    /// The elements, if it is a list.
    ///
    /// # Errors
    /// None but for what is no JSON, which no value is.
    pub fn elements(self) -> Result<Option<SmallVec<[Self; 4]>>, JsonFault> {
        if !self.begins_with(b'[') {
            return Ok(None);
        }
        let parts = self.line.parts(self.text)?;
        Ok(Some(parts.into_iter().map(|(_, text)| JsonValue { line: self.line, text }).collect()))
    }

    /// The elements of a list, or the value itself where a single one stands for a list of one; nothing for null.
    ///
    /// # Errors
    /// As [`JsonValue::elements`].
    pub fn one_or_many(self) -> Result<SmallVec<[Self; 4]>, JsonFault> {
        if self.is_null() {
            return Ok(SmallVec::new());
        }
        Ok(self.elements()?.unwrap_or_else(|| SmallVec::from_iter([self])))
    }

    /// What it is, in the words that [`Node::describe`] has for it.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self.text.as_bytes().first() {
            Some(b'{') => "a mapping",
            Some(b'[') => "a list",
            Some(b'n') | None => "nothing",
            Some(_) => "a single value",
        }
    }

    /// The finding that this is not what is wanted.
    #[must_use]
    pub fn wrong_shape(self, wanted: &str) -> Diagnostic {
        Diagnostic::error(Code::WrongShape, self.span(), format!("expected {wanted}, found {}", self.describe()))
    }

    /// The value as a node, with all that is in it.
    ///
    /// # Errors
    /// When it nests too deep, a key stands twice in it, or an escape in it stands for no character.
    pub fn node(self) -> Result<Node, JsonFault> {
        self.node_within(NESTING_LIMIT)
    }

    fn node_within(self, depth: usize) -> Result<Node, JsonFault> {
        let deeper = || depth.checked_sub(1).ok_or_else(|| JsonFault::TooDeep(self.span()));
        let kind = if let Some(members) = self.members()? {
            let depth = deeper()?;
            let mut entries = Vec::with_capacity(members.len());
            for member in members {
                entries.push(member.entry_within(depth)?);
            }
            NodeKind::Mapping(entries)
        } else if let Some(elements) = self.elements()? {
            let depth = deeper()?;
            NodeKind::Sequence(elements.into_iter().map(|node| node.node_within(depth)).collect::<Result<_, _>>()?)
        } else if let Some(text) = self.text()? {
            NodeKind::Scalar(self.line.scalar(&text, self.span()))
        } else {
            NodeKind::Null
        };
        Ok(Node { span: self.span(), kind })
    }
}

impl JsonLine<'_> {
    /// The scalar of a text that stands at a place, in quotes if it is a string.
    fn scalar(self, text: &str, span: Span) -> Scalar {
        let at = |place: u32| place.saturating_sub(self.start) as usize;
        let written = self.text.get(at(span.start)..at(span.end)).unwrap_or("");
        let quote = u32::from(written.starts_with('"'));
        let inner = written.get(quote as usize..written.len().saturating_sub(quote as usize));
        let verbatim = (inner == Some(text)).then(|| span.start.saturating_add(quote));
        let pieces = if verbatim.is_none() { Pieces::align(text, written, span.start).map(Box::new) } else { None };
        let style = if quote == 1 { ScalarStyle::Quoted } else { ScalarStyle::Plain };
        Scalar { text: text.to_owned(), style, verbatim, pieces }
    }
}

/// Keys and values; elements of a list have no key.
type Parts<'t> = SmallVec<[(&'t str, &'t str); 6]>;

/// Takes keys and values as they are written.
struct AsWritten;

impl<'t> Visitor<'t> for AsWritten {
    type Value = Parts<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<Parts<'t>, A::Error> {
        let mut parts = Parts::new();
        while let Some((key, value)) = access.next_entry::<&RawValue, &RawValue>()? {
            parts.push((key.get(), value.get()));
        }
        Ok(parts)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut access: A) -> Result<Parts<'t>, A::Error> {
        let mut parts = Parts::new();
        while let Some(element) = access.next_element::<&RawValue>()? {
            parts.push(("", element.get()));
        }
        Ok(parts)
    }
}
