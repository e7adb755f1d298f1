//! Tests of the DSL front end, each a text and all that it is read as.

mod attacks;
mod fragments;
mod mistakes;
mod parts;
mod shapes;
mod text;
mod tree;

use super::parse;
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use crate::syntax::Parsed;
use crate::syntax::ast::PolicyFile;

/// The example of the language's own page.
const ACME: &str = include_str!("acme.rolebook");

fn read(text: &str) -> (SourceMap, Parsed<PolicyFile>) {
    let mut sources = SourceMap::new();
    let file = sources.add("test.rolebook", text);
    (sources, parse(file, text))
}

/// The tree of a text that holds no mistake.
fn tree(text: &str) -> PolicyFile {
    let (sources, parsed) = read(text);
    assert_eq!(told(&sources, &parsed.diagnostics), "", "in {text}");
    parsed.tree
}

/// All that was found, with the words it was found at.
fn told(sources: &SourceMap, findings: &[Diagnostic]) -> String {
    let mut out = String::new();
    for finding in findings {
        for (index, label) in finding.labels.iter().enumerate() {
            let place = sources.place(label.span);
            let place = place.trim_start_matches("test.rolebook:");
            let words = sources.slice(label.span);
            if index == 0 {
                out.push_str(&format!("{place} «{words}» {}: {}\n", finding.code, finding.message));
            } else {
                out.push_str(&format!("  {place} «{words}» {}\n", label.text));
            }
        }
        if let Some(help) = &finding.help {
            out.push_str(&format!("  help: {help}\n"));
        }
    }
    out
}
