//! The command line: one file a command, this one to choose among them.
//!
//! Commands print their result on standard output and everything wrong on standard error. Nothing is decided here: that
//! is the engine's.

mod actions;
mod annotations;
mod answer;
mod apply;
mod args;
mod authzen;
mod batch;
mod can;
mod check;
mod compile;
mod completions;
mod config;
mod convert;
mod diff;
mod docs;
mod explain;
mod explain_code;
mod failure;
mod file_diff;
mod fmt;
mod graph;
mod help;
mod init;
mod input;
mod inspect;
mod levels;
mod list;
mod man;
mod matrix;
mod mend;
mod output;
mod produce;
mod progress;
mod proof;
pub mod render;
mod repository;
mod rows;
mod sarif;
mod settings;
mod strict_json;
mod test;
mod vocabulary;
mod watch;
mod who_can;

use clap::{CommandFactory, Parser, Subcommand};
use failure::Failure;
use output::Output;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// Allowed, or done and nothing found wrong: 0.
    Success,
    /// Denied, or something was found wrong in what was looked at: 1.
    Negative,
    /// Bad usage, unreadable or invalid input: 2.
    CouldNotRun,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Negative => 1,
            ExitStatus::CouldNotRun => 2,
        })
    }
}

const AFTER_HELP: &str = "\
Exit status: 0 allowed or fine, 1 denied or something found wrong, 2 could not run.

Examples:
  rolebook init acme                             start a package that one can read
  rolebook check --policy acme                   is the policy sound?
  rolebook can user:ana edit document:plan --policy acme
  rolebook explain user:ana edit document:plan --policy acme
  rolebook test acme                             does it do what its tests say?";

/// What the command is called.
const NAME: &str = "rolebook";

/// Policy as code: who may do what, compiled, tested and explained.
#[derive(Parser, Debug)]
#[command(name = NAME, version, max_term_width = 100, after_long_help = AFTER_HELP)]
#[command(arg_required_else_help = true, propagate_version = false, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Can(can::Args),
    Explain(explain::Args),
    WhoCan(who_can::Args),
    List(list::Args),
    Actions(actions::Args),
    Settings(settings::Args),
    Test(test::Args),
    Watch(watch::Args),
    Matrix(matrix::Args),
    Graph(graph::Args),
    Docs(docs::Args),
    Diff(diff::Args),
    Apply(apply::Args),
    Fmt(fmt::Args),
    Convert(convert::Args),
    Compile(compile::Args),
    Inspect(inspect::Args),
    ExplainCode(explain_code::Args),
    Completions(completions::Args),
    Man(man::Args),
    Help(help::Args),
}

/// The command line, to be described.
fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut output = Output::new();
    let result = match &cli.command {
        Command::Init(args) => init::run(args, &mut output),
        Command::Check(args) => check::run(args, &mut output),
        Command::Can(args) => can::run(args, &mut output),
        Command::Explain(args) => explain::run(args, &mut output),
        Command::WhoCan(args) => who_can::run(args, &mut output),
        Command::List(args) => list::run(args, &mut output),
        Command::Actions(args) => actions::run(args, &mut output),
        Command::Settings(args) => settings::run(args, &mut output),
        Command::Test(args) => test::run(args, &mut output),
        Command::Watch(args) => watch::run(args, &mut output),
        Command::Matrix(args) => matrix::run(args, &mut output),
        Command::Graph(args) => graph::run(args, &mut output),
        Command::Docs(args) => docs::run(args, &mut output),
        Command::Diff(args) => diff::run(args, &mut output),
        Command::Apply(args) => apply::run(args, &mut output),
        Command::Fmt(args) => fmt::run(args, &mut output),
        Command::Convert(args) => convert::run(args, &mut output),
        Command::Compile(args) => compile::run(args, &mut output),
        Command::Inspect(args) => inspect::run(args, &mut output),
        Command::ExplainCode(args) => explain_code::run(args, &mut output),
        Command::Completions(args) => completions::run(args, &mut output),
        Command::Man(args) => man::run(args, &mut output),
        Command::Help(args) => help::run(args, &mut output),
    };
    let result = result.and_then(|status| output.finish().map(|()| status).map_err(Failure::from));
    match result {
        Ok(status) => status.into(),
        Err(failure) => {
            failure.report(&output);
            ExitStatus::CouldNotRun.into()
        }
    }
}
