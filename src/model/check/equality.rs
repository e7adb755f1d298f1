//! Bringing the two sides of a comparison to one kind.

use super::Checker;
use super::operand::{Kind, Operand, Side};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::literal;
use crate::schema::Value;
use crate::source::Span;
use crate::syntax::ast::{Literal, LiteralKind};

impl Checker<'_, '_> {
    /// Both sides, a literal on one of them read as the other one wants it; they can be equal.
    pub(super) fn alike(&mut self, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        match (left, right) {
            (Side::Typed(left), Side::Typed(right)) => {
                self.must_be_comparable(&left, &right)?;
                Some((left, right))
            }
            (Side::Typed(left), Side::Literal(literal, span)) => {
                let right = self.literal_as(&left.kind, literal, span)?;
                Some((left, right))
            }
            (Side::Literal(literal, span), Side::Typed(right)) => {
                let left = self.literal_as(&right.kind, literal, span)?;
                Some((left, right))
            }
            (Side::Literal(left, left_span), Side::Literal(right, right_span)) => {
                let left = self.natural(left, left_span);
                let right = self.natural(right, right_span);
                let (left, right) = (left?, right?);
                self.must_be_comparable(&left, &right)?;
                Some((left, right))
            }
        }
    }

    pub(super) fn must_be_comparable(&mut self, left: &Operand, right: &Operand) -> Option<()> {
        if left.kind.comparable(&right.kind) {
            return Some(());
        }
        self.mismatch(left, right);
        None
    }

    pub(super) fn mismatch(&mut self, left: &Operand, right: &Operand) {
        let (one, other) = (left.kind.describe(self.names), right.kind.describe(self.names));
        let message = match (&left.kind, &right.kind) {
            (Kind::Enum(_), Kind::Enum(_)) => String::from("these enumerations have no value in common"),
            (Kind::Entity(_), Kind::Entity(_)) => format!("{one} and {other} are never equal"),
            _ => format!("{one} cannot be compared with {other}"),
        };
        self.findings.report(
            Diagnostic::error(Code::TypeMismatch, right.term.span, message).here(other).label(left.term.span, one),
        );
    }

    /// A literal as a value of this kind.
    pub(super) fn literal_as(&mut self, kind: &Kind, written: &LiteralKind, span: Span) -> Option<Operand> {
        let value = self.value_as(kind, written, span)?;
        Some(self.constant(value, kind.clone(), span))
    }

    pub(super) fn value_as(&mut self, kind: &Kind, written: &LiteralKind, span: Span) -> Option<Value> {
        let schema = &self.names.schema;
        match (kind, written) {
            (Kind::Set(element), LiteralKind::List(items)) => self.list_as(element, items),
            (Kind::Entity(types), LiteralKind::String(text)) => {
                literal::read_entity(schema, self.findings, types, text, span).map(Value::Entity)
            }
            (Kind::Ip, LiteralKind::String(text)) if text.parse::<ipnet::IpNet>().is_ok() => {
                let message = format!("\"{text}\" is a range of addresses, not one");
                let help = String::from("write `in` to ask whether an address lies in a range");
                self.error(Code::InvalidLiteral, span, message, Some(help));
                None
            }
            _ => match kind.value_type() {
                Some(ty) => literal::read(schema, self.findings, &ty, written, span),
                None => {
                    let natural = self.natural(written, span)?;
                    let (wanted, found) = (kind.describe(self.names), natural.kind.describe(self.names));
                    self.error(Code::TypeMismatch, span, format!("expected {wanted}, found {found}"), None);
                    None
                }
            },
        }
    }

    pub(super) fn list_as(&mut self, element: &Kind, items: &[Literal]) -> Option<Value> {
        literal::read_list(items, |item| self.value_as(element, &item.value, item.span))
    }

    /// A literal as what it looks like, where nothing else says.
    pub(super) fn natural(&mut self, written: &LiteralKind, span: Span) -> Option<Operand> {
        let (value, kind) = match written {
            LiteralKind::Bool(value) => (Value::Bool(*value), Kind::Bool),
            LiteralKind::Int(value) => (Value::Int(*value), Kind::Int),
            LiteralKind::Duration(value) => (Value::Duration(*value), Kind::Duration),
            LiteralKind::String(text) | LiteralKind::Raw(text) => (Value::Str(text.as_str().into()), Kind::String),
            LiteralKind::List(items) => {
                let element = match items.first() {
                    Some(Literal { value: LiteralKind::List(_), span }) => {
                        self.error(Code::TypeMismatch, *span, "a set cannot hold sets", None);
                        return None;
                    }
                    Some(first) => self.natural(&first.value, first.span)?.kind,
                    None => Kind::String,
                };
                (self.list_as(&element, items)?, Kind::Set(Box::new(element)))
            }
        };
        Some(self.constant(value, kind, span))
    }
}
