//! The comparisons that conditions are made of.

use super::term::{Single, TermId};
use super::truths::Truths;
use crate::compile::Comparison;
use crate::index::Idx;
use ipnet::IpNet;

/// A comparison of the conditions that were read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct AtomId(u32);

impl Idx for AtomId {
    fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// One side of a comparison of single values.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Operand {
    Term(TermId),
    Single(Single),
}

/// One side of a comparison of sets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Several {
    Term(TermId),
    List(Vec<Single>),
}

/// A comparison. Those with the same atom have the same truth.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Atom {
    /// Of single values, by `==`, `!=`, `<`, `<=`, `>`, `>=`.
    Compare(Comparison, Operand, Operand),
    /// Whether a path leads to something: a bool to true, a set to elements.
    Bare(TermId),
    /// False, or not to be computed where the path is missing.
    Never(TermId),
    /// `starts with`, `ends with`, `like`.
    Pattern(Comparison, Operand, Operand),
    /// Whether an address is in a range.
    InRange(TermId, IpNet),
    /// Whether a set has an element.
    Member(Operand, TermId),
    /// `overlaps` or `subset of`.
    Sets(Comparison, Several, Several),
    /// Whether a subject has one of some roles, any at all for nothing, on an entity or one of a set.
    Has(Operand, Option<Vec<Box<str>>>, Operand),
    /// Whether the resource lies in something of a type; it may come to these.
    Within(Box<str>, Truths),
    /// Whatever is not looked into, by its number.
    Free(u32),
}

impl Atom {
    /// The terms that it is about.
    pub(super) fn terms(&self) -> impl Iterator<Item = TermId> {
        let of = |operand: &Operand| match operand {
            Operand::Term(term) => Some(*term),
            Operand::Single(_) => None,
        };
        let several = |several: &Several| match several {
            Several::Term(term) => Some(*term),
            Several::List(_) => None,
        };
        let (one, other) = match self {
            Self::Compare(_, left, right) | Self::Pattern(_, left, right) | Self::Has(left, _, right) => {
                (of(left), of(right))
            }
            Self::Bare(term) | Self::Never(term) | Self::InRange(term, _) => (Some(*term), None),
            Self::Member(element, set) => (of(element), Some(*set)),
            Self::Sets(_, left, right) => (several(left), several(right)),
            Self::Within(..) | Self::Free(_) => (None, None),
        };
        one.into_iter().chain(other)
    }
}
