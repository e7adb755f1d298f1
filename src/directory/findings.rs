//! Collecting findings about facts without drowning in them: a broken bulk file must not answer with a finding a line.

use crate::diagnostics::{Diagnostic, Severity};

/// How many errors, and how many warnings, are kept.
pub(super) const FINDINGS: usize = 1_000;

/// Findings up to a limit, and how many there were beyond it. Errors and warnings are limited apart, so that warnings
/// never hide that there is an error.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl Findings {
    /// Whether another finding of this severity would be kept: asked before a costly search for a suggestion.
    pub(super) const fn room(&self, severity: Severity) -> bool {
        match severity {
            Severity::Error => self.errors < FINDINGS,
            Severity::Warning => self.warnings < FINDINGS,
        }
    }

    /// Adds a finding, or counts it where there are too many.
    pub(super) fn push(&mut self, finding: Diagnostic) {
        let room = self.room(finding.severity);
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        if room {
            self.kept.push(finding);
        }
    }

    /// Adds an error that is only worth building where it is kept.
    pub(super) fn error(&mut self, make: impl FnOnce() -> Diagnostic) {
        if self.room(Severity::Error) {
            self.push(make());
        } else {
            self.errors += 1;
        }
    }

    /// Takes up what was found elsewhere, as if it were found after all this.
    pub(super) fn absorb(&mut self, later: Self) {
        let (mut errors, mut warnings) = (later.errors, later.warnings);
        for finding in later.kept {
            match finding.severity {
                Severity::Error => errors -= 1,
                Severity::Warning => warnings -= 1,
            }
            self.push(finding);
        }
        self.errors += errors;
        self.warnings += warnings;
    }

    /// The findings in the order of their places, and one more for what was left out.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        crate::diagnostics::sort(&mut self.kept);
        for (count, severity) in [(self.errors, Severity::Error), (self.warnings, Severity::Warning)] {
            if count > FINDINGS {
                self.kept.push(Diagnostic::left_out(severity, count - FINDINGS));
            }
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;
    use crate::source::{FileId, Span};

    #[test]
    fn the_surplus_is_counted_and_warnings_never_hide_errors() {
        let mut findings = Findings::default();
        let place = |at| Span::new(FileId(0), at, at + 1);
        for at in 0..1_500 {
            findings.push(Diagnostic::warning(Code::UndeclaredMention, place(at), format!("warning {at}")));
        }
        findings.error(|| Diagnostic::error(Code::Containment, place(9_000), "the error"));
        let found = findings.finish();
        assert_eq!(found.len(), 1_002);
        assert_eq!(found.iter().filter(|finding| finding.is_error()).count(), 1);
        assert_eq!(found.last().map(|finding| finding.message.as_str()), Some("500 more warnings are not shown"));
    }
}
