//! What a package's tests say, and whether they pass.

use super::{heading, list, prose};
use crate::cli::args::Package;
use crate::cli::failure::Failure;
use crate::cli::render::counted;
use crate::engine::{LoadError, TestRun, TestRunner, find_tests};
use crate::suite::CaseReport;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The page's part about tests, if there are any.
pub(super) fn section(package: &Package, paths: &[PathBuf]) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let files = if paths.is_empty() {
        // A policy that is one file has no tests below it.
        let folders = package.policies().into_iter().filter(|path| path.is_dir());
        find_tests(&folders.collect::<Vec<_>>())?
    } else {
        crate::cli::test::files(paths)?
    };
    if files.is_empty() {
        return Ok(out);
    }
    heading(&mut out, 2, "Tests")?;
    let mut runner = TestRunner::new(&package.policies, &package.directories);
    files.iter().try_for_each(|file| one(&mut out, file, runner.run(file)))?;
    Ok(out)
}

/// The tests of a file. One that cannot be run keeps the page from being written: it would say what nobody looked at.
fn one(out: &mut impl Write, file: &Path, run: TestRun) -> Result<(), Failure> {
    if !run.report.sound() {
        let (sources, diagnostics) = (run.sources, run.report.diagnostics);
        return Err(LoadError { sources, diagnostics }.into());
    }
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    heading(out, 3, &prose(name))?;
    let case = |case: &CaseReport| {
        let verdict = if case.passed() { "" } else { "**fails**: " };
        format!("{verdict}{} ({})", prose(&case.name), counted(case.expectations, "expectation"))
    };
    Ok(list(out, &run.report.cases.iter().map(case).collect::<Vec<_>>())?)
}
