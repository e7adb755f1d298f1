//! `rolebook man`: a manual page for each command, made of what `--help` says.

mod page;

use super::failure::{Failure, reason};
use super::output::{GOOD, Output};
use super::{ExitStatus, command, render};
use crate::decide::RequestError;
use crate::diagnostics::{Code, Diagnostic, near_miss};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run.

With --out every page is written, `rolebook.1` and one for each command, in the place of those that
are there. Without, one page goes to standard output: that of the command named, or of `rolebook`.

Examples:
  rolebook man --out ~/.local/share/man/man1     then `man rolebook` and `man rolebook-can`
  rolebook man | man -l -                        a page to look at
  rolebook man can | man -l -";

/// Write the manual pages.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The command whose page it is to be [default: the page of all]
    #[arg(value_name = "COMMAND")]
    page: Option<String>,
    /// The folder to write all pages to
    #[arg(long, value_name = "DIR", conflicts_with = "page")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let mut root = command();
    root.build();
    if let Some(folder) = &args.out {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        for command in std::iter::once(&root).chain(root.get_subcommands()) {
            let path = folder.join(format!("{}.1", page::name(command)));
            let text = page::of(command, &root)?;
            fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
            writeln!(output, "{GOOD}wrote{GOOD:#} {}", render::legible(&path.display().to_string()))?;
        }
        return Ok(ExitStatus::Success);
    }
    let wanted = match &args.page {
        None => &root,
        Some(name) => root.find_subcommand(name).ok_or_else(|| unknown(name, &root))?,
    };
    output.write_all(&page::of(wanted, &root)?)?;
    Ok(ExitStatus::Success)
}

fn unknown(name: &str, root: &clap::Command) -> RequestError {
    let near = near_miss(name, root.get_subcommands().map(clap::Command::get_name));
    RequestError::new(
        Code::InvalidRequest.as_str(),
        format!("there is no command `{name}`"),
        near.map(|near| format!("did you mean `{near}`?")),
    )
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{}`: {}", path.display(), reason(error)))
}
