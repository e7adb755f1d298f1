//! A proof as a tree, in words and as JSON.

use super::output::{BAD, FAINT, GOOD, OPEN, Output};
use super::{answer, render};
use crate::decide::Reason;
use crate::diagnostics::json::{self, JsonPlace};
use crate::explain::{Explanation, Step};
use crate::source::SourceMap;
use serde::Serialize;
use std::io::{self, Write};

/// An explanation in its wire form.
#[derive(Serialize, Debug)]
pub(super) struct JsonExplanation<'a> {
    decision: bool,
    reason: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    steps: Vec<JsonStep<'a>>,
    nearest: Vec<JsonStep<'a>>,
    could_not_compute: Vec<JsonStep<'a>>,
    ignored: &'a [String],
}

/// The proof of a row in its wire form: the steps, and for what is denied what came closest.
#[derive(Serialize, Debug)]
pub(super) struct JsonProof<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
    steps: Vec<JsonStep<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nearest: Vec<JsonStep<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    could_not_compute: Vec<JsonStep<'a>>,
}

/// The proof of a row as JSON.
pub(super) fn json_proof<'a>(sources: &'a SourceMap, explanation: &'a Explanation) -> JsonProof<'a> {
    let JsonExplanation { because, steps, nearest, could_not_compute, .. } = json(sources, explanation);
    JsonProof { because, steps, nearest, could_not_compute }
}

/// A step in its wire form; `holds` is null where it could not be computed.
#[derive(Serialize, Debug)]
struct JsonStep<'a> {
    text: &'a str,
    holds: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<JsonStep<'a>>,
}

/// The explanation as JSON.
pub(super) fn json<'a>(sources: &'a SourceMap, explanation: &'a Explanation) -> JsonExplanation<'a> {
    JsonExplanation {
        decision: explanation.outcome.verdict == Reason::Granted,
        reason: explanation.outcome.verdict.as_str(),
        message: &explanation.outcome.summary,
        because: explanation.outcome.because.as_deref(),
        steps: explanation.steps.iter().map(|step| json_step(sources, step)).collect(),
        nearest: explanation.nearest.iter().map(|step| json_step(sources, step)).collect(),
        could_not_compute: explanation.outcome.uncomputed.iter().map(|step| json_step(sources, step)).collect(),
        ignored: &explanation.outcome.ignored,
    }
}

fn json_step<'a>(sources: &'a SourceMap, step: &'a Step) -> JsonStep<'a> {
    JsonStep {
        text: &step.text,
        holds: step.truth,
        place: step.place.and_then(|span| json::place(sources, span)),
        steps: step.children.iter().map(|child| json_step(sources, child)).collect(),
    }
}

/// The proof, what else could not be computed, and for a denial what came closest, as trees.
pub(super) fn text(output: &mut Output, sources: &SourceMap, explanation: &Explanation) -> io::Result<()> {
    for (heading, steps) in sections(explanation) {
        writeln!(output)?;
        if let Some(heading) = heading {
            writeln!(output, "{heading}:")?;
        }
        for step in steps {
            tree(output, sources, step, "", "")?;
        }
    }
    Ok(())
}

/// The same below the row that it is the proof of.
pub(super) fn row(output: &mut Output, sources: &SourceMap, explanation: &Explanation) -> io::Result<()> {
    answer::because(output, &explanation.outcome, "")?;
    for (heading, steps) in sections(explanation) {
        if let Some(heading) = heading {
            writeln!(output, "  {heading}:")?;
        }
        for step in steps {
            tree(output, sources, step, "  ", "  ")?;
        }
    }
    Ok(())
}

/// What there is to show, with what stands above it.
fn sections(explanation: &Explanation) -> Vec<(Option<&'static str>, Vec<&Step>)> {
    let shown = |open: &Step| {
        let mut steps = explanation.steps.iter().chain(&explanation.nearest);
        steps.any(|step| (&step.text, step.place) == (&open.text, open.place))
    };
    let uncomputed = explanation.outcome.uncomputed.iter().filter(|step| !shown(step));
    let mut sections = vec![
        (None, explanation.steps.iter().collect::<Vec<_>>()),
        (Some("what could not be computed"), uncomputed.collect()),
        (Some("what came closest"), explanation.nearest.iter().collect()),
    ];
    sections.retain(|(_, steps)| !steps.is_empty());
    sections
}

/// A step and what it rests on; `lead` stands before its own line, `indent` before the lines below.
fn tree(output: &mut Output, sources: &SourceMap, step: &Step, lead: &str, indent: &str) -> io::Result<()> {
    let (style, mark) = match step.truth {
        Some(true) => (GOOD, '✓'),
        Some(false) => (BAD, '✗'),
        None => (OPEN, '?'),
    };
    write!(output, "{FAINT}{lead}{FAINT:#}{style}{mark}{style:#} {}", render::legible(&step.text))?;
    match step.place {
        Some(span) => writeln!(output, "  {FAINT}{}{FAINT:#}", render::legible(&sources.place(span)))?,
        None => writeln!(output)?,
    }
    let last = step.children.len().saturating_sub(1);
    for (at, child) in step.children.iter().enumerate() {
        let (branch, below) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        tree(output, sources, child, &format!("{indent}{branch}"), &format!("{indent}{below}"))?;
    }
    Ok(())
}
