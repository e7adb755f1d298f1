//! A decision in words and as JSON.

use super::output::{BAD, FAINT, GOOD, Output};
use super::render;
use crate::decide::{Reason, RequestError};
use crate::diagnostics::json::{self, JsonPlace};
use crate::explain::{Explanation, Step};
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

/// The answer as JSON.
pub(super) fn answer<'a>(sources: &'a SourceMap, explanation: &'a Explanation) -> Answer<'a> {
    let could_not_compute = explanation.uncomputed.iter().map(|step| Uncomputed {
        statement: &step.text,
        place: step.place.and_then(|span| json::place(sources, span)),
        missing: missing(step),
    });
    Answer {
        decision: explanation.verdict == Reason::Granted,
        context: Context {
            reason: explanation.verdict.as_str(),
            message: &explanation.summary,
            because: explanation.because.as_deref(),
            place: decisive(explanation).and_then(|step| json::place(sources, step.place?)),
            could_not_compute: could_not_compute.collect(),
            ignored: &explanation.ignored,
        },
    }
}

/// A request error as JSON.
pub(super) fn refusal(error: &RequestError) -> Refusal<'_> {
    Refusal { error: RefusalBody { code: error.code, message: &error.message, help: error.help.as_deref() } }
}

/// The statement that decided, the last step of a proof.
pub(super) fn decisive(explanation: &Explanation) -> Option<&Step> {
    explanation.steps.last()
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

/// The answer in words: the verdict, the policy's own words, the statement that decided, and what did not count.
pub(super) fn text(output: &mut Output, sources: &SourceMap, explanation: &Explanation) -> io::Result<()> {
    head(output, explanation)?;
    if let Some(step) = decisive(explanation) {
        statement(output, sources, step)?;
    }
    for missing in explanation.uncomputed.iter().flat_map(missing) {
        writeln!(output, "  could not compute: {}", render::legible(missing))?;
    }
    ignored(output, explanation)
}

/// A statement and its place.
pub(super) fn statement(output: &mut Output, sources: &SourceMap, step: &Step) -> io::Result<()> {
    write!(output, "  {}", render::legible(&step.text))?;
    match step.place {
        Some(span) => writeln!(output, "  {FAINT}{}{FAINT:#}", render::legible(&sources.place(span))),
        None => writeln!(output),
    }
}

/// The verdict, why, and the policy's own words.
pub(super) fn head(output: &mut Output, explanation: &Explanation) -> io::Result<()> {
    let (style, verdict) = match explanation.verdict {
        Reason::Granted => (GOOD, "allowed"),
        _ => (BAD, "denied"),
    };
    writeln!(output, "{style}{verdict}{style:#}: {}", render::legible(&explanation.summary))?;
    match &explanation.because {
        Some(because) => writeln!(output, "  because: {}", render::legible(because)),
        None => Ok(()),
    }
}

/// What of the request counted for nothing.
pub(super) fn ignored(output: &mut Output, explanation: &Explanation) -> io::Result<()> {
    for note in &explanation.ignored {
        writeln!(output, "  ignored: {}", render::legible(note))?;
    }
    Ok(())
}
