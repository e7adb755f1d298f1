//! All policies of a folder and of those below it.

use super::place::{self, Made, Move};
use super::{Args, Input, called, convert, usage};
use crate::cli::ExitStatus;
use crate::cli::config;
use crate::cli::failure::{self, Failure};
use crate::cli::output::Output;
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::{self, Disk};
use crate::format::Form;
use crate::source::SourceMap;
use crate::workspace::{self, Files};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What there is of ours below a folder.
struct Found {
    policies: Vec<Input>,
    /// Directories, tests, changes, and what is set for packages.
    others: Vec<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if args.output.is_none() && !args.replace {
        let message = format!("`{}` is a folder, and its policies are several files", args.path.display());
        return Err(usage(
            &message,
            "name the folder to write them to, `-o FOLDER`, or put them in place, `--replace`",
        ));
    }
    if let Some(target) = args.output.as_deref().filter(|target| is_same(&args.path, target)) {
        let message = format!("`{}` would hold every policy twice, once in each form", target.display());
        return Err(usage(&message, "write `--replace` to put each in the place of the other"));
    }
    let mut sources = SourceMap::new();
    let mut findings = Vec::new();
    let Found { policies, others } = find(&args.path, &mut findings)?;
    let to = target_form(args, &policies)?;
    let target = |path: &Path| match &args.output {
        Some(target) => target.join(path.strip_prefix(&args.path).unwrap_or(path)),
        None => path.to_owned(),
    };
    let mut moves = Vec::new();
    let mut stay = others;
    for input in policies {
        if input.form == to {
            stay.push(input.path);
            continue;
        }
        match convert(&input, &mut sources) {
            Ok(text) => {
                let target = target(&input.path).with_extension(to.ending());
                moves.push(Move { source: input.path, target, made: Made::Text(text) });
            }
            Err(found) => findings.extend(found),
        }
    }
    if !findings.is_empty() {
        output.flush()?;
        diagnostics::sort(&mut findings);
        failure::findings(&sources, &findings, output)?;
        return Ok(ExitStatus::CouldNotRun);
    }
    if moves.is_empty() {
        let message =
            format!("nothing to convert in `{}`: its policies are {} already", args.path.display(), called(to));
        return Err(Diagnostic::placeless(Code::NoPolicyFiles, message).into());
    }
    if !args.replace {
        stay.sort();
        moves.extend(stay.into_iter().map(|source| Move { target: target(&source), source, made: Made::Copy }));
    }
    place::put(&moves, args.replace, output)?;
    Ok(ExitStatus::Success)
}

/// Whether two names stand for one folder.
fn is_same(one: &Path, other: &Path) -> bool {
    match (Disk.identity(one), Disk.identity(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn find(folder: &Path, findings: &mut Vec<Diagnostic>) -> Result<Found, Failure> {
    let mut found = Found { policies: Vec::new(), others: Vec::new() };
    let ours =
        |name: &str| Form::of(Path::new(name)).is_some() || workspace::is_directory_name(name) || name == config::FILE;
    for path in engine::find_files(&[folder.to_owned()], ours)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let form = match Form::of(&path) {
            Some(form) if !workspace::is_directory_name(&name) && !workspace::is_test_name(&name) => form,
            _ => {
                found.others.push(path);
                continue;
            }
        };
        match workspace::read_text(&Disk, &path) {
            Err(finding) => findings.push(finding),
            Ok(text) if form == Form::Dsl || workspace::is_policy_yaml(&path, &text) => {
                found.policies.push(Input { path, text, form });
            }
            Ok(text) if workspace::is_own_yaml(&path, &text) => found.others.push(path),
            Ok(_) => {}
        }
    }
    if found.policies.is_empty() && findings.is_empty() {
        let message = format!("no policy to convert in `{}`", folder.display());
        return Err(Diagnostic::placeless(Code::NoPolicyFiles, message).into());
    }
    Ok(found)
}

/// The form that the folder is to have.
fn target_form(args: &Args, policies: &[Input]) -> Result<Form, Failure> {
    if let Some(to) = args.to {
        return Ok(to.form());
    }
    let first = policies.first().map_or(Form::Dsl, |input| input.form);
    if policies.iter().any(|input| input.form != first) {
        let message = format!("`{}` holds policies of both forms", args.path.display());
        return Err(usage(&message, "say which one all are to have: `--to rolebook` or `--to yaml`"));
    }
    Ok(first.other())
}
