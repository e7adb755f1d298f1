//! Small pools of names and values, so that things meet: what a condition asks for often is what an entity has.

use super::choices::Choices;
use super::shape::{Attribute, Kind, SettingShape, Shape, TypeAt};
use serde_yaml::Value as Yaml;

/// The words of the one enumeration.
pub(crate) const WORDS: [&str; 3] = ["low", "high", "top"];
const TEXTS: [&str; 5] = ["a", "b", "ab", "aba", ""];
const LENGTHS: [&str; 4] = ["10s", "5m", "12h", "30d"];
const ADDRESSES: [&str; 4] = ["10.0.0.1", "10.9.0.1", "192.168.0.1", "fe80::1"];
pub(crate) const RANGES: [&str; 4] = ["10.0.0.0/8", "10.0.0.0/16", "0.0.0.0/0", "fe80::/10"];
pub(crate) const PATTERNS: [&str; 5] = ["*", "a*", "*b", "a*a", "b"];
/// Moments around which requests are made.
pub(crate) const MOMENTS: [&str; 4] =
    ["2026-01-01T00:00:00Z", "2026-06-01T12:00:00+02:00", "2026-06-01T10:00:00.001Z", "2026-12-31T00:00:00Z"];

/// A value as data.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Datum {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Datum>),
}

impl Datum {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// As data.
    pub(crate) fn value(&self) -> Yaml {
        match self {
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::value).collect::<Vec<_>>().into(),
        }
    }

    /// As it stands in a directory.
    pub(crate) fn yaml(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(text) => format!("\"{text}\""),
            Self::List(items) => format!("[{}]", items.iter().map(Self::yaml).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// One value of a kind.
pub(crate) fn datum(choices: &mut Choices<'_>, shape: &Shape, kind: Kind) -> Datum {
    match kind {
        Kind::Bool => Datum::Bool(choices.chance(50)),
        Kind::Int => Datum::Int(choices.below(4) as i64 - 1),
        Kind::Text => Datum::text(choices.copy_pick(&TEXTS)),
        Kind::Word => Datum::text(choices.copy_pick(&WORDS)),
        Kind::Moment => Datum::text(choices.copy_pick(&MOMENTS)),
        Kind::Length => Datum::text(choices.copy_pick(&LENGTHS)),
        Kind::Address => Datum::text(choices.copy_pick(&ADDRESSES)),
        Kind::Entity(ty) => Datum::Text(entity(choices, shape, ty)),
    }
}

/// A value that fits an attribute.
pub(crate) fn attribute(choices: &mut Choices<'_>, shape: &Shape, attribute: &Attribute) -> Datum {
    if !attribute.set {
        return datum(choices, shape, attribute.kind);
    }
    let mut items = Vec::new();
    for _ in 0..choices.below(3) {
        let item = datum(choices, shape, attribute.kind);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    Datum::List(items)
}

/// A value that fits a setting, as data and as policy text writes it.
pub(crate) fn setting(choices: &mut Choices<'_>, shape: &Shape, setting: &SettingShape) -> (Datum, String) {
    if !setting.set {
        let datum = datum(choices, shape, setting.kind);
        let text = written(setting.kind, &datum);
        return (datum, text);
    }
    // What is to be narrowed is large at first.
    let most = if setting.merge == "widens" { 2 } else { 4 };
    let mut items = Vec::new();
    for _ in 0..choices.between(usize::from(most == 4), most) {
        let item = datum(choices, shape, setting.kind);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    let texts: Vec<String> = items.iter().map(|item| written(setting.kind, item)).collect();
    (Datum::List(items), format!("[{}]", texts.join(", ")))
}

/// A literal of a kind as policy text writes it.
pub(crate) fn literal(choices: &mut Choices<'_>, shape: &Shape, kind: Kind) -> String {
    written(kind, &datum(choices, shape, kind))
}

fn written(kind: Kind, datum: &Datum) -> String {
    match (kind, datum) {
        (Kind::Length, Datum::Text(text)) => text.clone(),
        (_, datum) => datum.yaml(),
    }
}

/// The ids that entities of a type may have; the last one is never declared.
pub(crate) fn ids(shape: &Shape, ty: TypeAt) -> [&'static str; 4] {
    if shape.types[ty].name == "user" { ["ana", "bo", "cy", "dee"] } else { ["1", "2", "3", "9"] }
}

/// Some entity of a type, declared or not.
pub(crate) fn entity(choices: &mut Choices<'_>, shape: &Shape, ty: TypeAt) -> String {
    let weighted = [0, 0, 1, 1, 2, 3, 3, 3];
    format!("{}:{}", shape.types[ty].name, ids(shape, ty)[choices.copy_pick(&weighted)])
}
