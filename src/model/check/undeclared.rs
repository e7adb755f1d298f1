//! What a field of the context that nobody declared would be declared as, told by how a condition uses it.
//!
//! It is proposed as a field that every request tells of, wherever the use allows that: what is missing then denies,
//! behind `allow` as behind `deny`. A `deny` that asks for an optional one does nothing where it is absent.

use super::operand::{Kind, Operand, Side};
use super::{Checker, Narrowed};
use crate::model::findings::Findings;
use crate::schema::{ValueType, parse_address_range, parse_timestamp};
use crate::syntax::ast::{Comparison, Expr, ExprKind, Ident, Literal, LiteralKind};

/// After how many errors no more uses are looked for: a condition is read as a whole for each field, and may be long.
const ENOUGH: usize = 100;

/// How the condition uses the field.
#[derive(Default)]
struct Uses {
    /// Whether it stands alone as a condition.
    alone: bool,
    /// The types that its other uses ask for; nothing where one does not tell.
    types: Vec<Option<ValueType>>,
}

impl Checker<'_, '_> {
    /// What to do about a field that is not declared.
    pub(super) fn declare_field(&self, field: &Ident) -> String {
        let mut uses = Uses::default();
        if self.findings.errors() < ENOUGH {
            self.uses(self.whole, &field.value, &mut uses);
        }
        let told = match uses.types.split_first() {
            None => uses.alone.then_some(ValueType::Bool),
            Some((first, others)) => first.clone().filter(|_| others.iter().all(|other| other == first)),
        };
        let Some(ty) = told else { return String::from("declare it in `context`, with its type") };
        // What stands alone asks whether it is there.
        let optional = if uses.alone && !matches!(ty, ValueType::Bool | ValueType::Set(_)) { "?" } else { "" };
        format!("declare it in `context`: `{}: {}{optional}`", field.value, ty.text(&self.names.schema))
    }

    fn uses(&self, written: &Expr, field: &str, uses: &mut Uses) {
        match &written.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| self.uses(part, field, uses)),
            ExprKind::Not(part) => self.uses(part, field, uses),
            ExprKind::Compare { op, left, right } => {
                if is_field(left, field) {
                    uses.types.push(self.asked_on_the_left(op.value, right));
                }
                if is_field(right, field) {
                    uses.types.push(self.asked_on_the_right(op.value, left));
                }
            }
            ExprKind::Path(_) => uses.alone |= is_field(written, field),
            // An entity, or a set: of what, nobody says.
            ExprKind::Is { entity: of, .. } | ExprKind::Size(of) if is_field(of, field) => uses.types.push(None),
            ExprKind::Has { subject, on, .. } if is_field(subject, field) || is_field(on, field) => {
                uses.types.push(None);
            }
            _ => {}
        }
    }

    /// The type asked of what stands left of a comparison.
    fn asked_on_the_left(&self, op: Comparison, right: &Expr) -> Option<ValueType> {
        match (op, &right.kind) {
            (Comparison::StartsWith | Comparison::EndsWith | Comparison::Like, _) => Some(ValueType::String),
            (Comparison::In, ExprKind::Literal(LiteralKind::String(text))) => {
                parse_address_range(text).map(|_| ValueType::Ip)
            }
            (Comparison::In, _) => self.element_of(right),
            (Comparison::Contains, _) => Some(ValueType::Set(Box::new(self.type_of(right)?))),
            _ => self.type_of(right),
        }
    }

    /// The type asked of what stands right of a comparison.
    fn asked_on_the_right(&self, op: Comparison, left: &Expr) -> Option<ValueType> {
        match op {
            Comparison::StartsWith | Comparison::EndsWith | Comparison::Like => Some(ValueType::String),
            Comparison::In => Some(ValueType::Set(Box::new(self.type_of(left)?))),
            Comparison::Contains => self.element_of(left),
            _ => self.type_of(left),
        }
    }

    fn element_of(&self, set: &Expr) -> Option<ValueType> {
        match self.type_of(set)? {
            ValueType::Set(element) => Some(*element),
            _ => None,
        }
    }

    /// The type of the other side, where it is known.
    fn type_of(&self, other: &Expr) -> Option<ValueType> {
        let kind = match &other.kind {
            ExprKind::Literal(literal) => return of_literal(literal),
            // Not asked of the checker, which would ask back for a field that is not declared either.
            ExprKind::Path(steps) if steps.first().is_some_and(|first| first.value == "context") => match &**steps {
                [_, time] if time.value == "time" => return Some(ValueType::Timestamp),
                [_, field] => {
                    let info = self.names.schema.context.iter().find(|info| *info.name == *field.value)?;
                    Kind::of(&info.ty)
                }
                _ => return None,
            },
            ExprKind::Size(_) => return Some(ValueType::Int),
            ExprKind::Path(_) => {
                let (names, place, whole) = (self.names, self.place, self.whole);
                let aside =
                    Checker { names, findings: &mut Findings::new(), place, whole }.side(other, &Narrowed::default());
                match aside? {
                    Side::Typed(Operand { kind, .. }) => kind,
                    Side::Literal(..) => return None,
                }
            }
            _ => return None,
        };
        declared_as(&kind)
    }
}

fn is_field(written: &Expr, field: &str) -> bool {
    matches!(&written.kind, ExprKind::Path(steps)
        if matches!(&**steps, [first, second] if first.value == "context" && second.value == field))
}

fn declared_as(kind: &Kind) -> Option<ValueType> {
    match kind {
        Kind::Entity(types) => match &**types {
            [one] => Some(ValueType::Entity(*one)),
            _ => None,
        },
        Kind::Set(element) => Some(ValueType::Set(Box::new(declared_as(element)?))),
        Kind::Enum(_) => Some(ValueType::String),
        single => single.value_type(),
    }
}

fn of_literal(literal: &LiteralKind) -> Option<ValueType> {
    match literal {
        LiteralKind::Bool(_) => Some(ValueType::Bool),
        LiteralKind::Int(_) => Some(ValueType::Int),
        LiteralKind::String(text) if parse_timestamp(text).is_some() => Some(ValueType::Timestamp),
        LiteralKind::String(_) => Some(ValueType::String),
        LiteralKind::Raw(_) => None,
        LiteralKind::Duration(_) => Some(ValueType::Duration),
        LiteralKind::List(items) => Some(ValueType::Set(Box::new(of_elements(items)?))),
    }
}

fn of_elements(items: &[Literal]) -> Option<ValueType> {
    let (first, others) = items.split_first()?;
    let range = |item: &Literal| matches!(&item.value, LiteralKind::String(text) if text.contains('/') && parse_address_range(text).is_some());
    if items.iter().any(range) {
        return Some(ValueType::Ip);
    }
    let ty = of_literal(&first.value)?;
    others.iter().all(|other| of_literal(&other.value).as_ref() == Some(&ty)).then_some(ty)
}
