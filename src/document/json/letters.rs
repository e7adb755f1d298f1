//! The letters of a value and what they are taken apart into: everything borrowed from the line, every part with its
//! place.

use super::{JsonFault, JsonMember, JsonMembers, JsonValue};
use crate::document::keys::Keys;
use crate::document::trouble;
use crate::source::{FileId, Span};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt;

/// A piece of a line that begins at byte `start` of its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters<'t> {
    pub(super) file: FileId,
    pub(super) start: u32,
    pub(super) text: &'t str,
}

impl<'t> Letters<'t> {
    pub(super) fn span(self) -> Span {
        self.place(0, self.text.len())
    }

    /// The members of the object that stands here, and nothing else.
    pub(super) fn members(self) -> Result<JsonMembers<'t>, JsonFault> {
        let mut reader = serde_json::Deserializer::from_str(self.text);
        let members = reader.deserialize_map(Members(self)).and_then(|members| reader.end().map(|()| members));
        let members = members.map_err(|error| self.malformed(error))?;
        let mut keys = Keys::default();
        for (at, member) in members.iter().enumerate() {
            let before = members.get(..at).unwrap_or(&[]);
            let first = keys.find(before, &member.key, |member| &member.key).and_then(|at| before.get(at));
            if let Some(first) = first {
                return Err(JsonFault::Twice((*member.key).into(), first.key_span, member.key_span));
            }
        }
        Ok(members)
    }

    /// The elements of the list that stands here.
    pub(super) fn elements(self) -> Result<SmallVec<[JsonValue<'t>; 4]>, JsonFault> {
        let mut reader = serde_json::Deserializer::from_str(self.text);
        reader.deserialize_seq(Elements(self)).map_err(|error| self.malformed(error))
    }

    /// The value that stands here, and nothing else.
    pub(super) fn value(self) -> Result<JsonValue<'t>, JsonFault> {
        let value: &RawValue = serde_json::from_str(self.text).map_err(|error| self.malformed(error))?;
        Ok(JsonValue(self.part(value.get())))
    }

    /// The text of the string that stands here, in quotes.
    pub(super) fn string(self) -> Result<Cow<'t, str>, JsonFault> {
        let inner = self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or("");
        if !inner.contains('\\') {
            return Ok(Cow::Borrowed(inner));
        }
        serde_json::from_str(self.text).map(Cow::Owned).map_err(|error| self.malformed(error))
    }

    fn malformed(self, error: serde_json::Error) -> JsonFault {
        // The parser counts bytes from 1, and names the last one it took where it cannot point at the next.
        let at = trouble::floor(self.text, error.column().saturating_sub(1));
        let length = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        JsonFault::Malformed(self.place(at, at + length), error)
    }

    /// A part of these letters.
    fn part(self, text: &'t str) -> Self {
        Self { start: self.byte(self.offset(text)), text, ..self }
    }

    /// Where a part begins. Parts are never copies: they are borrowed from these letters.
    fn offset(self, part: &str) -> usize {
        part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()).min(self.text.len())
    }

    fn byte(self, at: usize) -> u32 {
        self.start.saturating_add(trouble::byte(at))
    }

    pub(super) fn place(self, from: usize, to: usize) -> Span {
        Span::new(self.file, self.byte(from), self.byte(to))
    }

    /// The place of a key, quotes included, that stands before a value and after everything up to byte `from`.
    fn key_place(self, key: &str, from: usize, value: &str) -> Span {
        let at = key.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        if at < self.text.len() {
            return self.place(at.saturating_sub(1), at + key.len() + 1);
        }
        // With escapes it is a copy: its quotes are the first and the last between what stands around it.
        let between = self.text.get(from..self.offset(value)).unwrap_or("");
        let (first, last) = (between.find('"').unwrap_or(0), between.rfind('"').unwrap_or(0));
        self.place(from + first, from + last + 1)
    }
}

/// Takes the members of an object, values as they are written.
struct Members<'t>(Letters<'t>);

impl<'t> Visitor<'t> for Members<'t> {
    type Value = JsonMembers<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<JsonMembers<'t>, A::Error> {
        let mut members = JsonMembers::new();
        let mut from = 0;
        while let Some((key, value)) = access.next_entry_seed(Key, std::marker::PhantomData::<&RawValue>)? {
            let key_span = self.0.key_place(&key, from, value.get());
            let value = self.0.part(value.get());
            from = self.0.offset(value.text) + value.text.len();
            members.push(JsonMember { key, key_span, value: JsonValue(value) });
        }
        Ok(members)
    }
}

/// Takes a key, borrowed where it has no escapes.
struct Key;

impl<'t> DeserializeSeed<'t> for Key {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<Cow<'t, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'t, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Takes the elements of a list as they are written.
struct Elements<'t>(Letters<'t>);

impl<'t> Visitor<'t> for Elements<'t> {
    type Value = SmallVec<[JsonValue<'t>; 4]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut elements = SmallVec::new();
        while let Some(element) = access.next_element::<&RawValue>()? {
            elements.push(JsonValue(self.0.part(element.get())));
        }
        Ok(elements)
    }
}
