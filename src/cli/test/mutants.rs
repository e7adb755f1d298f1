//! Which mutants of the policy no test notices, and what a test that does would say.

use crate::analysis::coverage::Share;
use crate::analysis::mutants::{Mutant, Witness};
use crate::cli::output::{FAINT, NAME, Output};
use crate::cli::progress::Progress;
use crate::cli::{annotations, render, settings};
use crate::diagnostics::json::{self, JsonPlace};
use crate::directory::Effective;
use crate::engine::{MutationRun, TestRunner};
use crate::workspace::Fate;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Tries the mutants of all policies that the test files are run against.
pub(super) fn run(runner: &mut TestRunner, files: &[PathBuf], output: &Output) -> Vec<MutationRun> {
    let progress = Mutex::new(Progress::new(output, None));
    runner.mutate(files, &|total| {
        if let Ok(mut progress) = progress.lock() {
            progress.advance(1, || format!("of {} mutants", total));
        }
    })
}

/// How many mutants are noticed, of those that could be.
pub(super) fn share(runs: &[MutationRun]) -> Share {
    let missed = |fate: &Fate| matches!(fate, Fate::Missed { .. });
    let noticed: usize = runs.iter().map(|run| run.count(Fate::is_noticed)).sum();
    Share { exercised: noticed, of: noticed + runs.iter().map(|run| run.count(missed)).sum::<usize>() }
}

/// The counts, and with their places where they are to be `listed` every mutant that is not noticed, and those that are no
/// policy.
pub(super) fn text(output: &mut Output, runs: &[MutationRun], listed: bool) -> io::Result<()> {
    for run in runs {
        writeln!(output)?;
        match &run.folder {
            None => writeln!(output, "{NAME}mutants{NAME:#}")?,
            Some(folder) => {
                let folder = folder.display().to_string();
                writeln!(output, "{NAME}mutants of {}{NAME:#}", render::legible(&folder))?;
            }
        }
        counts(output, std::slice::from_ref(run))?;
        if !listed {
            continue;
        }
        if run.missed().next().is_some() {
            writeln!(output, "  no test notices:")?;
        }
        for (mutant, witness) in run.missed() {
            line(output, run, mutant)?;
            for line in suggestion(run, mutant, witness) {
                writeln!(output, "      {}", render::legible(&line))?;
            }
        }
        let impossible = run.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Impossible));
        for (at, (mutant, _)) in impossible.enumerate() {
            if at == 0 {
                writeln!(output, "  no policy, as `rolebook check` says:")?;
            }
            line(output, run, mutant)?;
        }
    }
    if runs.len() > 1 {
        writeln!(output, "\n{NAME}mutants of all{NAME:#}")?;
        counts(output, runs)?;
    }
    Ok(())
}

/// What is said otherwise, with its place.
fn line(output: &mut Output, run: &MutationRun, mutant: &Mutant) -> io::Result<()> {
    let place = run.sources.place(mutant.place);
    writeln!(output, "    {}  {FAINT}{}{FAINT:#}", render::legible(&mutant.text), render::legible(&place))
}

fn counts(output: &mut Output, runs: &[MutationRun]) -> io::Result<()> {
    let share = share(runs);
    writeln!(output, "  {} of {} noticed, {}", share.exercised, share.of, share.percent())?;
    let of = |what: &dyn Fn(&Fate) -> bool| runs.iter().map(|run| run.count(what)).sum::<usize>();
    let (same, impossible) = (of(&|fate| matches!(fate, Fate::Same)), of(&|fate| matches!(fate, Fate::Impossible)));
    let mut rest = Vec::new();
    if same > 0 {
        rest.push(format!("{same} say nothing else"));
    }
    if impossible > 0 {
        rest.push(format!("{impossible} are no policy"));
    }
    if rest.is_empty() { Ok(()) } else { writeln!(output, "  not counted: {}", rest.join(", ")) }
}

/// What to write to notice a mutant: a test where a question is known, or else in words.
fn suggestion(run: &MutationRun, mutant: &Mutant, witness: Option<&(usize, Witness)>) -> Vec<String> {
    let Some((file, witness)) = witness else { return vec![format!("to notice it, {}", mutant.advice)] };
    let name = run.tests.get(*file).and_then(|tests| tests.sources.get(tests.file)).map_or("", |file| file.name());
    let name = Path::new(name).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut lines = vec![format!("to notice it, write in `{name}`:")];
    lines.extend(test(run, *file, witness).into_iter().map(|line| format!("  {line}")));
    lines
}

/// A test as it is written.
fn test(run: &MutationRun, file: usize, witness: &Witness) -> Vec<String> {
    match witness {
        Witness::Decision { subject, action, resource, allowed } => {
            let (may, key) = if *allowed { ("may", "allow") } else { ("may not", "deny") };
            let name = serde_json::Value::from(format!("{subject} {may} {action} {resource}"));
            vec![
                format!("- name: {name}"),
                format!("  subject: {}", quoted(subject)),
                format!("  {key}: {}", quoted(&format!("{action} {resource}"))),
            ]
        }
        Witness::Setting { entity, report } => {
            let state = run.tests.get(file).and_then(|tests| tests.state.as_ref());
            let value = match &report.effective {
                // In quotes it would be one text.
                Effective::Everything => String::from("any"),
                effective => state
                    .map_or(serde_json::Value::Null, |state| {
                        settings::json_effective(state.snapshot().policy().schema(), effective)
                    })
                    .to_string(),
            };
            let name = serde_json::Value::from(format!("{} of {entity}", report.name));
            let key = quoted(&format!("settings of {entity}"));
            vec![format!("- name: {name}"), format!("  {key}: {{ {}: {value} }}", report.name)]
        }
    }
}

/// A scalar, in quotes where YAML would read it otherwise.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | ' ');
    let ends = text.ends_with(':') || text.contains(": ") || text.starts_with(['-', ' ', ':']);
    if text.chars().all(plain) && !ends { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// The mutants that no test notices, as warnings beside the lines that they change.
pub(super) fn annotations(output: &mut Output, runs: &[MutationRun]) -> io::Result<()> {
    for run in runs {
        for (mutant, witness) in run.missed() {
            let lines = suggestion(run, mutant, witness).join("\n");
            let message = format!("{}\n{lines}", mutant.text);
            annotations::warning(output, &run.sources, mutant.place, "no test notices", &message)?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
pub(super) struct JsonMutants<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    noticed: usize,
    missed: usize,
    same: usize,
    impossible: usize,
    percent: f64,
    mutants: Vec<JsonMutant<'a>>,
}

#[derive(Serialize)]
struct JsonMutant<'a> {
    kind: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

/// Every mutant, and what became of it.
pub(super) fn json(runs: &[MutationRun]) -> Vec<JsonMutants<'_>> {
    let whole = |run| {
        let share = share(std::slice::from_ref(run));
        JsonMutants {
            policy: run.folder.as_ref().map(|folder| folder.display().to_string()),
            noticed: share.exercised,
            missed: share.of - share.exercised,
            same: run.count(|fate| matches!(fate, Fate::Same)),
            impossible: run.count(|fate| matches!(fate, Fate::Impossible)),
            percent: f64::from(u32::try_from(share.permille()).unwrap_or(0)) / 10.0,
            mutants: run.mutants.iter().map(|(mutant, fate)| one(run, mutant, fate)).collect(),
        }
    };
    runs.iter().map(whole).collect()
}

fn one<'a>(run: &'a MutationRun, mutant: &'a Mutant, fate: &'a Fate) -> JsonMutant<'a> {
    let sources = |file: &usize| run.tests.get(*file).map(|tests| &tests.sources);
    JsonMutant {
        kind: mutant.kind.as_str(),
        text: &mutant.text,
        place: json::place(&run.sources, mutant.place),
        fate: match fate {
            Fate::Caught { .. } => "caught",
            Fate::Refused { .. } => "refused",
            Fate::Missed { .. } => "missed",
            Fate::Same => "same",
            Fate::Impossible => "impossible",
        },
        test: if let Fate::Caught { test, .. } = fate { Some(test) } else { None },
        test_place: match fate {
            Fate::Caught { file, place, .. } => sources(file).and_then(|sources| json::place(sources, *place)),
            _ => None,
        },
        finding: if let Fate::Refused { finding, .. } = fate { Some(finding) } else { None },
        suggestion: match fate {
            Fate::Missed { witness } => Some(suggestion(run, mutant, witness.as_ref()).join("\n")),
            _ => None,
        },
    }
}
