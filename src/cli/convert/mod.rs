//! `rolebook convert`: policies from policy text to YAML and back.

mod folder;
mod place;

use super::failure::Failure;
use super::input::{self, Input};
use super::output::Output;
use super::{ExitStatus, render};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::{Disk, LoadError};
use crate::format::{self, Form};
use crate::source::SourceMap;
use crate::workspace::{self, Files, PathKind};
use clap::ValueEnum;
use place::{Made, Move};
use std::cell::OnceCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Policy text becomes YAML, and YAML policy text; comments go along. Both forms compile to the same:
what is converted is read once more, and nothing is written that would not say the same.
A file is written to standard output, to the file that `-o` names, or in its own place (--replace).
A folder stands for all below it. With `-o` all of it that is ours is put there: policies converted,
directories, tests and `rolebook.toml`, which have one form only, as they are. With --replace each
policy takes the place of the one before, and all else stays. No file that is there is written over,
and where one file cannot be converted none is.

Exit status: 0 done, 2 could not run, also where one of the files cannot be read or converted.

Examples:
  rolebook convert acme.rolebook                 as YAML on standard output
  rolebook convert acme.yaml -o acme.rolebook
  rolebook convert policies --to yaml -o yaml    a folder, as one that stands beside it
  rolebook convert policies --replace            a folder, in its place
  rolebook convert - --to yaml                   standard input to standard output";

/// Write policies in the other form: policy text as YAML, YAML as policy text.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// A policy file, a folder, or `-` for standard input
    path: PathBuf,
    /// The file or folder to write [default: standard output, for a file]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Put what comes out in the place of what is converted
    #[arg(long, conflicts_with = "output")]
    replace: bool,
    /// The form to convert to [default: the other one]
    #[arg(long, value_enum)]
    to: Option<Target>,
    /// The name that standard input goes by: findings show it, and its ending says how the text is written [default: as
    /// it begins]
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Target {
    /// Policy text
    Rolebook,
    /// YAML
    Yaml,
}

impl Target {
    const fn form(self) -> Form {
        match self {
            Self::Rolebook => Form::Dsl,
            Self::Yaml => Form::Yaml,
        }
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.path.as_os_str() == "-" {
        return filter(args, output);
    }
    if args.stdin_path.is_some() {
        return Err(usage("`--stdin-path` names standard input, which is not read", "write `rolebook convert -`"));
    }
    let kind = Disk.kind(&args.path).map_err(|error| workspace::unreadable(&Disk, &args.path, &error))?;
    if kind == PathKind::Folder { folder::run(args, output) } else { file(args, output) }
}

/// Standard input.
fn filter(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.replace {
        return Err(usage("standard input has no place of its own", "leave `--replace` out"));
    }
    let form = match (&args.stdin_path, args.to) {
        (Some(path), _) => Some(policy_form(path)?),
        (None, Some(to)) => Some(to.form().other()),
        (None, None) => None,
    };
    let input = input::standard(args.stdin_path.as_deref(), form)?;
    write(args, &input, output)
}

/// One file.
fn file(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let form = policy_form(&args.path)?;
    let text = workspace::read_text(&Disk, &args.path)?;
    write(args, &Input { path: args.path.clone(), text, form }, output)
}

/// The form of a policy file by its name.
fn policy_form(path: &Path) -> Result<Form, Diagnostic> {
    Form::of(path).ok_or_else(|| {
        let message = format!("`{}` is no policy file by its name", path.display());
        Diagnostic::placeless(Code::WrongKind, message).help("a policy file ends in `.rolebook`, `.yaml` or `.yml`")
    })
}

/// Converts one text and writes it to where it is to go.
fn write(args: &Args, input: &Input, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.to.is_some_and(|to| to.form() == input.form) {
        let message = format!("`{}` has that form already", input.path.display());
        return Err(Diagnostic::placeless(Code::InvalidRequest, message).into());
    }
    let mut sources = SourceMap::new();
    let text = match convert(input, &mut sources) {
        Ok(text) => text,
        Err(diagnostics) => return Err(LoadError { sources, diagnostics }.into()),
    };
    let to = input.form.other();
    let target = match &args.output {
        None if args.replace => input.path.with_extension(to.ending()),
        None => {
            output.write_all(text.as_bytes())?;
            return Ok(ExitStatus::Success);
        }
        // As `cp` and `mv` do it.
        Some(folder) if matches!(Disk.kind(folder), Ok(PathKind::Folder)) => {
            folder.join(input.path.with_extension(to.ending()).file_name().unwrap_or_default())
        }
        Some(target) => target.clone(),
    };
    if Form::of(&target).is_some_and(|form| form != to) {
        let message = format!("`{}` is to hold {}, and its name says otherwise", target.display(), called(to));
        return Err(Diagnostic::placeless(Code::InvalidRequest, message)
            .help(format!("let it end in `.{}`", to.ending()))
            .into());
    }
    let source = input.path.clone();
    place::put(&[Move { source, target, made: Made::Text(text) }], args.replace, output)?;
    Ok(ExitStatus::Success)
}

/// A policy in the other form.
fn convert(input: &Input, sources: &mut SourceMap) -> Result<String, Vec<Diagnostic>> {
    let file = workspace::add_text(sources, &input.path.display().to_string(), &input.text);
    // The rest of the package is read only where a value needs it.
    let package = OnceCell::new();
    let settings = |name: &str| package.get_or_init(|| workspace::setting_types(&Disk, &input.path)).get(name).cloned();
    format::convert(input.form, file, &input.text, &settings)
}

/// The word for a form.
const fn called(form: Form) -> &'static str {
    match form {
        Form::Dsl => "policy text",
        Form::Yaml => "YAML",
    }
}

fn usage(message: &str, help: &str) -> Failure {
    Diagnostic::placeless(Code::InvalidRequest, message).help(help).into()
}

fn shown(path: &Path) -> String {
    render::legible(&path.display().to_string())
}

/// Tells of a file that was written.
fn tell(output: &mut Output, word: &str, path: &Path, rest: &str) -> io::Result<()> {
    use super::output::GOOD;
    writeln!(output, "{GOOD}{word}{GOOD:#} {}{rest}", shown(path))
}
