//! The tests of packages against mutants of their policies, on as many threads as there are.

use super::now;
use super::tests_run::TestRunner;
use crate::analysis::mutants::{Mutant, Witness};
use crate::source::SourceMap;
use crate::workspace::{Fate, PreparedTests, Workspace};
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
            let Ok((folder, package, prepared)) = self.prepare(file) else { continue };
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

/// What becomes of each mutant of a package.
fn fates(package: &Workspace, tests: &[PreparedTests], advance: &(dyn Fn(usize) + Sync)) -> Vec<(Mutant, Fate)> {
    let mutants = package.mutants();
    let tests: Vec<&PreparedTests> = tests.iter().collect();
    let (next, at) = (AtomicUsize::new(0), now());
    let work = || {
        let (mut done, mut last) = (Vec::new(), 0);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((file, mutant)) = mutants.get(number) else { return done };
            let fate = package.fate(*file, mutant, &tests, last, at);
            // Mutants that stand side by side are noticed by the same tests.
            if let Fate::Caught { file, .. } = fate {
                last = file;
            }
            done.push((number, fate));
            advance(mutants.len());
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(mutants.len().max(1));
    let mut fates: Vec<(usize, Fate)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            all.extend(other.join().unwrap_or_else(|cause| panic::resume_unwind(cause)));
        }
        all
    });
    fates.sort_by_key(|(number, _)| *number);
    mutants.into_iter().zip(fates).map(|((_, mutant), (_, fate))| (mutant, fate)).collect()
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
