//! A line, and the parts of the objects and lists in it as they are written.

use super::{JsonFault, JsonMember, JsonMembers, JsonValue};
use crate::document::keys::Keys;
use crate::document::trouble;
use crate::source::{FileId, Span};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt;

/// A line of a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct JsonLine<'t> {
    file: FileId,
    pub(super) start: u32,
    pub(super) text: &'t str,
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
        if self.text.trim_start_matches([' ', '\t', '\r']).starts_with('{') {
            return self.members(self.text).map(Ok);
        }
        let value: &RawValue = serde_json::from_str(self.text).map_err(|error| self.malformed(self.text, error))?;
        Ok(Err(JsonValue { line: self, text: value.get() }))
    }

    pub(super) fn members(self, text: &'t str) -> Result<JsonMembers<'t>, JsonFault> {
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
    pub(super) fn parts(self, text: &'t str) -> Result<Parts<'t>, JsonFault> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let parts = reader.deserialize_any(AsWritten).and_then(|parts| reader.end().map(|()| parts));
        parts.map_err(|error| self.malformed(text, error))
    }

    /// The text of a string in quotes.
    pub(super) fn string(self, quoted: &'t str) -> Result<Cow<'t, str>, JsonFault> {
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

    pub(super) fn span_of(self, part: &str) -> Span {
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

/// Keys and values; elements of a list have no key.
pub(super) type Parts<'t> = SmallVec<[(&'t str, &'t str); 6]>;

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
