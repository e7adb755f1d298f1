//! `rolebook diff`: what changes in meaning between two folders, files or git revisions, and for whom.

mod approved;
mod failing;
mod lines;
mod making;
mod markdown;
mod report;
mod side;
mod text;

use super::ExitStatus;
use super::args::Occasion;
use super::failure::Failure;
use super::output::Output;
use super::vocabulary;
use crate::analysis::diff::Asking;
use crate::decide::RequestError;
use crate::diagnostics::Code;
use crate::engine::{Origin, compare, open_both};
use crate::schema::{RawValue, Schema};
use approved::Approved;
use clap::ValueEnum;
use making::Making;
use side::Named;
use std::mem;
use std::path::PathBuf;
use std::slice;

const AFTER_HELP: &str = "\
Exit status: 0, also where something changes; 1 where something does that --fail-on names and nobody
approved; 2 could not run.

OLD and NEW are folders, files, compiled files, or git revisions: `REV:path`, with the path from the
root of the repository, or from the current folder as `REV:./path`; `REV` alone is the same path as
the other side's, or the current folder. What stands on disk under that name goes first. The work
tree is not touched. The directories beside each side's policy are compared too, or the one that is
named for both.

Everybody is asked everything on both sides. Values of the context that nobody names are tried as
far as conditions tell them apart; what changes only there is shown with the values.

Examples:
  rolebook diff main .                           what does this branch change?
  rolebook diff main:policies/acme policies/acme --all
  rolebook diff v1.2 v1.3 --format md            for a pull request
  rolebook diff main . --directory people.jsonl --fail-on gained
  rolebook diff main . --write-approved approved.txt
  rolebook diff main . --fail-on any --approved approved.txt";

/// Show what changes in meaning between two versions, and who gains and loses what.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// What was: a folder, a file or a git revision
    #[arg(value_name = "OLD")]
    old: String,
    /// What is to be
    #[arg(value_name = "NEW")]
    new: String,
    /// Directory file for both sides; may be repeated [default: `directory.*` beside each policy]
    #[arg(long = "directory", value_name = "FILE")]
    directories: Vec<PathBuf>,
    #[command(flatten)]
    occasion: Occasion,
    /// Show everybody who gains or loses anything, and not only some
    #[arg(long)]
    all: bool,
    /// Exit with 1 where somebody may gain, or lose, or where anything changes
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Changes that are approved, which do not fail
    #[arg(long, value_name = "FILE")]
    approved: Option<PathBuf>,
    /// Write all changes into a file, as approved ones
    #[arg(long, value_name = "FILE")]
    write_approved: Option<PathBuf>,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// The form of the result.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum Form {
    /// For people.
    Text,
    /// Markdown, for a pull request.
    Md,
    /// For programs.
    Json,
}

/// What is not to happen.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
enum FailOn {
    /// Somebody may do more.
    Gained,
    /// Somebody may do less.
    Lost,
    /// Anything changes in meaning.
    Any,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let (context, at) = args.occasion.asking()?;
    let mut approved = match &args.approved {
        Some(file) => Approved::read(file)?,
        None => Approved::default(),
    };
    let (old, new) = (Named::read(&args.old), Named::read(&args.new));
    let (before, after) = match (old.origin(&new), new.origin(&old)) {
        (Ok(old), Ok(new)) => {
            let [before, after] = open_both(&old, &new, &args.directories);
            (before.map_err(Failure::from), after.map_err(Failure::from))
        }
        (old, new) => {
            let alone = |origin: Result<Origin, Failure>| origin.and_then(|origin| Ok(origin.open(&args.directories)?));
            (alone(old), alone(new))
        }
    };
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before, after),
        // What is wrong with both is said of both, and what is the same, once.
        (Err(before), Err(after)) if before.to_string() != after.to_string() => {
            before.report(output);
            return Err(after);
        }
        (Err(failure), _) | (_, Err(failure)) => return Err(failure),
    };
    readable([before.snapshot(), after.snapshot()].map(|snapshot| snapshot.policy().schema()), &context)?;
    let diff = compare(&before, &after, &Asking { context, at });
    let making = Making { old: &before, new: &after, all: args.all };
    let report = making.report([&args.old, &args.new], &diff, &mut approved);
    if let Some(file) = &args.write_approved {
        approved::write(file, &report, &diff)?;
    }
    match args.format {
        Form::Text => text::write(output, &report, args.all)?,
        Form::Md => markdown::write(output, &report, args.all)?,
        Form::Json => output.json(&report)?,
    }
    let failed = args.fail_on.is_some_and(|what| failing::fails(&report, what));
    // The process ends here, and its memory with it: to give millions of entries back one by one takes a tenth of the time.
    mem::forget((report, diff));
    mem::forget((before, after));
    Ok(if failed { ExitStatus::Negative } else { ExitStatus::Success })
}

/// Refuses context that neither side knows, or that one of them cannot read.
fn readable(sides: [&Schema; 2], context: &[(String, RawValue)]) -> Result<(), RequestError> {
    for given in context {
        let found = sides.map(|schema| vocabulary::context(schema, slice::from_ref(given)).err());
        let unknown = |error: &RequestError| error.code == Code::UnknownAttribute.as_str();
        let unknown_to_both = found.iter().all(|error| error.as_ref().is_some_and(unknown));
        let refused = found.into_iter().rev().flatten().find(|error| unknown_to_both || !unknown(error));
        refused.map_or(Ok(()), Err)?;
    }
    Ok(())
}
