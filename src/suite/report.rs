//! What running a test file gave.

use crate::decide::Decision;
use crate::diagnostics::Diagnostic;
use crate::directory::Effective;
use crate::explain::{Explanation, SettingReport};
use crate::schema::Schema;
use crate::source::{FileId, Span};
use std::sync::Arc;

/// The outcome of one test file.
#[derive(Clone, Debug)]
pub struct SuiteReport {
    /// The file.
    pub file: FileId,
    /// Its tests that could be run, in the order written.
    pub cases: Vec<CaseReport>,
    /// What is wrong with the file, with the policy or with the directory that it is run against.
    pub diagnostics: Vec<Diagnostic>,
}

/// The outcome of one test.
#[derive(Clone, Debug)]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// Its name's place.
    pub span: Span,
    /// How many expectations it holds.
    pub expectations: usize,
    /// The expectations that were not met.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Another decision than the one expected.
    Decision(Box<UnmetDecision>),
    /// A setting that amounts to something else.
    Setting(Box<UnmetSetting>),
    /// A change that was refused, or made where a refusal was expected.
    Change(UnmetChange),
}

/// Another decision than the one expected.
#[derive(Clone, Debug)]
pub struct UnmetDecision {
    /// Whether it was expected to be allowed.
    pub expected: bool,
    /// Who was asked about.
    pub subject: String,
    /// The verb.
    pub action: String,
    /// What it is done to.
    pub resource: String,
    /// The expectation's place.
    pub span: Span,
    /// What was decided instead.
    pub actual: Decision,
    /// Why.
    pub explanation: Explanation,
}

/// A setting that amounts to something else than expected.
#[derive(Clone, Debug)]
pub struct UnmetSetting {
    /// Whose setting it is.
    pub entity: String,
    /// What was expected.
    pub expected: Effective,
    /// The expectation's place.
    pub span: Span,
    /// What it amounts to, and why.
    pub actual: SettingReport,
    /// The names that its values are shown by.
    pub schema: Arc<Schema>,
}

/// A change that was refused, or made where a refusal was expected.
#[derive(Clone, Debug)]
pub struct UnmetChange {
    /// The place of the word that names the change.
    pub span: Span,
    /// Why it was refused; nothing where it was made.
    pub refusal: Vec<Diagnostic>,
}

impl SuiteReport {
    /// Whether every expectation was met and nothing is wrong with the file, policy or directory.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.sound() && self.cases.iter().all(CaseReport::passed)
    }

    /// Whether everything could be run: no error in the file, the policy or the directory.
    #[must_use]
    pub fn sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl CaseReport {
    /// Whether every expectation was met.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}
