//! Conditions as texts that are the same where two conditions are, and what a condition speaks of.

use rolebook::syntax::ast::{Expr, ExprKind, HasRole, LiteralKind};

/// The parts of an `and`, or the condition itself.
pub(super) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}

pub(super) fn show(condition: &Expr) -> String {
    let all = |word: &str, parts: &[Expr]| format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(word));
    match &condition.kind {
        ExprKind::Or(parts) => all(" or ", parts),
        ExprKind::And(parts) => all(" and ", parts),
        ExprKind::Not(part) => format!("not {}", show(part)),
        ExprKind::Compare { op, left, right } => format!("({} {} {})", show(left), op.value.as_str(), show(right)),
        ExprKind::Is { entity, type_name } => format!("({} is {})", show(entity), type_name.value),
        ExprKind::Has { subject, role, on } => {
            let role = match role {
                HasRole::Any => String::from("any role"),
                HasRole::Role(role) => role.text(),
            };
            format!("({} has {role} on {})", show(subject), show(on))
        }
        ExprKind::Path(path) => path.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join("."),
        ExprKind::Size(of) => format!("size({})", show(of)),
        ExprKind::Literal(literal) => show_literal(literal),
        ExprKind::Broken => panic!("an expression that could not be read"),
    }
}

fn show_literal(literal: &LiteralKind) -> String {
    match literal {
        LiteralKind::Bool(value) => value.to_string(),
        LiteralKind::Int(value) => value.to_string(),
        LiteralKind::String(text) | LiteralKind::Raw(text) => format!("{text:?}"),
        LiteralKind::Duration(value) => format!("{value}ms"),
        LiteralKind::List(items) => {
            format!("[{}]", items.iter().map(|item| show_literal(&item.value)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Whether some path in the condition begins with such a name.
pub(super) fn mentions(condition: &Expr, wanted: &dyn Fn(&str) -> bool) -> bool {
    let any = |parts: &[&Expr]| parts.iter().any(|part| mentions(part, wanted));
    match &condition.kind {
        ExprKind::Or(parts) | ExprKind::And(parts) => parts.iter().any(|part| mentions(part, wanted)),
        ExprKind::Not(part) | ExprKind::Size(part) => mentions(part, wanted),
        ExprKind::Compare { left, right, .. } => any(&[left, right]),
        ExprKind::Is { entity, .. } => mentions(entity, wanted),
        ExprKind::Has { subject, on, .. } => any(&[subject, on]),
        ExprKind::Path(path) => path.first().is_some_and(|first| wanted(&first.value)),
        ExprKind::Literal(_) | ExprKind::Broken => false,
    }
}
