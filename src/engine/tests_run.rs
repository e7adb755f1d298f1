//! Finding test files on disk and running each against its package.

use super::LoadError;
use crate::source::SourceMap;
use crate::suite::SuiteReport;
use std::path::{Path, PathBuf};

/// The outcome of one test file, with the texts that its places lie in.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// The texts of the policy, the directory and the test file.
    pub sources: SourceMap,
    /// The outcome.
    pub report: SuiteReport,
}

/// Runs test files. Files of one package share its compilation.
#[derive(Debug)]
pub struct TestRunner {}

impl TestRunner {
    /// A runner against these policies and directories. Without policies each test file is run against the policy of
    /// the nearest folder above it that holds one; without directories, against the one beside that policy. What a
    /// test file itself says of its directory goes first.
    #[must_use]
    pub fn new(_policies: &[PathBuf], _directories: &[PathBuf]) -> Self {
        Self {}
    }

    /// Runs one file.
    ///
    /// # Errors
    /// When the test file cannot be read at all. Everything else is in the report.
    pub fn run(&mut self, _file: &Path) -> Result<TestRun, LoadError> {
        Err(LoadError { sources: SourceMap::new(), diagnostics: Vec::new() })
    }
}

/// The test files that the paths name: files as they are, folders with all that is below them, in the order of paths.
///
/// # Errors
/// When a path or a folder below it cannot be read.
pub fn find_tests(_paths: &[PathBuf]) -> Result<Vec<PathBuf>, LoadError> {
    Err(LoadError { sources: SourceMap::new(), diagnostics: Vec::new() })
}
