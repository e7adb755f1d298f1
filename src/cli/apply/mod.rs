//! `rolebook apply`: what changes would do to the directory, and with `--write` the changes in its files.

mod effect;
mod steps;

use super::args::{Format, Occasion, Package};
use super::failure::{Failure, reason};
use super::output::{BAD, GOOD, NAME, Output};
use super::{ExitStatus, args, file_diff, render, vocabulary};
use crate::analysis::diff::Asking;
use crate::diagnostics::json::{self, JsonDiagnostic};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{self, Applied, ApplyError, Rewritten};
use crate::workspace::ChangeText;
use serde::Serialize;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Exit status: 0 the changes are made, or would be; 1 one of them is refused; 2 could not run.

CHANGES is a file: `.jsonl` holds one change a line, YAML and JSON hold a list or a single one; `-`
is standard input. All changes are made or none. Without `--write` nothing is: what would happen is
shown. With it, the directory's files are edited where they say what changes; comments and order
stay. They are made at the moment that `--at` gives, which is also the one that is decided for. What
hangs on values of the context that `--context` does not give is shown with the first of them.

Examples:
  rolebook apply changes.yaml                    who would gain what, and the files' new lines
  rolebook apply changes.yaml --as user:ana      may ana do this?
  rolebook apply changes.yaml --write            do it
  rolebook apply --change '{\"delete\":\"team:old\"}'
  rolebook apply - --format json < changes.jsonl";

/// Show what changes would do to the directory, or make them.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
#[group(id = "given", required = true, multiple = false, args = ["file", "changes"])]
pub(super) struct Args {
    /// The changes, a file or `-`
    #[arg(value_name = "CHANGES")]
    file: Option<PathBuf>,
    /// A change as JSON or YAML; may be repeated
    #[arg(long = "change", value_name = "CHANGE")]
    changes: Vec<String>,
    #[command(flatten)]
    package: Package,
    /// Make the changes that do not say so themselves on behalf of somebody, such as user:ana
    #[arg(long = "as", value_name = "ENTITY")]
    by: Option<String>,
    #[command(flatten)]
    occasion: Occasion,
    /// Write the directory's files
    #[arg(long)]
    write: bool,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if let Some(by) = &args.by {
        args::entity(by, "the author")?;
    }
    let (context, at) = args.occasion.asking()?;
    let given = Given::read(args)?;
    let engine = args.package.open()?;
    vocabulary::context(engine.state().snapshot().policy().schema(), &context)?;
    let asking = Asking { context, at };
    let Given { name, text, lines, json } = &given;
    let text = ChangeText { name, text, lines: *lines, json: *json, by: args.by.as_deref() };
    let applied = match engine.preview_text(text, at) {
        Ok(applied) => applied,
        Err(error) if error.change.is_none() => return Err(error.error.into()),
        Err(refusal) => return refused(args, &refusal, output),
    };
    let files = engine.rewritten(&applied)?;
    if args.write {
        engine::write(&files)?;
    }
    match args.format {
        Format::Text => text_report(args, &applied, &files, &asking, output)?,
        Format::Json => output.json(&Report {
            written: args.write,
            changes: applied.edits.iter().map(|edits| steps::lines(edits)).collect(),
            effect: effect::json(&applied.effect(&asking)),
            files: file_diff::json(&files),
        })?,
    }
    Ok(ExitStatus::Success)
}

/// What the command is given to make.
struct Given {
    name: String,
    text: String,
    lines: bool,
    json: bool,
}

/// Longer texts of changes are read by nobody before they are made; a service makes them one by one.
const SIZE_LIMIT: u64 = 64 << 20;

impl Given {
    fn read(args: &Args) -> Result<Self, Failure> {
        let Some(path) = &args.file else {
            // A line each, so that the place of a finding says which.
            let one_line = |text: &String| text.replace(['\n', '\r'], " ");
            return Ok(match args.changes.as_slice() {
                [only] => Self { name: String::from("--change"), text: only.clone(), lines: false, json: false },
                several => Self {
                    name: String::from("--change"),
                    text: several.iter().map(one_line).collect::<Vec<_>>().join("\n"),
                    lines: true,
                    json: false,
                },
            });
        };
        if path.as_os_str() == "-" {
            let name = String::from("standard input");
            let text = read_text(&name, &mut io::stdin().lock())?;
            // Nothing names its form: several lines that each are an object are a change each.
            let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
            let objects = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
            let several = lines.next().is_some_and(objects) && lines.peek().is_some() && lines.all(objects);
            return Ok(Self { name, text, lines: several, json: false });
        }
        let name = path.display().to_string();
        let mut file = open(path).map_err(|error| unreadable(&name, &reason(&error)))?;
        let text = read_text(&name, &mut file)?;
        let ChangeText { lines, json, .. } = ChangeText::named(&name, "");
        Ok(Self { name, text, lines, json })
    }
}

fn open(path: &Path) -> io::Result<std::fs::File> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

fn read_text(name: &str, reader: &mut dyn Read) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = reader.take(SIZE_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(name, &reason(&error)))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > SIZE_LIMIT {
        let message = format!("`{name}` has more than {} MiB of changes", SIZE_LIMIT >> 20);
        return Err(Diagnostic::placeless(Code::FileTooLarge, message).help("split it into several files").into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("`{name}` is not UTF-8 text: the byte at offset {at} is none");
        Diagnostic::placeless(Code::NotText, message).into()
    })
}

fn unreadable(name: &str, why: &str) -> Failure {
    Diagnostic::placeless(Code::UnreadableFile, format!("cannot read `{name}`: {why}")).into()
}

/// The result as JSON.
#[derive(Serialize)]
struct Report {
    written: bool,
    /// The steps that each change comes to.
    changes: Vec<Vec<String>>,
    effect: effect::JsonEffect,
    files: Vec<file_diff::JsonFile>,
}

/// A refusal as JSON.
#[derive(Serialize)]
struct Refusal<'a> {
    /// The number of the change, from 1.
    refused: usize,
    findings: Vec<JsonDiagnostic<'a>>,
}

fn refused(args: &Args, refusal: &ApplyError, output: &mut Output) -> Result<ExitStatus, Failure> {
    let (sources, findings) = (&refusal.error.sources, &refusal.error.diagnostics);
    let number = refusal.change.unwrap_or_default() + 1;
    match args.format {
        Format::Json => output.json(&Refusal {
            refused: number,
            findings: findings.iter().map(|finding| json::diagnostic(sources, finding)).collect(),
        })?,
        Format::Text => {
            let colour = output.colour();
            for finding in findings {
                writeln!(output, "{}", render::one(sources, finding, colour))?;
            }
            writeln!(output, "{BAD}refused{BAD:#}: change {number}, and with it all others; nothing was written")?;
        }
    }
    Ok(ExitStatus::Negative)
}

fn text_report(
    args: &Args,
    applied: &Applied,
    files: &[Rewritten],
    asking: &Asking,
    output: &mut Output,
) -> io::Result<()> {
    let count = render::counted(applied.edits.len(), "change");
    let word = if args.write { "made" } else { "would make" };
    writeln!(output, "{GOOD}{word}{GOOD:#} {count}")?;
    let width = applied.edits.len().to_string().len();
    for (number, edits) in applied.edits.iter().enumerate() {
        let lines = steps::lines(edits);
        if lines.is_empty() {
            writeln!(output, "  {NAME}{:>width$}{NAME:#}  nothing: it is so already", number + 1)?;
        }
        for (at, line) in lines.iter().enumerate() {
            let number = if at == 0 { (number + 1).to_string() } else { String::new() };
            writeln!(output, "  {NAME}{number:>width$}{NAME:#}  {}", render::legible(line))?;
        }
    }
    writeln!(output)?;
    effect::text(&applied.effect(asking), output)?;
    if files.is_empty() {
        return writeln!(output, "\nno file changes");
    }
    for file in files {
        writeln!(output)?;
        if args.write {
            writeln!(output, "{GOOD}wrote{GOOD:#} {}", render::legible(&file.path.display().to_string()))?;
        } else {
            file_diff::text(file, output)?;
        }
    }
    if !args.write {
        writeln!(output, "\nnothing was written; `--write` does it")?;
    }
    Ok(())
}
