//! Conditions.
//!
//! Recursion follows the brackets of the text, whose depth the scanner has bounded.

use super::grammar::Rule;
use super::pattern;
use super::pieces::Piece;
use super::reader::{Reader, child, children, first};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Spanned;
use crate::syntax::ast::{Comparison, Expr, ExprKind, HasRole};

/// The condition of an `expr` piece. What cannot be read becomes [`ExprKind::Broken`] with a finding.
pub(super) fn read(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Expr {
    joined(reader, piece, Rule::conjunction, conjunction, ExprKind::Or)
}

/// The condition of a clause such as `when …`.
pub(super) fn of_clause(reader: &mut Reader<'_>, clause: &Piece<'_>) -> Option<Expr> {
    child(clause, Rule::expr).map(|piece| read(reader, &piece))
}

fn conjunction(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Expr {
    joined(reader, piece, Rule::negation, negation, ExprKind::And)
}

/// One part, or several joined into one.
fn joined(
    reader: &mut Reader<'_>,
    piece: &Piece<'_>,
    part: Rule,
    read: impl Fn(&mut Reader<'_>, &Piece<'_>) -> Expr,
    join: impl Fn(Vec<Expr>) -> ExprKind,
) -> Expr {
    let mut parts: Vec<Expr> = children(piece, part).map(|piece| read(reader, &piece)).collect();
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Expr::new(join(parts), reader.span(piece))
        }
        (None, _) => Expr::new(ExprKind::Broken, reader.span(piece)),
    }
}

/// The condition of a `negation` piece.
pub(super) fn negation(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Expr {
    let nots: Vec<_> = children(piece, Rule::kw_not).map(|not| reader.span(&not)).collect();
    let inner = child(piece, Rule::comparison).map(|inner| comparison(reader, &inner));
    let inner = inner.unwrap_or_else(|| Expr::new(ExprKind::Broken, reader.span(piece)));
    let whole = reader.span(piece);
    nots.into_iter().rev().fold(inner, |inner, not| Expr::new(ExprKind::Not(Box::new(inner)), not.to(whole)))
}

fn comparison(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Expr {
    let broken = Expr::new(ExprKind::Broken, reader.span(piece));
    let mut tests = children(piece, Rule::test).filter_map(|test| first(&test));
    let Some(left) = child(piece, Rule::operand).map(|left| operand(reader, &left)) else { return broken };
    let Some(test) = tests.next() else { return left };
    if let Some(second) = tests.next() {
        let at = first(&second).unwrap_or(second);
        reader.report(
            Diagnostic::error(Code::Syntax, reader.span(&at), "comparisons do not chain")
                .label(first(&test).map_or_else(|| reader.span(&test), |op| reader.span(&op)), "compared here already")
                .help("join two comparisons with `and`, such as `a < b and b < c`, or set one in parentheses"),
        );
        return broken;
    }
    tested(reader, left, &test).map_or(broken, |kind| Expr::new(kind, reader.span(piece)))
}

/// What stands after the first operand, put together with it.
fn tested(reader: &mut Reader<'_>, left: Expr, test: &Piece<'_>) -> Option<ExprKind> {
    match test.as_rule() {
        Rule::compare => {
            let op = compare_op(reader, &child(test, Rule::compare_op)?)?;
            let right = operand(reader, &child(test, Rule::operand)?);
            Some(ExprKind::Compare { op, left: Box::new(left), right: Box::new(right) })
        }
        Rule::is_type => {
            let type_name = reader.ident(&child(test, Rule::type_name)?);
            Some(ExprKind::Is { entity: Box::new(left), type_name })
        }
        Rule::has_role => {
            let role = match child(test, Rule::role) {
                Some(role) => HasRole::Role(pattern::role(reader, &role)?),
                None => HasRole::Any,
            };
            let on = operand(reader, &child(test, Rule::operand)?);
            Some(ExprKind::Has { subject: Box::new(left), role, on: Box::new(on) })
        }
        _ => None,
    }
}

fn compare_op(reader: &Reader<'_>, piece: &Piece<'_>) -> Option<Spanned<Comparison>> {
    let op = match first(piece)?.as_rule() {
        Rule::equal => Comparison::Eq,
        Rule::unequal => Comparison::Ne,
        Rule::less => Comparison::Lt,
        Rule::at_most_op => Comparison::Le,
        Rule::greater => Comparison::Gt,
        Rule::at_least_op => Comparison::Ge,
        Rule::kw_in => Comparison::In,
        Rule::kw_contains => Comparison::Contains,
        Rule::kw_overlaps => Comparison::Overlaps,
        Rule::subset_of => Comparison::SubsetOf,
        Rule::starts_with => Comparison::StartsWith,
        Rule::ends_with => Comparison::EndsWith,
        Rule::kw_like => Comparison::Like,
        _ => return None,
    };
    Some(reader.spanned(op, piece))
}

fn operand(reader: &mut Reader<'_>, piece: &Piece<'_>) -> Expr {
    let span = reader.span(piece);
    let kind = first(piece).and_then(|inner| match inner.as_rule() {
        // The parentheses themselves leave no trace.
        Rule::group => of_clause(reader, &inner).map(|expr| expr.kind),
        Rule::size => of_clause(reader, &inner).map(|of| ExprKind::Size(Box::new(of))),
        Rule::literal => super::literal::read(reader, &inner).map(|literal| ExprKind::Literal(literal.value)),
        Rule::path => {
            Some(ExprKind::Path(inner.into_inner().filter(is_name).map(|name| reader.ident(&name)).collect()))
        }
        _ => None,
    });
    Expr::new(kind.unwrap_or(ExprKind::Broken), span)
}

fn is_name(piece: &Piece<'_>) -> bool {
    matches!(piece.as_rule(), Rule::variable | Rule::type_name | Rule::step)
}
