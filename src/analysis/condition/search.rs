//! Going through the cases until one is found, or none is left.

use super::atom::AtomId;
use super::domain;
use super::eval::Evaluation;
use super::relation::{Relation, relations};
use super::sets::Demands;
use super::state::{State, Supposed, Variable};
use super::term::TermId;
use super::{Answer, Conditions, Formula, Given, Occasion, Sketch, Truths, sets};
use crate::compile::CompiledPolicy;
use rustc_hash::FxHashMap;

/// How many comparisons one search evaluates before it is given up: what takes a few milliseconds.
pub const STEPS: usize = 50_000;

/// How many sketches may be refused before a search is given up.
const REFUSED: usize = 16;

/// Conditions of more different comparisons are not looked into.
const ATOMS: usize = 512;

/// A search.
pub(super) struct Problem<'s, 'p> {
    pub(super) conditions: &'s Conditions<'p>,
    pub(super) given: Given,
    wanted: &'s [(&'s Formula, Truths)],
    cases: FxHashMap<TermId, Vec<State>>,
    relations: Vec<Relation>,
    /// The atoms about what sets have, if there are any.
    about_sets: Vec<AtomId>,
    /// Whether facts that were found are wanted, or others.
    accept: &'s mut dyn FnMut(&Supposed) -> bool,
    refused: usize,
    supposed: Supposed,
    steps: usize,
}

enum Outcome {
    Never,
    Found,
    Undecided,
}

impl Conditions<'_> {
    /// Whether there are facts under which each of some formulas comes to one of the truths beside it. All must have been
    /// read on one occasion.
    #[must_use]
    pub fn find(&self, wanted: &[(&Formula, Truths)], given: Given) -> Answer {
        self.go_through(wanted, given, &mut |_| true)
    }

    /// The same, and the first facts that are accepted, as far as they can be sketched. Where some were refused, nothing is
    /// proven.
    pub fn search(
        &self,
        wanted: &[(&Formula, Truths)],
        given: Given,
        (policy, occasion): (&CompiledPolicy, Occasion),
        mut accept: impl FnMut(&Sketch) -> bool,
    ) -> Answer {
        let used = used(wanted);
        self.go_through(wanted, given, &mut |supposed| {
            Sketch::of(self, supposed, &used, policy, occasion).is_some_and(|sketch| accept(&sketch))
        })
    }

    fn go_through(
        &self,
        wanted: &[(&Formula, Truths)],
        given: Given,
        accept: &mut dyn FnMut(&Supposed) -> bool,
    ) -> Answer {
        let used = used(wanted);
        // What atoms have to do with each other is looked for in pairs.
        if used.len() > ATOMS {
            return Answer::Undecided;
        }
        let mut problem = Problem {
            conditions: self,
            given,
            wanted,
            cases: domain::cases(self, &used, given),
            relations: relations(self, &used),
            about_sets: sets::about_sets(self, &used),
            accept,
            refused: 0,
            supposed: Supposed::default(),
            steps: 0,
        };
        match problem.solve() {
            Outcome::Never if problem.refused == 0 => Answer::Never,
            Outcome::Never | Outcome::Undecided => Answer::Undecided,
            Outcome::Found => Answer::Found,
        }
    }
}

/// The atoms of some formulas, each once.
fn used(wanted: &[(&Formula, Truths)]) -> Vec<AtomId> {
    let mut used: Vec<AtomId> = Vec::new();
    wanted.iter().for_each(|(formula, _)| formula.0.each_atom(&mut |atom| used.push(atom)));
    used.sort_unstable();
    used.dedup();
    used
}

impl Problem<'_, '_> {
    /// Supposes more and more until every formula is settled. As deep as there are variables.
    fn solve(&mut self) -> Outcome {
        let (mut next, mut settled) = (None, true);
        for (formula, truths) in self.wanted {
            let mut evaluation =
                Evaluation { conditions: self.conditions, supposed: &self.supposed, next: None, steps: 0 };
            let found = evaluation.tree(&formula.0);
            self.steps += evaluation.steps + 1;
            if found.common(*truths).is_empty() {
                return Outcome::Never;
            }
            if !found.is_within(*truths) {
                settled = false;
                next = next.or(evaluation.next);
            }
        }
        if settled {
            if (self.accept)(&self.supposed) {
                return Outcome::Found;
            }
            self.refused += 1;
            return if self.refused > REFUSED { Outcome::Undecided } else { Outcome::Never };
        }
        if self.steps > STEPS {
            return Outcome::Undecided;
        }
        match next {
            Some(Variable::Term(term)) => self.suppose_each_case(term),
            Some(Variable::Atom(atom)) => self.suppose_each_truth(atom),
            // What is open has a variable; were it otherwise, nothing would be proven.
            None => Outcome::Undecided,
        }
    }

    fn suppose_each_case(&mut self, term: TermId) -> Outcome {
        let cases = self.cases.get(&term).cloned().unwrap_or_default();
        for state in cases {
            self.supposed.terms.insert(term, state);
            match self.go_on() {
                Outcome::Never => {}
                outcome => return outcome,
            }
        }
        self.supposed.terms.remove(&term);
        Outcome::Never
    }

    fn suppose_each_truth(&mut self, atom: AtomId) -> Outcome {
        for truth in self.truths_of(atom).iter() {
            self.supposed.atoms.insert(atom, truth);
            match self.go_on() {
                Outcome::Never => {}
                outcome => return outcome,
            }
        }
        self.supposed.atoms.remove(&atom);
        Outcome::Never
    }

    fn go_on(&mut self) -> Outcome {
        let may_be = self.relations.iter().all(|relation| relation.may_hold(&self.supposed))
            && Demands::of(self.conditions, &self.supposed, &self.about_sets).may_be_met();
        if may_be { self.solve() } else { Outcome::Never }
    }
}
