//! Comparisons: which operands fit which operator.

use super::operand::{Kind, Operand, Side};
use super::{Checker, Narrowed};
use crate::diagnostics::{Code, Diagnostic};
use crate::model::{Term, TermKind};
use crate::schema::{Value, parse_address_range};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Comparison, Expr, Literal, LiteralKind};

impl Checker<'_, '_> {
    pub(super) fn compare<'e>(
        &mut self,
        op: &Spanned<Comparison>,
        left: &'e Expr,
        right: &'e Expr,
        span: Span,
        narrowed: &Narrowed<'e>,
    ) -> Option<Term> {
        let left = self.side(left, narrowed);
        let right = self.side(right, narrowed);
        let (left, right) = (left?, right?);
        let (left, right) = match op.value {
            Comparison::Eq | Comparison::Ne => self.equal(op, left, right)?,
            Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => self.ordered(op, left, right)?,
            Comparison::In => return self.membership(op, left, right, span),
            Comparison::Contains => return self.membership(op, right, left, span),
            Comparison::Overlaps | Comparison::SubsetOf => self.sets(op, left, right)?,
            Comparison::StartsWith | Comparison::EndsWith | Comparison::Like => self.texts(op, left, right)?,
        };
        Some(term(op.value, left.term, right.term, span))
    }

    fn equal(&mut self, op: &Spanned<Comparison>, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        for side in [&left, &right] {
            self.no_set(op, side)?;
        }
        self.alike(left, right)
    }

    /// `==` and its like are not for sets.
    fn no_set(&mut self, op: &Spanned<Comparison>, side: &Side<'_>) -> Option<()> {
        let span = match side {
            Side::Typed(operand) if matches!(operand.kind, Kind::Set(_)) => operand.term.span,
            Side::Literal(LiteralKind::List(_), span) => *span,
            _ => return Some(()),
        };
        let finding =
            Diagnostic::error(Code::SetOperation, op.span, format!("`{}` is not for sets", op.value.as_str()))
                .label(span, "a set")
                .help("for sets there are `in`, `contains`, `overlaps` and `subset of`");
        self.findings.report(finding);
        None
    }

    /// What is sought in a set is no set itself.
    fn must_be_single(&mut self, op: &Spanned<Comparison>, side: &Side<'_>) -> Option<()> {
        let span = match side {
            Side::Typed(operand) if matches!(operand.kind, Kind::Set(_)) => operand.term.span,
            Side::Literal(LiteralKind::List(_), span) => *span,
            _ => return Some(()),
        };
        let message = format!("`{}` asks for one value, and this is a set", op.value.as_str());
        let help = String::from("to compare two sets there are `overlaps` and `subset of`");
        self.error(Code::SetOperation, span, message, Some(help));
        None
    }

    fn ordered(&mut self, op: &Spanned<Comparison>, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        let (left, right) = self.equal(op, left, right)?;
        if !matches!(left.kind, Kind::Int | Kind::Timestamp | Kind::Duration) {
            let what = left.kind.describe(self.names);
            self.findings.report(
                Diagnostic::error(
                    Code::TypeMismatch,
                    op.span,
                    format!("`{}` compares ints, timestamps and durations, not {what}", op.value.as_str()),
                )
                .label(left.term.span, what),
            );
            return None;
        }
        Some((left, right))
    }

    fn texts(&mut self, op: &Spanned<Comparison>, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        for side in [&left, &right] {
            self.no_set(op, side)?;
        }
        if op.value == Comparison::Like
            && let Side::Typed(operand) = &right
        {
            let help = String::from("write it in quotes: `like \"train-*\"`");
            self.error(Code::TypeMismatch, operand.term.span, "the pattern after `like` must be a literal", Some(help));
            return None;
        }
        let left = self.text(op, left);
        let right = self.text(op, right);
        left.zip(right)
    }

    fn text(&mut self, op: &Spanned<Comparison>, side: Side<'_>) -> Option<Operand> {
        let operand = match side {
            Side::Typed(operand) => operand,
            Side::Literal(literal, span) => self.natural(literal, span)?,
        };
        if operand.kind.is_text() {
            return Some(operand);
        }
        let message =
            format!("`{}` is for strings, and this is {}", op.value.as_str(), operand.kind.describe(self.names));
        self.error(Code::TypeMismatch, operand.term.span, message, None);
        None
    }

    fn sets(&mut self, op: &Spanned<Comparison>, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        for side in [&left, &right] {
            let (span, what) = match side {
                Side::Typed(operand) if !matches!(operand.kind, Kind::Set(_)) => {
                    (operand.term.span, operand.kind.describe(self.names))
                }
                Side::Literal(literal, span) if !matches!(literal, LiteralKind::List(_)) => {
                    (*span, self.natural(literal, *span)?.kind.describe(self.names))
                }
                _ => continue,
            };
            let message = format!("`{}` needs a set on both sides, and this is {what}", op.value.as_str());
            self.error(Code::TypeMismatch, span, message, Some(String::from("for one value there is `in`")));
            return None;
        }
        let both = self.sides_of_sets(left, right)?;
        Some(both)
    }

    fn sides_of_sets(&mut self, left: Side<'_>, right: Side<'_>) -> Option<(Operand, Operand)> {
        if let (Side::Typed(left), Side::Typed(right)) = (&left, &right)
            && let (Kind::Set(one), Kind::Set(other)) = (&left.kind, &right.kind)
        {
            if !one.comparable(other) {
                self.mismatch_of_elements(left, right);
                return None;
            }
            return Some((left.clone(), right.clone()));
        }
        self.alike(left, right)
    }

    fn mismatch_of_elements(&mut self, left: &Operand, right: &Operand) {
        let (one, other) = (left.kind.describe(self.names), right.kind.describe(self.names));
        self.findings.report(
            Diagnostic::error(Code::TypeMismatch, right.term.span, format!("{one} and {other} have nothing in common"))
                .here(other)
                .label(left.term.span, one),
        );
    }

    /// `element in set`, `set contains element`, and an address in a range.
    fn membership(&mut self, op: &Spanned<Comparison>, element: Side<'_>, set: Side<'_>, span: Span) -> Option<Term> {
        if let Side::Typed(operand) = &element
            && operand.kind == Kind::Ip
            && op.value == Comparison::In
        {
            match &set {
                Side::Literal(LiteralKind::String(text), range) => {
                    let range = self.range(text, *range)?;
                    return Some(term(Comparison::In, operand.term.clone(), range, span));
                }
                Side::Literal(LiteralKind::List(items), _) if items.iter().any(is_range) => {
                    return self.ranges(&operand.term, items, span);
                }
                _ => {}
            }
        }
        self.must_be_single(op, &element)?;
        let (element, set) = match (element, set) {
            (element, Side::Typed(set)) => {
                let Kind::Set(wanted) = set.kind.clone() else {
                    self.not_a_set(op, &set);
                    return None;
                };
                let element = match element {
                    Side::Typed(element) if element.kind.comparable(&wanted) => element,
                    Side::Typed(element) => {
                        self.mismatch_of_elements(&element, &set);
                        return None;
                    }
                    Side::Literal(literal, span) => self.literal_as(&wanted, literal, span)?,
                };
                (element, set)
            }
            (element, Side::Literal(literal, list_span)) => {
                let LiteralKind::List(items) = literal else {
                    let set = self.natural(literal, list_span)?;
                    self.not_a_set(op, &set);
                    return None;
                };
                let element = match element {
                    Side::Typed(element) => element,
                    Side::Literal(literal, span) => self.natural(literal, span)?,
                };
                let value = self.list_as(&element.kind, items)?;
                let kind = Kind::Set(Box::new(element.kind.clone()));
                (element, self.constant(value, kind, list_span))
            }
        };
        Some(match op.value {
            Comparison::Contains => term(Comparison::Contains, set.term, element.term, span),
            _ => term(Comparison::In, element.term, set.term, span),
        })
    }

    fn not_a_set(&mut self, op: &Spanned<Comparison>, operand: &Operand) {
        let what = operand.kind.describe(self.names);
        let (side, help) = match (op.value, &operand.kind) {
            (Comparison::Contains, _) => ("left", None),
            (_, Kind::Entity(_)) => {
                ("right", Some("to ask where something lies, compare its ancestor: `resource.team == …`"))
            }
            (_, Kind::String | Kind::Enum(_)) => ("right", Some("write a list, or `==` for one value")),
            _ => ("right", None),
        };
        let message = format!("`{}` needs a set on its {side}, and this is {what}", op.value.as_str());
        self.error(Code::TypeMismatch, operand.term.span, message, help.map(String::from));
    }

    /// A range of addresses; a single address is a range of one.
    fn range(&mut self, text: &str, span: Span) -> Option<Term> {
        let range = parse_address_range(text);
        if range.is_none() {
            let message = format!("\"{text}\" is no range of addresses");
            let help = String::from("write it like `\"10.0.0.0/8\"`");
            self.error(Code::InvalidLiteral, span, message, Some(help));
        }
        range.map(|range| Term { kind: TermKind::Constant(Value::IpRange(range)), span })
    }

    /// An address in any of several ranges.
    fn ranges(&mut self, address: &Term, items: &[Literal], span: Span) -> Option<Term> {
        let mut parts = Some(Vec::with_capacity(items.len()));
        for item in items {
            let range = match &item.value {
                LiteralKind::String(text) => self.range(text, item.span),
                other => self.value_as(&Kind::Ip, other, item.span).and(None),
            };
            let part = range.map(|range| term(Comparison::In, address.clone(), range, span));
            parts = parts.zip(part).map(|(mut parts, part)| {
                parts.push(part);
                parts
            });
        }
        let mut parts = parts?;
        if parts.len() == 1 { parts.pop() } else { Some(Term { kind: TermKind::Or(parts), span }) }
    }
}

fn is_range(item: &Literal) -> bool {
    matches!(&item.value, LiteralKind::String(text) if text.contains('/'))
}

fn term(comparison: Comparison, left: Term, right: Term, span: Span) -> Term {
    Term { kind: TermKind::Compare(comparison, Box::new(left), Box::new(right)), span }
}
