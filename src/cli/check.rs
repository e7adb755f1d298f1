//! `rolebook check`: everything wrong with policy and directory.

use super::args::{Package, moment};
use super::config::Config;
use super::failure::Failure;
use super::levels::{self, Level, Levels};
use super::mend::{self, Checked};
use super::output::{GOOD, Output};
use super::{ExitStatus, annotations, render, sarif};
use crate::analysis::lint;
use crate::decide::RequestError;
use crate::diagnostics::json::{self, JsonDiagnostic};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::engine::{self, Disk, Engine};
use crate::source::SourceMap;
use crate::workspace::{self, State};
use clap::ValueEnum;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Warnings are what is legal and most likely a mistake. Each has a name; the level of each is set by
--allow and --deny, and by `rolebook.toml`, which is looked for beside the policy and above it, up
to the root of the repository:

  [lints]
  single-admin = \"allow\"
  escalation-path = { level = \"allow\", reason = \"team admins assign every role\" }
  warnings = \"deny\"

Exit status: 0 nothing wrong, 1 errors (or warnings that are denied), 2 could not run.

Examples:
  rolebook check                                 the policy in the current folder
  rolebook check --policy policies/acme --deny warnings
  rolebook check --policy acme.rolebook --directory staging.yaml
  rolebook check --deny escalation-path --allow single-admin
  rolebook check --fix --dry-run                 what could be settled without changing a decision?
  rolebook check --format json                   findings for a program
  rolebook check --format github                 findings beside the lines of a pull request
  rolebook check --format sarif > rolebook.sarif findings for a code host
  rolebook explain-code unknown-role             what a finding's code means";

/// Check policy and directory: parse, resolve names and types, compile, load, lint.
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
    #[command(flatten)]
    levels: levels::Arguments,
    /// Settle findings where nothing that is decided changes by it: edits the files, keeps comments and layout
    #[arg(long)]
    fix: bool,
    /// With --fix: write nothing, show what would change
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// The moment at which assignments count or do not, such as 2026-12-31T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
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
        return Err(RequestError::new(
            Code::InvalidRequest.as_str(),
            format!("unexpected `{}`: the policy is named by `--policy`", path.display()),
            Some(format!("write `rolebook check --policy {}`", path.display())),
        )
        .into());
    }
    let policies = args.package.policies();
    let config = policies.first().map_or_else(|| Ok(Config::default()), |policy| Config::of(&Disk, policy))?;
    let levels = Levels::new(&config, &args.levels.read()?);
    let at = moment(args.at.as_deref())?.unwrap_or_else(engine::now);
    if args.fix && args.format != Format::Text {
        return Err(RequestError::new(
            Code::InvalidRequest.as_str(),
            String::from("`--fix` says what it did in words"),
            Some(String::from("fix first, and run `rolebook check --format …` behind it")),
        )
        .into());
    }
    match Engine::open(&policies, &args.package.directories) {
        Ok(engine) => {
            let mut state = engine.state();
            if args.fix && state.compiled().is_some() {
                let message = "`--fix` edits texts, and a compiled file has none that people write";
                let finding = Diagnostic::placeless(Code::WrongKind, message);
                return Err(finding.help("name what it was compiled from, and compile that again").into());
            }
            if args.fix {
                let directories = &args.package.directories;
                let mended = mend::mend(&Checked { policies: &policies, directories, levels: &levels, at }, &state);
                mended.report(!args.dry_run, output)?;
                if !mended.is_empty() {
                    writeln!(output)?;
                }
                // What is left to say is said of the files as they are then.
                if let Some(after) = mended.build.and_then(|build| build.state) {
                    state = after.into();
                }
            }
            let unread = workspace::unread_directories(&Disk, &state);
            let read = state.warnings().iter().cloned().chain(unread);
            let found = findings(read, Some(&state), &levels, at);
            let sources = workspace::with_shown(&Disk, state.sources(), &found);
            report(args, output, &sources, (found, levels.deny_warnings()))
        }
        Err(error) => {
            let found = findings(error.diagnostics, None, &levels, at);
            report(args, output, &error.sources, (found, levels.deny_warnings()))
        }
    }
}

/// What reading came upon and, where that came to a state, what lints find in it: at their levels, in the order of their
/// places.
pub(super) fn findings(
    read: impl IntoIterator<Item = Diagnostic>,
    state: Option<&State>,
    levels: &Levels,
    at: i64,
) -> Vec<Diagnostic> {
    let lints = |state: &State| lint::find(&state.examined(at), |code| levels.of(code) != Level::Allow);
    let lints = state.into_iter().flat_map(lints).map(|finding| finding.diagnostic);
    let mut findings: Vec<Diagnostic> =
        read.into_iter().chain(lints).filter_map(|finding| levels.level(finding)).collect();
    diagnostics::sort(&mut findings);
    diagnostics::limit(&mut findings);
    findings
}

fn report(
    args: &Args,
    output: &mut Output,
    sources: &SourceMap,
    (findings, deny_warnings): (Vec<Diagnostic>, bool),
) -> Result<ExitStatus, Failure> {
    let findings = findings.as_slice();
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
    } else if errors > 0 || (warnings > 0 && deny_warnings) {
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
