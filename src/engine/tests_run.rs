//! Finding test files on disk and running each against its package.

use super::mutation::at_once;
use super::{Disk, LoadError, compiled, find_files, now};
use crate::analysis::coverage::Coverage;
use crate::diagnostics::{Code, Diagnostic};
use crate::schema::Schema;
use crate::source::SourceMap;
use crate::suite::SuiteReport;
use crate::workspace::{self, DirectorySource, Files, Grounds, PreparedTests, State, Workspace};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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
    measures: bool,
    keeps: bool,
    /// Files that were run, with the folders that their packages were found in.
    kept: BTreeMap<PathBuf, (Option<PathBuf>, PreparedTests)>,
    /// The packages read so far, by the folder that they were found in; one entry where policies were named.
    packages: BTreeMap<Option<PathBuf>, Tested>,
}

/// A package, and what its tests looked at where that is measured.
#[derive(Debug)]
struct Tested {
    package: Workspace,
    /// What a compiled file holds, where the package came from one.
    compiled: Option<State>,
    coverage: Option<Coverage>,
    grounds: Grounds,
}

/// What the tests of a package looked at.
#[derive(Clone, Copy, Debug)]
pub struct TestCoverage<'a> {
    /// The folder that the package was found in; nothing where policies were named.
    pub folder: Option<&'a Path>,
    /// The texts that places lie in.
    pub sources: &'a SourceMap,
    /// The names of permissions.
    pub schema: &'a Schema,
    /// What was looked at.
    pub coverage: &'a Coverage,
}

impl TestRunner {
    /// A runner against these policies and directories. Without policies each test file is run against the policy of
    /// the nearest folder above it that holds one; without directories, against the one beside that policy. What a
    /// test file itself says of its directory goes first. A compiled file stands for a policy and its directory.
    #[must_use]
    pub fn new(policies: &[PathBuf], directories: &[PathBuf]) -> Self {
        let (policies, directories) = (policies.to_vec(), directories.to_vec());
        Self { policies, directories, measures: false, keeps: false, kept: BTreeMap::new(), packages: BTreeMap::new() }
    }

    /// The same runner, which measures what of the policies the tests look at.
    #[must_use]
    pub fn measuring(self) -> Self {
        Self { measures: true, ..self }
    }

    /// The same runner, which keeps what it runs, so that mutants can be tried without reading it again.
    #[must_use]
    pub fn keeping(self) -> Self {
        Self { keeps: true, ..self }
    }

    /// Runs one file. Whatever keeps it from being run is a finding in its report.
    pub fn run(&mut self, file: &Path) -> TestRun {
        let keeps = self.keeps;
        match self.read(file) {
            Ok((folder, tested, mut prepared)) => {
                let (sources, report) = match (tested.coverage.as_mut(), tested.package.coverage().filter(|_| keeps)) {
                    (None, Some(nothing)) => {
                        let at = now();
                        let tried = at_once(prepared.count(), |number| prepared.run_one(number, at, &nothing));
                        prepared.collect(tried.into_iter().flatten().collect())
                    }
                    (coverage, _) => prepared.run(now(), coverage),
                };
                if keeps {
                    self.kept.insert(file.to_owned(), (folder, prepared));
                }
                TestRun { sources, report }
            }
            Err(finding) => not_run(file, finding),
        }
    }

    /// A test file with the package that it is run against, and the folder that this one was found in.
    pub(super) fn prepare(&mut self, file: &Path) -> Option<(Option<PathBuf>, &Workspace, PreparedTests)> {
        let (folder, prepared) = match self.kept.remove(file) {
            Some(kept) => kept,
            None => self.read(file).map(|(folder, _, prepared)| (folder, prepared)).ok()?,
        };
        let package = &self.packages.get(&folder)?.package;
        Some((folder, package, prepared))
    }

    fn read(&mut self, file: &Path) -> Result<(Option<PathBuf>, &mut Tested, PreparedTests), Diagnostic> {
        let folder = if self.policies.is_empty() { Some(nearest_policy(&Disk, file)?) } else { None };
        let roots = folder.clone().map_or_else(|| self.policies.clone(), |folder| vec![folder]);
        let tested = match self.packages.entry(folder.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Tested::read(&roots, &self.directories, self.measures)?),
        };
        if let Some(state) = &tested.compiled {
            let prepared = state.prepare_tests(&Disk, file);
            return Ok((folder, tested, prepared));
        }
        let package = &tested.package;
        let directories = if self.directories.is_empty() { package.default_directories() } else { &self.directories };
        let directories: Vec<DirectorySource> = directories.iter().cloned().map(DirectorySource::File).collect();
        let prepared = package.prepare_tests(&Disk, file, &directories, &mut tested.grounds);
        Ok((folder, tested, prepared))
    }

    /// What was looked at of each package, where that is measured, in the order of their folders.
    pub fn coverage(&self) -> impl Iterator<Item = TestCoverage<'_>> {
        self.packages.iter().filter_map(|(folder, Tested { package, coverage, .. })| {
            let (sources, schema) = (package.sources(), package.schema()?);
            Some(TestCoverage { folder: folder.as_deref(), sources, schema, coverage: coverage.as_ref()? })
        })
    }
}

impl Tested {
    /// Reads a package, or the compiled file that stands for it.
    fn read(roots: &[PathBuf], directories: &[PathBuf], measures: bool) -> Result<Self, Diagnostic> {
        let compiled = open_compiled(roots, directories)?;
        let package = match &compiled {
            Some(state) => state.workspace().clone(),
            None => Workspace::gather(&Disk, roots),
        };
        let coverage = if measures { package.coverage() } else { None };
        Ok(Self { package, compiled, coverage, grounds: Grounds::default() })
    }
}

/// What the compiled file holds that is named in the place of policies, if one is.
fn open_compiled(policies: &[PathBuf], directories: &[PathBuf]) -> Result<Option<State>, Diagnostic> {
    let Some(file) = policies.iter().find(|path| compiled::is_compiled_file(path)) else { return Ok(None) };
    if policies.len() > 1 || !directories.is_empty() {
        return Err(compiled::not_alone(file));
    }
    // A compiled file has one finding or none.
    compiled::open(file).map(Some).map_err(|error| {
        let unsaid = || Diagnostic::placeless(Code::DamagedFile, format!("cannot open `{}`", file.display()));
        error.diagnostics.into_iter().next().unwrap_or_else(unsaid)
    })
}

pub(super) fn not_run(file: &Path, finding: Diagnostic) -> TestRun {
    let mut sources = SourceMap::new();
    let file = sources.add(&file.display().to_string(), "");
    TestRun { sources, report: SuiteReport { file, cases: Vec::new(), diagnostics: vec![finding] } }
}

/// The nearest folder above a test file that holds a policy. Of a file below the current folder only the folders up to
/// that one are looked at: what lies above it is no business of who stands in it.
pub(super) fn nearest_policy(files: &dyn Files, file: &Path) -> Result<PathBuf, Diagnostic> {
    let current = std::env::current_dir().unwrap_or_default();
    let shown = |folder: &Path| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() };
    for folder in file.ancestors().skip(1).map(shown) {
        if workspace::holds_policy(files, &folder) {
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
