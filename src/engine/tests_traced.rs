//! Checking packages and running test files, with what each result depends on: for who does it again when that changes.

use super::now;
use super::steady::{Steady, Trace};
use super::tests_run::{TestRun, nearest_policy, not_run};
use crate::workspace::{self, Build, DirectorySource, Grounds, Workspace};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The outcome of one test file, and what it depends on.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The outcome.
    pub run: TestRun,
    /// The package that it was run on: its folder, or nothing for the policies that were named; nothing at all where none
    /// was found.
    pub package: Option<Option<PathBuf>>,
    /// What was looked at. While all of it is as it was, so is the outcome, but for the time.
    pub traces: Vec<Arc<Trace>>,
}

/// Checks packages and runs test files, as [`TestRunner`](super::TestRunner) does, and says what of the disk each result
/// depends on.
#[derive(Debug)]
pub struct TracedRunner {
    policies: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    /// The packages read so far, by the folder that they were found in; one entry where policies were named.
    packages: FxHashMap<Option<PathBuf>, (Workspace, Arc<Trace>)>,
}

impl TracedRunner {
    /// A runner against these policies and directories. Without policies each test file is run against the policy of
    /// the nearest folder above it that holds one; without directories, against the one beside that policy. What a
    /// test file itself says of its directory goes first.
    #[must_use]
    pub fn new(policies: &[PathBuf], directories: &[PathBuf]) -> Self {
        Self { policies: policies.to_vec(), directories: directories.to_vec(), packages: FxHashMap::default() }
    }

    /// Runs one file. Whatever keeps it from being run is a finding in its report.
    pub fn run(&mut self, file: &Path) -> Traced {
        let disk = Steady::default();
        let folder = if self.policies.is_empty() {
            match nearest_policy(&disk, file) {
                Ok(folder) => Some(folder),
                Err(finding) => {
                    let traces = vec![Arc::new(Trace::from(disk))];
                    return Traced { run: not_run(file, finding), package: None, traces };
                }
            }
        } else {
            None
        };
        let (package, directories, trace) = self.package(folder.clone());
        let (sources, report) =
            package.prepare_tests(&disk, file, &directories, &mut Grounds::default()).run(now(), None);
        let traces = vec![trace, Arc::new(Trace::from(disk))];
        Traced { run: TestRun { sources, report }, package: Some(folder), traces }
    }

    /// What a package comes to with its directories, and what that depends on. The package is the one that lies in a folder,
    /// or that of the policies that were named.
    pub fn build(&mut self, folder: Option<&Path>) -> (Build, Vec<Arc<Trace>>) {
        let (package, directories, trace) = self.package(folder.map(Path::to_owned));
        let (build, own) = Trace::of(|files| package.build(files, &directories));
        (build, vec![trace, own])
    }

    /// Whether a folder holds a policy, and what that depends on.
    #[must_use]
    pub fn holds_policy(folder: &Path) -> (bool, Arc<Trace>) {
        Trace::of(|files| workspace::holds_policy(files, folder))
    }

    /// A package with its directories, read once.
    fn package(&mut self, folder: Option<PathBuf>) -> (&Workspace, Vec<DirectorySource>, Arc<Trace>) {
        let roots = folder.clone().map_or_else(|| self.policies.clone(), |folder| vec![folder]);
        let gather = || Trace::of(|files| Workspace::gather(files, &roots));
        let (package, trace) = &*self.packages.entry(folder).or_insert_with(gather);
        let directories = if self.directories.is_empty() { package.default_directories() } else { &self.directories };
        (package, directories.iter().cloned().map(DirectorySource::File).collect(), Arc::clone(trace))
    }
}
