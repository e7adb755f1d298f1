//! `rolebook explain`: the proof of a decision.

use super::args::{Circumstances, Format, Package};
use super::failure::Failure;
use super::output::Output;
use super::{ExitStatus, answer, can, proof, vocabulary};

const AFTER_HELP: &str = "\
Exit status: 0 allowed, 1 denied, 2 could not run.

Each step of the proof names its place as file:line:column. `✓` holds, `✗` does not, `?` could not
be computed because a value is missing. For a denial, what came closest is shown with the part
that failed.

Examples:
  rolebook explain user:ana delete run:42
  rolebook explain user:ana create run:new --in project:p1 --context queue=gpu
  rolebook explain user:ana delete run:42 --format json";

/// Say why a request is allowed or denied, with places in the policy.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Who, such as user:ana
    subject: String,
    /// Does what, such as delete
    action: String,
    /// To what, such as run:42
    resource: String,
    #[command(flatten)]
    circumstances: Circumstances,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let query = args.circumstances.query(&args.subject, &args.action, &args.resource)?;
    let engine = args.package.open()?;
    let Some(explanation) = answer::or_refusal(
        vocabulary::known(&engine, &query).and_then(|()| engine.explain(&query)),
        args.format,
        output,
    )?
    else {
        return Ok(ExitStatus::CouldNotRun);
    };
    match args.format {
        Format::Text => {
            answer::verdict(output, &explanation.outcome)?;
            answer::because(output, &explanation.outcome, "")?;
            proof::text(output, engine.state().sources(), &explanation)?;
            answer::ignored(output, &explanation.outcome, "")?;
        }
        Format::Json => output.json(&proof::json(engine.state().sources(), &explanation))?,
    }
    Ok(can::status(explanation.outcome.verdict))
}
