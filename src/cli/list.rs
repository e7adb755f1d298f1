//! `rolebook list`: what a subject may do something to.

use super::args::{Format, Occasion, Package};
use super::failure::Failure;
use super::output::Output;
use super::proof::JsonProof;
use super::rows::{self, JsonEnd, Rows};
use super::{ExitStatus, answer, vocabulary};
use crate::decide::Query;
use serde::Serialize;

const AFTER_HELP: &str = "\
Exit status: 0, also where the answer is empty; 2 could not run.

The answer is complete: whatever `rolebook can` allows, of all that the directory names. It is in
the order of the directory: what has an entry as its files have it, then what is only mentioned.

Examples:
  rolebook list user:ana delete run
  rolebook list user:ana delete run --explain
  rolebook list user:ana delete run --limit 100
  rolebook list user:ana delete run --limit 100 --after run:42
  rolebook list user:ana create project --context mfa=true --format json";

/// List the entities of a type that a subject may do something to.
#[derive(clap::Args, Debug)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Args {
    /// Who, such as user:ana
    subject: String,
    /// Does what, such as delete
    action: String,
    /// To what type of entity, such as run
    #[arg(value_name = "TYPE")]
    type_name: String,
    #[command(flatten)]
    rows: Rows,
    #[command(flatten)]
    occasion: Occasion,
    #[command(flatten)]
    package: Package,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct Report<'a> {
    subject: &'a str,
    action: &'a str,
    #[serde(rename = "type")]
    type_name: &'a str,
    resources: Vec<Row<'a>>,
    #[serde(flatten)]
    end: JsonEnd<'a>,
}

#[derive(Serialize)]
struct Row<'a> {
    resource: &'a str,
    #[serde(flatten)]
    proof: Option<JsonProof<'a>>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let query = args.occasion.query(&args.subject, &args.action)?;
    let engine = args.package.open()?;
    let part = args.rows.part();
    let asked = vocabulary::known(&engine, &query).and_then(|()| engine.list_page(&query, &args.type_name, &part));
    let Some(page) = answer::or_refusal(asked, args.format, output)? else {
        return Ok(ExitStatus::CouldNotRun);
    };
    let found = rows::explained(&args.rows, &page, |resource| {
        engine.explain(&Query { resource: resource.into(), ..query.clone() })
    })?;
    let (state, notes) = (engine.state(), vocabulary::strangers(&engine, &query));
    match args.format {
        Format::Text => {
            let (subject, action, type_name) = (&args.subject, &args.action, &args.type_name);
            let nothing = match &args.rows.after {
                Some(after) => {
                    format!("there is no further `{type_name}` behind `{after}` that `{subject}` may {action}")
                }
                None => format!("there is no `{type_name}` that `{subject}` may {action}"),
            };
            rows::text(output, &engine, &found, &page, &nothing, &notes)?;
        }
        Format::Json => output.json(&Report {
            subject: &args.subject,
            action: &args.action,
            type_name: &args.type_name,
            resources: found
                .iter()
                .map(|(resource, explanation)| Row { resource, proof: rows::json_proof(&state, explanation.as_ref()) })
                .collect(),
            end: JsonEnd::new(page.next(), &page.ignored, &notes),
        })?,
    }
    Ok(ExitStatus::Success)
}
