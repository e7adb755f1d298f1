//! `rolebook check`: everything wrong with policy and directory.

use super::args::Package;
use super::failure::Failure;
use super::output::{GOOD, Output};
use super::{ExitStatus, annotations, render, sarif};
use crate::decide::RequestError;
use crate::diagnostics::json::{self, JsonDiagnostic};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::Engine;
use crate::source::SourceMap;
use clap::ValueEnum;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit status: 0 nothing wrong, 1 errors (or warnings with `--deny warnings`), 2 could not run.

Examples:
  rolebook check                                 the policy in the current folder
  rolebook check --policy policies/acme --deny warnings
  rolebook check --policy acme.rolebook --directory staging.yaml
  rolebook check --format json                   findings for a program
  rolebook check --format github                 findings beside the lines of a pull request
  rolebook check --format sarif > rolebook.sarif findings for a code host
  rolebook explain-code unknown-role             what a finding's code means";

/// Check policy and directory: parse, resolve names and types, compile, load.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// What is not taken, so that it can be said what is
    #[arg(hide = true)]
    misplaced: Vec<PathBuf>,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Fail on findings that are no errors
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Deny {
    /// Warnings fail the check as errors do
    Warnings,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For code hosts: SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<JsonDiagnostic<'a>>,
    errors: usize,
    warnings: usize,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if let Some(path) = args.misplaced.first() {
        return Err(RequestError {
            code: Code::InvalidRequest.as_str(),
            message: format!("unexpected `{}`: the policy is named by `--policy`", path.display()),
            help: Some(format!("write `rolebook check --policy {}`", path.display())),
        }
        .into());
    }
    match Engine::open(&args.package.policies(), &args.package.directories) {
        Ok(engine) => report(args, output, engine.state().sources(), engine.state().warnings()),
        Err(error) => report(args, output, &error.sources, &error.diagnostics),
    }
}

fn report(
    args: &Args,
    output: &mut Output,
    sources: &SourceMap,
    findings: &[Diagnostic],
) -> Result<ExitStatus, Failure> {
    let (errors, warnings) = diagnostics::count(findings);
    match args.format {
        Format::Json => output.json(&Report {
            findings: findings.iter().map(|finding| json::diagnostic(sources, finding)).collect(),
            errors,
            warnings,
        })?,
        Format::Sarif => output.json(&sarif::log(sources, findings, !findings.iter().any(unread)))?,
        Format::Github if !findings.is_empty() => {
            for finding in findings {
                annotations::finding(output, sources, finding)?;
            }
            writeln!(output, "{}", render::summary(findings).unwrap_or_default())?;
        }
        Format::Text | Format::Github if findings.is_empty() => {
            let files = render::counted(sources.files().count(), "file");
            writeln!(output, "{GOOD}ok{GOOD:#}: nothing wrong in {files}")?;
        }
        Format::Text | Format::Github => {
            let colour = output.colour();
            render::write(output, sources, findings, colour)?;
        }
    }
    Ok(if findings.iter().any(unread) {
        ExitStatus::CouldNotRun
    } else if errors > 0 || (warnings > 0 && args.deny == Some(Deny::Warnings)) {
        ExitStatus::Negative
    } else {
        ExitStatus::Success
    })
}

/// Whether the finding says that something was not even read, so that nothing was checked there.
fn unread(finding: &Diagnostic) -> bool {
    matches!(
        finding.code,
        Code::UnreadableFile | Code::FileTooLarge | Code::NoPolicyFiles | Code::DamagedFile | Code::OtherFormat
    )
}
