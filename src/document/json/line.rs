//! A line of a JSON text, before it is known to be JSON.

use super::letters::Letters;
use super::{JsonFault, JsonMembers, JsonValue};
use crate::source::{FileId, Span};

/// A line of a JSON text.
#[derive(Clone, Copy, Debug)]
pub struct JsonLine<'t>(Letters<'t>);

impl<'t> JsonLine<'t> {
    /// A line that begins at byte `start` of a file.
    #[must_use]
    pub fn new(file: FileId, start: u32, text: &'t str) -> Self {
        Self(Letters { file, start, text })
    }

    /// The place of the whole line.
    #[must_use]
    pub fn span(self) -> Span {
        self.0.span()
    }

    /// The members of the object that stands on the line; none where it is JSON and no object.
    ///
    /// # Errors
    /// When the line is no well-formed JSON, or a key stands twice.
    pub fn members(self) -> Result<Option<JsonMembers<'t>>, JsonFault> {
        if self.0.text.trim_start_matches([' ', '\t', '\r']).starts_with('{') {
            self.0.members().map(Some)
        } else {
            self.value().map(|_| None)
        }
    }

    /// What stands on the line.
    ///
    /// # Errors
    /// When the line is no well-formed JSON.
    pub fn value(self) -> Result<JsonValue<'t>, JsonFault> {
        self.0.value()
    }
}
