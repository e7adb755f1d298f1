//! Values of a sketch.

use super::Drawing;
use crate::analysis::condition::atom::{Atom, Operand};
use crate::analysis::condition::read::matches;
use crate::analysis::condition::state::State;
use crate::analysis::condition::term::{Single, TermId};
use crate::compile::Comparison;
use crate::decide::Truth;
use crate::schema::{RawValue, Schema, ValueType, duration_text, timestamp_text};

impl Drawing<'_> {
    /// The value of a path as a directory or a request gives it; nothing inside where there is none, and nothing at all where
    /// it cannot be given.
    #[expect(clippy::option_option)]
    pub(super) fn value(&mut self, term: TermId, state: &State, ty: &ValueType) -> Option<Option<RawValue>> {
        Some(match (state, ty) {
            (State::Missing | State::Absent | State::Everything, _) => None,
            (_, ValueType::Set(element)) => {
                let states = self.contents.get(&term).cloned().unwrap_or_default();
                let values = states.iter().map(|state| self.single(None, state, element));
                Some(RawValue::List(values.collect::<Option<Vec<_>>>()?))
            }
            (state, ty) => Some(self.single(Some(term), state, ty)?),
        })
    }

    pub(super) fn single(&mut self, term: Option<TermId>, state: &State, ty: &ValueType) -> Option<RawValue> {
        Some(match (state, ty) {
            (State::Known(Single::Bool(value)), _) => RawValue::Bool(*value),
            (State::Known(Single::Number(number)), ValueType::Duration) => RawValue::String(duration_text(*number)),
            (State::Known(Single::Number(number)), ValueType::Timestamp) => RawValue::String(timestamp_text(*number)),
            (State::Known(Single::Number(number)), _) => RawValue::Int(*number),
            (State::Known(Single::Text(text) | Single::Entity(text)), _) => RawValue::String(text.to_string()),
            (State::Known(Single::Address(address)), _) => RawValue::String(address.to_string()),
            (State::Other(_), ValueType::Entity(ty)) => {
                let ty = self.type_name(*ty)?;
                RawValue::String(self.named(state, Some(&ty), false)?)
            }
            (State::Other(number), ValueType::String) => {
                let plain = self.text(*number);
                let fitting = term.and_then(|term| self.fitting(term, &plain));
                RawValue::String(fitting.unwrap_or(plain))
            }
            (State::Other(number), ty) => some(self.schema, ty, *number)?,
            (_, ValueType::Entity(_)) => RawValue::String(self.name(term?)?),
            (_, ty) => some(self.schema, ty, 0)?,
        })
    }

    /// A text that stands for no other number.
    fn text(&mut self, number: usize) -> String {
        let count = self.texts.len() + 1;
        let nth = *self.texts.entry(number).or_insert(count);
        if nth == 1 { String::from("other") } else { format!("other-{nth}") }
    }

    /// A text of which those patterns hold that are to, and no others, if one is easily found.
    fn fitting(&self, term: TermId, middle: &str) -> Option<String> {
        let patterns = self.supposed.atoms.iter().filter_map(|(id, truth)| match self.conditions.atoms.get(*id)? {
            Atom::Pattern(comparison, Operand::Term(of), Operand::Single(Single::Text(text))) if *of == term => {
                Some((*comparison, &**text, *truth == Truth::True))
            }
            _ => None,
        });
        let patterns: Vec<(Comparison, &str, bool)> = patterns.collect();
        let longest = |wanted: Comparison| {
            let texts = patterns.iter().filter(|(comparison, _, is)| *comparison == wanted && *is);
            texts.map(|(_, text, _)| *text).max_by_key(|text| text.len()).unwrap_or_default()
        };
        let (start, end) = (longest(Comparison::StartsWith), longest(Comparison::EndsWith));
        let around = |inner: &str| format!("{start}{inner}{end}");
        let alike = patterns.iter().filter(|(comparison, _, is)| *comparison == Comparison::Like && *is);
        let tried = alike.flat_map(|(_, text, _)| [text.replace('*', middle), around(&text.replace('*', middle))]);
        let fits =
            |text: &String| patterns.iter().all(|(comparison, pattern, is)| matches(*comparison, text, pattern) == *is);
        let overlapping = overlaps(start, end).chain(patterns.iter().flat_map(|(_, pattern, _)| {
            let (start, end) = (pattern.split('*').next(), pattern.rsplit('*').next());
            overlaps(start.unwrap_or_default(), end.unwrap_or_default())
        }));
        tried.chain([around(middle)]).chain(overlapping).find(fits)
    }
}

/// The texts that begin with one and end with another, and are shorter than both together: the shortest first.
fn overlaps<'t>(start: &'t str, end: &'t str) -> impl Iterator<Item = String> + 't {
    let common = end.char_indices().map(|(at, _)| at).chain([end.len()]).rev();
    common
        .filter_map(move |at| end.split_at_checked(at))
        .filter(move |(common, _)| start.ends_with(common))
        .map(move |(_, rest)| format!("{start}{rest}"))
}

/// Any value of a type, another one for each number.
pub(super) fn some(schema: &Schema, ty: &ValueType, number: usize) -> Option<RawValue> {
    let number = i64::try_from(number).ok()?;
    Some(match ty {
        ValueType::Bool => RawValue::Bool(true),
        ValueType::Int => RawValue::Int(1_000_003 + number),
        ValueType::String => RawValue::String(format!("other-{number}")),
        ValueType::Entity(ty) => RawValue::String(format!("{}:other", schema.types.get(*ty)?.name)),
        ValueType::Set(_) => RawValue::List(Vec::new()),
        ValueType::Enum(words) => RawValue::String(words.first()?.to_string()),
        ValueType::Duration => RawValue::String(duration_text(1_000 * (1_003 + number))),
        ValueType::Timestamp => RawValue::String(timestamp_text(981_173_106_000 + 1_000 * number)),
        ValueType::Ip => RawValue::String(String::from("192.0.2.7")),
    })
}
