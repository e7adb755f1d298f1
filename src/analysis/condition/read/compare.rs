//! Comparisons, as far as their sides are looked into.

use super::{Read, Reader};
use crate::analysis::condition::Conditions;
use crate::analysis::condition::atom::{Atom, Operand, Several};
use crate::analysis::condition::formula::Tree;
use crate::analysis::condition::term::{Kind, Single, TermId};
use crate::compile::Comparison;
use crate::decide::like;

impl Reader<'_, '_> {
    pub(super) fn compare(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        match comparison {
            Comparison::Contains => self.member(right, left),
            Comparison::In => self.member(left, right),
            Comparison::Overlaps | Comparison::SubsetOf => self.sets(comparison, left, right),
            Comparison::StartsWith | Comparison::EndsWith | Comparison::Like => self.pattern(comparison, left, right),
            Comparison::Eq | Comparison::Ne | Comparison::Lt | Comparison::Le | Comparison::Gt | Comparison::Ge => {
                match (self.single(left), self.single(right)) {
                    (Some(left), Some(right)) => self.atom(Atom::Compare(comparison, left, right)),
                    _ => self.free(),
                }
            }
        }
    }

    /// A side of a comparison of single values.
    fn single(&self, read: Read) -> Option<Operand> {
        match read {
            Read::Term(term) if self.conditions.terms.get(term)?.kind != Kind::Set => Some(Operand::Term(term)),
            Read::Single(single) => Some(Operand::Single(single)),
            _ => None,
        }
    }

    fn member(&mut self, element: Read, set: Read) -> Tree {
        let is_set = |term: TermId, conditions: &Conditions<'_>| {
            conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set)
        };
        match (element, set) {
            (Read::Term(term), Read::Range(range)) => self.atom(Atom::InRange(term, range)),
            (element, Read::List(list)) => {
                let Some(element) = self.single(element) else { return self.free() };
                match &element {
                    Operand::Term(term) if list.is_empty() => self.atom(Atom::Never(*term)),
                    Operand::Term(_) => {
                        let equal = |single| Atom::Compare(Comparison::Eq, element.clone(), Operand::Single(single));
                        Tree::Any(list.into_iter().map(|single| self.atom(equal(single))).collect())
                    }
                    Operand::Single(single) => Tree::Constant(list.contains(single).into()),
                }
            }
            (element, Read::Term(set)) if is_set(set, self.conditions) => match self.single(element) {
                Some(element) => self.atom(Atom::Member(element, set)),
                None => self.free(),
            },
            // One value where others of the same condition are a set.
            (element, set @ Read::Term(_)) => match (self.single(element), self.single(set)) {
                (Some(element), Some(set)) => self.atom(Atom::Compare(Comparison::Eq, element, set)),
                _ => self.free(),
            },
            _ => self.free(),
        }
    }

    fn sets(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        let side = |read: Read, conditions: &Conditions<'_>| match read {
            Read::Term(term) if conditions.terms.get(term).is_some_and(|it| it.kind == Kind::Set) => {
                Some(Several::Term(term))
            }
            Read::List(list) => Some(Several::List(list)),
            _ => None,
        };
        let (Some(left), Some(right)) = (side(left, self.conditions), side(right, self.conditions)) else {
            return self.free();
        };
        let overlaps = comparison == Comparison::Overlaps;
        match (left, right) {
            (Several::List(left), Several::List(right)) => {
                let holds = if overlaps {
                    left.iter().any(|single| right.contains(single))
                } else {
                    left.iter().all(|single| right.contains(single))
                };
                Tree::Constant(holds.into())
            }
            (Several::Term(set), Several::List(list)) | (Several::List(list), Several::Term(set))
                if overlaps && !list.is_empty() =>
            {
                let member = |single| Atom::Member(Operand::Single(single), set);
                Tree::Any(list.into_iter().map(|single| self.atom(member(single))).collect())
            }
            (Several::List(list), Several::Term(set)) if !list.is_empty() => {
                let member = |single| Atom::Member(Operand::Single(single), set);
                Tree::All(list.into_iter().map(|single| self.atom(member(single))).collect())
            }
            (left, right) => self.atom(Atom::Sets(comparison, left, right)),
        }
    }

    fn pattern(&mut self, comparison: Comparison, left: Read, right: Read) -> Tree {
        let (Some(left), Some(right)) = (self.single(left), self.single(right)) else { return self.free() };
        if let (Operand::Single(Single::Text(text)), Operand::Single(Single::Text(pattern))) = (&left, &right) {
            return Tree::Constant(matches(comparison, text, pattern).into());
        }
        let Operand::Single(Single::Text(pattern)) = &right else {
            return self.atom(Atom::Pattern(comparison, left, right));
        };
        // What says the same is written the same.
        let (comparison, pattern) = match (comparison, pattern.split_once('*')) {
            (Comparison::Like, None) => (Comparison::Eq, pattern.clone()),
            (Comparison::Like, Some((start, ""))) => (Comparison::StartsWith, start.into()),
            (Comparison::Like, Some(("", end))) if !end.contains('*') => (Comparison::EndsWith, end.into()),
            _ => (comparison, pattern.clone()),
        };
        let right = Operand::Single(Single::Text(pattern));
        self.atom(match comparison {
            Comparison::Eq => Atom::Compare(comparison, left, right),
            _ => Atom::Pattern(comparison, left, right),
        })
    }
}

/// Whether a text is such.
pub(in crate::analysis::condition) fn matches(comparison: Comparison, text: &str, pattern: &str) -> bool {
    match comparison {
        Comparison::StartsWith => text.starts_with(pattern),
        Comparison::EndsWith => text.ends_with(pattern),
        _ => like(text, pattern),
    }
}
