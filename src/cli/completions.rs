//! `rolebook completions`: what a shell needs to complete commands and options.

use super::failure::Failure;
use super::output::Output;
use super::{ExitStatus, NAME, command};
use clap_complete::{Shell, generate};
use std::io::Write;

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run.

The script is written to standard output. Install it once more after an update, as it holds the
commands and options of this version.

Examples:
  rolebook completions bash > ~/.local/share/bash-completion/completions/rolebook
  rolebook completions zsh > ~/.zfunc/_rolebook        with `fpath+=~/.zfunc` before `compinit`
  rolebook completions fish > ~/.config/fish/completions/rolebook.fish
  rolebook completions powershell >> $PROFILE
  rolebook completions elvish >> ~/.config/elvish/rc.elv
  source <(rolebook completions bash)                  for this shell alone";

/// Write the script with which a shell completes commands and options.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    // Generating into memory does not fail; writing may.
    let mut script = Vec::new();
    generate(args.shell, &mut command(), NAME, &mut script);
    output.write_all(&script)?;
    Ok(ExitStatus::Success)
}
