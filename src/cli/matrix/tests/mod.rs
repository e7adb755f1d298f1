//! Tests of tables in documents: what is read of them, what is found, and what is written.

mod arbitrary;
mod fields;
mod files;
mod layout;

use super::compare::{Compared, compare};
use super::write::rewritten;
use crate::Engine;
use crate::source::{FileId, SourceMap};

const POLICY: &str = r#"
type user
type team {
  default: bool = false
  actions view, delete
}
type run in team {
  created_by: user
  kind: string?
  actions view, delete
}
role team.viewer { allow *.view }
role team.member extends team.viewer {
  allow run.delete when resource.created_by == subject or resource.kind == "a|b"
}
role team.admin extends team.member { allow * }
"#;

/// A document beside the policy.
fn compared(document: &str) -> (SourceMap, Compared) {
    let state = Engine::from_strings(&[("policy.rolebook", POLICY)], &[]).expect("a sound policy").state();
    let mut sources = state.sources().clone();
    let file: FileId = sources.add("page.md", document);
    let compared = compare(state.snapshot().policy(), &sources, file);
    (sources, compared)
}

/// Everything found, a line each: the line and column, the message.
fn found(document: &str) -> String {
    let (sources, compared) = compared(document);
    let mut findings = compared.faults;
    findings.extend(compared.tables.into_iter().flat_map(|table| table.differences).map(|differs| differs.finding));
    crate::diagnostics::sort(&mut findings);
    let line = |finding: &crate::diagnostics::Diagnostic| {
        let place = finding.span().map_or_else(String::new, |span| sources.place(span));
        format!("{} {}\n", place.trim_start_matches("page.md:"), finding.message)
    };
    findings.iter().map(line).collect()
}

/// The document as it is written when it has no faults.
fn written(document: &str) -> String {
    let (sources, compared) = compared(document);
    assert!(compared.faults.is_empty(), "{document}\n{:#?}", compared.faults);
    rewritten(&compared, &sources)
}
