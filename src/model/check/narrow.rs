//! What `X is T` tells the rest of a condition.

use crate::model::names::Names;
use crate::schema::TypeId;
use crate::syntax::ast::{Expr, ExprKind, Ident};
use std::rc::Rc;

/// What is known about the types of paths, from the parts of the condition that were read before.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrowed<'e> {
    facts: Vec<Fact<'e>>,
}

/// The entity at a path is of one of these types, or of none of them.
#[derive(Clone, Debug)]
struct Fact<'e> {
    path: &'e [Ident],
    types: Vec<TypeId>,
    inside: bool,
}

impl<'e> Narrowed<'e> {
    /// Takes in what is known where `part` is true, or false.
    pub(super) fn learn(&mut self, names: &Names<'_>, part: &'e Expr, truth: bool) {
        facts(names, part, truth, &mut self.facts);
    }

    /// What is left of the types that the entity at a path can have.
    ///
    /// None are left where an `is` before asked for a type that it cannot have, which was reported.
    pub(super) fn apply(&self, path: &[Ident], types: &Rc<[TypeId]>) -> Rc<[TypeId]> {
        let mut left = Rc::clone(types);
        for fact in self.facts.iter().filter(|fact| same_path(fact.path, path)) {
            let kept: Vec<TypeId> = left.iter().copied().filter(|ty| fact.types.contains(ty) == fact.inside).collect();
            // To be of none of all possible types is no mistake in the words, only a condition that is never true.
            if fact.inside || !kept.is_empty() {
                left = kept.into();
            }
        }
        left
    }
}

fn same_path(one: &[Ident], other: &[Ident]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.value == other.value)
}

fn facts<'e>(names: &Names<'_>, part: &'e Expr, truth: bool, found: &mut Vec<Fact<'e>>) {
    match (&part.kind, truth) {
        (ExprKind::Is { entity, type_name }, _) => {
            let ExprKind::Path(path) = &entity.kind else { return };
            let types: Vec<TypeId> = names.schema.type_named(&type_name.value).into_iter().collect();
            found.push(Fact { path, types, inside: truth });
        }
        (ExprKind::Not(part), _) => facts(names, part, !truth, found),
        (ExprKind::And(parts), true) | (ExprKind::Or(parts), false) => {
            for part in parts {
                facts(names, part, truth, found);
            }
        }
        (ExprKind::And(parts), false) | (ExprKind::Or(parts), true) => common(names, parts, truth, found),
        _ => {}
    }
}

/// What is known where one of the parts, nobody knows which, is true (or false): of a path of which each of them says
/// that it is of some types, that it is of any of those.
fn common<'e>(names: &Names<'_>, parts: &'e [Expr], truth: bool, found: &mut Vec<Fact<'e>>) {
    let mut each = parts.iter().map(|part| {
        let mut facts_of_part = Vec::new();
        facts(names, part, truth, &mut facts_of_part);
        facts_of_part.retain(|fact| fact.inside);
        facts_of_part
    });
    let Some(mut common) = each.next() else { return };
    for other in each {
        common.retain_mut(|fact| match other.iter().find(|other| same_path(other.path, fact.path)) {
            Some(other) => {
                fact.types.extend(&other.types);
                true
            }
            None => false,
        });
    }
    found.extend(common);
}
