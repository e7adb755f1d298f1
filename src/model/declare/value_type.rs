//! The types of attributes, settings and context fields.

use crate::diagnostics::{Code, Diagnostic};
use crate::model::findings::Findings;
use crate::model::names::Names;
use crate::schema::ValueType;
use crate::source::Spanned;
use crate::syntax::ast::{TypeExpr, TypeExprKind};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// The words that name types of plain values.
const VALUE_TYPES: [&str; 7] = ["bool", "int", "string", "timestamp", "duration", "ip", "set"];

/// The value type that is written, apart from its `?`.
pub(super) fn resolve(names: &Names<'_>, findings: &mut Findings, written: &TypeExpr) -> Option<ValueType> {
    match &written.kind.value {
        TypeExprKind::Named(name) => named(names, findings, name, written),
        TypeExprKind::Enum(words) => Some(enumeration(findings, words)),
        TypeExprKind::Set(element) => {
            if element.optional {
                findings.report(
                    Diagnostic::error(Code::InvalidType, element.kind.span, "the elements of a set cannot be optional")
                        .help("leave the `?` out: an element that is absent is not in the set"),
                );
                return None;
            }
            match resolve(names, findings, element)? {
                ValueType::Set(_) => {
                    findings.report(Diagnostic::error(Code::InvalidType, element.kind.span, "a set cannot hold sets"));
                    None
                }
                element => Some(ValueType::Set(Box::new(element))),
            }
        }
    }
}

fn named(names: &Names<'_>, findings: &mut Findings, name: &str, written: &TypeExpr) -> Option<ValueType> {
    match name {
        "bool" => return Some(ValueType::Bool),
        "int" => return Some(ValueType::Int),
        "string" => return Some(ValueType::String),
        "timestamp" => return Some(ValueType::Timestamp),
        "duration" => return Some(ValueType::Duration),
        "ip" => return Some(ValueType::Ip),
        _ => {}
    }
    if let Some(ty) = names.schema.type_named(name) {
        return Some(ValueType::Entity(ty));
    }
    if !names.lost.types.contains(name) {
        let help = findings
            .did_you_mean(name, VALUE_TYPES.into_iter().chain(names.type_names()))
            .unwrap_or_else(|| format!("besides the declared types there are `{}`", VALUE_TYPES.join("`, `")));
        findings.report(
            Diagnostic::error(Code::UnknownType, written.kind.span, format!("unknown type `{name}`")).help(help),
        );
    }
    None
}

/// How many words an enumeration can have: they are compared one by one.
const MAX_WORDS: usize = 1_024;

fn enumeration(findings: &mut Findings, words: &[Spanned<String>]) -> ValueType {
    let mut first = FxHashMap::default();
    let mut kept = Vec::with_capacity(words.len());
    if let Some(beyond) = words.get(MAX_WORDS) {
        let message = format!("an enumeration can have {MAX_WORDS} values, and this is one more");
        findings.report(Diagnostic::error(Code::LimitExceeded, beyond.span, message).help("use `string`"));
    }
    for word in words {
        match first.entry(word.value.as_str()) {
            Entry::Occupied(held) => {
                let message = format!("\"{}\" stands twice in the enumeration", word.value);
                findings.duplicate(message, word.span, *held.get());
            }
            Entry::Vacant(free) => {
                free.insert(word.span);
                kept.push(Box::from(word.value.as_str()));
            }
        }
    }
    ValueType::Enum(kept)
}
