//! One test file against a package: the file and the directory it names are read, the package is built with that
//! directory, and the tests are run.

use super::clean_path::{clean_for, folder_of};
use super::text::{self, TEST};
use super::{Build, DirectorySource, Files, State, Workspace};
use crate::analysis::coverage::Coverage;
use crate::diagnostics::{self, Code, Diagnostic};
use crate::document;
use crate::schema::Schema;
use crate::source::{FileId, SourceMap};
use crate::suite::{self, Seen, SuiteReport, TestDirectory, TestFile, Tried};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A test file that was read, with the state that its tests are run on.
#[derive(Clone, Debug)]
pub struct PreparedTests {
    /// All texts that were read.
    pub sources: SourceMap,
    /// The file.
    pub file: FileId,
    /// Its tests.
    pub tests: TestFile,
    /// What they are run on; nothing where policy or directory have errors.
    pub state: Option<State>,
    /// What was found in the file, the policy and the directory.
    pub diagnostics: Vec<Diagnostic>,
    /// What each of the tests saw, where they were run one by one.
    pub(super) seen: Vec<Seen>,
}

/// The states that test files of one package are run on: files that name the same directory share one.
#[derive(Debug, Default)]
pub struct Grounds(Vec<Ground>);

/// The state with a directory, as it was made for the first test file that names it.
#[derive(Debug)]
struct Ground {
    directories: Vec<PathBuf>,
    file: FileId,
    state: State,
}

impl Grounds {
    /// The state for a test file, which has the place in the texts that the first one had.
    fn find(&self, directories: &[PathBuf], file: FileId, sources: &SourceMap) -> Option<State> {
        let known = self.0.iter().find(|known| known.directories == directories && known.file == file)?;
        let mut all = known.state.sources.clone();
        all.exchange(file, sources.get(file)?);
        Some(State { sources: all, ..known.state.clone() })
    }
}

/// The files that directories stand in, where all of them stand in files.
fn paths(directories: &[DirectorySource]) -> Option<Vec<PathBuf>> {
    let path = |directory: &DirectorySource| match directory {
        DirectorySource::File(path) | DirectorySource::Named(path, _) => Some(path.clone()),
        DirectorySource::Text { .. } | DirectorySource::Inline(_) => None,
    };
    directories.iter().map(path).collect()
}

impl Workspace {
    /// Reads a test file, and builds the package with the directory that it names; with `directories` where it names none.
    /// What is among the `grounds` already is taken from there.
    #[must_use]
    pub fn prepare_tests(
        &self,
        files: &dyn Files,
        path: &Path,
        directories: &[DirectorySource],
        grounds: &mut Grounds,
    ) -> PreparedTests {
        let mut read = Read::new(files, path, self.sources.clone());
        let Some(file) = read.file else { return read.unread() };
        let named = read.directory(files);
        let directories = named.as_ref().map_or(directories, std::slice::from_ref);
        let paths = paths(directories);
        if let Some(state) = paths.as_ref().and_then(|paths| grounds.find(paths, file, &read.sources)) {
            return read.on(file, state);
        }
        let build = self.build_with(std::mem::take(&mut read.sources), files, directories);
        if let (Some(directories), Some(state)) = (paths, &build.state) {
            grounds.0.push(Ground { directories, file, state: state.clone() });
        }
        read.built(file, build)
    }

    /// The coverage of the package's policy files by no test at all; nothing where they have errors.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        let policy = self.policy_of_files().compiled.as_ref()?;
        Some(Coverage::of(policy, self.files.iter().map(|tree| tree.whole().file)))
    }

    /// The vocabulary of the package's policy files; nothing where they have errors.
    #[must_use]
    pub fn schema(&self) -> Option<&Arc<Schema>> {
        self.policy_of_files().schema.as_ref()
    }
}

impl State {
    /// Reads a test file, and builds the state's package with the directory that it names; where it names none, its tests are
    /// run on the state as it is.
    #[must_use]
    pub fn prepare_tests(&self, files: &dyn Files, path: &Path) -> PreparedTests {
        let mut read = Read::new(files, path, self.sources.clone());
        let Some(file) = read.file else { return read.unread() };
        match read.directory(files) {
            Some(named) => {
                let build = self.workspace.build_with(std::mem::take(&mut read.sources), files, &[named]);
                read.built(file, build)
            }
            None => {
                let state = Self { sources: read.sources.clone(), ..self.clone() };
                read.on(file, state)
            }
        }
    }
}

/// A test file that was read.
struct Read {
    path: PathBuf,
    sources: SourceMap,
    /// Nothing where it cannot be read.
    file: Option<FileId>,
    tests: TestFile,
    findings: Vec<Diagnostic>,
}

impl Read {
    fn new(files: &dyn Files, path: &Path, mut sources: SourceMap) -> Self {
        let path = clean_for(files, path);
        let mut findings = Vec::new();
        match not_policy(&path).and_then(|()| text::read(files, &path, TEST, &mut sources)) {
            Ok(file) => {
                let tests = read_tests(file, &sources, &mut findings);
                Self { path, sources, file: Some(file), tests, findings }
            }
            Err(finding) => Self { path, sources, file: None, tests: TestFile::default(), findings: vec![finding] },
        }
    }

    /// The directory that it names.
    fn directory(&self, files: &dyn Files) -> Option<DirectorySource> {
        self.tests.directory.as_ref().map(|named| match named {
            TestDirectory::File(written) => {
                DirectorySource::Named(clean_for(files, &folder_of(&self.path).join(&written.value)), written.span)
            }
            TestDirectory::Inline(node) => DirectorySource::Inline(node.clone()),
        })
    }

    /// Nothing to run, and why.
    fn unread(self) -> PreparedTests {
        let Self { path, mut sources, tests, findings, .. } = self;
        let file = sources.add(&path.display().to_string(), "");
        PreparedTests { sources, file, tests, state: None, diagnostics: findings, seen: Vec::new() }
    }

    /// Its tests, to be run on a state that there is.
    fn on(self, file: FileId, state: State) -> PreparedTests {
        let (sources, diagnostics) = (state.sources.clone(), state.warnings.to_vec());
        self.built(file, Build { sources, diagnostics, state: Some(state) })
    }

    /// Its tests, to be run on what was built.
    fn built(self, file: FileId, mut build: Build) -> PreparedTests {
        let Self { tests, mut findings, .. } = self;
        findings.append(&mut build.diagnostics);
        let Build { sources, state, .. } = build;
        PreparedTests { sources, file, tests, state, diagnostics: findings, seen: Vec::new() }
    }
}

impl PreparedTests {
    /// Runs the tests; `now` is the moment of those that name none. What they look at is noted where somebody wants to know.
    #[must_use]
    pub fn run(&self, now: i64, coverage: Option<&mut Coverage>) -> (SourceMap, SuiteReport) {
        let mut diagnostics = self.diagnostics.clone();
        let cases = self.state.as_ref().map_or_else(Vec::new, |state| {
            let (cases, found) = suite::run(&self.tests, state, now, coverage);
            diagnostics.extend(found);
            cases
        });
        diagnostics::sort(&mut diagnostics);
        (self.sources.clone(), SuiteReport { file: self.file, cases, diagnostics })
    }
}

impl PreparedTests {
    /// How many tests can be run.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.state.is_some() { self.tests.tests.len() } else { 0 }
    }

    /// Runs the test of a number, and notes what it sees, which is `nothing` at first.
    #[must_use]
    pub fn run_one(&self, number: usize, now: i64, nothing: &Coverage) -> Option<Tried> {
        Some(suite::run_one(self.tests.tests.get(number)?, self.state.as_ref()?, now, nothing.clone()))
    }

    /// What all of the tests came to, which were run one by one in the order written. What they saw is kept.
    pub fn collect(&mut self, tried: Vec<Tried>) -> (SourceMap, SuiteReport) {
        let mut diagnostics = self.diagnostics.clone();
        let mut cases = Vec::new();
        self.seen.clear();
        for Tried { case, diagnostics: found, seen } in tried {
            cases.extend(case);
            diagnostics.extend(found);
            self.seen.push(seen);
        }
        diagnostics::sort(&mut diagnostics);
        (self.sources.clone(), SuiteReport { file: self.file, cases, diagnostics })
    }
}

/// Refuses a file that is policy by its name: read as YAML, it would seem full of errors.
fn not_policy(path: &Path) -> Result<(), Diagnostic> {
    if path.extension().is_none_or(|ending| ending != "rolebook") {
        return Ok(());
    }
    let message = format!("`{}` is a policy file, and a test file is wanted here", path.display());
    Err(Diagnostic::placeless(Code::WrongKind, message).help("name a test file; `--policy` names the policy"))
}

fn read_tests(file: FileId, sources: &SourceMap, findings: &mut Vec<Diagnostic>) -> TestFile {
    let read = document::parse(file, sources.get(file).map_or("", |source| source.text()));
    findings.extend(read.diagnostics);
    let Some(node) = read.node else { return TestFile::default() };
    let (tests, found) = suite::read(file, &node);
    if !read.cut_short {
        findings.extend(found);
        return tests;
    }
    // What is cut off may be half of a test, or what a finding calls missing.
    findings.extend(found.into_iter().filter(|finding| !matches!(finding.code, Code::MissingKey | Code::InvalidTest)));
    TestFile::default()
}
