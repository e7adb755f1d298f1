//! What a service embeds: load policy and directory, decide and explain, change, reload.
//!
//! The only room that reads files and the clock. Every text, from disk or from memory, passes through `workspace`.

mod apply;
mod builder;
mod change;
mod compare;
mod compiled;
mod decide;
mod disk;
mod error;
mod find_files;
mod inputs;
mod mapping;
mod mutation;
mod reload;
mod replace;
mod revision;
mod steady;
mod succession;
mod tests_run;
mod tests_traced;
#[cfg(feature = "watch")]
mod watch;
mod write;

pub use apply::{Applied, ApplyError};
pub use builder::EngineBuilder;
pub use change::Change;
pub use compare::{Opened, Origin, compare, open_both};
pub use compiled::{InspectedSection, Inspection, facts, inspect, is_compiled_file};
pub use decide::Reader;
pub use disk::Disk;
pub use error::LoadError;
pub use find_files::{find_files, find_folders};
pub use mutation::MutationRun;
pub use reload::{ReloadResult, Reloaded, Stale, Status, Subscription};
pub use revision::{Tree, path_in_repository};
pub use steady::Trace;
pub use tests_run::{TestCoverage, TestRun, TestRunner, find_tests};
pub use tests_traced::{Traced, TracedRunner};
#[cfg(feature = "watch")]
pub use watch::{Lookout, Watch, WatchOptions};
pub use write::{Rewritten, write};

use crate::analysis::{EntitySettings, actions, settings};
use crate::decide::{Decision, Query, RequestError};
use crate::explain::{Explanation, Outcome, explain, outcome};
use crate::workspace::State;
use inputs::Inputs;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use succession::Succession;

/// A policy with its directory, ready to decide. Clones are the same engine, and every thread may use one: a check takes
/// the state as it stands, without a lock, and changes put the next one in its place.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    state: Succession<State, ReloadResult, Option<Arc<Stale>>>,
    inputs: Inputs,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads policies, each a folder or a file, and directories from disk. [`Engine::builder`] takes texts as well.
    ///
    /// A compiled file ([`Engine::compile`]) stands for a policy and its directory; nothing is named beside it.
    ///
    /// Without directories, `directory.yaml`, `.yml`, `.json` and `.jsonl` beside the policy are taken, as far as they are there.
    ///
    /// # Errors
    /// Everything wrong with the files, all at once.
    pub fn open(policies: &[PathBuf], directories: &[PathBuf]) -> Result<Self, LoadError> {
        Self::builder().policies(policies).directories(directories).build()
    }

    /// Loads policies without any directory, for questions about the policy itself.
    ///
    /// # Errors
    /// Everything wrong with the files, all at once.
    pub fn open_policies(policies: &[PathBuf]) -> Result<Self, LoadError> {
        Self::builder().policies(policies).no_directory_beside().build()
    }

    /// Loads policies and directories from texts, each with the name that findings show.
    ///
    /// Names of policies are read as paths: the ending tells the form (`.yaml` and `.yml` are YAML, `.rolebook` or none the
    /// DSL), and an import finds the texts whose names lie in the folder that it names.
    ///
    /// # Errors
    /// Everything wrong with the texts, all at once.
    ///
    /// ```
    /// use rolebook::{Engine, engine};
    ///
    /// let policy = "
    ///     type user
    ///     type team { actions view, delete }
    ///     role team.viewer { allow team.view }
    /// ";
    /// let directory = "
    /// rolebook: 1
    /// kind: directory
    /// team:research:
    ///   roles: { viewer: [user:ana] }
    /// ";
    /// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    ///
    /// assert!(engine.check(&engine::query("user:ana", "view", "team:research"))?.allowed);
    /// assert!(!engine.check(&engine::query("user:ana", "delete", "team:research"))?.allowed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_strings(policies: &[(&str, &str)], directories: &[(&str, &str)]) -> Result<Self, LoadError> {
        let with_policies =
            policies.iter().fold(Self::builder(), |builder, (name, text)| builder.policy_text(*name, *text));
        let whole =
            directories.iter().fold(with_policies, |builder, (name, text)| builder.directory_text(*name, *text));
        whole.no_directory_beside().build()
    }

    /// Decides.
    ///
    /// # Errors
    /// When the request cannot be decided as it stands: an unknown type or action, a text that is no entity, an
    /// ill-typed value.
    pub fn check(&self, query: &Query) -> Result<Decision, RequestError> {
        self.shared.state.load().snapshot().check(query)
    }

    /// Whether a query is allowed, for where nobody asks why: what [`Engine::check`] decides, a little faster.
    ///
    /// # Errors
    /// As [`Engine::check`].
    ///
    /// ```
    /// # use rolebook::Engine;
    /// # use rolebook::engine::query;
    /// # let policy = "type user type team { actions view } role team.member { allow team.view }";
    /// # let directory = "{rolebook: 1, kind: directory, \"team:research\": {roles: {member: [user:ana]}}}";
    /// let engine = Engine::from_strings(&[("teams.rolebook", policy)], &[("directory.yaml", directory)])?;
    /// assert!(engine.is_allowed(&query("user:ana", "view", "team:research"))?);
    /// assert!(!engine.is_allowed(&query("user:bo", "view", "team:research"))?);
    /// assert!(engine.is_allowed(&query("user:ana", "veiw", "team:research")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_allowed(&self, query: &Query) -> Result<bool, RequestError> {
        self.shared.state.load().snapshot().is_allowed(query)
    }

    /// Decides, and says why in brief: what an answer to whoever asked carries.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn outcome(&self, query: &Query) -> Result<Outcome, RequestError> {
        let state = self.shared.state.load();
        outcome(state.snapshot(), state.sources(), query)
    }

    /// Decides, and proves it.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn explain(&self, query: &Query) -> Result<Explanation, RequestError> {
        let state = self.shared.state.load();
        explain(state.snapshot(), state.sources(), query)
    }

    /// Decides each action of the resource's type, in the order of their declaration; the query's own action is not
    /// looked at.
    ///
    /// # Errors
    /// As [`Engine::check`].
    pub fn actions(&self, query: &Query) -> Result<Vec<(String, Decision)>, RequestError> {
        actions(self.shared.state.load().snapshot(), query)
    }

    /// What every setting amounts to on an entity, and what became of each value given on the way down.
    ///
    /// # Errors
    /// When the text is no entity, or the directory has no entry for it.
    pub fn settings(&self, entity: &str) -> Result<EntitySettings, RequestError> {
        settings(self.shared.state.load().snapshot(), entity)
    }

    /// The state as it stands: policy and directory, with the texts that they were read from. It stays as it is, whatever
    /// changes come.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.shared.state.load())
    }
}

/// The moment now, in milliseconds since 1970 UTC: for [`Query::at`].
#[must_use]
pub fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A question about now, without context and facts. It asks the system for the time; [`Query::new`] is told.
#[must_use]
pub fn query<'t>(subject: &'t str, action: &'t str, resource: &'t str) -> Query<'t> {
    Query::new(subject, action, resource, now())
}
