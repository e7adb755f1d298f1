//! Findings as a SARIF log, version 2.1.0, which code hosts show beside the code.

use super::repository;
use crate::analysis::lint::Warning;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::source::{SourceMap, Span};
use serde::Serialize;

/// A log of one run.
#[derive(Serialize, Debug)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    /// Columns count characters.
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize, Debug)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message<'static>,
    /// Why it matters, where the rule is a lint.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message<'static>>,
    default_configuration: Configuration,
}

#[derive(Serialize, Debug)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
}

#[derive(Serialize, Debug)]
struct Message<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize, Debug)]
struct Artifact {
    uri: String,
}

#[derive(Serialize, Debug)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// The log of what was found. `ran` tells whether all that was to be looked at could be read.
pub(super) fn log<'a>(sources: &'a SourceMap, findings: &'a [Diagnostic], ran: bool) -> Log<'a> {
    let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let results = findings.iter().map(|finding| result(sources, finding, &codes)).collect();
    let rule = |code: &Code| {
        let of_code = findings.iter().filter(|finding| finding.code == *code);
        let gravest = of_code.map(|finding| finding.severity).min().unwrap_or(Severity::Warning);
        Rule {
            id: code.as_str(),
            short_description: Message { text: code.explanation().into() },
            full_description: Warning::of_code(*code).map(|warning| Message { text: warning.why.into() }),
            default_configuration: Configuration { level: level(gravest) },
        }
    };
    let driver = Driver {
        name: "rolebook",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes.iter().map(rule).collect(),
    };
    let run = Run {
        tool: Tool { driver },
        invocations: [Invocation { execution_successful: ran }],
        column_kind: "unicodeCodePoints",
        results,
    };
    Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result<'a>(sources: &'a SourceMap, finding: &'a Diagnostic, codes: &[Code]) -> Finding<'a> {
    let text = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message).into(),
        None => finding.message.as_str().into(),
    };
    let place = |(at, label): (usize, &'a crate::diagnostics::Label)| {
        let message = (!label.text.is_empty()).then(|| Message { text: label.text.as_str().into() });
        Some(Location { id: (at > 0).then_some(at), physical_location: physical(sources, label.span)?, message })
    };
    let mut places = finding.labels.iter().enumerate().filter_map(place);
    Finding {
        rule_id: finding.code.as_str(),
        rule_index: codes.binary_search(&finding.code).unwrap_or(0),
        level: level(finding.severity),
        message: Message { text },
        locations: places.next().into_iter().collect(),
        related_locations: places.collect(),
    }
}

fn physical(sources: &SourceMap, span: Span) -> Option<Physical> {
    let source = sources.get(span.file)?;
    let (start, end) = (source.position(span.start), source.position(span.end));
    let region =
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    Some(Physical { artifact_location: Artifact { uri: uri(&repository::path(source.name())) }, region })
}

/// A path as a relative reference, or, where it starts at the root, as one with a scheme.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                // Writing to memory does not fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(uri("policies/acme/teams.rolebook"), "policies/acme/teams.rolebook");
        assert_eq!(uri("a b/ä%:?#.yaml"), "a%20b/%C3%A4%25%3A%3F%23.yaml");
        assert_eq!(uri("/tmp/x.yaml"), "file:///tmp/x.yaml");
    }
}
