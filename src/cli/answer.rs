//! A decision in words and as JSON.

use super::args::Format;
use super::failure::Failure;
use super::output::{BAD, FAINT, GOOD, Output};
use super::render;
use crate::decide::{Reason, RequestError};
use crate::diagnostics::json::{self, JsonPlace};
use crate::explain::{Explanation, Outcome, Step};
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, Write};

/// The answer in the shape of the AuthZEN evaluation API.
#[derive(Serialize, Debug)]
pub(super) struct Answer<'a> {
    decision: bool,
    context: Context<'a>,
}

#[derive(Serialize, Debug)]
struct Context<'a> {
    reason: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    could_not_compute: Vec<Uncomputed<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ignored: &'a [String],
}

/// A statement that could not be computed, and what it lacked.
#[derive(Serialize, Debug)]
struct Uncomputed<'a> {
    statement: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    missing: Vec<&'a str>,
}

/// What stands in the place of an answer to a request that is itself wrong.
#[derive(Serialize, Debug)]
pub(super) struct Refusal<'a> {
    error: RefusalBody<'a>,
}

#[derive(Serialize, Debug)]
struct RefusalBody<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// What was asked for. Nothing where it was refused and that was said, as JSON, in the place of an answer.
pub(super) fn or_refusal<T>(
    asked: Result<T, RequestError>,
    format: Format,
    output: &mut Output,
) -> Result<Option<T>, Failure> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if format == Format::Json => {
            output.json(&refusal(&error))?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The answer as JSON.
pub(super) fn answer<'a>(sources: &'a SourceMap, outcome: &'a Outcome) -> Answer<'a> {
    let could_not_compute = outcome.uncomputed.iter().map(|step| Uncomputed {
        statement: &step.text,
        place: step.place.and_then(|span| json::place(sources, span)),
        missing: missing(step),
    });
    Answer {
        decision: outcome.verdict == Reason::Granted,
        context: Context {
            reason: outcome.verdict.as_str(),
            message: &outcome.summary,
            because: outcome.because.as_deref(),
            place: outcome.statement.as_ref().and_then(|step| json::place(sources, step.place?)),
            could_not_compute: could_not_compute.collect(),
            ignored: &outcome.ignored,
        },
    }
}

/// A request error as JSON.
pub(super) fn refusal(error: &RequestError) -> Refusal<'_> {
    Refusal { error: RefusalBody { code: error.code, message: &error.message, help: error.help.as_deref() } }
}

/// What a step lacked: its innermost parts that could not be computed.
fn missing(step: &Step) -> Vec<&str> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Step> = step.children.iter().rev().collect();
    while let Some(step) = waiting.pop() {
        if step.truth.is_some() {
            continue;
        }
        if step.children.iter().all(|child| child.truth.is_some()) && !found.contains(&step.text.as_str()) {
            found.push(step.text.as_str());
        }
        waiting.extend(step.children.iter().rev());
    }
    found
}

/// The answer in words: the verdict, the policy's own words, the statement that decided or what came nearest, and what
/// did not count.
pub(super) fn text(
    output: &mut impl Write,
    sources: &SourceMap,
    explanation: &Explanation,
    indent: &str,
) -> io::Result<()> {
    write!(output, "{indent}")?;
    let outcome = &explanation.outcome;
    verdict(output, outcome)?;
    because(output, outcome, indent)?;
    match (&outcome.statement, explanation.nearest.first()) {
        (Some(step), _) => statement(output, sources, step, &format!("{indent}  "))?,
        (None, Some(near)) if near.place.is_some() => {
            statement(output, sources, near, &format!("{indent}  closest: "))?;
        }
        (None, Some(nothing)) => statement(output, sources, nothing, &format!("{indent}  "))?,
        (None, None) => {}
    }
    for missing in outcome.uncomputed.iter().flat_map(missing) {
        writeln!(output, "{indent}  could not compute: {}", render::legible(missing))?;
    }
    ignored(output, outcome, indent)
}

/// A statement and its place.
fn statement(output: &mut impl Write, sources: &SourceMap, step: &Step, lead: &str) -> io::Result<()> {
    write!(output, "{lead}{}", render::legible(&step.text))?;
    match step.place {
        Some(span) => writeln!(output, "  {FAINT}{}{FAINT:#}", render::legible(&sources.place(span))),
        None => writeln!(output),
    }
}

/// The verdict and why, on a line.
pub(super) fn verdict(output: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let (style, verdict) = match outcome.verdict {
        Reason::Granted => (GOOD, "allowed"),
        _ => (BAD, "denied"),
    };
    writeln!(output, "{style}{verdict}{style:#}: {}", render::legible(&outcome.summary))
}

/// The policy's own words for a refusal.
pub(super) fn because(output: &mut impl Write, outcome: &Outcome, indent: &str) -> io::Result<()> {
    match &outcome.because {
        Some(because) => writeln!(output, "{indent}  because: {}", render::legible(because)),
        None => Ok(()),
    }
}

/// What of the request counted for nothing.
pub(super) fn ignored(output: &mut impl Write, outcome: &Outcome, indent: &str) -> io::Result<()> {
    for note in &outcome.ignored {
        writeln!(output, "{indent}  ignored: {}", render::legible(note))?;
    }
    Ok(())
}
