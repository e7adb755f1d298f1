//! Findings as JSON, for tools.

use super::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};
use serde::Serialize;

/// One finding in its wire form.
#[derive(Serialize, Debug)]
pub struct JsonDiagnostic<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<JsonPlace<'a>>,
    labels: Vec<JsonLabel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

#[derive(Serialize, Debug)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    text: &'a str,
}

/// A place: lines and columns from 1, columns in characters, the end exclusive.
#[derive(Serialize, Debug)]
pub struct JsonPlace<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// A span as a wire place.
#[must_use]
pub fn place(sources: &SourceMap, span: Span) -> Option<JsonPlace<'_>> {
    let span = sources.located(span);
    let source = sources.get(span.file)?;
    let (start, end) = (source.position(span.start), source.position(span.end));
    Some(JsonPlace {
        file: source.name(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    })
}

/// A finding in its wire form.
#[must_use]
pub fn diagnostic<'a>(sources: &'a SourceMap, finding: &'a Diagnostic) -> JsonDiagnostic<'a> {
    JsonDiagnostic {
        code: finding.code.as_str(),
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &finding.message,
        place: finding.span().and_then(|span| place(sources, span)),
        labels: finding
            .labels
            .iter()
            .filter_map(|label| Some(JsonLabel { place: place(sources, label.span)?, text: &label.text }))
            .collect(),
        help: finding.help.as_deref(),
    }
}
