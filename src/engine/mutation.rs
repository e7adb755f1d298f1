//! The tests of packages against mutants of their policies, on as many threads as there are.

use super::now;
use super::tests_run::TestRunner;
use crate::analysis::mutants::{Mutant, Witness};
use crate::source::SourceMap;
use crate::workspace::{Fate, Position, PreparedTests, Trials, Workspace};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{panic, thread};

/// What became of the mutants of a package.
#[derive(Debug)]
pub struct MutationRun {
    /// The folder that the package was found in; nothing where policies were named.
    pub folder: Option<PathBuf>,
    /// The texts that the places of mutants lie in.
    pub sources: SourceMap,
    /// The test files, which fates number.
    pub tests: Vec<PreparedTests>,
    /// The mutants in the order of what they change, each with what became of it.
    pub mutants: Vec<(Mutant, Fate)>,
}

impl TestRunner {
    /// Tries the mutants of the policies that these test files are run against. The tests pass; those of a file that cannot
    /// be run catch nothing. `advance` is told of each mutant that was tried, and how many there are in its package.
    pub fn mutate(&mut self, files: &[PathBuf], advance: &(dyn Fn(usize) + Sync)) -> Vec<MutationRun> {
        let mut packages: Vec<(Option<PathBuf>, Workspace, Vec<PreparedTests>)> = Vec::new();
        for file in files {
            let Some((folder, package, prepared)) = self.prepare(file) else { continue };
            match packages.iter_mut().find(|(known, ..)| *known == folder) {
                Some((.., tests)) => tests.push(prepared),
                None => packages.push((folder, package.clone(), vec![prepared])),
            }
        }
        let run = |(folder, package, tests): (Option<PathBuf>, Workspace, Vec<PreparedTests>)| {
            let mutants = fates(&package, &tests, advance);
            MutationRun { folder, sources: package.sources().clone(), tests, mutants }
        };
        packages.into_iter().map(run).collect()
    }
}

/// How many mutants that stand side by side are tried by one thread: the same tests notice them.
const BLOCK: usize = 8;

/// What becomes of each mutant of a package.
fn fates(package: &Workspace, tests: &[PreparedTests], advance: &(dyn Fn(usize) + Sync)) -> Vec<(Mutant, Fate)> {
    let (mutants, at) = (package.mutants(), now());
    let mut trials = Trials::of(tests);
    let positions: Vec<Position> = trials.positions().collect();
    if let Some(nothing) = package.coverage() {
        let look = |number: usize| package.sight(&trials, *positions.get(number)?, &mutants, &nothing, at);
        let sights = at_once(positions.len(), look);
        for (position, sight) in positions.into_iter().zip(sights) {
            if let Some(sight) = sight {
                trials.limit(position, sight);
            }
        }
    }
    let block = |number: usize| {
        let mut last = None;
        let numbered = mutants.iter().enumerate().skip(number * BLOCK).take(BLOCK);
        let fate = |(number, (file, mutant)): (usize, &(usize, Mutant))| {
            let fate = package.fate((number, *file, mutant), &trials, &mut last, at);
            advance(mutants.len());
            fate
        };
        numbered.map(fate).collect::<Vec<Fate>>()
    };
    let fates = at_once(mutants.len().div_ceil(BLOCK), block);
    mutants.iter().map(|(_, mutant)| mutant.clone()).zip(fates.into_iter().flatten()).collect()
}

/// What work on each of so many numbers comes to, done on as many threads as there are processors.
pub(super) fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return done;
            }
            done.push((number, work(number)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut all = run();
        for other in others {
            all.extend(other.join().unwrap_or_else(|cause| panic::resume_unwind(cause)));
        }
        all
    });
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

impl MutationRun {
    /// How many mutants came to something of a kind.
    #[must_use]
    pub fn count(&self, what: impl Fn(&Fate) -> bool) -> usize {
        self.mutants.iter().filter(|(_, fate)| what(fate)).count()
    }

    /// The mutants that no test notices.
    pub fn missed(&self) -> impl Iterator<Item = (&Mutant, Option<&(usize, Witness)>)> {
        self.mutants.iter().filter_map(|(mutant, fate)| match fate {
            Fate::Missed { witness } => Some((mutant, witness.as_ref())),
            _ => None,
        })
    }
}
