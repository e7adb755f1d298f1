//! `rolebook help`: what `--help` says.

use super::failure::Failure;
use super::output::Output;
use super::{ExitStatus, command};
use crate::decide::RequestError;
use crate::diagnostics::{Code, did_you_mean};
use std::io::Write;

const AFTER_HELP: &str = "\
Examples:
  rolebook help                                  all commands, as `rolebook --help`
  rolebook help check                            one of them, as `rolebook check --help`";

/// Say what a command does and what it takes, as `--help` does.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The command; without one, all are listed
    command: Option<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let mut all = command();
    all.build();
    let text = match &args.command {
        None => all.render_long_help(),
        Some(name) => match all.find_subcommand_mut(name) {
            Some(command) => command.render_long_help(),
            None => return Err(unknown(name)),
        },
    };
    write!(output, "{}", text.ansi())?;
    Ok(ExitStatus::Success)
}

fn unknown(name: &str) -> Failure {
    let all = command();
    let names = all.get_subcommands().map(clap::Command::get_name);
    RequestError::new(
        Code::InvalidRequest.as_str(),
        format!("there is no command `{name}`"),
        did_you_mean(name, names).or_else(|| Some(String::from("`rolebook help` lists all commands"))),
    )
    .into()
}
