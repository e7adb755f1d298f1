//! Checking packages and running test files, with what each result depends on: for who does it again when that changes.

use super::now;
use super::steady::{Steady, Trace};
use super::tests_run::{TestRun, nearest_policy, not_run};
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use crate::workspace::{self, DirectorySource, Workspace};
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

/// What is wrong with a package and the directory beside it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The texts that were read.
    pub sources: SourceMap,
    /// The findings, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
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
        let (sources, report) = package.prepare_tests(&disk, file, &directories).run(now(), None);
        let traces = vec![trace, Arc::new(Trace::from(disk))];
        Traced { run: TestRun { sources, report }, package: Some(folder), traces }
    }

    /// What is wrong with a package and its directories, and what that depends on. The package is the one that lies in a
    /// folder, or that of the policies that were named.
    pub fn check(&mut self, folder: Option<&Path>) -> (Checked, Vec<Arc<Trace>>) {
        let disk = Steady::default();
        let (package, directories, trace) = self.package(folder.map(Path::to_owned));
        let build = package.build(&disk, &directories);
        let checked = Checked { sources: build.sources, diagnostics: build.diagnostics };
        (checked, vec![trace, Arc::new(Trace::from(disk))])
    }

    /// Whether a folder holds a policy, and what that depends on.
    #[must_use]
    pub fn holds_policy(folder: &Path) -> (bool, Arc<Trace>) {
        let disk = Steady::default();
        let holds = workspace::holds_policy(&disk, folder);
        (holds, Arc::new(Trace::from(disk)))
    }

    /// A package with its directories, read once.
    fn package(&mut self, folder: Option<PathBuf>) -> (&Workspace, Vec<DirectorySource>, Arc<Trace>) {
        let roots = folder.clone().map_or_else(|| self.policies.clone(), |folder| vec![folder]);
        let (package, trace) = &*self.packages.entry(folder).or_insert_with(|| {
            let disk = Steady::default();
            let package = Workspace::gather(&disk, &roots);
            (package, Arc::new(Trace::from(disk)))
        });
        let directories = if self.directories.is_empty() { package.default_directories() } else { &self.directories };
        (package, directories.iter().cloned().map(DirectorySource::File).collect(), Arc::clone(trace))
    }
}
