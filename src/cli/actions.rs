//! `rolebook actions`: what a subject may do to a resource.

use super::args::{Circumstances, Format, Package};
use super::failure::Failure;
use super::output::{BAD, GOOD, Output};
use super::proof::{self, JsonProof};
use super::rows::{self, JsonEnd, Rows};
use super::{ExitStatus, answer, vocabulary};
use crate::decide::{Decision, Query, Reason, RequestError};
use crate::diagnostics::{Code, did_you_mean, listing};
use crate::engine::Engine;
use crate::explain::Explanation;
use crate::schema::split_entity;
use serde::Serialize;
use std::io::Write;

const AFTER_HELP: &str = "\
Exit status: 0, or 2 could not run. Every action of the resource's type is decided for itself, with
the given context and facts. They are in the order of their declaration.

Examples:
  rolebook actions user:ana run:42
  rolebook actions user:ana run:42 --explain
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
    subject: &'a str,
    resource: &'a str,
    actions: Vec<Line<'a>>,
    #[serde(flatten)]
    end: JsonEnd<'a>,
}

#[derive(Serialize)]
struct Line<'a> {
    action: &'a str,
    decision: bool,
    reason: &'static str,
    #[serde(flatten)]
    proof: Option<JsonProof<'a>>,
}

/// An action, how it is decided, and the proof where it is wanted.
type Decided = (String, Decision, Option<Explanation>);

pub(super) fn run(args: &Args, output: &mut Output) -> Result<ExitStatus, Failure> {
    let query = args.circumstances.query(&args.subject, "", &args.resource)?;
    let engine = args.package.open()?;
    let Some((decisions, more)) = answer::or_refusal(
        vocabulary::known(&engine, &query).and_then(|()| decide(&engine, &query, &args.rows)),
        args.format,
        output,
    )?
    else {
        return Ok(ExitStatus::CouldNotRun);
    };
    let (state, notes) = (engine.state(), vocabulary::strangers(&engine, &query));
    let next = decisions.last().filter(|_| more).map(|(action, ..)| action.as_str());
    let ignored = decisions.first().and_then(|(_, decision, _)| decision.ignored.as_deref()).unwrap_or_default();
    match args.format {
        Format::Text => {
            let width = decisions.iter().map(|(action, ..)| action.chars().count()).max().unwrap_or(0);
            for (action, decision, explanation) in &decisions {
                let (style, verdict) = if decision.allowed { (GOOD, "allowed") } else { (BAD, "denied") };
                writeln!(output, "{action:width$}  {style}{verdict}{style:#}{}", remark(decision))?;
                if let Some(explanation) = explanation {
                    proof::row(output, state.sources(), explanation)?;
                }
            }
            let nothing = decisions.is_empty().then(|| nothing(args));
            rows::notices(output, nothing.as_deref(), (ignored, &notes), next)?;
        }
        Format::Json => output.json(&Report {
            subject: &args.subject,
            resource: &args.resource,
            actions: decisions
                .iter()
                .map(|(action, decision, explanation)| Line {
                    action,
                    decision: decision.allowed,
                    reason: decision.reason.as_str(),
                    proof: rows::json_proof(&state, explanation.as_ref()),
                })
                .collect(),
            end: JsonEnd::new(next, ignored, &notes),
        })?,
    }
    Ok(ExitStatus::Success)
}

/// The actions that are wanted, and whether there are more behind them.
fn decide(engine: &Engine, query: &Query, rows: &Rows) -> Result<(Vec<Decided>, bool), RequestError> {
    let all = engine.actions(query)?;
    let begin = rows.after.as_ref().map_or(Ok(0), |after| {
        all.iter().position(|(action, _)| action == after).map(|at| at + 1).ok_or_else(|| {
            let type_name = split_entity(&query.resource).map_or("", |(type_name, _)| type_name);
            let (owner, known) = (format!("`{type_name}`"), all.iter().map(|(action, _)| action.as_str()));
            RequestError::new(
                Code::UnknownAction.as_str(),
                format!("{owner} has no action `{after}` to go on behind"),
                did_you_mean(after, known.clone()).or_else(|| Some(listing(&owner, "action", known))),
            )
        })
    })?;
    let count = all.len() - begin;
    let limit = rows.limit.map_or(count, |limit| limit.get().min(count));
    let explained = |(action, decision): (String, Decision)| {
        let asked = || engine.explain(&Query { action: (&action).into(), ..query.clone() });
        let explanation = rows.explain.then(asked).transpose()?;
        Ok((action, decision, explanation))
    };
    let decided: Result<Vec<Decided>, RequestError> = all.into_iter().skip(begin).take(limit).map(explained).collect();
    Ok((decided?, limit < count))
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

/// That there is no action.
fn nothing(args: &Args) -> String {
    let type_name = split_entity(&args.resource).map_or("", |(type_name, _)| type_name);
    match &args.rows.after {
        Some(after) => format!("`{type_name}` has no further action behind `{after}`"),
        None => format!("`{type_name}` has no actions"),
    }
}
