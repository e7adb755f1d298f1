//! Conditions that are not asked, or asked otherwise.

use super::{Change, MutantKind, Target, without};
use crate::syntax::ast::{Expr, ExprKind};

/// The changes of a condition after a keyword: dropped, negated, and each operand of its `and`s and `or`s dropped.
pub(super) fn of(keyword: &str, condition: &Expr, add: &mut dyn FnMut(Change<Expr>)) {
    let place = condition.span();
    add(Change {
        kind: MutantKind::DropCondition,
        place,
        text: format!("drop `{keyword} {condition}`"),
        advice: format!("test a case in which `{condition}` is all that decides, and {}", wrong_way(keyword)),
        target: leaf(condition, keyword != "unless"),
        with: None,
    });
    let negated = match &condition.kind {
        ExprKind::Not(inner) => (**inner).clone(),
        _ => Expr::new(ExprKind::Not(Box::new(condition.clone())), place),
    };
    add(Change {
        kind: MutantKind::Negate,
        place,
        text: format!("negate `{keyword} {condition}`"),
        advice: format!("test a case in which `{condition}` is all that decides"),
        target: Target::Any,
        with: Some(negated),
    });
    operands(condition, add);
}

/// What must have been seen of a condition to notice that it is not asked, where it is a single part: that it did not hold
/// where it is `wanted` to, that it did not fail elsewhere.
fn leaf(condition: &Expr, wanted: bool) -> Target {
    match &condition.kind {
        ExprKind::And(_) | ExprKind::Or(_) => Target::Any,
        ExprKind::Not(inner) => leaf(inner, !wanted),
        _ if wanted => Target::Failing(condition.span()),
        _ => Target::Holding(condition.span()),
    }
}

const fn wrong_way(keyword: &str) -> &'static str {
    // `unless` decides where it holds, everything else where it fails.
    if matches!(keyword.as_bytes(), b"unless") { "holds" } else { "fails" }
}

/// The condition without an operand, for each at any depth. Recursion is bounded: the parser limits how deep expressions
/// nest.
fn operands(condition: &Expr, add: &mut dyn FnMut(Change<Expr>)) {
    match &condition.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            let (and, word) = if matches!(condition.kind, ExprKind::And(_)) { (true, "and") } else { (false, "or") };
            let join = |mut parts: Vec<Expr>| match (parts.len(), parts.pop()) {
                (1, Some(only)) => only,
                (_, last) => {
                    parts.extend(last);
                    let kind = if and { ExprKind::And(parts) } else { ExprKind::Or(parts) };
                    Expr::new(kind, condition.span())
                }
            };
            for (at, part) in parts.iter().enumerate() {
                let decides = if and { "fails" } else { "holds" };
                add(Change {
                    kind: MutantKind::DropOperand,
                    place: part.span(),
                    text: format!("drop `{part}` from between `{word}`"),
                    advice: format!("test a case in which `{part}` {decides} and the others do not"),
                    target: leaf(part, and),
                    with: Some(join(without(parts, at))),
                });
                operands(part, &mut |change| {
                    add(change.map(|inner| join(super::with(parts, at, Some(inner)))));
                });
            }
        }
        ExprKind::Not(inner) => operands(inner, &mut |change| {
            add(change.map(|inner| Expr::new(ExprKind::Not(Box::new(inner)), condition.span())));
        }),
        _ => {}
    }
}
