//! A test file as written, its names not yet looked up.

use crate::decide::Fact;
use crate::directory::Change;
use crate::document::Node;
use crate::schema::RawValue;
use crate::source::{Span, Spanned};

/// A test file.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// The directory that its tests are run against, where it names one.
    pub directory: Option<TestDirectory>,
    /// Its tests, in the order written; those that could not be read are not among them.
    pub tests: Vec<Test>,
}

/// Where the directory of a test file is.
#[derive(Clone, Debug)]
pub enum TestDirectory {
    /// In a file, by its path from the test file's folder.
    File(Spanned<String>),
    /// In the test file itself.
    Inline(Node),
}

/// One test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it says.
    pub name: Spanned<String>,
    /// What is changed before anything is asked, one after the other.
    pub changes: Vec<TestChange>,
    /// Who is asked about; somebody wherever something is expected.
    pub subject: Option<Spanned<String>>,
    /// What is expected to be decided.
    pub expectations: Vec<Expectation>,
    /// What settings are expected to amount to.
    pub settings: Vec<SettingsExpectation>,
    /// The moment asked about, in milliseconds since 1970 UTC.
    pub at: Option<i64>,
    /// Values for the policy's `context`, each with the place of its key and of its value.
    pub context: Vec<(Spanned<String>, Spanned<RawValue>)>,
    /// Facts about entities that the directory does not declare.
    pub facts: Vec<TestFact>,
}

/// A change, and whether it is expected to be made.
#[derive(Clone, Debug)]
pub struct TestChange {
    /// The change.
    pub change: Change,
    /// Whether it is expected to be refused.
    pub refused: bool,
}

/// A fact and the place of its entity's name.
#[derive(Clone, Debug)]
pub struct TestFact {
    /// The place.
    pub span: Span,
    /// The fact.
    pub fact: Fact,
}

/// `delete run:42`, after `allow` or `deny`.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Whether it is expected to be allowed.
    pub allowed: bool,
    /// The verb.
    pub action: Spanned<String>,
    /// What it is done to.
    pub resource: Spanned<String>,
    /// The whole text's place.
    pub span: Span,
}

/// `settings of ENTITY`, with the settings that something is expected of.
#[derive(Clone, Debug)]
pub struct SettingsExpectation {
    /// The entity.
    pub entity: Spanned<String>,
    /// Names of settings and their values.
    pub values: Vec<(Spanned<String>, Spanned<RawValue>)>,
}
