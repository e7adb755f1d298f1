//! What tests came to, as JUnit XML: a suite for each file, a case for each test.

use super::text;
use crate::cli::failure::Failure;
use crate::cli::produce::{self, unwritten};
use crate::cli::render;
use crate::engine::TestRun;
use crate::suite::{CaseReport, Failure as Unmet};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::path::Path;
use std::time::Duration;

/// A report without any file in it yet.
pub(super) fn report() -> Report {
    Report::new("rolebook")
}

/// Adds a file and how long it took.
pub(super) fn add(report: &mut Report, run: &TestRun, took: Duration) {
    let name = run.sources.get(run.report.file).map_or("", |source| source.name());
    let mut suite = TestSuite::new(name);
    suite.set_time(took);
    for case in &run.report.cases {
        let mut test = TestCase::new(case.name.as_str(), status(run, case));
        test.set_classname(name);
        suite.add_test_case(test);
    }
    if !run.report.sound() {
        let findings = run.report.diagnostics.iter().filter(|finding| finding.is_error());
        let text: String = findings.map(|finding| render::one(&run.sources, finding, false)).collect();
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message("the file could not be run").set_type("broken").set_description(text);
        let mut test = TestCase::new("the file can be run", status);
        test.set_classname(name);
        suite.add_test_case(test);
    }
    report.add_test_suite(suite);
}

fn status(run: &TestRun, case: &CaseReport) -> TestCaseStatus {
    let Some(first) = case.failures.first() else { return TestCaseStatus::success() };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let kind = match first {
        Unmet::Decision(_) => "decision",
        Unmet::Setting(_) => "setting",
        Unmet::Change(_) => "change",
    };
    status.set_message(text::expectation(run, first)).set_type(kind).set_description(text::plain(run, &case.failures));
    status
}

/// Writes the report to a file.
pub(super) fn write(report: &Report, path: &Path) -> Result<(), Failure> {
    let text = report.to_string().map_err(|error| unwritten(path, &error.to_string()))?;
    // The schema that reports are read by knows skipped tests of each suite, and none of all together. None is skipped.
    let text = text.replacen(" skipped=\"0\"", "", 1);
    produce::write(path, text.as_bytes())
}
