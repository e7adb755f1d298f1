//! What conditions can come to over all facts: whether one can hold at all, whether it can fail, whether one holds wherever
//! another does.
//!
//! # How to ask
//!
//! A condition is a program of a [`CompiledPolicy`] ([`Grant::condition`](crate::compile::Grant::condition),
//! [`CompiledRole::when`](crate::compile::CompiledRole::when), [`Implied::when`](crate::compile::Implied::when)).
//! [`Conditions::read`] makes a [`Formula`] of it, as it is asked on an [`Occasion`]: of which types subject and resource
//! are, which action is asked for. [`Occasion::each`] lists the occasions on which a program may differ. Formulas of
//! several programs, also of several policies, are read into one [`Conditions`], and stand for the same facts there:
//! what has the same name is the same. [`Formula::all`], [`Formula::any`] and [`Formula::negated`] join them.
//!
//! [`Conditions::find`] looks for facts under which each of some formulas comes to one of some truths:
//!
//! - Can it hold? `find(&[(&formula, Truths::TRUE)], given)`.
//! - Does it always hold? `find(&[(&formula, Truths::NOT_TRUE)], given)` is [`Answer::Never`].
//! - Does `one` hold wherever `other` does? [`Conditions::implies`], as a grant counts it or as a denial does.
//!
//! [`Answer::Never`] is proven. [`Answer::Found`] says that facts seem to lead there; [`Conditions::search`] sketches them, as a
//! [`Sketch`] of entities, what they hold and a request. These are to be tried before anything is claimed, since not all is
//! looked into: under what conditions roles count, for one. The search goes on where a sketch is refused.
//! [`Answer::Undecided`] says that it was given up: its steps are limited ([`STEPS`]), and so is how often it goes on.
//!
//! [`Given`] tells whether facts may be missing, by which a condition comes to [`Truth::Unknown`](crate::decide::Truth):
//! entities that only a request knows may lack what their type requires.
//!
//! # How it is found
//!
//! A path (`resource.created_by`, `team.settings.queues`) is a *term*. Terms that are compared with each other, and the
//! literals that they are compared with, leave a handful of cases to each term: the literals, what lies between them,
//! others. All cases are gone through, each as far as the truth is still open. What is not comparison of single values
//! (`has`, what sets hold, patterns of texts) is free, but for what follows from its form: whoever has a role has what
//! it extends, what has an element is not empty, no text begins with both `a` and `b`; and there must be sets that have
//! what they are to have in common, and lie in each other as they are to.
//!
//! # Example
//!
//! ```
//! use rolebook::Engine;
//! use rolebook::analysis::condition::{Answer, Conditions, Given, Occasion, Truths};
//!
//! let policy = r#"
//!     type user
//!     type run { size: int  actions delete }
//!     allow run.delete when resource.size > 5 and resource.size < 3
//! "#;
//! let engine = Engine::from_strings(&[("policy.rolebook", policy)], &[])?;
//! let state = engine.state();
//! let policy = state.snapshot().policy();
//! let run = policy.schema().type_named("run").expect("declared");
//! let delete = policy.schema().permission_named(run, "delete").expect("declared");
//! let rule = policy.rules(delete).next().expect("one rule");
//!
//! let mut conditions = Conditions::default();
//! let occasion = Occasion::of_permission(policy, delete);
//! let formula = conditions.read(policy, rule.condition.expect("conditional"), occasion);
//! assert!(matches!(conditions.find(&[(&formula, Truths::TRUE)], Given::MayMiss), Answer::Never));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atom;
mod domain;
mod eval;
mod formula;
mod occasion;
mod path;
mod read;
mod relation;
mod search;
mod sets;
mod sketch;
mod state;
mod term;
mod trial;
mod truths;

pub use formula::Formula;
pub use occasion::Occasion;
pub use search::STEPS;
pub use sketch::{Sketch, Sketched};
pub use trial::trial;
pub use truths::Truths;

use crate::compile::CompiledPolicy;
use crate::index::IndexVec;
use atom::{Atom, AtomId};
use rustc_hash::FxHashMap;
use term::{Term, TermId, TermKey};

/// Terms and comparisons of the conditions that were read.
#[derive(Clone, Debug, Default)]
pub struct Conditions<'p> {
    policies: Vec<&'p CompiledPolicy>,
    terms: IndexVec<TermId, Term>,
    /// What each term is.
    keys: IndexVec<TermId, TermKey>,
    term_ids: FxHashMap<(TermKey, u8), TermId>,
    atoms: IndexVec<AtomId, Atom>,
    atom_ids: FxHashMap<Atom, AtomId>,
}

/// What is taken for granted of the facts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Given {
    /// Whatever is required is there, and everything can be computed.
    Complete,
    /// What is required may be missing of entities that are not declared, and of the request.
    MayMiss,
}

/// As what a condition counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Of an allow or an implication: it counts where it is true.
    Grant,
    /// Of a deny: it counts where it is true or cannot be computed.
    Denial,
}

/// What a search came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// No facts lead there: proven.
    Never,
    /// Some facts seem to.
    Found,
    /// It was not found out within [`STEPS`].
    Undecided,
}

impl Answer {
    /// Whether it is proven that no facts lead there.
    #[must_use]
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }
}

impl Conditions<'_> {
    /// Facts under which `one` counts and `other` does not: [`Answer::Never`] proves that `one` implies `other`.
    #[must_use]
    pub fn implies(&self, one: &Formula, other: &Formula, side: Side, given: Given) -> Answer {
        let counts = side.counts();
        self.find(&[(one, counts), (other, counts.others())], given)
    }
}

impl Side {
    /// The truths under which a condition counts.
    #[must_use]
    pub const fn counts(self) -> Truths {
        match self {
            Self::Grant => Truths::TRUE,
            Self::Denial => Truths::NOT_FALSE,
        }
    }
}
