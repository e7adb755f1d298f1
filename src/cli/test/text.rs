//! What tests came to, in words: nothing where all is well.

use super::{wanted, word};
use crate::cli::output::{BAD, FAINT, Output};
use crate::cli::{annotations, answer, render, settings};
use crate::engine::TestRun;
use crate::source::Span;
use crate::suite::{CaseReport, Failure as Unmet, UnmetChange, UnmetDecision, UnmetSetting};
use anstream::StripStream;
use rustc_hash::FxHashSet;
use std::io::{self, Write};

/// What went wrong in one file; nothing where all is well. What is wrong with the policy that many test files are run
/// against is `shown` once.
pub(in crate::cli) fn file(output: &mut Output, run: &TestRun, shown: &mut FxHashSet<String>) -> io::Result<()> {
    let colour = output.colour();
    for finding in &run.report.diagnostics {
        let finding = render::one(&run.sources, finding, colour);
        if !shown.contains(&finding) {
            writeln!(output, "{finding}")?;
            shown.insert(finding);
        }
    }
    for case in run.report.cases.iter().filter(|case| !case.passed()) {
        failed(output, run, case, colour)?;
    }
    Ok(())
}

/// A failed test: its name, and each expectation beside what was decided.
fn failed(output: &mut impl Write, run: &TestRun, case: &CaseReport, colour: bool) -> io::Result<()> {
    let place = run.sources.place(case.span);
    writeln!(output, "{BAD}failed{BAD:#}: {}  {FAINT}{place}{FAINT:#}", render::legible(&case.name))?;
    for failure in &case.failures {
        unmet(output, run, failure, colour)?;
    }
    writeln!(output)
}

/// An expectation that was not met, beside what was decided.
pub(super) fn unmet(output: &mut impl Write, run: &TestRun, unmet: &Unmet, colour: bool) -> io::Result<()> {
    match unmet {
        Unmet::Decision(unmet) => {
            let UnmetDecision { subject, action, resource, .. } = &**unmet;
            let (wanted, place) = (wanted(unmet), run.sources.place(unmet.span));
            writeln!(output, "  expected {wanted}: {subject} {action} {resource}  {FAINT}{place}{FAINT:#}")?;
            answer::text(output, &run.sources, &unmet.explanation, "    ")
        }
        Unmet::Setting(unmet) => {
            let UnmetSetting { entity, expected, actual, schema, .. } = &**unmet;
            let expected = render::legible(&settings::effective_text(schema, expected));
            let (name, place) = (&actual.name, run.sources.place(unmet.span));
            writeln!(output, "  expected settings of {entity}: {name} {expected}  {FAINT}{place}{FAINT:#}")?;
            settings::text(output, schema, &run.sources, std::slice::from_ref(actual), "    ")
        }
        Unmet::Change(unmet) => {
            let place = run.sources.place(unmet.span);
            writeln!(output, "  {}: {}  {FAINT}{place}{FAINT:#}", surprise(unmet), word(run, unmet))?;
            for finding in &unmet.refusal {
                writeln!(output, "{}", render::one(&run.sources, finding, colour))?;
            }
            Ok(())
        }
    }
}

/// The same for several, without styles.
pub(super) fn plain(run: &TestRun, failures: &[Unmet]) -> String {
    let mut words = StripStream::new(Vec::new());
    for failure in failures {
        // Writing to memory does not fail.
        let _ = unmet(&mut words, run, failure, false);
    }
    String::from_utf8_lossy(&words.into_inner()).into_owned()
}

/// An expectation that was not met, on a line.
pub(super) fn expectation(run: &TestRun, unmet: &Unmet) -> String {
    match unmet {
        Unmet::Decision(unmet) => {
            let UnmetDecision { subject, action, resource, .. } = &**unmet;
            format!("expected {}: {subject} {action} {resource}", wanted(unmet))
        }
        Unmet::Setting(unmet) => {
            let expected = settings::effective_text(&unmet.schema, &unmet.expected);
            format!("expected settings of {}: {} {expected}", unmet.entity, unmet.actual.name)
        }
        Unmet::Change(unmet) => format!("{}: {}", surprise(unmet), word(run, unmet)),
    }
}

/// The same as [`file`], as annotations at the expectations.
pub(super) fn annotations(output: &mut Output, run: &TestRun, shown: &mut FxHashSet<String>) -> io::Result<()> {
    for finding in &run.report.diagnostics {
        let mut line = Vec::new();
        annotations::finding(&mut line, &run.sources, finding)?;
        let line = String::from_utf8_lossy(&line).into_owned();
        if !shown.contains(&line) {
            output.write_all(line.as_bytes())?;
            shown.insert(line);
        }
    }
    for case in &run.report.cases {
        for failure in &case.failures {
            let words = plain(run, std::slice::from_ref(failure));
            annotations::error(output, &run.sources, span(failure), &case.name, words.trim())?;
        }
    }
    Ok(())
}

/// Where an expectation stands.
fn span(unmet: &Unmet) -> Span {
    match unmet {
        Unmet::Decision(unmet) => unmet.span,
        Unmet::Setting(unmet) => unmet.span,
        Unmet::Change(unmet) => unmet.span,
    }
}

/// What a change came to.
const fn surprise(unmet: &UnmetChange) -> &'static str {
    if unmet.refusal.is_empty() { "expected a refusal, and the change was made" } else { "the change was refused" }
}
