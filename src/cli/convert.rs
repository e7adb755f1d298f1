//! `rolebook convert`: policies from policy text to YAML and back.

use super::ExitStatus;
use super::failure::{self, Failure, reason};
use super::output::{GOOD, Output};
use super::render;
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::{self, Disk, LoadError};
use crate::format::{self, Form};
use crate::source::SourceMap;
use crate::workspace::{self, Files, PathKind};
use clap::ValueEnum;
use std::cell::OnceCell;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Policy text becomes YAML, and YAML policy text; comments go along. Both forms compile to the same.
A file is written to standard output or to the file that `-o` names; a folder with all its policies
below the folder that `-o` names. Directories and tests, which have one form only, are left out. No
file that is there is written over.

Exit status: 0 done, 2 could not run, also where one of the files cannot be read or converted.

Examples:
  rolebook convert acme.rolebook                 as YAML on standard output
  rolebook convert acme.yaml -o acme.rolebook
  rolebook convert policies -o yaml --to yaml    a folder, whatever is in YAML already left out";

/// Write policies in the other form: policy text as YAML, YAML as policy text.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// A policy file, or a folder of them
    path: PathBuf,
    /// The file or folder to write [default: standard output, for a file]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Convert to this form only [default: each to the other]
    #[arg(long, value_enum)]
    to: Option<Target>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Target {
    /// Policy text
    Rolebook,
    /// YAML
    Yaml,
}

/// A policy file with its text.
struct Input {
    path: PathBuf,
    text: String,
    form: Form,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let kind = Disk.kind(&args.path).map_err(|error| workspace::unreadable(&Disk, &args.path, &error))?;
    if kind == PathKind::Folder { folder(args, output) } else { file(args, output) }
}

/// One file.
fn file(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let form = Form::of(&args.path).ok_or_else(|| {
        let message = format!("`{}` is no policy file by its name", args.path.display());
        Diagnostic::placeless(Code::WrongKind, message).help("a policy file ends in `.rolebook`, `.yaml` or `.yml`")
    })?;
    if args.to.is_some_and(|to| to.form() == form) {
        let message = format!("`{}` has that form already", args.path.display());
        return Err(Diagnostic::placeless(Code::InvalidRequest, message).into());
    }
    let input = Input { text: workspace::read_text(&Disk, &args.path)?, path: args.path.clone(), form };
    let mut sources = SourceMap::new();
    let converted = match convert(&input, &mut sources) {
        Ok(converted) => converted,
        Err(diagnostics) => return Err(LoadError { sources, diagnostics }.into()),
    };
    match &args.output {
        None => output.write_all(converted.as_bytes())?,
        Some(target) => {
            write_new(target, &converted)?;
            writeln!(output, "{GOOD}wrote{GOOD:#} {}", render::legible(&target.display().to_string()))?;
        }
    }
    Ok(ExitStatus::Success)
}

/// All policies of a folder and of those below it.
fn folder(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let Some(target) = &args.output else {
        let message = format!("`{}` is a folder, and its policies are several files", args.path.display());
        return Err(Diagnostic::placeless(Code::InvalidRequest, message)
            .help("name the folder to write them to: `-o FOLDER`")
            .into());
    };
    let mut sources = SourceMap::new();
    let mut findings = Vec::new();
    let mut written = 0;
    for path in engine::find_files(std::slice::from_ref(&args.path), |name| Form::of(Path::new(name)).is_some())? {
        let Some(form) = Form::of(&path).filter(|form| args.to.is_none_or(|to| to.form() != *form)) else { continue };
        let text = match workspace::read_text(&Disk, &path) {
            Ok(text) => text,
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        if form == Form::Yaml && !workspace::is_policy_yaml(&path, &text) {
            continue;
        }
        let input = Input { path, text, form };
        let below = input.path.strip_prefix(&args.path).unwrap_or(&input.path);
        let target = target.join(below).with_extension(form.other().ending());
        match convert(&input, &mut sources) {
            Err(found) => findings.extend(found),
            Ok(converted) => match write_new(&target, &converted) {
                Err(finding) => findings.push(finding),
                Ok(()) => {
                    written += 1;
                    writeln!(output, "{GOOD}wrote{GOOD:#} {}", render::legible(&target.display().to_string()))?;
                }
            },
        }
    }
    if !findings.is_empty() {
        output.flush()?;
        diagnostics::sort(&mut findings);
        failure::findings(&sources, &findings, output)?;
        return Ok(ExitStatus::CouldNotRun);
    }
    if written == 0 {
        let message = format!("no policy to convert in `{}`", args.path.display());
        return Err(Diagnostic::placeless(Code::NoPolicyFiles, message).into());
    }
    Ok(ExitStatus::Success)
}

fn convert(input: &Input, sources: &mut SourceMap) -> Result<String, Vec<Diagnostic>> {
    let file = workspace::add_text(sources, &input.path.display().to_string(), &input.text);
    // The rest of the package is read only where a value needs it.
    let package = OnceCell::new();
    let settings = |name: &str| package.get_or_init(|| workspace::setting_types(&Disk, &input.path)).get(name).cloned();
    format::convert(input.form, file, &input.text, &settings)
}

impl Target {
    const fn form(self) -> Form {
        match self {
            Self::Rolebook => Form::Dsl,
            Self::Yaml => Form::Yaml,
        }
    }
}

/// Writes a file that must not be there yet, with the folders that it lies in.
fn write_new(path: &Path, text: &str) -> Result<(), Diagnostic> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    };
    write().map_err(|error| {
        let shown = path.display();
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Diagnostic::placeless(Code::FileExists, format!("`{shown}` is already there"));
        }
        Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{shown}`: {}", reason(&error)))
    })
}
