//! What is supposed of terms and atoms while facts are looked for.

use super::atom::AtomId;
use super::term::{Single, TermId};
use crate::decide::Truth;
use rustc_hash::FxHashMap;

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum State {
    /// Nothing is known of it.
    Missing,
    /// Nothing.
    Absent,
    /// A set of everything.
    Everything,
    /// A set, or an entity of which it makes no difference which it is.
    There,
    /// This value.
    Known(Single),
    /// A value that is none of those that are named, by its number.
    Other(usize),
}

/// What can be supposed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Variable {
    /// What a term leads to.
    Term(TermId),
    /// The truth of an atom that is free.
    Atom(AtomId),
}

/// What is supposed.
#[derive(Clone, Debug, Default)]
pub(super) struct Supposed {
    pub(super) terms: FxHashMap<TermId, State>,
    pub(super) atoms: FxHashMap<AtomId, Truth>,
}
