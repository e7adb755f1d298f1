//! What every package and every test file came to when it was last looked at, and which of them are to be looked at again.

use super::checked::{Checked, check};
use crate::cli::args::Package;
use crate::cli::config::REPOSITORY;
use crate::cli::levels::{Level, Name};
use crate::engine::{LoadError, TestRun, Trace, TracedRunner, find_folders, find_tests};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How often something is looked at that changes while it is, before it is shown as it is.
const READINGS: u32 = 6;

/// How long after the first time the second begins; each waits twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(10);

/// A package: the folder that it lies in, nothing for the policies that were named.
type Place = Option<PathBuf>;

/// The last state of everything.
pub(super) struct Board {
    paths: Vec<PathBuf>,
    policies: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    /// The levels of lints that arguments give.
    levels: Vec<(Name, Level)>,
    /// The folders that there are, each with whether it holds a policy.
    folders: BTreeMap<PathBuf, Known<bool>>,
    packages: BTreeMap<Place, Known<Checked>>,
    tests: BTreeMap<PathBuf, Known<Tested>>,
    /// Why it is not known what there is to look at.
    trouble: Option<LoadError>,
    begun: bool,
}

/// A test file's outcome, with the package that it was run on.
struct Tested {
    run: TestRun,
    package: Option<Place>,
}

/// Something with what it was made of.
struct Known<T> {
    value: T,
    traces: Vec<Arc<Trace>>,
}

impl<T> Known<T> {
    fn is_as_it_was(&self) -> bool {
        self.traces.iter().all(|trace| trace.is_as_it_was())
    }
}

/// What was looked at anew.
#[derive(Default)]
pub(super) struct Round {
    pub(super) packages: BTreeSet<Place>,
    pub(super) tests: BTreeSet<PathBuf>,
    /// Whether it is the first, in which everything is new.
    pub(super) first: bool,
    /// Whether something is gone, or trouble came or went.
    changed: bool,
}

impl Round {
    /// Has what was looked at anew shortly before be a part of it.
    pub(super) fn absorb(&mut self, before: &Self) {
        self.packages.extend(before.packages.iter().cloned());
        self.tests.extend(before.tests.iter().cloned());
        self.changed |= before.changed;
    }
}

impl Board {
    pub(super) fn new(paths: Vec<PathBuf>, package: &Package, levels: Vec<(Name, Level)>) -> Self {
        Self {
            paths,
            policies: package.policies.clone(),
            directories: package.directories.clone(),
            levels,
            folders: BTreeMap::new(),
            packages: BTreeMap::new(),
            tests: BTreeMap::new(),
            trouble: None,
            begun: false,
        }
    }

    /// Whether there is anything to check or to run.
    pub(super) fn has_anything(&self) -> bool {
        !self.packages.is_empty() || !self.tests.is_empty()
    }

    /// Why it is not known what there is to look at.
    pub(super) const fn trouble(&self) -> Option<&LoadError> {
        self.trouble.as_ref()
    }

    /// All packages by the folders that they lie in.
    pub(super) fn packages(&self) -> impl Iterator<Item = (&Place, &Checked)> {
        self.packages.iter().map(|(place, known)| (place, &known.value))
    }

    /// All test files.
    pub(super) fn tests(&self) -> impl Iterator<Item = (&Path, &TestRun)> {
        self.tests.iter().map(|(path, known)| (path.as_path(), &known.value.run))
    }

    /// Everything that decides what there is to see.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: BTreeSet<PathBuf> = self.paths.iter().chain(self.folders.keys()).cloned().collect();
        let packages = self.packages.values().flat_map(|known| &known.traces);
        let tests = self.tests.values().flat_map(|known| &known.traces);
        let mut seen = BTreeSet::new();
        for trace in packages.chain(tests) {
            if seen.insert(Arc::as_ptr(trace)) {
                // Whether something is a repository is seen with the next look: to be told of all that goes on in one would
                // be too much.
                paths.extend(trace.paths().into_iter().filter(|path| !path.ends_with(REPOSITORY)));
            }
        }
        paths.into_iter().collect()
    }

    /// Looks again at what is not as it was; nothing where everything is.
    pub(super) fn refresh(&mut self) -> Option<Round> {
        let mut round = Round { first: !self.begun, ..Round::default() };
        for reading in 0..READINGS {
            if reading > 0 {
                thread::sleep(PAUSE.saturating_mul(1 << (reading - 1)));
            }
            // Whoever saves several files, or a folder as a whole, is given time to be done.
            let known = self.look_around(&mut round);
            self.look_again(&mut round);
            if known
                && round.packages.iter().all(|place| self.packages.get(place).is_none_or(Known::is_as_it_was))
                && round.tests.iter().all(|path| self.tests.get(path).is_none_or(Known::is_as_it_was))
            {
                break;
            }
        }
        self.begun = true;
        // What came and went meanwhile is nothing.
        round.packages.retain(|place| self.packages.contains_key(place));
        round.tests.retain(|path| self.tests.contains_key(path));
        let anything = round.first || round.changed || !round.packages.is_empty() || !round.tests.is_empty();
        anything.then_some(round)
    }

    /// Finds out what there is; whether that could be told. Where it could not, nothing is known.
    fn look_around(&mut self, round: &mut Round) -> bool {
        let named = !self.policies.is_empty();
        let folders = if named { Ok(Vec::new()) } else { find_folders(&self.paths) };
        let found = folders.and_then(|folders| Ok((folders, find_tests(&self.paths)?)));
        let (folders, tests) = match found {
            Ok(found) => found,
            Err(error) => {
                let said = |error: &LoadError| error.to_string();
                round.changed |= self.trouble.as_ref().map(said) != Some(said(&error));
                self.trouble = Some(error);
                self.folders.clear();
                self.packages.clear();
                self.tests.clear();
                round.tests.clear();
                return false;
            }
        };
        round.changed |= self.trouble.take().is_some();
        let folders: BTreeSet<PathBuf> = folders.into_iter().collect();
        self.folders.retain(|folder, known| folders.contains(folder) && known.is_as_it_was());
        for folder in folders {
            self.folders.entry(folder).or_insert_with_key(|folder| {
                let (value, trace) = TracedRunner::holds_policy(folder);
                Known { value, traces: vec![trace] }
            });
        }
        let tests: BTreeSet<PathBuf> = tests.into_iter().collect();
        let before = self.tests.len();
        self.tests.retain(|path, _| tests.contains(path));
        round.changed |= self.tests.len() != before;
        round.tests.extend(tests.into_iter().filter(|path| !self.tests.get(path).is_some_and(Known::is_as_it_was)));
        true
    }

    /// Runs the tests and checks the packages that are new or not as they were.
    fn look_again(&mut self, round: &mut Round) {
        let mut runner = TracedRunner::new(&self.policies, &self.directories);
        for path in &round.tests {
            if self.tests.get(path).is_some_and(Known::is_as_it_was) {
                continue;
            }
            let traced = runner.run(path);
            let value = Tested { run: traced.run, package: traced.package };
            self.tests.insert(path.clone(), Known { value, traces: traced.traces });
        }
        let holding = self.folders.iter().filter(|(_, known)| known.value).map(|(folder, _)| Some(folder.clone()));
        let tested = self.tests.values().filter_map(|known| known.value.package.clone());
        let mut places: BTreeSet<Place> = holding.chain(tested).collect();
        if !self.policies.is_empty() {
            places.insert(None);
        }
        let before = self.packages.len();
        self.packages.retain(|place, _| places.contains(place));
        round.changed |= self.packages.len() != before;
        for place in places {
            if self.packages.get(&place).is_some_and(Known::is_as_it_was) {
                continue;
            }
            let (value, traces) = check(&mut runner, place.as_deref(), &self.policies, &self.levels);
            self.packages.insert(place.clone(), Known { value, traces });
            round.packages.insert(place);
        }
    }
}
