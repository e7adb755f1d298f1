//! `rolebook watch`: checks and tests whenever a file is saved.

mod board;
mod checked;
mod report;

use super::args::{Format, Package};
use super::failure::Failure;
use super::output::Output;
use super::{ExitStatus, levels};
use crate::diagnostics::{Code, Diagnostic};
use crate::engine::Lookout;
use board::{Board, Round};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

const AFTER_HELP: &str = "\
Checks every package, lints included, and runs every test among the paths and below them, and then,
whenever a file is saved, what that concerns: packages that hold the file or import it, tests that
are run on them, and tests that are new. All that is wrong is shown, whenever it came up; one line
says that nothing is. On a terminal the screen is cleared before. Ends with Ctrl-C.

Exit status: 2 could not run, also where there is nothing to check.

Examples:
  rolebook watch                                 all packages and tests below the current folder
  rolebook watch policies/acme
  rolebook watch tests --policy acme --directory staging.yaml
  rolebook watch --deny warnings                 is a warning wrong?
  rolebook watch --format json                   a line of JSON for each time, for an editor";

/// How long after something was saved it is looked at: time for an editor to save the rest.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// How often files are looked at though nothing was heard of them. That costs what `stat` costs; network file systems and
/// mounts into containers do not tell of what happens.
const POLL: Duration = Duration::from_secs(2);

/// Check and test whenever a file is saved.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Test files, or folders to look for packages and tests [default: the policy folder]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    package: Package,
    #[command(flatten)]
    levels: levels::Arguments,
    /// The form of the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Args {
    /// Where tests and packages are looked for: beside a policy file, where one is named.
    fn paths(&self) -> Vec<PathBuf> {
        if !self.paths.is_empty() {
            return self.paths.clone();
        }
        let folder = |path: PathBuf| match path.parent() {
            Some(folder) if path.is_file() && folder.as_os_str().is_empty() => PathBuf::from("."),
            Some(folder) if path.is_file() => folder.to_owned(),
            _ => path,
        };
        self.package.policies().into_iter().map(folder).collect()
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let mut board = Board::new(args.paths(), &args.package, args.levels.read()?);
    let mut lookout = Lookout::new(DEBOUNCE);
    let (mut shown, mut waited, mut held) = (None, false, None::<Round>);
    loop {
        let mut round = board.refresh();
        if let (Some(before), true) = (&held, round.is_some() || waited) {
            round.get_or_insert_default().absorb(before);
            held = None;
        }
        if let Some(round) = round {
            if shown.is_none() && !board.has_anything() {
                return Err(nothing(args, board.trouble()));
            }
            let standing = report::standing(&board)?;
            if waited || shown.as_ref() != Some(&standing) {
                report::round(output, args.format, &board, &round)?;
                output.flush()?;
                shown = Some(standing);
            } else {
                // Something seems to have been saved since, and nothing is another. A file that is just being replaced looks
                // so before it is: that is worth a moment.
                held = Some(round);
            }
        }
        // What happened in a folder before it was watched went unseen.
        waited = !lookout.watch_only(&board.paths());
        if waited {
            lookout.wait(if held.is_some() { DEBOUNCE } else { POLL });
        }
    }
}

/// Why there is nothing to watch.
fn nothing(args: &Args, trouble: Option<&crate::engine::LoadError>) -> Failure {
    if let Some(error) = trouble {
        return error.clone().into();
    }
    let names: Vec<String> = args.paths().iter().map(|path| format!("`{}`", path.display())).collect();
    let message = format!("neither a policy nor a test in {}", names.join(", "));
    Diagnostic::placeless(Code::NoPolicyFiles, message).help("name the folder that holds them").into()
}
