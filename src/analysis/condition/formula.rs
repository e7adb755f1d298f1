//! Conditions over atoms.

use super::atom::AtomId;
use crate::decide::Truth;

/// A condition that was read, to be asked about in the [`Conditions`](super::Conditions) that it was read into.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Formula(pub(super) Tree);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Tree {
    Constant(Truth),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    /// True where it is, and false where it is not or cannot be computed.
    Certain(Box<Tree>),
    Atom(AtomId),
}

impl Formula {
    /// That of no condition: it always holds.
    pub const TRUE: Self = Self(Tree::Constant(Truth::True));
    /// It never holds.
    pub const FALSE: Self = Self(Tree::Constant(Truth::False));

    /// All of them.
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Tree::All(parts.into_iter().map(|part| part.0).collect()))
    }

    /// Any of them.
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(Tree::Any(parts.into_iter().map(|part| part.0).collect()))
    }

    /// It where it is true, and false where it cannot be computed.
    #[must_use]
    pub fn certain(self) -> Self {
        Self(Tree::Certain(Box::new(self.0)))
    }

    /// The contrary.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(Tree::Not(Box::new(self.0)))
    }
}

impl Tree {
    /// Visits every atom, repeats included.
    pub(super) fn each_atom(&self, visit: &mut impl FnMut(AtomId)) {
        match self {
            Self::Constant(_) => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_atom(visit)),
            Self::Not(part) | Self::Certain(part) => part.each_atom(visit),
            Self::Atom(atom) => visit(*atom),
        }
    }
}
