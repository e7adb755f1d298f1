//! The values that a field of the context is tried with: one for each case that the conditions tell apart.
//!
//! What a field is compared with, on either side and for this very request, is computed, and the field is given each of
//! these values, one that is none of them, and none at all. A text that is held against several patterns is also put together
//! of two of them; a set is any set of what elements are compared with, filled up to each size that is asked for. Where that
//! may not be every case, it is said.

use super::names::{Names, Side};
use super::occasion::{Asked, VALUES, concerns, each_value};
use super::reads::{Beside, Reads};
use crate::compile::{Comparison, Node};
use crate::decide::Val;
use crate::schema::{RawValue, Schema, ValueType, duration_text, timestamp_text};
use std::collections::BTreeSet;

/// Of more elements than this not all sets are tried.
const ELEMENTS: usize = 6;

/// Sets larger than this are not tried.
const SIZE: usize = 64;

/// More patterns than this are not put together by twos.
const PATTERNS: usize = 8;

/// What a field is compared with.
#[derive(Default)]
struct Compared {
    /// Values, and what lies right beside them.
    texts: Vec<String>,
    /// Parts of texts.
    patterns: BTreeSet<String>,
    /// Sizes of sets.
    sizes: BTreeSet<usize>,
}

/// The values that a field of the context may take, as far as conditions tell them apart, and whether these are all.
pub(super) fn candidates(
    names: &Names<'_>,
    reads: &Reads,
    asked: &Asked<'_>,
    name: &str,
    at: i64,
) -> (Vec<RawValue>, bool) {
    let field_of = |side: Side| {
        let schema = names.sides.of(side).policy().schema();
        let field = schema.context.iter().find(|field| *field.name == *name)?;
        Some((schema, &field.ty))
    };
    let Some((schema, ty)) = field_of(Side::New).or_else(|| field_of(Side::Old)) else { return (Vec::new(), true) };
    let element = element(ty);
    let is_set = matches!(ty, ValueType::Set(_));
    let Compared { mut texts, patterns, sizes } = compared(names, reads, asked, (name, is_set), at);
    let mut every = patterns.len() < 2;
    texts.extend(together(&patterns));
    texts.extend(other(schema, element, None));
    match element {
        ValueType::Bool => texts.extend([String::from("true"), String::from("false")]),
        ValueType::Enum(words) => texts.extend(words.iter().map(|word| word.to_string())),
        ValueType::Entity(ty) => {
            let ty = schema.types.get(*ty).map_or("", |info| &info.name);
            let people = [asked.actor, asked.resource].into_iter().chain(asked.others.iter().copied());
            texts.extend(people.filter(|&thing| names.type_name(thing) == ty).map(|thing| names.name(thing)));
            if reads.context_parts.contains(name) {
                let (few, whole) = names.few(ty);
                texts.extend(few.iter().map(|&thing| names.name(thing)));
                every &= whole;
            }
        }
        _ => {}
    }
    // What one side cannot read is no question to it.
    let readable = |side: Side, text: &String| {
        field_of(side)
            .is_none_or(|(schema, ty)| schema.read_value(self::element(ty), &RawValue::Plain(text.clone())).is_ok())
    };
    texts.retain(|text| Side::BOTH.into_iter().all(|side| readable(side, text)));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    every &= texts.len() <= VALUES;
    texts.truncate(VALUES);
    if !is_set {
        return (texts.into_iter().map(RawValue::Plain).collect(), every);
    }
    let (sets, all) = sets(&texts, &sizes, |number| other(schema, element, Some(number)));
    (sets.into_iter().map(|set| RawValue::List(set.into_iter().map(RawValue::Plain).collect())).collect(), every & all)
}

/// What a field of a type has for values, or for elements.
fn element(ty: &ValueType) -> &ValueType {
    match ty {
        ValueType::Set(of) => of,
        single => single,
    }
}

/// What the conditions compare a field with. What lies beside an element is no case of its own: elements are equal or not.
fn compared(names: &Names<'_>, reads: &Reads, asked: &Asked<'_>, (name, is_set): (&str, bool), at: i64) -> Compared {
    let mut compared = Compared::default();
    for &Beside { side, how, this, other } in &reads.beside_context {
        if !concerns(names, side, this, name) {
            continue;
        }
        let is_size = matches!(names.sides.of(side).policy().programs().node(this), Node::Size(_));
        let is_part = matches!(how, Comparison::Like | Comparison::StartsWith | Comparison::EndsWith);
        each_value(names, side, other, asked, at, |val| match val {
            Val::Int(size) if is_size => {
                let sizes = [size.saturating_sub(1), size, size.saturating_add(1)];
                compared.sizes.extend(sizes.into_iter().filter_map(|size| usize::try_from(size).ok()));
            }
            Val::Text(text) if is_set => compared.texts.push(text.to_owned()),
            Val::Int(value) if is_set => compared.texts.push(value.to_string()),
            val => {
                if let (true, Val::Text(text)) = (is_part, val) {
                    compared.patterns.insert(text.to_owned());
                }
                around(names, side, val, &mut compared.texts);
            }
        });
    }
    compared
}

/// Texts that fit two patterns each: one behind the other, and one where the other leaves room.
fn together(patterns: &BTreeSet<String>) -> Vec<String> {
    let few = || patterns.iter().take(PATTERNS);
    let pairs = few()
        .flat_map(|one| few().map(move |other| (one, other.replace('*', ""))))
        .filter(|(one, other)| *one != other);
    pairs
        .flat_map(|(one, other)| {
            let within = one.contains('*').then(|| one.replace('*', &other));
            [Some(one.replace('*', "") + &other), within].into_iter().flatten()
        })
        .collect()
}

/// Sets of some elements, filled up to each size, and whether these are all that can be told apart: none, each by itself and
/// all together first.
fn sets(
    texts: &[String],
    sizes: &BTreeSet<usize>,
    other: impl Fn(usize) -> Option<String>,
) -> (Vec<Vec<String>>, bool) {
    let mut sets: Vec<Vec<String>> = vec![Vec::new()];
    sets.extend(texts.iter().map(|text| vec![text.clone()]));
    sets.push(texts.to_vec());
    let mut all = texts.len() <= ELEMENTS;
    if all {
        let chosen = |bits: u32| {
            texts.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, text)| text.clone())
        };
        sets.extend((0..1_u32 << texts.len()).map(|bits| chosen(bits).collect()));
    }
    let plain = sets.len();
    for &size in sizes {
        all &= size <= SIZE;
        for at in 0..plain {
            let mut set = sets.get(at).cloned().unwrap_or_default();
            if set.len() >= size.min(SIZE) {
                continue;
            }
            let wanted = size.min(SIZE) - set.len();
            set.extend((1..=wanted).filter_map(&other));
            sets.push(set);
        }
    }
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    sets.retain(|set| seen.insert(set.clone()));
    all &= sets.len() <= VALUES;
    sets.truncate(VALUES);
    (sets, all)
}

/// A value that nothing is likely to be compared with; of several, each by its number.
fn other(schema: &Schema, ty: &ValueType, number: Option<usize>) -> Option<String> {
    let at = number.unwrap_or(0);
    let end = number.map_or_else(String::new, |number| format!("-{number}"));
    Some(match ty {
        ValueType::Int => (1_000_000 * at).to_string(),
        ValueType::String => format!("something-else{end}"),
        ValueType::Timestamp => timestamp_text(946_684_800_000 + 1_000 * i64::try_from(at).ok()?),
        ValueType::Duration => duration_text(1_000 * i64::try_from(at).ok()?),
        ValueType::Ip => format!("192.0.2.{}", at + 1),
        ValueType::Entity(ty) => format!("{}:somebody-else{end}", schema.types.get(*ty)?.name),
        _ => return None,
    })
}

/// The texts of a value, and of what lies right beside it.
fn around(names: &Names<'_>, side: Side, val: Val<'_>, texts: &mut Vec<String>) {
    match val {
        Val::Bool(value) => texts.push(value.to_string()),
        Val::Int(value) => {
            texts.extend([value.saturating_sub(1), value, value.saturating_add(1)].map(|value| value.to_string()));
        }
        Val::Text(text) => {
            texts.push(text.to_owned());
            if text.contains('*') {
                texts.push(text.replace('*', ""));
                texts.push(text.replace('*', "-any-"));
            } else {
                texts.push(format!("{text}-more"));
                texts.push(format!("more-{text}"));
            }
        }
        Val::Timestamp(at) => {
            texts.extend([at.saturating_sub(1), at, at.saturating_add(1)].map(timestamp_text));
        }
        Val::Duration(length) => {
            texts.extend([length - 1_000, length, length + 1_000].map(duration_text));
        }
        Val::Ip(address) => texts.push(address.to_string()),
        Val::Range(range) => {
            texts.push(range.network().to_string());
            texts.push(range.broadcast().to_string());
        }
        Val::Entity(entity) => {
            let schema = names.sides.of(side).policy().schema();
            match names.thing(side, entity) {
                Some(thing) => texts.push(names.name(thing)),
                None => texts.extend(names.sides.of(side).named_by_policy(entity).map(|name| name.text(schema))),
            }
        }
        Val::Unknown | Val::Absent | Val::Everything | Val::Set(_) => {}
    }
}
