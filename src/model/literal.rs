//! Literals of policy text as values of the type that is wanted.

use super::findings::Findings;
use crate::diagnostics::{Code, Diagnostic, with_article};
use crate::schema::{EntityName, RawValue, Schema, TypeId, Value, ValueType, split_entity};
use crate::source::Span;
use crate::syntax::ast::{Literal, LiteralKind};
use rustc_hash::FxHashSet;

impl From<&LiteralKind> for RawValue {
    fn from(literal: &LiteralKind) -> Self {
        match literal {
            LiteralKind::Bool(value) => Self::Bool(*value),
            LiteralKind::Int(value) => Self::Int(*value),
            LiteralKind::String(text) => Self::String(text.clone()),
            LiteralKind::Raw(text) => Self::Plain(text.clone()),
            LiteralKind::Duration(value) => Self::Duration(*value),
            LiteralKind::List(items) => Self::List(items.iter().map(|item| Self::from(&item.value)).collect()),
        }
    }
}

/// The value of a literal where `ty` is wanted; a single value stands for a set of one. Each element of a list is read,
/// and found wrong, at its own place.
pub(super) fn read(
    schema: &Schema,
    findings: &mut Findings,
    ty: &ValueType,
    literal: &LiteralKind,
    span: Span,
) -> Option<Value> {
    match (ty, literal) {
        (ValueType::Set(element), LiteralKind::List(items)) => {
            read_list(items, |item| read(schema, findings, element, &item.value, item.span))
        }
        (ValueType::Set(element), single) => {
            read(schema, findings, element, single, span).map(|value| Value::Set(vec![value]))
        }
        (ValueType::Enum(words), LiteralKind::String(text) | LiteralKind::Raw(text)) => {
            let known = words.iter().find(|word| ***word == **text).map(|word| Value::Str(word.clone()));
            if known.is_none() {
                let help = findings.did_you_mean(text, words.iter().map(|word| &**word));
                findings.report(
                    Diagnostic::error(Code::UnknownEnumValue, span, format!("the enumeration has no value \"{text}\""))
                        .maybe_help(help.or_else(|| Some(values_text(words)))),
                );
            }
            known
        }
        (ValueType::Entity(ty), LiteralKind::String(text) | LiteralKind::Raw(text)) => {
            read_entity(schema, findings, &[*ty], text, span).map(Value::Entity)
        }
        _ => match schema.read_value(ty, &RawValue::from(literal)) {
            Ok(value) => Some(value),
            Err(error) => {
                let code = match (ty, literal) {
                    (ValueType::Timestamp | ValueType::Duration | ValueType::Ip, LiteralKind::String(_))
                    | (_, LiteralKind::Raw(_)) => Code::InvalidLiteral,
                    _ => Code::TypeMismatch,
                };
                findings.report(Diagnostic::error(code, span, error.message).maybe_help(error.help));
                None
            }
        },
    }
}

/// The entity that a text names where one of these types is wanted.
pub(super) fn read_entity(
    schema: &Schema,
    findings: &mut Findings,
    types: &[TypeId],
    text: &str,
    span: Span,
) -> Option<EntityName> {
    let Some((type_name, id)) = split_entity(text) else {
        findings.report(
            Diagnostic::error(Code::InvalidLiteral, span, format!("\"{text}\" is no entity"))
                .help("write `type:id`, the id without white space or `#`"),
        );
        return None;
    };
    let Some(ty) = schema.type_named(type_name) else {
        let help = findings.did_you_mean(type_name, schema.types.iter().map(|info| &*info.name));
        findings
            .report(Diagnostic::error(Code::UnknownType, span, format!("unknown type `{type_name}`")).maybe_help(help));
        return None;
    };
    if !types.contains(&ty) {
        let wanted: Vec<String> = types.iter().take(3).map(|ty| with_article(&schema.types[*ty].name)).collect();
        findings.report(Diagnostic::error(
            Code::TypeMismatch,
            span,
            format!("expected {}, found {}", wanted.join(" or "), with_article(type_name)),
        ));
        return None;
    }
    Some(EntityName { ty, id: id.into() })
}

/// A set of literals, each read by `read`, each value once. All are read, whether or not one fails.
pub(super) fn read_list(items: &[Literal], mut read: impl FnMut(&Literal) -> Option<Value>) -> Option<Value> {
    let mut values = Some(Vec::with_capacity(items.len()));
    let mut seen = FxHashSet::default();
    for item in items {
        match (read(item), &mut values) {
            (Some(value), Some(values)) => {
                if seen.insert(value.clone()) {
                    values.push(value);
                }
            }
            (Some(_), None) => {}
            (None, _) => values = None,
        }
    }
    values.map(Value::Set)
}

/// The values of an enumeration, as a help line.
pub(super) fn values_text(words: &[Box<str>]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("its values are {}", words.join(", "))
}
