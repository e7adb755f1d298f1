//! `rolebook can`: one decision, or a batch of them.

use super::args::{Circumstances, Format, Package};
use super::failure::Failure;
use super::output::Output;
use super::{ExitStatus, answer, batch, vocabulary};
use crate::decide::Reason;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit status: 0 allowed, 1 denied, 2 could not run. For a batch: 0, or 2 if a line was itself wrong.

A batch is a file of AuthZEN-shaped requests, one JSON object a line; `-` is standard input. The
answers come one a line in the same order, as they are made. A line that is no request, or longer
than 1 MiB, is answered by {\"error\":{\"code\":…,\"message\":…}} in its place; empty lines are skipped.
In a batch, --context tells what a line's own context leaves out, and --at is the moment of all
lines; facts stand in the lines, as `properties`.

Examples:
  rolebook can user:ana delete run:42
  rolebook can user:ana delete run:42 --format json
  rolebook can user:ana create run:new --in project:p1 --context queue=gpu
  rolebook can user:ana view team:red --at 2026-12-31T00:00:00Z
  rolebook can --requests requests.jsonl > answers.jsonl
  rolebook can --requests requests.jsonl --context mfa=true --at 2026-12-31T00:00:00Z
  tail -f requests.jsonl | rolebook can --requests -";

/// Decide: may the subject do this to the resource?
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
#[command(
    override_usage = "rolebook can [OPTIONS] <SUBJECT> <ACTION> <RESOURCE>\n       rolebook can [OPTIONS] --requests <FILE|->"
)]
pub(super) struct Args {
    /// Who, such as user:ana
    #[arg(required_unless_present = "requests")]
    subject: Option<String>,
    /// Does what, such as delete
    #[arg(required_unless_present = "requests")]
    action: Option<String>,
    /// To what, such as run:42
    #[arg(required_unless_present = "requests")]
    resource: Option<String>,
    /// Decide a batch: one JSON request a line, from a file or `-` for standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "subject")]
    requests: Option<PathBuf>,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    package: Package,
    /// The form of the result; a batch is always JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    if let Some(requests) = &args.requests {
        let defaults = args.circumstances.of_batch()?;
        let mut requests = batch::Requests::open(requests)?;
        let engine = args.package.open()?;
        vocabulary::context(engine.state().snapshot().policy().schema(), &defaults.context)?;
        return batch::run(&engine, &mut requests, &defaults, output);
    }
    let (Some(subject), Some(action), Some(resource)) = (&args.subject, &args.action, &args.resource) else {
        // clap asks for all three where there is no batch.
        return Ok(ExitStatus::CouldNotRun);
    };
    let query = args.circumstances.query(subject, action, resource)?;
    let engine = args.package.open()?;
    let explanation = match vocabulary::known(&engine, &query).and_then(|()| engine.explain(&query)) {
        Ok(explanation) => explanation,
        Err(error) if args.format == Format::Json => {
            output.json_line(&answer::refusal(&error))?;
            return Ok(ExitStatus::CouldNotRun);
        }
        Err(error) => return Err(error.into()),
    };
    match args.format {
        Format::Text => answer::text(output, engine.state().sources(), &explanation, "")?,
        Format::Json => output.json_line(&answer::answer(engine.state().sources(), &explanation.outcome))?,
    }
    Ok(status(explanation.outcome.verdict))
}

/// The exit status that a verdict is.
pub(super) const fn status(verdict: Reason) -> ExitStatus {
    match verdict {
        Reason::Granted => ExitStatus::Success,
        Reason::Forbidden | Reason::NotGranted | Reason::NotComputed => ExitStatus::Negative,
    }
}
