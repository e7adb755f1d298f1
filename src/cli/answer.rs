//! A decision in words and as JSON.

use super::output::{BAD, FAINT, GOOD, Output};
use super::render;
use crate::decide::{Reason, RequestError};
use crate::diagnostics::json::{self, JsonPlace};
use crate::explain::{Explanation, Step};
use crate::source::{SourceMap, Span};
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
    could_not_compute: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ignored: &'a [String],
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

/// The one word for a reason.
pub(super) const fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Granted => "granted",
        Reason::Forbidden => "forbidden",
        Reason::NotGranted => "not_granted",
        Reason::NotComputed => "not_computed",
    }
}

/// The answer as JSON.
pub(super) fn answer<'a>(sources: &'a SourceMap, explanation: &'a Explanation) -> Answer<'a> {
    let mut could_not_compute = Vec::new();
    for step in explanation.steps.iter().chain(&explanation.nearest) {
        uncomputed(step, &mut could_not_compute);
    }
    Answer {
        decision: explanation.verdict == Reason::Granted,
        context: Context {
            reason: word(explanation.verdict),
            message: &explanation.summary,
            because: explanation.because.as_deref(),
            place: place(explanation).and_then(|span| json::place(sources, span)),
            could_not_compute,
            ignored: &explanation.ignored,
        },
    }
}

/// A request error as JSON.
pub(super) fn refusal(error: &RequestError) -> Refusal<'_> {
    Refusal { error: RefusalBody { code: error.code, message: &error.message, help: error.help.as_deref() } }
}

/// The rule or role that decided.
pub(super) fn place(explanation: &Explanation) -> Option<Span> {
    explanation.steps.iter().find_map(|step| step.place)
}

/// The innermost steps that could not be computed.
fn uncomputed<'a>(step: &'a Step, found: &mut Vec<&'a str>) {
    if step.truth.is_some() {
        return;
    }
    let before = found.len();
    for child in &step.children {
        uncomputed(child, found);
    }
    if found.len() == before && !found.contains(&step.text.as_str()) {
        found.push(&step.text);
    }
}

/// The answer in words: the verdict and why on one line, then the policy's own words, the place, and what was ignored.
pub(super) fn text(output: &mut Output, sources: &SourceMap, explanation: &Explanation) -> io::Result<()> {
    head(output, explanation)?;
    if let Some(span) = place(explanation) {
        writeln!(output, "  {FAINT}{}{FAINT:#}", render::legible(&sources.place(span)))?;
    }
    ignored(output, explanation)
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
