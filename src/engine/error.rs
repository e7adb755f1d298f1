//! Why nothing could be loaded.

use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use std::fmt;

/// Everything wrong with the texts that were to be loaded. Displays as one line a finding, with code and place.
#[derive(Clone)]
pub struct LoadError {
    /// The texts that could be read.
    pub sources: SourceMap,
    /// The findings in the order of their places; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    /// One finding about something that is no text.
    pub(super) fn placeless(finding: Diagnostic) -> Self {
        Self { sources: SourceMap::new(), diagnostics: vec![finding] }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.diagnostics.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            let severity = if finding.is_error() { "error" } else { "warning" };
            write!(f, "{severity}[{}]: {}", finding.code, finding.message)?;
            if let Some(span) = finding.span() {
                write!(f, " ({})", self.sources.place(span))?;
            }
            if let Some(help) = &finding.help {
                write!(f, "; {help}")?;
            }
        }
        Ok(())
    }
}

// What a `main` that returns it prints: the findings, and not the texts of all the files.
impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for LoadError {}
