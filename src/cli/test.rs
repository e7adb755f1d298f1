//! `rolebook test`: does the policy do what its tests say?

mod coverage;
mod floor;
pub(super) mod json;
mod junit;
mod mutants;
pub(super) mod text;

use super::args::Package;
use super::failure::Failure;
use super::output::{BAD, GOOD, Output};
use super::produce::{self, unwritten};
use super::progress::Progress;
use super::{ExitStatus, render};
use crate::cli::failure::reason;
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{TestCoverage, TestRun, TestRunner, find_tests};
use crate::suite::{UnmetChange, UnmetDecision};
use clap::ValueEnum;
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

const AFTER_HELP: &str = "\
Exit status: 0 all tests passed, 1 a test failed or too little is tested (`--fail-under`; with
`--mutate` and none, a mutant that no test notices), 2 could not run (also when there is no test).

Runs every *.test.yaml among the paths, and below those that are folders. A test file is run
against the policy given, or else against that of the nearest folder at or above it. The directory
that a test file names goes before `--directory`.

Examples:
  rolebook test                                  all tests below the current folder
  rolebook test policies                         all below another one
  rolebook test acme/teams.test.yaml --policy acme
  rolebook test --format json                    results for a program
  rolebook test --format github                  failures beside the lines of a pull request
  rolebook test --junit results.xml              and a report for the CI server
  rolebook test --coverage --fail-under 90       what of the policy do the tests exercise?
  rolebook test --lcov coverage.info --html coverage.html
  rolebook test --mutate                         would they notice a mistake in it?";

/// To whose policy tests are put.
const POLICY: &str =
    "Policy folder or file; may be repeated [default: the nearest folder with one at or above each test]";

/// Run the tests of a policy.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP, mut_arg("policies", |arg| arg.help(POLICY)))]
pub(super) struct Args {
    /// Test files, or folders to look for them [default: the policy folder]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also write the results to a file, as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    measures: Measures,
}

/// What is measured beside the results.
#[derive(clap::Args, Debug)]
struct Measures {
    /// Show what of the policy the tests exercise
    #[arg(long)]
    coverage: bool,
    /// Write what the tests exercise to a file, as an lcov trace
    #[arg(long, value_name = "FILE")]
    lcov: Option<PathBuf>,
    /// Write what the tests exercise to a file, as a page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Say each thing in the policy otherwise, one at a time, and show what no test notices
    #[arg(long)]
    mutate: bool,
    /// Fail where less is exercised, or fewer mutants are noticed: of every kind, or of `grants`, `rules`, `conditions`,
    /// `cells` or `mutants`; may be repeated
    #[arg(long, value_name = "[KIND=]PERCENT", value_parser = floor::read)]
    fail_under: Vec<floor::Floor>,
}

impl Measures {
    fn coverage(&self) -> bool {
        let floors = self.fail_under.as_slice();
        let gates = floor::names_coverage(floors) || !floors.is_empty() && !self.mutate();
        self.coverage || self.lcov.is_some() || self.html.is_some() || gates
    }

    fn mutate(&self) -> bool {
        self.mutate || floor::names_mutants(&self.fail_under)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

/// What was counted over all files.
#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    files: usize,
    tests: usize,
    failed: usize,
    expectations: usize,
    /// Files that could not be run, or not all of which could.
    broken: usize,
    /// Those of them of which some tests were run.
    #[serde(skip)]
    in_part: usize,
}

/// The test files that the paths name: there is at least one.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let files = find_tests(paths)?;
    if files.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Diagnostic::placeless(Code::NoTests, format!("no test file in {}", names.join(", ")))
            .help("name test files so that they end in `.test.yaml`")
            .into());
    }
    Ok(files)
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let paths = if args.paths.is_empty() { args.package.policies() } else { args.paths.clone() };
    let files = files(&paths)?;
    let mut runner = TestRunner::new(&args.package.policies, &args.package.directories);
    if args.measures.coverage() {
        runner = runner.measuring();
    }
    if args.measures.mutate() {
        runner = runner.keeping();
    }
    let mut progress = Progress::new(output, u64::try_from(files.len()).ok());
    let mut counts = Counts::default();
    let mut json = Vec::new();
    let mut shown = FxHashSet::default();
    let mut report = args.junit.as_ref().map(|path| (path, junit::report()));
    for file in &files {
        let started = Instant::now();
        let run = runner.run(file);
        counts.add(&run);
        if let Some((_, report)) = &mut report {
            junit::add(report, &run, started.elapsed());
        }
        match args.format {
            Format::Text => progress.aside(|| text::file(output, &run, &mut shown).and_then(|()| output.flush()))?,
            Format::Json => json.push(serde_json::to_value(json::file(&run)).map_err(io::Error::from)?),
            Format::Github => text::annotations(output, &run, &mut shown)?,
        }
        progress.advance(1, || file.display().to_string());
    }
    drop(progress);
    if let Some((path, report)) = &report {
        junit::write(report, path)?;
    }
    let passed = counts.broken == 0 && counts.failed == 0;
    let mutated = (args.measures.mutate() && passed).then(|| mutants::run(&mut runner, &files, output));
    let covered: Vec<TestCoverage<'_>> = runner.coverage().collect();
    // What could not be run looked at nothing.
    let floors = if counts.broken == 0 { args.measures.fail_under.as_slice() } else { &[] };
    let mut low = floor::uncovered(floors, coverage::total(&covered));
    write_coverage(&args.measures, &covered)?;
    match args.format {
        Format::Text | Format::Github => {
            summary(output, counts)?;
            if args.measures.coverage {
                coverage::text(output, &covered)?;
            }
            if args.measures.mutate() && !passed {
                writeln!(output, "no mutant was tried: the tests must pass first")?;
            }
            if let Some(mutated) = &mutated {
                mutants::text(output, mutated, args.format == Format::Text)?;
                if args.format == Format::Github {
                    mutants::annotations(output, mutated)?;
                }
            }
        }
        Format::Json => {
            let mut whole = serde_json::json!({ "files": json, "counts": counts });
            if args.measures.coverage() {
                let coverage: Vec<_> = covered.iter().map(coverage::json).collect();
                whole["coverage"] = serde_json::to_value(coverage).map_err(io::Error::from)?;
            }
            if let Some(mutated) = &mutated {
                whole["mutants"] = serde_json::to_value(mutants::json(mutated)).map_err(io::Error::from)?;
            }
            output.json(&whole)?;
        }
    }
    let mutants = mutated.as_deref().and_then(|runs| floor::unnoticed(&args.measures.fail_under, mutants::share(runs)));
    low.extend(mutants);
    if !low.is_empty() && args.format != Format::Json {
        writeln!(output, "\n{BAD}too little is tested{BAD:#}: {}", low.join("; "))?;
    }
    Ok(match counts {
        Counts { broken: 1.., .. } => ExitStatus::CouldNotRun,
        Counts { failed: 1.., .. } => ExitStatus::Negative,
        _ if !low.is_empty() => ExitStatus::Negative,
        _ => ExitStatus::Success,
    })
}

/// Writes what was looked at to the files that are wanted.
fn write_coverage(measures: &Measures, covered: &[TestCoverage<'_>]) -> Result<(), Failure> {
    let write = |path: &Path, bytes: io::Result<Vec<u8>>| {
        produce::write(path, &bytes.map_err(|error| unwritten(path, &reason(&error)))?)
    };
    if let Some(path) = &measures.lcov {
        let mut bytes = Vec::new();
        write(path, coverage::lcov(&mut bytes, covered).map(|()| bytes))?;
    }
    if let Some(path) = &measures.html {
        let mut bytes = Vec::new();
        write(path, coverage::html(&mut bytes, covered).map(|()| bytes))?;
    }
    Ok(())
}

impl Counts {
    fn add(&mut self, run: &TestRun) {
        self.files += 1;
        self.tests += run.report.cases.len();
        self.failed += run.report.cases.iter().filter(|case| !case.passed()).count();
        self.expectations += run.report.cases.iter().map(|case| case.expectations).sum::<usize>();
        self.broken += usize::from(!run.report.sound());
        self.in_part += usize::from(!run.report.sound() && !run.report.cases.is_empty());
    }
}

fn summary(output: &mut Output, counts: Counts) -> io::Result<()> {
    let tests = render::counted(counts.tests, "test");
    if counts.broken > 0 {
        let files = render::counted(counts.files, "file");
        let whole = if counts.in_part == counts.broken { " as a whole" } else { "" };
        writeln!(output, "{BAD}{} of {files} could not be run{whole}{BAD:#}", counts.broken)?;
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

/// The word that names a change.
fn word<'a>(run: &'a TestRun, unmet: &UnmetChange) -> &'a str {
    run.sources.slice(unmet.span).trim_matches('"')
}

const fn wanted(unmet: &UnmetDecision) -> &'static str {
    if unmet.expected { "allow" } else { "deny" }
}
