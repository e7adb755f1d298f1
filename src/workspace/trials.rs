//! The tests of a package in the order in which mutants meet them.
//!
//! Those that only ask come before those that change something first: making a change costs as much as hundreds of answers.

use super::revise::Reviser;
use super::{PreparedTests, State};
use crate::analysis::mutants::MutantKind;
use crate::suite::{Course, Seen, Test};
use fixedbitset::FixedBitSet;
use std::sync::{Arc, OnceLock};

/// The tests of a package, by the states that they are run on.
#[derive(Debug)]
pub struct Trials<'t> {
    pub(super) grounds: Vec<Ground<'t>>,
}

/// Tests that are run on the same state.
#[derive(Debug)]
pub(super) struct Ground<'t> {
    pub(super) state: &'t State,
    pub(super) tests: Vec<Trial<'t>>,
    /// What writes its policy anew, made when it is asked for.
    reviser: OnceLock<Option<Reviser<'t>>>,
}

/// A test of a test file.
#[derive(Debug)]
pub(super) struct Trial<'t> {
    pub(super) file: usize,
    pub(super) test: &'t Test,
    /// What it saw, where it was run already.
    pub(super) seen: Option<&'t Seen>,
    /// What is known of a run of it; nothing where it has to be run on any mutant.
    sight: Option<Sight>,
}

/// What is known of a test that was run and passed.
#[derive(Debug)]
pub struct Sight {
    /// The mutants that it may notice, by their numbers; nothing where it may notice any.
    pub(super) mutants: Option<FixedBitSet>,
    /// What it went through.
    pub(super) course: Course,
}

/// Which of the tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub(super) ground: usize,
    test: usize,
}

impl<'t> Trials<'t> {
    /// The tests of these files, each of which may notice any mutant. Files whose directory has errors have none.
    #[must_use]
    pub fn of(files: &'t [PreparedTests]) -> Self {
        let mut grounds: Vec<Ground<'t>> = Vec::new();
        for (file, prepared) in files.iter().enumerate() {
            let Some(state) = &prepared.state else { continue };
            let seen = prepared.seen.iter().map(Some).chain(std::iter::repeat(None));
            let tests = prepared.tests.tests.iter().zip(seen);
            let tests = tests.map(|(test, seen)| Trial { file, test, seen, sight: None });
            match grounds.iter_mut().find(|known| Arc::ptr_eq(&known.state.snapshot, &state.snapshot)) {
                Some(ground) => ground.tests.extend(tests),
                None => grounds.push(Ground { state, tests: tests.collect(), reviser: OnceLock::new() }),
            }
        }
        for ground in &mut grounds {
            ground.tests.sort_by_key(|trial| !trial.test.changes.is_empty());
        }
        Self { grounds }
    }

    /// All tests, in order.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        let of =
            |(ground, tests): (usize, &Ground<'_>)| (0..tests.tests.len()).map(move |test| Position { ground, test });
        self.grounds.iter().enumerate().flat_map(of)
    }

    /// All tests, those first that are likely to notice a mutant of a kind.
    pub(super) fn positions_for(&self, kind: MutantKind) -> impl Iterator<Item = Position> {
        let expects = |&at: &Position| self.get(at).is_some_and(|(_, trial)| !trial.test.settings.is_empty());
        let is_likely = move |at: &Position| kind.is_of_settings() && expects(at);
        self.positions().filter(is_likely).chain(self.positions().filter(move |at| !is_likely(at)))
    }

    /// Has a test be run only on mutants that it may notice, and only as far as is not known.
    pub fn limit(&mut self, at: Position, sight: Sight) {
        let trial = self.grounds.get_mut(at.ground).and_then(|ground| ground.tests.get_mut(at.test));
        if let Some(trial) = trial {
            trial.sight = Some(sight);
        }
    }

    pub(super) fn get(&self, at: Position) -> Option<(&Ground<'t>, &Trial<'t>)> {
        let ground = self.grounds.get(at.ground)?;
        Some((ground, ground.tests.get(at.test)?))
    }
}

impl<'t> Ground<'t> {
    /// What writes its policy anew, if anything can be.
    pub(super) fn reviser(&self) -> Option<&Reviser<'t>> {
        let state = self.state;
        self.reviser.get_or_init(|| state.policy.reviser()).as_ref()
    }
}

impl Trial<'_> {
    /// Whether it may notice the mutant of a number.
    pub(super) fn may_notice(&self, number: usize) -> bool {
        let mutants = self.sight.as_ref().and_then(|sight| sight.mutants.as_ref());
        mutants.is_none_or(|mutants| mutants.contains(number))
    }

    /// What it went through, where that is known.
    pub(super) fn course(&self) -> Option<&Course> {
        Some(&self.sight.as_ref()?.course)
    }
}
