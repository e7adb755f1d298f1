//! Conditions as text again: what is displayed reads back as the same tree.

use super::super::fragment;
use crate::source::{FileId, Span, Spanned};
use crate::syntax::ast::{Comparison, Expr, ExprKind, HasRole, Ident, LiteralKind, RoleRef};
use proptest::prelude::*;

fn read(text: &str) -> Option<Expr> {
    fragment::expression(text, &|start, end| Span::new(FileId(0), start, end)).tree
}

#[test]
fn conditions_are_laid_out_in_one_way() {
    for (written, displayed) in [
        ("a.b", "a.b"),
        ("  a\n\t== # why\n  b ", "a == b"),
        ("((a.b))", "a.b"),
        ("(a.b or c.d) and e.f", "(a.b or c.d) and e.f"),
        ("a.b or (c.d and e.f)", "a.b or c.d and e.f"),
        ("(a.b or c.d) or e.f", "(a.b or c.d) or e.f"),
        ("not a in b", "not (a in b)"),
        ("not (not a.b)", "not not a.b"),
        ("not (a.b and c.d)", "not (a.b and c.d)"),
        ("size( a.b )>=-3", "size(a.b) >= -3"),
        ("a subset   of [ \"x\",\"y\" ]", "a subset of [\"x\", \"y\"]"),
        ("x has any  role on y", "x has any role on y"),
        ("x has team . member on y", "x has team.member on y"),
        ("a == \"q\\\"u\\\\o\\tte\\u{7}\\u{202e}\"", "a == \"q\\\"u\\\\o\\tte\\u{7}\\u{202e}\""),
        ("a < 48h and a > 90m and a == 61s and a == 0d", "a < 2d and a > 90m and a == 61s and a == 0s"),
        ("a == true", "a == true"),
    ] {
        assert_eq!(read(written).map(|expr| expr.to_string()).as_deref(), Some(displayed), "{written}");
    }
}

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(FileId(0), 0, 0))
}

fn ident(name: &str) -> Ident {
    Spanned::new(name.to_owned(), Span::new(FileId(0), 0, 0))
}

fn names() -> impl Strategy<Value = Ident> {
    proptest::sample::select(&["a", "team", "resource", "_x", "x_1", "subject"][..]).prop_map(ident)
}

fn steps() -> impl Strategy<Value = Ident> {
    proptest::sample::select(&["a", "b", "settings", "created_by"][..]).prop_map(ident)
}

fn literals() -> impl Strategy<Value = LiteralKind> {
    let one = prop_oneof![
        any::<bool>().prop_map(LiteralKind::Bool),
        any::<i64>().prop_map(LiteralKind::Int),
        any::<String>().prop_map(LiteralKind::String),
        (0..9_000_000_000_i64).prop_map(|seconds| LiteralKind::Duration(seconds * 1_000)),
    ];
    let list = proptest::collection::vec(one.clone(), 0..3).prop_map(|items| {
        LiteralKind::List(items.into_iter().map(|item| Spanned::new(item, Span::new(FileId(0), 0, 0))).collect())
    });
    prop_oneof![3 => one, 1 => list]
}

fn conditions() -> impl Strategy<Value = Expr> {
    let path = (names(), proptest::collection::vec(steps(), 0..3))
        .prop_map(|(first, more)| expr(ExprKind::Path(std::iter::once(first).chain(more).collect())));
    let leaf = prop_oneof![2 => path, 1 => literals().prop_map(|literal| expr(ExprKind::Literal(literal)))];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let ops = proptest::sample::select(
            &[
                Comparison::Eq,
                Comparison::Ne,
                Comparison::In,
                Comparison::SubsetOf,
                Comparison::StartsWith,
                Comparison::Like,
            ][..],
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::Or(parts))),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|parts| expr(ExprKind::And(parts))),
            boxed().prop_map(|part| expr(ExprKind::Not(part))),
            (ops, boxed(), boxed()).prop_map(|(op, left, right)| {
                expr(ExprKind::Compare { op: Spanned::new(op, Span::new(FileId(0), 0, 0)), left, right })
            }),
            (boxed(), proptest::sample::select(&["team", "x_1"][..]).prop_map(ident))
                .prop_map(|(entity, type_name)| expr(ExprKind::Is { entity, type_name })),
            (boxed(), boxed()).prop_map(|(subject, on)| {
                let role = HasRole::Role(RoleRef { type_name: ident("team"), name: ident("member") });
                expr(ExprKind::Has { subject, role, on })
            }),
            boxed().prop_map(|of| expr(ExprKind::Size(of))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_reads_back(condition in conditions()) {
        let text = condition.to_string();
        prop_assert_eq!(read(&text), Some(condition), "{}", text);
    }
}
