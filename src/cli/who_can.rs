//! `rolebook who-can`: who may do something to a resource.

use super::args::{Circumstances, Format, Package};
use super::failure::Failure;
use super::output::Output;
use super::proof::JsonProof;
use super::rows::{self, JsonEnd, Rows};
use super::{ExitStatus, answer, vocabulary};
use crate::decide::Query;
use serde::Serialize;

const AFTER_HELP: &str = "\
Exit status: 0, also where the answer is empty; 2 could not run.

The answer is complete: whomever `rolebook can` allows, of all that the directory names, keys that
act as somebody included. It is in the order of the directory: who has an entry as its files have
it, then who is only mentioned.

Examples:
  rolebook who-can delete run:42
  rolebook who-can delete run:42 --explain
  rolebook who-can delete run:42 --limit 100 --after user:ana
  rolebook who-can create run:new --in project:p1 --context queue=gpu
  rolebook who-can delete run:42 --format json";

/// List everybody who may do something to a resource.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Does what, such as delete
    action: String,
    /// To what, such as run:42
    resource: String,
    #[command(flatten)]
    rows: Rows,
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
    action: &'a str,
    resource: &'a str,
    subjects: Vec<Row<'a>>,
    #[serde(flatten)]
    end: JsonEnd<'a>,
}

#[derive(Serialize)]
struct Row<'a> {
    subject: &'a str,
    #[serde(flatten)]
    proof: Option<JsonProof<'a>>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let query = args.circumstances.query_for_anybody(&args.action, &args.resource)?;
    let engine = args.package.open()?;
    let asked = vocabulary::known(&engine, &query).and_then(|()| engine.who_can_page(&query, &args.rows.part()));
    let Some(page) = answer::or_refusal(asked, args.format, output)? else {
        return Ok(ExitStatus::CouldNotRun);
    };
    let found = rows::explained(&args.rows, &page, |subject| {
        engine.explain(&Query { subject: subject.into(), ..query.clone() })
    })?;
    let (state, notes) = (engine.state(), vocabulary::strangers(&engine, &query));
    match args.format {
        Format::Text => {
            let (action, resource) = (&args.action, &args.resource);
            let nothing = match &args.rows.after {
                Some(after) => format!("nobody else behind `{after}` may {action} `{resource}`"),
                None => format!("nobody may {action} `{resource}`"),
            };
            rows::text(output, &engine, &found, &page, &nothing, &notes)?;
        }
        Format::Json => output.json(&Report {
            action: &args.action,
            resource: &args.resource,
            subjects: found
                .iter()
                .map(|(subject, explanation)| Row { subject, proof: rows::json_proof(&state, explanation.as_ref()) })
                .collect(),
            end: JsonEnd::new(page.next(), &page.ignored, &notes),
        })?,
    }
    Ok(ExitStatus::Success)
}
