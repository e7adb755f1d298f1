//! What every kind of line asks of its values, and what is said where they are something else.

use super::{BulkReader, Step};
use crate::diagnostics::{Code, Diagnostic};
use crate::directory::tree::Mention;
use crate::document::{JsonMember, JsonMembers, JsonValue, unknown_key_at};
use crate::source::Span;

impl BulkReader {
    /// The entity that a value names.
    pub(super) fn mention(&mut self, value: JsonValue<'_>) -> Step<Option<Mention>> {
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        let span = value.span();
        Ok(self.reader.entity_text(&text, span).map(|text| Mention { text, span }))
    }

    /// The text of a single value.
    pub(super) fn word(&mut self, value: JsonValue<'_>) -> Step<Option<Mention>> {
        let Some(text) = value.text()? else {
            self.error(|| value.wrong_shape("a single value"));
            return Ok(None);
        };
        Ok(Some(Mention { text: self.reader.tree.texts.intern(&text), span: value.span() }))
    }

    /// The members of an object; null is an empty one.
    pub(super) fn members<'t>(&mut self, value: JsonValue<'t>) -> Step<JsonMembers<'t>> {
        let members = value.members()?;
        if members.is_none() && !value.is_null() {
            self.error(|| value.wrong_shape("a mapping"));
        }
        Ok(members.unwrap_or_default())
    }

    pub(super) fn error(&mut self, finding: impl FnOnce() -> Diagnostic) {
        self.reader.findings.error(finding);
    }

    pub(super) fn missing(&mut self, key: &str, at: Span) {
        self.error(|| Diagnostic::error(Code::MissingKey, at, format!("the key `{key}` is missing")));
    }

    /// A key that means nothing where it stands, with the near miss among `known`, else with `help`.
    pub(super) fn unknown_key(&mut self, member: &JsonMember<'_>, known: &[&str], help: Option<&str>) {
        self.error(|| {
            let finding = unknown_key_at(&member.key, member.key_span, known);
            match help {
                Some(help) if finding.help.is_none() => finding.help(help),
                _ => finding,
            }
        });
    }
}
