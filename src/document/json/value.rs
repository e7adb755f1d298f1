//! A value, and what it is.

use super::JsonFault;
use super::letters::Letters;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use smallvec::SmallVec;
use std::borrow::Cow;

/// A value in a line, known to be well formed.
#[derive(Clone, Copy, Debug)]
pub struct JsonValue<'t>(pub(super) Letters<'t>);

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

impl<'t> JsonValue<'t> {
    /// Its place, quotes and brackets included.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }

    fn begins_with(self, byte: u8) -> bool {
        self.0.text.as_bytes().first() == Some(&byte)
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
        match self.0.text.as_bytes().first() {
            Some(b'"') => self.0.string().map(Some),
            Some(b'{' | b'[' | b'n') | None => Ok(None),
            Some(_) => Ok(Some(Cow::Borrowed(self.0.text))),
        }
    }

    /// The members, if it is an object.
    ///
    /// # Errors
    /// When a key stands twice.
    pub fn members(self) -> Result<Option<JsonMembers<'t>>, JsonFault> {
        if self.begins_with(b'{') { self.0.members().map(Some) } else { Ok(None) }
    }

    /// The elements, if it is a list.
    ///
    /// # Errors
    /// None but for what is no JSON, which no value is.
    pub fn elements(self) -> Result<Option<SmallVec<[Self; 4]>>, JsonFault> {
        if self.begins_with(b'[') { self.0.elements().map(Some) } else { Ok(None) }
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

    /// What it is, in the words that [`Node::describe`](crate::document::Node::describe) has for it.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self.0.text.as_bytes().first() {
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
}
