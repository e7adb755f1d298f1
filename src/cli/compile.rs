//! `rolebook compile`: policy and directory as one file.

use super::ExitStatus;
use super::failure::Failure;
use super::output::{GOOD, NAME, Output};
use super::{produce, render};
use crate::engine::{Engine, inspect};
use std::io::Write;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit status: 0 written, 2 could not run.

The file takes the place of a compiled file under its name, whole at every moment, and of nothing
else. The same policy and directory give the same bytes. Every command that takes `--policy` takes
the file instead.

Examples:
  rolebook compile acme -o acme.compiled
  rolebook compile acme --directory staging.yaml -o staging.compiled
  rolebook can user:ana edit document:plan --policy acme.compiled";

/// Write policy and directory as one file that is opened in milliseconds.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Policy folder or file; several may be named [default: the current folder]
    #[arg(value_name = "DIR|FILE")]
    policies: Vec<PathBuf>,
    /// Directory file; may be repeated [default: `directory.*` beside the policy]
    #[arg(long = "directory", value_name = "FILE")]
    directories: Vec<PathBuf>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let policies = if args.policies.is_empty() { vec![PathBuf::from(".")] } else { args.policies.clone() };
    produce::expect_compiled(&args.output)?;
    Engine::open(&policies, &args.directories)?.compile(&args.output)?;
    let written = inspect(&args.output)?;
    let counts = &written.about.counts;
    let shown = args.output.display().to_string();
    writeln!(
        output,
        "{GOOD}written{GOOD:#}: {NAME}{}{NAME:#} with {}, {}, {}",
        render::legible(&shown),
        render::counted(counts.roles, "role"),
        if counts.entities == 1 { String::from("1 entity") } else { format!("{} entities", counts.entities) },
        render::counted(counts.assignments, "assignment"),
    )?;
    Ok(ExitStatus::Success)
}
