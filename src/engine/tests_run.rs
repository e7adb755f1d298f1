//! Finding test files on disk and running each against its package.

use super::{Disk, LoadError, find_files, now};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::SourceMap;
use crate::suite::SuiteReport;
use crate::workspace::{self, DirectorySource, Workspace};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// The outcome of one test file, with the texts that its places lie in.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// The texts of the policy, the directory and the test file.
    pub sources: SourceMap,
    /// The outcome.
    pub report: SuiteReport,
}

/// Runs test files. Files of one package share its reading and parsing.
#[derive(Debug)]
pub struct TestRunner {
    policies: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    /// The packages read so far, by the folder that they were found in; one entry where policies were named.
    packages: FxHashMap<Option<PathBuf>, Workspace>,
}

impl TestRunner {
    /// A runner against these policies and directories. Without policies each test file is run against the policy of
    /// the nearest folder above it that holds one; without directories, against the one beside that policy. What a
    /// test file itself says of its directory goes first.
    #[must_use]
    pub fn new(policies: &[PathBuf], directories: &[PathBuf]) -> Self {
        Self { policies: policies.to_vec(), directories: directories.to_vec(), packages: FxHashMap::default() }
    }

    /// Runs one file. Whatever keeps it from being run is a finding in its report.
    pub fn run(&mut self, file: &Path) -> TestRun {
        let folder = if self.policies.is_empty() {
            match nearest_policy(file) {
                Ok(folder) => Some(folder),
                Err(finding) => return not_run(file, finding),
            }
        } else {
            None
        };
        let roots = folder.clone().map_or_else(|| self.policies.clone(), |folder| vec![folder]);
        let package = self.packages.entry(folder).or_insert_with(|| Workspace::gather(&Disk, &roots));
        let directories = if self.directories.is_empty() { package.default_directories() } else { &self.directories };
        let directories: Vec<DirectorySource> = directories.iter().cloned().map(DirectorySource::File).collect();
        let (sources, report) = package.test(&Disk, file, &directories, now());
        TestRun { sources, report }
    }
}

fn not_run(file: &Path, finding: Diagnostic) -> TestRun {
    let mut sources = SourceMap::new();
    let file = sources.add(&file.display().to_string(), "");
    TestRun { sources, report: SuiteReport { file, cases: Vec::new(), diagnostics: vec![finding] } }
}

/// The nearest folder above a test file that holds a policy. Of a file below the current folder only the folders up to
/// that one are looked at: what lies above it is no business of who stands in it.
fn nearest_policy(file: &Path) -> Result<PathBuf, Diagnostic> {
    let current = std::env::current_dir().unwrap_or_default();
    let shown = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    for folder in file.ancestors().skip(1).map(shown) {
        if workspace::holds_policy(&Disk, &folder) {
            return Ok(folder);
        }
        if folder == current {
            break;
        }
    }
    let message = format!("no folder above `{}` holds a policy file", file.display());
    Err(Diagnostic::placeless(Code::NoPolicyFiles, message).help("name the policy: `--policy FOLDER`"))
}

/// The test files that the paths name: files as they are, folders with all that is below them, in the order of paths.
///
/// Below a folder they are the files named `*.test.yaml` or `*.test.yml`; hidden files and folders are left out.
///
/// # Errors
/// When a path or a folder below it cannot be read.
pub fn find_tests(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LoadError> {
    find_files(paths, workspace::is_test_name)
}
