//! Conditions: names looked up, types checked, literals read.
//!
//! One file for each question: where a condition stands ([`Place`]), what an operand is ([`operand`]), what a path leads
//! to ([`path`]), what fits a comparison ([`compare`]), which roles `has` means ([`has`]), what `is` tells the rest of the
//! condition ([`narrow`]), what a field that is not declared would be ([`undeclared`]).

mod compare;
mod equality;
mod has;
mod narrow;
mod operand;
mod path;
mod place;
mod undeclared;
mod variable;

pub(super) use place::{Place, Where};

use super::findings::Findings;
use super::names::Names;
use super::{Term, TermKind};
use crate::diagnostics::{Code, Diagnostic};
use crate::schema::Value;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use narrow::Narrowed;
use operand::{Kind, Operand, Side};

/// The checked form of a condition, or findings that say what is wrong.
pub(super) fn condition(names: &Names<'_>, findings: &mut Findings, place: &Place, written: &Expr) -> Option<Term> {
    Checker { names, findings, place, whole: written }.condition(written, &Narrowed::default())
}

struct Checker<'c, 'a> {
    names: &'c Names<'a>,
    findings: &'c mut Findings,
    place: &'c Place,
    /// All of the condition.
    whole: &'c Expr,
}

impl Checker<'_, '_> {
    fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: Option<String>) {
        self.findings.report(Diagnostic::error(code, span, message).maybe_help(help));
    }

    /// A truth value. All of it is checked, whether or not a part fails.
    fn condition<'e>(&mut self, written: &'e Expr, narrowed: &Narrowed<'e>) -> Option<Term> {
        let kind = match &written.kind {
            ExprKind::And(parts) => TermKind::And(self.parts(parts, narrowed, true)?),
            ExprKind::Or(parts) => TermKind::Or(self.parts(parts, narrowed, false)?),
            ExprKind::Not(part) => TermKind::Not(Box::new(self.condition(part, narrowed)?)),
            ExprKind::Compare { op, left, right } => return self.compare(op, left, right, written.span(), narrowed),
            ExprKind::Is { entity, type_name } => self.is(entity, type_name, narrowed)?,
            ExprKind::Has { subject, role, on } => self.has(subject, role, on, written.span(), narrowed)?,
            ExprKind::Path(_) | ExprKind::Size(_) | ExprKind::Literal(_) => return self.bare(written, narrowed),
            ExprKind::Broken => return None,
        };
        Some(Term { kind, span: written.span() })
    }

    /// The parts of `and` or `or`: each may rely on what the ones before it say, `and` on their being true, `or` on their
    /// being false.
    fn parts<'e>(&mut self, parts: &'e [Expr], narrowed: &Narrowed<'e>, truth: bool) -> Option<Vec<Term>> {
        let mut narrowed = narrowed.clone();
        let mut terms = Some(Vec::with_capacity(parts.len()));
        for part in parts {
            let term = self.condition(part, &narrowed);
            terms = terms.zip(term).map(|(mut terms, term)| {
                terms.push(term);
                terms
            });
            narrowed.learn(self.names, part, truth);
        }
        terms
    }

    /// An operand that stands where a condition is wanted.
    fn bare<'e>(&mut self, written: &'e Expr, narrowed: &Narrowed<'e>) -> Option<Term> {
        let operand = match self.side(written, narrowed)? {
            Side::Typed(operand) => operand,
            Side::Literal(literal, span) => self.natural(literal, span)?,
        };
        if operand.optional || matches!(operand.kind, Kind::Bool | Kind::Set(_)) {
            return Some(Term { span: operand.term.span, kind: TermKind::Bare(Box::new(operand.term)) });
        }
        let help = match operand.kind {
            Kind::Entity(_) => "it is always there; compare it with `==`, or ask with `is` or `has … on`",
            _ => "compare it: `== …`, `!= …`",
        };
        let message = format!("{} is no condition", operand.kind.describe(self.names));
        self.error(Code::NotACondition, written.span(), message, Some(String::from(help)));
        None
    }

    /// An operand, or a literal that still waits for the type that is wanted of it.
    fn side<'e>(&mut self, written: &'e Expr, narrowed: &Narrowed<'e>) -> Option<Side<'e>> {
        match &written.kind {
            ExprKind::Path(steps) => self.path(steps, narrowed).map(Side::Typed),
            ExprKind::Literal(literal) => Some(Side::Literal(literal, written.span())),
            ExprKind::Size(of) => self.size(of, written.span(), narrowed).map(Side::Typed),
            ExprKind::Broken => None,
            ExprKind::Or(_)
            | ExprKind::And(_)
            | ExprKind::Not(_)
            | ExprKind::Compare { .. }
            | ExprKind::Is { .. }
            | ExprKind::Has { .. } => {
                let help = String::from("join conditions with `and`, `or` and `not`");
                self.error(Code::TypeMismatch, written.span(), "a condition cannot be compared", Some(help));
                None
            }
        }
    }

    fn size<'e>(&mut self, of: &'e Expr, span: Span, narrowed: &Narrowed<'e>) -> Option<Operand> {
        let operand = match self.side(of, narrowed)? {
            Side::Typed(operand) => operand,
            Side::Literal(literal, span) => self.natural(literal, span)?,
        };
        if !matches!(operand.kind, Kind::Set(_)) {
            let message =
                format!("`size` counts the elements of a set, and this is {}", operand.kind.describe(self.names));
            self.error(Code::TypeMismatch, of.span(), message, None);
            return None;
        }
        let term = Term { kind: TermKind::Size(Box::new(operand.term)), span };
        Some(Operand { term, kind: Kind::Int, optional: operand.optional })
    }

    fn constant(&self, value: Value, kind: Kind, span: Span) -> Operand {
        Operand { term: Term { kind: TermKind::Constant(value), span }, kind, optional: false }
    }
}
