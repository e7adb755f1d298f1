//! Whether two conditions say the same.

use crate::source::Spanned;
use crate::syntax::ast::{Comparison, Expr, ExprKind, LiteralKind};

/// More comparisons than this are not tried in all combinations.
const COMPARISONS: usize = 12;

/// Whether two conditions hold in the same cases, whatever each of their comparisons yields: white space, parentheses,
/// the order around `and` and `or`, which side of a comparison stands left, repeats and double negations make no
/// difference.
///
/// Very long conditions are the same only where they are written alike.
#[must_use]
pub fn equivalent(one: &Expr, other: &Expr) -> bool {
    one == other || in_all_cases(one, other, |one, other| one == other)
}

/// Whether one condition holds wherever another one does, whatever each of their comparisons yields.
pub(in crate::analysis) fn implies(one: &Expr, other: &Expr) -> bool {
    in_all_cases(one, other, |one, other| !one || other)
}

fn in_all_cases(one: &Expr, other: &Expr, related: impl Fn(bool, bool) -> bool) -> bool {
    let mut comparisons: Vec<ExprKind> = Vec::new();
    collect(one, &mut comparisons);
    collect(other, &mut comparisons);
    comparisons.len() <= COMPARISONS
        && (0..1_u32 << comparisons.len())
            .all(|case| related(holds(one, &comparisons, case), holds(other, &comparisons, case)))
}

/// The parts that are no `and`, `or` or `not`, each once.
fn collect(expr: &Expr, comparisons: &mut Vec<ExprKind>) {
    match &expr.kind {
        ExprKind::Or(parts) | ExprKind::And(parts) => parts.iter().for_each(|part| collect(part, comparisons)),
        ExprKind::Not(part) => collect(part, comparisons),
        ExprKind::Literal(LiteralKind::Bool(_)) => {}
        kind => {
            let (kind, _) = told(kind);
            // One more than the limit is enough to know.
            if comparisons.len() <= COMPARISONS && !comparisons.contains(&kind) {
                comparisons.push(kind);
            }
        }
    }
}

/// The truth in the case that its bits give to the comparisons.
fn holds(expr: &Expr, comparisons: &[ExprKind], case: u32) -> bool {
    match &expr.kind {
        ExprKind::Or(parts) => parts.iter().any(|part| holds(part, comparisons, case)),
        ExprKind::And(parts) => parts.iter().all(|part| holds(part, comparisons, case)),
        ExprKind::Not(part) => !holds(part, comparisons, case),
        ExprKind::Literal(LiteralKind::Bool(value)) => *value,
        kind => {
            let (kind, holds) = told(kind);
            comparisons.iter().position(|known| *known == kind).is_some_and(|at| (case >> at & 1 == 1) == holds)
        }
    }
}

/// A comparison as one of all that say the same, and whether it holds where that does: `==` with its sides in the order of
/// their letters for `!=` too, and for what can be turned around the word that looks to the right.
fn told(kind: &ExprKind) -> (ExprKind, bool) {
    let ExprKind::Compare { op, left, right } = kind else { return (kind.clone(), true) };
    let (told, turned) = match op.value {
        Comparison::Eq | Comparison::Ne => (Comparison::Eq, left.to_string() > right.to_string()),
        Comparison::Overlaps => (Comparison::Overlaps, left.to_string() > right.to_string()),
        Comparison::Gt => (Comparison::Lt, true),
        Comparison::Ge => (Comparison::Le, true),
        Comparison::Contains => (Comparison::In, true),
        other => (other, false),
    };
    let (left, right) = if turned { (right, left) } else { (left, right) };
    let kind = ExprKind::Compare { op: Spanned::new(told, op.span), left: left.clone(), right: right.clone() };
    // With an absent side `==` is false and `!=` true, with a missing one both are unknown: one is ever the contrary.
    (kind, op.value != Comparison::Ne)
}
