//! Cycles of packages that import one another.

use super::cycle::{self, Step};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// One package imports another.
#[derive(Clone, Copy, Debug)]
pub struct ImportEdge<'a> {
    /// The importing package, by the name people know it by.
    pub from: &'a str,
    /// The imported one.
    pub to: &'a str,
    /// The place of the import's path.
    pub span: Span,
}

/// A finding for each circle of imports.
#[must_use]
pub fn import_cycles(imports: &[ImportEdge<'_>]) -> Vec<Diagnostic> {
    let mut names: Vec<&str> = Vec::new();
    let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
    let mut steps = Vec::with_capacity(imports.len());
    for import in imports {
        let mut number = |name| {
            *numbers.entry(name).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let (from, to) = (number(import.from), number(import.to));
        steps.push(Step { from, to, verb: "imports", span: import.span });
    }
    let mut findings: Vec<Diagnostic> = cycle::find(names.len(), &steps, |_| true)
        .iter()
        .filter_map(|found| {
            cycle::report(Code::ImportCycle, found, "imports", |at| names.get(at).copied().unwrap_or("").to_owned())
        })
        .collect();
    diagnostics::sort(&mut findings);
    findings
}
