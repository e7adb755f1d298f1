//! `rolebook test`: does the policy do what its tests say?

use super::args::{Format, Package};
use super::failure::Failure;
use super::output::{BAD, FAINT, GOOD, Output};
use super::progress::Progress;
use super::settings::{self, JsonSetting};
use super::{ExitStatus, answer, render};
use crate::diagnostics::json::{self, JsonDiagnostic, JsonPlace};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{TestRun, TestRunner, find_tests};
use crate::suite::{CaseReport, Failure as Unmet, UnmetChange, UnmetDecision, UnmetSetting};
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit status: 0 all tests passed, 1 a test failed, 2 could not run (also when there is no test).

Runs every *.test.yaml among the paths, and below those that are folders. A test file is run
against the policy given, or else against that of the nearest folder at or above it. The directory
that a test file names goes before `--directory`.

Examples:
  rolebook test                                  all tests below the current folder
  rolebook test policies                         all below another one
  rolebook test acme/teams.test.yaml --policy acme
  rolebook test --format json";

/// Run the tests of a policy.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Test files, or folders to look for them [default: the policy folder]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What was counted over all files.
#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    files: usize,
    tests: usize,
    failed: usize,
    expectations: usize,
    /// Files that could not be run.
    broken: usize,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    tests: Vec<JsonTest<'a>>,
    findings: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct JsonTest<'a> {
    name: &'a str,
    passed: bool,
    expectations: usize,
    failures: Vec<JsonUnmet<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum JsonUnmet<'a> {
    Decision {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        expected: &'static str,
        subject: &'a str,
        action: &'a str,
        resource: &'a str,
        actual: Box<answer::Answer<'a>>,
    },
    Setting {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        entity: &'a str,
        expected: serde_json::Value,
        actual: JsonSetting<'a>,
    },
    Change {
        #[serde(skip_serializing_if = "Option::is_none")]
        place: Option<JsonPlace<'a>>,
        change: &'a str,
        expected: &'static str,
        refusal: Vec<JsonDiagnostic<'a>>,
    },
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let paths = if args.paths.is_empty() { args.package.policies() } else { args.paths.clone() };
    let files = find_tests(&paths)?;
    if files.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Diagnostic::placeless(Code::NoTests, format!("no test file in {}", names.join(", ")))
            .help("name test files so that they end in `.test.yaml`")
            .into());
    }
    let mut runner = TestRunner::new(&args.package.policies, &args.package.directories);
    let mut progress = Progress::new(output, u64::try_from(files.len()).ok());
    let mut counts = Counts::default();
    let mut json = Vec::new();
    let mut shown = FxHashSet::default();
    for file in &files {
        let run = runner.run(file);
        counts.add(&run);
        match args.format {
            Format::Text => progress.aside(|| text(output, &run, &mut shown).and_then(|()| output.flush()))?,
            Format::Json => json.push(serde_json::to_value(json_file(&run)).map_err(io::Error::from)?),
        }
        progress.advance(1, || file.display().to_string());
    }
    drop(progress);
    match args.format {
        Format::Text => summary(output, counts)?,
        Format::Json => output.json(&serde_json::json!({ "files": json, "counts": counts }))?,
    }
    Ok(match counts {
        Counts { broken: 1.., .. } => ExitStatus::CouldNotRun,
        Counts { failed: 1.., .. } => ExitStatus::Negative,
        _ => ExitStatus::Success,
    })
}

impl Counts {
    fn add(&mut self, run: &TestRun) {
        self.files += 1;
        self.tests += run.report.cases.len();
        self.failed += run.report.cases.iter().filter(|case| !case.passed()).count();
        self.expectations += run.report.cases.iter().map(|case| case.expectations).sum::<usize>();
        self.broken += usize::from(!run.report.sound());
    }
}

/// What went wrong in one file; nothing where all is well. What is wrong with the policy that many test files are run
/// against is `shown` once.
fn text(output: &mut Output, run: &TestRun, shown: &mut FxHashSet<String>) -> io::Result<()> {
    let colour = output.colour();
    for finding in &run.report.diagnostics {
        let finding = render::one(&run.sources, finding, colour);
        if !shown.contains(&finding) {
            writeln!(output, "{finding}")?;
            shown.insert(finding);
        }
    }
    for case in run.report.cases.iter().filter(|case| !case.passed()) {
        failed(output, run, case)?;
    }
    Ok(())
}

/// A failed test: its name, and each expectation beside what was decided.
fn failed(output: &mut Output, run: &TestRun, case: &CaseReport) -> io::Result<()> {
    let place = run.sources.place(case.span);
    writeln!(output, "{BAD}failed{BAD:#}: {}  {FAINT}{place}{FAINT:#}", render::legible(&case.name))?;
    for unmet in &case.failures {
        match unmet {
            Unmet::Decision(unmet) => {
                let UnmetDecision { subject, action, resource, .. } = &**unmet;
                let (wanted, place) = (wanted(unmet), run.sources.place(unmet.span));
                writeln!(output, "  expected {wanted}: {subject} {action} {resource}  {FAINT}{place}{FAINT:#}")?;
                answer::text(output, &run.sources, &unmet.explanation, "    ")?;
            }
            Unmet::Setting(unmet) => {
                let UnmetSetting { entity, expected, actual, schema, .. } = &**unmet;
                let expected = render::legible(&settings::effective_text(schema, expected));
                let (name, place) = (&actual.name, run.sources.place(unmet.span));
                writeln!(output, "  expected settings of {entity}: {name} {expected}  {FAINT}{place}{FAINT:#}")?;
                settings::text(output, schema, &run.sources, std::slice::from_ref(actual), "    ")?;
            }
            Unmet::Change(unmet) => {
                let place = run.sources.place(unmet.span);
                writeln!(output, "  {}: {}  {FAINT}{place}{FAINT:#}", surprise(unmet), word(run, unmet))?;
                for finding in &unmet.refusal {
                    writeln!(output, "{}", render::one(&run.sources, finding, output.colour()))?;
                }
            }
        }
    }
    writeln!(output)
}

/// What a change came to.
const fn surprise(unmet: &UnmetChange) -> &'static str {
    if unmet.refusal.is_empty() { "expected a refusal, and the change was made" } else { "the change was refused" }
}

/// The word that names a change.
fn word<'a>(run: &'a TestRun, unmet: &UnmetChange) -> &'a str {
    run.sources.slice(unmet.span).trim_matches('"')
}

const fn wanted(unmet: &UnmetDecision) -> &'static str {
    if unmet.expected { "allow" } else { "deny" }
}

fn summary(output: &mut Output, counts: Counts) -> io::Result<()> {
    let tests = render::counted(counts.tests, "test");
    if counts.broken > 0 {
        let files = render::counted(counts.files, "file");
        writeln!(output, "{BAD}{} of {files} could not be run{BAD:#}", counts.broken)?;
    }
    let scope =
        format!("{} in {}", render::counted(counts.expectations, "expectation"), render::counted(counts.files, "file"));
    match (counts.tests, counts.failed) {
        (0, _) => Ok(()),
        (_, 0) if counts.broken > 0 => writeln!(output, "{tests} passed, {scope}"),
        (_, 0) => writeln!(output, "{GOOD}ok{GOOD:#}: {tests} passed, {scope}"),
        (_, failed) => writeln!(output, "{BAD}{failed} of {tests} failed{BAD:#}, {scope}"),
    }
}

fn json_file(run: &TestRun) -> JsonFile<'_> {
    JsonFile {
        file: run.sources.get(run.report.file).map_or("", |source| source.name()),
        tests: run.report.cases.iter().map(|case| json_test(run, case)).collect(),
        findings: run.report.diagnostics.iter().map(|finding| json::diagnostic(&run.sources, finding)).collect(),
    }
}

fn json_test<'a>(run: &'a TestRun, case: &'a CaseReport) -> JsonTest<'a> {
    JsonTest {
        name: &case.name,
        passed: case.passed(),
        expectations: case.expectations,
        failures: case
            .failures
            .iter()
            .map(|unmet| match unmet {
                Unmet::Decision(unmet) => JsonUnmet::Decision {
                    place: json::place(&run.sources, unmet.span),
                    expected: wanted(unmet),
                    subject: &unmet.subject,
                    action: &unmet.action,
                    resource: &unmet.resource,
                    actual: Box::new(answer::answer(&run.sources, &unmet.explanation.outcome)),
                },
                Unmet::Setting(unmet) => JsonUnmet::Setting {
                    place: json::place(&run.sources, unmet.span),
                    entity: &unmet.entity,
                    expected: settings::json_effective(&unmet.schema, &unmet.expected),
                    actual: settings::json_setting(&unmet.schema, &run.sources, &unmet.actual),
                },
                Unmet::Change(unmet) => JsonUnmet::Change {
                    place: json::place(&run.sources, unmet.span),
                    change: word(run, unmet),
                    expected: if unmet.refusal.is_empty() { "refused" } else { "made" },
                    refusal: unmet.refusal.iter().map(|finding| json::diagnostic(&run.sources, finding)).collect(),
                },
            })
            .collect(),
    }
}
