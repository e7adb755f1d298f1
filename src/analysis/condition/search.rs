//! Going through the cases until one is found, or none is left.

use super::atom::AtomId;
use super::domain;
use super::eval::Evaluation;
use super::relation::{Relation, relations};
use super::state::{State, Supposed, Variable};
use super::term::TermId;
use super::{Answer, Conditions, Formula, Given, Truths, Witness};
use rustc_hash::FxHashMap;

/// How many comparisons one search evaluates before it is given up: what takes a few milliseconds.
pub const STEPS: usize = 50_000;

/// Conditions of more different comparisons are not looked into.
const ATOMS: usize = 512;

/// A search.
pub(super) struct Problem<'s, 'p> {
    pub(super) conditions: &'s Conditions<'p>,
    pub(super) given: Given,
    wanted: &'s [(&'s Formula, Truths)],
    cases: FxHashMap<TermId, Vec<State>>,
    relations: Vec<Relation>,
    supposed: Supposed,
    steps: usize,
}

enum Outcome {
    Never,
    Found,
    Undecided,
}

impl Conditions<'_> {
    /// Looks for facts under which each of some formulas comes to one of the truths beside it. All must have been read on
    /// one occasion.
    #[must_use]
    pub fn find(&self, wanted: &[(&Formula, Truths)], given: Given) -> Answer {
        let mut used: Vec<AtomId> = Vec::new();
        wanted.iter().for_each(|(formula, _)| formula.0.each_atom(&mut |atom| used.push(atom)));
        used.sort_unstable();
        used.dedup();
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
            supposed: Supposed::default(),
            steps: 0,
        };
        match problem.solve() {
            Outcome::Never => Answer::Never,
            Outcome::Undecided => Answer::Undecided,
            Outcome::Found => Answer::Found(Witness::of(self, &problem.supposed)),
        }
    }
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
            return Outcome::Found;
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
        if self.relations.iter().all(|relation| relation.may_hold(&self.supposed)) {
            self.solve()
        } else {
            Outcome::Never
        }
    }
}
