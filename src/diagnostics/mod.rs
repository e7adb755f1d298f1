//! Findings as data: what is wrong, where, and what to do about it.
//!
//! A [`Diagnostic`] is made where the mistake is found and rendered elsewhere: for people by the command line, as JSON
//! by [`json`]. Nothing here prints.

mod code;
pub mod json;
mod suggest;
mod words;

pub use code::Code;
pub use suggest::{did_you_mean, near_miss};
pub(crate) use words::{listing, with_article};

use crate::source::Span;

/// How grave a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing is compiled or loaded with it.
    Error,
    /// Most likely a mistake, and legal.
    Warning,
}

/// A place and what there is to say about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The text at fault, no more.
    pub span: Span,
    /// A few words under it; may be empty on the primary label.
    pub text: String,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// One line, lower case, in the user's words.
    pub message: String,
    /// The primary place first, then others (the first definition, each step of a cycle); they may lie in other files.
    pub labels: Vec<Label>,
    /// What to do, ready to paste where possible.
    pub help: Option<String>,
    /// How many findings it stands for: one, or as many as it says are not shown.
    pub stands_for: usize,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            help: None,
            stands_for: 1,
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// An error that has no place, such as a file that cannot be read.
    #[must_use]
    pub fn placeless(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), labels: Vec::new(), help: None, stands_for: 1 }
    }

    /// The last word on very many findings: how many are not shown.
    #[must_use]
    pub(crate) fn left_out(severity: Severity, count: usize) -> Self {
        let word = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let message = if count == 1 {
            format!("1 more {word} is not shown")
        } else {
            format!("{count} more {word}s are not shown")
        };
        Self { severity, stands_for: count, ..Self::placeless(Code::LimitExceeded, message) }
    }

    /// Words under the primary place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What to do about it, if anything is known.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        if help.is_some() {
            self.help = help;
        }
        self
    }

    /// The primary place.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }

    /// Whether it is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many errors and how many warnings there are, those that are not shown included.
#[must_use]
pub fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    diagnostics.iter().fold((0, 0), |(errors, warnings), finding| match finding.severity {
        Severity::Error => (errors + finding.stands_for, warnings),
        Severity::Warning => (errors, warnings + finding.stands_for),
    })
}

/// Puts findings in the order of their places, errors before warnings at one place, and drops exact repeats. What is said
/// of those that are not shown comes last.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    fn key(finding: &Diagnostic) -> impl Ord {
        let last_word = finding.labels.is_empty() && finding.code == Code::LimitExceeded;
        (last_word, finding.span(), finding.severity, finding.code)
    }
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
    diagnostics.dedup();
}

/// How many errors with a place, and how many such warnings, are worth showing at once. More than what any one part of
/// the reading gives by itself, so that a part's own last word is not cut.
const SHOWN: usize = 2_000;

/// Keeps the first of very many findings, and adds one that says how many were left out. Errors and warnings are counted
/// apart, so that warnings never hide that there is an error.
pub(crate) fn limit(diagnostics: &mut Vec<Diagnostic>) {
    let (mut errors, mut warnings) = (0_usize, 0_usize);
    diagnostics.retain(|finding| {
        let count = if finding.is_error() { &mut errors } else { &mut warnings };
        *count += usize::from(!finding.labels.is_empty());
        finding.labels.is_empty() || *count <= SHOWN
    });
    for (count, severity) in [(errors, Severity::Error), (warnings, Severity::Warning)] {
        if count > SHOWN {
            diagnostics.push(Diagnostic::left_out(severity, count - SHOWN));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn of_very_many_findings_the_first_are_kept_and_the_rest_counted() {
        let place = |at| Span::new(FileId(0), at, at + 1);
        let mut found: Vec<Diagnostic> =
            (0..5_000).map(|at| Diagnostic::warning(Code::UndeclaredMention, place(at), "a warning")).collect();
        found.push(Diagnostic::error(Code::Containment, place(9_000), "the error"));
        found.push(Diagnostic::placeless(Code::UnreadableFile, "without a place"));
        limit(&mut found);
        assert_eq!(found.len(), SHOWN + 3);
        let last: Vec<&str> = found.iter().skip(SHOWN).map(|finding| finding.message.as_str()).collect();
        assert_eq!(last, ["the error", "without a place", "3000 more warnings are not shown"]);
        assert_eq!(count(&found), (2, 5_000));
        sort(&mut found);
        assert_eq!(found.last().map(|finding| finding.stands_for), Some(3_000), "it is not the last word");
    }
}
