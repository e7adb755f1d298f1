//! Where the passes over a policy put what they find. Nothing is decided here.

use crate::diagnostics::{Code, Diagnostic, near_miss};
use crate::source::Span;

/// How many comparisons of names may be spent on suggestions in one run, so that a large policy with thousands of
/// unknown names is answered as quickly as one with few. The mistakes past it are reported without a suggestion.
const SUGGESTION_BUDGET: usize = 500_000;

/// Everything found so far.
#[derive(Debug)]
pub(super) struct Findings {
    diagnostics: Vec<Diagnostic>,
    errors: usize,
    comparisons_left: usize,
}

impl Findings {
    pub(super) fn new() -> Self {
        Self { diagnostics: Vec::new(), errors: 0, comparisons_left: SUGGESTION_BUDGET }
    }

    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.errors += usize::from(finding.is_error());
        self.diagnostics.push(finding);
    }

    /// A name that stands twice where it may stand once.
    pub(super) fn duplicate(&mut self, message: String, again: Span, first: Span) {
        self.report(
            Diagnostic::error(Code::DuplicateName, again, message).here("again here").label(first, "first here"),
        );
    }

    /// Whether there are none at all.
    pub(super) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Whether any is an error, so that the policy is not going to be compiled.
    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors there are, to learn later whether any were added.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Leaves out the warnings.
    pub(super) fn keep_errors(&mut self) {
        self.diagnostics.retain(Diagnostic::is_error);
    }

    /// The candidate that was most likely meant.
    pub(super) fn near_miss<'c>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        let mut spent = 0;
        let affordable = candidates.into_iter().take(self.comparisons_left).inspect(|_| spent += 1);
        let hit = near_miss(name, affordable);
        self.comparisons_left = self.comparisons_left.saturating_sub(spent);
        hit
    }

    /// The candidate that was most likely meant, as a help line.
    pub(super) fn did_you_mean<'c>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<String> {
        self.near_miss(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
