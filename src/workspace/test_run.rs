//! One test file against a package: the file and the directory it names are read, the package is built with that
//! directory, and the tests are run.

use super::clean_path::{clean_for, folder_of};
use super::text::{self, TEST};
use super::{DirectorySource, Files, Workspace};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::document;
use crate::source::{FileId, SourceMap};
use crate::suite::{self, SuiteReport, TestDirectory, TestFile};
use std::path::Path;

impl Workspace {
    /// Runs a test file; `directories` are loaded where it names none, `now` is the moment of tests that name none.
    #[must_use]
    pub fn test(
        &self,
        files: &dyn Files,
        path: &Path,
        directories: &[DirectorySource],
        now: i64,
    ) -> (SourceMap, SuiteReport) {
        let mut sources = self.sources.clone();
        let path = clean_for(files, path);
        let mut findings = Vec::new();
        let read = not_policy(&path).and_then(|()| text::read(files, &path, TEST, &mut sources));
        let file = match read {
            Ok(file) => file,
            Err(finding) => {
                let file = sources.add(&path.display().to_string(), "");
                return (sources, SuiteReport { file, cases: Vec::new(), diagnostics: vec![finding] });
            }
        };
        let tests = read_tests(file, &sources, &mut findings);
        let named = tests.directory.as_ref().map(|named| match named {
            TestDirectory::File(written) => {
                DirectorySource::Named(clean_for(files, &folder_of(&path).join(&written.value)), written.span)
            }
            TestDirectory::Inline(node) => DirectorySource::Inline(node.clone()),
        });
        let mut build = self.build_with(sources, files, named.as_ref().map_or(directories, std::slice::from_ref));
        findings.append(&mut build.diagnostics);
        let cases = build.state.map_or_else(Vec::new, |state| {
            let (cases, found) = suite::run(&tests, &state, now);
            findings.extend(found);
            cases
        });
        diagnostics::sort(&mut findings);
        (build.sources, SuiteReport { file, cases, diagnostics: findings })
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
