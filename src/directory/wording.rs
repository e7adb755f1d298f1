//! How values are written: in the usual way, which follows from the value, or in one of their own, which has to be kept.
//!
//! A value may be written in several ways (`24h` is `1d`), and what it is written as still counts when the type of its
//! attribute becomes another. So that not every text must be kept beside its value, only those are that the value would not
//! be written as.

use super::tree::Written;
use super::{Directory, EntityId, Stored};
use crate::index::{Interner, SortedMap};
use crate::schema::{RawValue, Schema, SettingId, duration_text, timestamp_text};

/// Which value of an entity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Given {
    /// That of an attribute, by slot.
    Attribute(usize),
    /// That of a setting.
    Setting(SettingId),
}

/// Values that are not written as usual, as they are written.
pub(super) type Wordings = SortedMap<(EntityId, Given), RawValue>;

/// Whether a text without quotes would be read as something else than text.
pub(super) fn needs_quotes(text: &str) -> bool {
    matches!(text, "true" | "false") || text.parse::<i64>().is_ok()
}

impl Directory {
    /// Whether a value is written as usual. The elements of a list are given apart.
    pub(super) fn is_usual(&self, schema: &Schema, texts: &Interner, written: &Written, value: Stored) -> bool {
        let Written::Text { text, quoted } = written else { return false };
        let text = texts.resolve(*text);
        match value {
            // What is written as an entity and read as this one has its name.
            Stored::Entity(_) => true,
            Stored::Text(_) => *quoted || !needs_quotes(text),
            Stored::Bool(_) => true,
            Stored::Int(_) => text == "0" || !text.trim_start_matches('-').starts_with(['+', '0']),
            single => self.usual(schema, single) == Some(RawValue::Plain(text.to_owned())),
        }
    }

    /// As [`Directory::is_usual`], of a value that may be a set.
    pub(super) fn is_usual_value(&self, schema: &Schema, texts: &Interner, written: &Written, value: Stored) -> bool {
        let (Stored::Set(set), Written::List(items)) = (value, written) else {
            return self.is_usual(schema, texts, written, value);
        };
        let elements = self.set(set);
        elements.len() == items.len()
            && items.iter().all(|(item, _)| elements.iter().any(|&one| self.is_usually(schema, texts, item, one)))
    }

    /// Whether this is what a value is usually written as, whatever else may be written so.
    fn is_usually(&self, schema: &Schema, texts: &Interner, written: &Written, value: Stored) -> bool {
        let Written::Text { text, quoted } = written else { return false };
        let text = texts.resolve(*text);
        match self.usual(schema, value) {
            Some(RawValue::Plain(usual)) => text == usual && (!*quoted || !needs_quotes(text)),
            Some(RawValue::String(usual)) => text == usual && *quoted,
            _ => false,
        }
    }

    /// What a value is usually written as; nothing where there is none.
    pub(super) fn usual(&self, schema: &Schema, value: Stored) -> Option<RawValue> {
        Some(match value {
            Stored::Missing | Stored::Absent => return None,
            Stored::Bool(value) => RawValue::Plain(value.to_string()),
            Stored::Int(value) => RawValue::Plain(value.to_string()),
            Stored::Text(text) => {
                let text = self.text(text).to_owned();
                if needs_quotes(&text) { RawValue::String(text) } else { RawValue::Plain(text) }
            }
            Stored::Timestamp(at) => RawValue::Plain(timestamp_text(at)),
            Stored::Duration(length) => RawValue::Plain(duration_text(length)),
            Stored::Ip(address) => RawValue::Plain(self.address(address)?.to_string()),
            Stored::Entity(entity) => RawValue::Plain(self.name(schema, entity)),
            Stored::Set(set) => {
                RawValue::List(self.set(set).iter().filter_map(|&element| self.usual(schema, element)).collect())
            }
        })
    }
}
