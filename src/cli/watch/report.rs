//! What a look at packages and tests came to: all that is wrong and a line, or the line alone.

use super::board::{Board, Round};
use crate::cli::args::Format;
use crate::cli::output::{BAD, GOOD, Output};
use crate::cli::{render, test};
use crate::diagnostics::json::{self, JsonDiagnostic};
use crate::diagnostics::{self, Diagnostic};
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Clears the screen and what scrolled off it, and goes to its corner.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

/// How much of everything there is, and how much of it is wrong.
#[derive(Default, Serialize)]
struct Counts {
    packages: usize,
    errors: usize,
    warnings: usize,
    files: usize,
    tests: usize,
    failed: usize,
    /// Test files that could not be run.
    broken: usize,
}

/// A round in its wire form.
#[derive(Serialize)]
struct JsonRound<'a> {
    ok: bool,
    /// Why it is not known what there is to look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trouble: Vec<JsonDiagnostic<'a>>,
    /// The packages that were checked, and what was found in each.
    packages: Vec<JsonPackage<'a>>,
    /// The test files that were run.
    files: Vec<serde_json::Value>,
    /// All there is, whenever it was looked at.
    counts: Counts,
}

#[derive(Serialize)]
struct JsonPackage<'a> {
    /// The folder; nothing for the policies that `--policy` named.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a Path>,
    findings: Vec<JsonDiagnostic<'a>>,
}

/// Shows how everything stands after a round.
pub(super) fn round(output: &mut Output, format: Format, board: &Board, round: &Round) -> io::Result<()> {
    match format {
        Format::Text => text(output, board, round),
        Format::Json => json(output, board, round),
    }
}

fn text(output: &mut Output, board: &Board, round: &Round) -> io::Result<()> {
    if output.scrolls() {
        output.write_all(CLEAR.as_bytes())?;
    }
    let colour = output.colour();
    let mut shown = FxHashSet::default();
    for (sources, finding) in findings(board) {
        let finding = render::one(sources, finding, colour);
        if !shown.contains(&finding) {
            writeln!(output, "{finding}")?;
            shown.insert(finding);
        }
    }
    for (_, run) in board.tests() {
        test::text::file(output, run, &mut shown)?;
    }
    let counts = counts(board);
    let said = summary(board, &counts);
    let anew = anew(round);
    if counts.is_well(board) {
        writeln!(output, "{GOOD}ok{GOOD:#}: {said}{anew}")
    } else {
        writeln!(output, "{BAD}wrong{BAD:#}: {said}{anew}")
    }
}

/// What was found of what there is, and in packages.
fn findings(board: &Board) -> impl Iterator<Item = (&crate::source::SourceMap, &Diagnostic)> {
    let trouble =
        board.trouble().into_iter().flat_map(|error| error.diagnostics.iter().map(|one| (&error.sources, one)));
    let packages =
        board.packages().flat_map(|(_, checked)| checked.diagnostics.iter().map(|one| (&checked.sources, one)));
    trouble.chain(packages)
}

fn counts(board: &Board) -> Counts {
    let mut counts = Counts::default();
    // What an imported package is blamed for, so are those that import it.
    let mut known = FxHashSet::default();
    for (sources, finding) in findings(board) {
        if known.insert(render::one(sources, finding, false)) {
            let (errors, warnings) = diagnostics::count(std::slice::from_ref(finding));
            counts.errors += errors;
            counts.warnings += warnings;
        }
    }
    counts.packages = board.packages().count();
    for (_, run) in board.tests() {
        counts.files += 1;
        counts.tests += run.report.cases.len();
        counts.failed += run.report.cases.iter().filter(|case| !case.passed()).count();
        counts.broken += usize::from(!run.report.sound());
    }
    counts
}

impl Counts {
    fn is_well(&self, board: &Board) -> bool {
        let sound = !board.packages().any(|(_, checked)| checked.fails);
        sound && self.failed == 0 && self.broken == 0 && board.trouble().is_none()
    }
}

/// How everything stands, on a line.
fn summary(board: &Board, counts: &Counts) -> String {
    let packages = match counts.packages {
        0 => String::from("no package"),
        packages => render::counted(packages, "package"),
    };
    let found = [(counts.errors, "error"), (counts.warnings, "warning")];
    let found: Vec<String> =
        found.iter().filter(|(count, _)| *count > 0).map(|(count, word)| render::counted(*count, word)).collect();
    let found = match found.as_slice() {
        [] if counts.is_well(board) => String::from("nothing wrong"),
        [] => String::from("no error"),
        found => found.join(" and "),
    };
    let tests = render::counted(counts.tests, "test");
    let tests = match (counts.tests, counts.failed) {
        (0, _) => String::from("no tests"),
        (_, 0) => format!("{tests} passed"),
        (_, failed) => format!("{failed} of {tests} failed"),
    };
    match counts.broken {
        0 => format!("{found} in {packages}, {tests}"),
        broken => {
            let files = render::counted(counts.files, "test file");
            format!("{found} in {packages}, {tests}, {broken} of {files} could not be run")
        }
    }
}

/// What of it was looked at anew; nothing where all of it was.
fn anew(round: &Round) -> String {
    let names = |all: Vec<PathBuf>, word: &str| match all.as_slice() {
        [] => None,
        [only] => Some(render::legible(&only.display().to_string())),
        all => Some(render::counted(all.len(), word)),
    };
    let here = |folder: &PathBuf| folder == Path::new(".");
    let name = |place: &Option<PathBuf>| match place {
        Some(folder) if !here(folder) => folder.clone(),
        _ => PathBuf::from("the package"),
    };
    let packages = round.packages.iter().map(name);
    let parts = [names(packages.collect(), "package"), names(round.tests.iter().cloned().collect(), "test file")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if round.first || parts.is_empty() { String::new() } else { format!("; anew: {}", parts.join(", ")) }
}

fn json(output: &mut Output, board: &Board, round: &Round) -> io::Result<()> {
    output.json_line(&wire(board, |place| round.packages.contains(place), |path| round.tests.contains(path))?)
}

/// How everything stands, whenever it was looked at: for comparing.
pub(super) fn standing(board: &Board) -> io::Result<serde_json::Value> {
    Ok(serde_json::to_value(wire(board, |_| true, |_| true)?)?)
}

/// The wire form, with these packages and test files.
fn wire<'a>(
    board: &'a Board,
    has_package: impl Fn(&Option<PathBuf>) -> bool,
    has_test: impl Fn(&Path) -> bool,
) -> io::Result<JsonRound<'a>> {
    let counts = counts(board);
    let packages = board.packages().filter(|(place, _)| has_package(place));
    let packages = packages.map(|(place, checked)| JsonPackage {
        folder: place.as_deref(),
        findings: checked.diagnostics.iter().map(|finding| json::diagnostic(&checked.sources, finding)).collect(),
    });
    let files = board.tests().filter(|(path, _)| has_test(path));
    let files = files.map(|(_, run)| serde_json::to_value(test::json::file(run)).map_err(io::Error::from));
    let trouble = board
        .trouble()
        .into_iter()
        .flat_map(|error| error.diagnostics.iter().map(|finding| json::diagnostic(&error.sources, finding)));
    Ok(JsonRound {
        ok: counts.is_well(board),
        trouble: trouble.collect(),
        packages: packages.collect(),
        files: files.collect::<Result<_, _>>()?,
        counts,
    })
}
