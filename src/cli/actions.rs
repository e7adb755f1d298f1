//! `rolebook actions`: what a subject may do to a resource.

use super::args::{Circumstances, Format, Package};
use super::failure::Failure;
use super::output::{BAD, GOOD, Output};
use super::{ExitStatus, answer, vocabulary};
use crate::decide::{Decision, Reason};
use crate::schema::split_entity;
use serde::Serialize;
use std::io::Write;

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run. Every action of the resource's type is decided for itself, with
the given context and facts.

Examples:
  rolebook actions user:ana run:42
  rolebook actions user:ana run:new --in project:p1 --context queue=gpu
  rolebook actions user:ana run:42 --format json";

/// List what a subject may do to a resource.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Who, such as user:ana
    subject: String,
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

#[derive(Serialize)]
struct Report<'a> {
    subject: &'a str,
    resource: &'a str,
    actions: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    action: &'a str,
    decision: bool,
    reason: &'static str,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let query = args.circumstances.query(&args.subject, "", &args.resource)?;
    let engine = args.package.open()?;
    let decisions = match vocabulary::known(&engine, &query).and_then(|()| engine.actions(&query)) {
        Ok(decisions) => decisions,
        Err(error) if args.format == Format::Json => {
            output.json(&answer::refusal(&error))?;
            return Ok(ExitStatus::CouldNotRun);
        }
        Err(error) => return Err(error.into()),
    };
    match args.format {
        Format::Text => {
            let width = decisions.iter().map(|(action, _)| action.chars().count()).max().unwrap_or(0);
            for (action, decision) in &decisions {
                let (style, verdict) = if decision.allowed { (GOOD, "allowed") } else { (BAD, "denied") };
                writeln!(output, "{action:width$}  {style}{verdict}{style:#}{}", remark(decision))?;
            }
            if decisions.is_empty() {
                let type_name = split_entity(&args.resource).map_or("", |(type_name, _)| type_name);
                writeln!(output, "`{type_name}` has no actions")?;
            }
        }
        Format::Json => output.json(&Report {
            subject: &args.subject,
            resource: &args.resource,
            actions: decisions
                .iter()
                .map(|(action, decision)| Line { action, decision: decision.allowed, reason: decision.reason.as_str() })
                .collect(),
        })?,
    }
    Ok(ExitStatus::Success)
}

/// What there is to add to the verdict.
const fn remark(decision: &Decision) -> &'static str {
    match decision.reason {
        Reason::Granted => "",
        Reason::Forbidden => " (forbidden)",
        Reason::NotGranted => " (not granted)",
        Reason::NotComputed => " (could not be computed)",
    }
}
