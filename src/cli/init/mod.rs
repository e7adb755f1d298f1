//! `rolebook init`: a small package to start from, which passes its own check and tests.

use super::ExitStatus;
use super::failure::{Failure, reason};
use super::output::{GOOD, Output};
use crate::diagnostics::{Code, Diagnostic};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Writes policy.rolebook, directory.yaml and policy.test.yaml. Where one of them is already there,
nothing is written at all and the exit status is 2.

Examples:
  rolebook init                                  in the current folder
  rolebook init policies/acme                    in a folder, made where it is missing
  rolebook test policies/acme                    run the tests that come with it";

/// Start a package: a policy, a directory and tests.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// The folder
    #[arg(default_value = ".")]
    dir: PathBuf,
}

const FILES: &[(&str, &str)] = &[
    ("policy.rolebook", include_str!("policy.rolebook")),
    ("directory.yaml", include_str!("directory.yaml")),
    ("policy.test.yaml", include_str!("policy.test.yaml")),
];

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let dir = &args.dir;
    let taken: Vec<Diagnostic> = FILES
        .iter()
        .map(|(name, _)| within(dir, name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| Diagnostic::placeless(Code::FileExists, format!("`{}` is already there", path.display())))
        .collect();
    if !taken.is_empty() {
        return Err(taken.into());
    }
    fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    for (name, text) in FILES {
        let path = within(dir, name);
        write_new(&path, text).map_err(|error| unwritable(&path, &error))?;
        writeln!(output, "{GOOD}wrote{GOOD:#} {}", path.display())?;
    }
    let (policy, folder) = if here(dir) {
        (String::new(), String::new())
    } else {
        let folder = word(&dir.display().to_string());
        (format!(" --policy {folder}"), format!(" {folder}"))
    };
    writeln!(output, "\nnow try:")?;
    writeln!(output, "  rolebook check{policy}")?;
    writeln!(output, "  rolebook test{folder}")?;
    writeln!(output, "  rolebook explain user:bo delete document:plan{policy}")?;
    Ok(ExitStatus::Success)
}

/// Whether it is the current folder, which needs no mention.
fn here(dir: &Path) -> bool {
    dir == Path::new(".")
}

/// A path as a shell takes it: in quotes where it holds more than what stands for itself.
fn word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '\\' | '.' | '_' | '-' | ':' | '+' | ',' | '@');
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn within(dir: &Path, name: &str) -> PathBuf {
    if here(dir) { PathBuf::from(name) } else { dir.join(name) }
}

/// Writes a file that must not be there yet, even where one appeared since the folder was looked at.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Diagnostic::placeless(Code::UnwritableFile, format!("cannot write `{}`: {}", path.display(), reason(error))).into()
}
