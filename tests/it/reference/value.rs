//! Values of attributes and context fields, read by their declared types, and what comparisons make of them.
//!
//! A literal stays text until it meets a value of another kind: `"2026-01-01T00:00:00Z"` becomes a moment beside a
//! moment, `"user:ana"` an entity beside an entity.

use super::Truth;
use rolebook::syntax::ast::{Comparison, LiteralKind, TypeExprKind};
use serde_yaml::Value as Yaml;
use std::cmp::Ordering;
use std::net::IpAddr;

/// A value, or the lack of one.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    /// Required and not there: nothing can be computed from it.
    Missing,
    /// Optional and not there.
    Absent,
    Bool(bool),
    Int(i64),
    Text(String),
    /// Milliseconds since 1970 UTC.
    Time(i64),
    /// Milliseconds.
    Length(i64),
    Address(IpAddr),
    Entity(String),
    Set(Vec<Value>),
    /// The set of all values: a `narrows` setting that nobody supplies.
    Everything,
}

impl Value {
    /// The value that a literal is.
    pub(crate) fn literal(literal: &LiteralKind) -> Self {
        match literal {
            LiteralKind::Bool(value) => Self::Bool(*value),
            LiteralKind::Int(value) => Self::Int(*value),
            LiteralKind::String(text) | LiteralKind::Raw(text) => Self::Text(text.clone()),
            LiteralKind::Duration(value) => Self::Length(*value),
            LiteralKind::List(items) => Self::set(items.iter().map(|item| Self::literal(&item.value))),
        }
    }

    /// The value that data stands for where an attribute of this type is declared.
    pub(crate) fn read(ty: &TypeExprKind, data: &Yaml) -> Self {
        match ty {
            TypeExprKind::Set(element) => {
                let items = data.as_sequence().cloned().unwrap_or_else(|| vec![data.clone()]);
                Self::set(items.iter().map(|item| Self::read(&element.kind.value, item)))
            }
            TypeExprKind::Enum(_) => Self::Text(text(data)),
            TypeExprKind::Named(name) => Self::named(name, &text(data)),
        }
    }

    /// The value that a declared default is.
    pub(crate) fn default(ty: &TypeExprKind, literal: &LiteralKind) -> Self {
        match (ty, Self::literal(literal)) {
            (TypeExprKind::Named(name), Self::Text(text)) => Self::named(name, &text),
            (TypeExprKind::Set(element), Self::Set(items)) => {
                Self::set(items.into_iter().map(|item| match (&element.kind.value, item) {
                    (TypeExprKind::Named(name), Self::Text(text)) => Self::named(name, &text),
                    (_, item) => item,
                }))
            }
            (_, value) => value,
        }
    }

    /// A set: what repeats counts once.
    pub(crate) fn set(items: impl IntoIterator<Item = Self>) -> Self {
        let mut elements = Vec::new();
        for item in items {
            if !elements.contains(&item) {
                elements.push(item);
            }
        }
        Self::Set(elements)
    }

    fn named(type_name: &str, text: &str) -> Self {
        match type_name {
            "bool" => Self::Bool(text.parse().expect("a bool")),
            "int" => Self::Int(text.parse().expect("an int")),
            "string" => Self::Text(text.to_owned()),
            "timestamp" => Self::Time(moment(text)),
            "duration" => Self::Length(length(text)),
            "ip" => Self::Address(text.parse::<IpAddr>().expect("an address").to_canonical()),
            _ => Self::Entity(text.to_owned()),
        }
    }

    /// The value as a condition: a bool is itself, a set is not empty, anything else is there.
    pub(crate) fn bare(&self) -> Truth {
        match self {
            Self::Missing => Truth::Unknown,
            Self::Absent => Truth::False,
            Self::Bool(value) => Truth::of(*value),
            Self::Set(items) => Truth::of(!items.is_empty()),
            _ => Truth::True,
        }
    }
}

/// What a comparison of two values comes to.
pub(crate) fn compare(op: Comparison, left: &Value, right: &Value) -> Truth {
    match (left, right) {
        (Value::Missing, _) | (_, Value::Missing) => Truth::Unknown,
        (Value::Absent, _) | (_, Value::Absent) => Truth::of(op == Comparison::Ne),
        _ => holds(op, left, right).map_or(Truth::Unknown, Truth::of),
    }
}

/// Nothing where the kinds of values do not fit: only where an `X is T and …` is false anyway.
fn holds(op: Comparison, left: &Value, right: &Value) -> Option<bool> {
    Some(match op {
        Comparison::Eq => same(left, right),
        Comparison::Ne => !same(left, right),
        Comparison::Lt => order(left, right)? == Ordering::Less,
        Comparison::Le => order(left, right)? != Ordering::Greater,
        Comparison::Gt => order(left, right)? == Ordering::Greater,
        Comparison::Ge => order(left, right)? != Ordering::Less,
        _ if *left == Value::Everything || *right == Value::Everything => with_everything(op, left, right)?,
        Comparison::In => match (left, right) {
            (Value::Address(address), Value::Text(range)) => in_range(*address, range),
            _ => elements(right)?.iter().any(|item| same(left, item)),
        },
        Comparison::Contains => elements(left)?.iter().any(|item| same(item, right)),
        Comparison::Overlaps => overlap(elements(left)?, elements(right)?),
        Comparison::SubsetOf => {
            let other = elements(right)?;
            elements(left)?.iter().all(|item| overlap(std::slice::from_ref(item), other))
        }
        Comparison::StartsWith => words(left)?.starts_with(words(right)?),
        Comparison::EndsWith => words(left)?.ends_with(words(right)?),
        Comparison::Like => matches_glob(words(left)?, words(right)?),
    })
}

/// Every value is in the set of all; it overlaps what is not empty, and is a subset of itself alone.
fn with_everything(op: Comparison, left: &Value, right: &Value) -> Option<bool> {
    Some(match (op, left, right) {
        (Comparison::In, _, Value::Everything) | (Comparison::Contains, Value::Everything, _) => true,
        (Comparison::Overlaps, Value::Everything, Value::Everything) => true,
        (Comparison::Overlaps, Value::Everything, set) | (Comparison::Overlaps, set, Value::Everything) => {
            !elements(set)?.is_empty()
        }
        (Comparison::SubsetOf, _, Value::Everything) => true,
        (Comparison::SubsetOf, Value::Everything, _) => false,
        _ => return None,
    })
}

fn overlap(one: &[Value], other: &[Value]) -> bool {
    one.iter().any(|a| other.iter().any(|b| same(a, b)))
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Entity(name), Value::Text(text)) | (Value::Text(text), Value::Entity(name)) => name == text,
        (Value::Time(at), Value::Text(text)) | (Value::Text(text), Value::Time(at)) => *at == moment(text),
        (Value::Address(address), Value::Text(text)) | (Value::Text(text), Value::Address(address)) => {
            text.parse() == Ok(*address)
        }
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) | (Value::Length(a), Value::Length(b)) => {
            Some(a.cmp(b))
        }
        (Value::Time(at), Value::Text(text)) => Some(at.cmp(&moment(text))),
        (Value::Text(text), Value::Time(at)) => Some(moment(text).cmp(at)),
        _ => None,
    }
}

fn in_range(address: IpAddr, range: &str) -> bool {
    let (start, bits) = range.split_once('/').expect("an address range");
    let bits: u32 = bits.parse().expect("a prefix length");
    let head = |number: u128, width: u32| number.checked_shr(width - bits).unwrap_or(0);
    match (address, start.parse().expect("an address")) {
        (IpAddr::V4(a), IpAddr::V4(b)) => head(a.to_bits().into(), 32) == head(b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => head(a.to_bits(), 128) == head(b.to_bits(), 128),
        _ => false,
    }
}

fn matches_glob(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            matches_glob(text, rest)
                || text.chars().next().is_some_and(|c| matches_glob(&text[c.len_utf8()..], pattern))
        }
        Some(c) => text.strip_prefix(c).is_some_and(|text| matches_glob(text, &pattern[c.len_utf8()..])),
    }
}

fn elements(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Set(items) => Some(items),
        _ => None,
    }
}

fn words(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The text of a single piece of data.
pub(crate) fn text(data: &Yaml) -> String {
    match data {
        Yaml::String(text) => text.clone(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Number(number) => number.to_string(),
        _ => panic!("no single value: {data:?}"),
    }
}

/// Milliseconds since 1970 UTC of an ISO text with a zone.
pub(crate) fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("a moment with a zone").as_millisecond()
}

fn length(text: &str) -> i64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let seconds = match unit {
        "d" => 24 * 60 * 60,
        "h" => 60 * 60,
        "m" => 60,
        "s" => 1,
        _ => panic!("no length of time: {text}"),
    };
    number.parse::<i64>().expect("a number") * seconds * 1_000
}
