//! What a service embeds: load policy and directory, then decide and explain.
//!
//! The only room that reads files and the clock. Every text, from disk or from memory, passes through `workspace`.

mod disk;
mod error;
mod tests_run;

pub use disk::Disk;
pub use error::LoadError;
pub use tests_run::{TestRun, TestRunner, find_tests};

use crate::decide::{Decision, Query, RequestError};
use crate::diagnostics::Diagnostic;
use crate::explain::Explanation;
use crate::source::SourceMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A policy with its directory, ready to decide. Clones share everything, and every thread may use one.
#[derive(Clone, Debug)]
pub struct Engine {
    loaded: Arc<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    sources: SourceMap,
    warnings: Vec<Diagnostic>,
}

impl Engine {
    /// Loads policies, each a folder or a file, and directories from disk.
    ///
    /// Without directories, `directory.yaml`, `.yml` or `.json` beside the policy is taken, if there is one.
    ///
    /// # Errors
    /// Everything wrong with the files, all at once.
    pub fn open(_policies: &[PathBuf], _directories: &[PathBuf]) -> Result<Self, LoadError> {
        Err(LoadError { sources: SourceMap::new(), diagnostics: Vec::new() })
    }

    /// Loads policies and directories from texts, each with the name that findings show. The ending of a policy's name
    /// tells its form: `.yaml` and `.yml` are YAML, all others the DSL.
    ///
    /// # Errors
    /// Everything wrong with the texts, all at once.
    pub fn from_strings(_policies: &[(&str, &str)], _directories: &[(&str, &str)]) -> Result<Self, LoadError> {
        Err(LoadError { sources: SourceMap::new(), diagnostics: Vec::new() })
    }

    /// Decides.
    ///
    /// # Errors
    /// When the request cannot be decided as it stands: an unknown type or action, a text that is no entity, an
    /// ill-typed value.
    pub fn check(&self, _query: &Query) -> Result<Decision, RequestError> {
        Err(not_loaded())
    }

    /// Decides, and says why.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn explain(&self, _query: &Query) -> Result<Explanation, RequestError> {
        Err(not_loaded())
    }

    /// The actions that the subject may do on the resource, in the order of their declaration; the query's own action is
    /// not looked at.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn actions(&self, _query: &Query) -> Result<Vec<(String, Decision)>, RequestError> {
        Err(not_loaded())
    }

    /// The texts that were read.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// What is legal in the texts and most likely a mistake.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.loaded.warnings
    }
}

fn not_loaded() -> RequestError {
    RequestError { code: "invalid-request", message: String::from("nothing is loaded"), help: None }
}

/// The moment now, in milliseconds since 1970 UTC: for [`Query::at`].
#[must_use]
pub fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A question about now, without context and facts.
#[must_use]
pub fn query(subject: &str, action: &str, resource: &str) -> Query {
    Query {
        subject: subject.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        at: now(),
        ..Query::default()
    }
}
