//! What is wrong with a package, as `rolebook check` finds it, and what that depends on.

use crate::cli::check;
use crate::cli::config::Config;
use crate::cli::levels::{Level, Levels, Name};
use crate::diagnostics::{self, Diagnostic};
use crate::engine::{self, Disk, Trace, TracedRunner};
use crate::source::SourceMap;
use crate::workspace::{self, Build};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is wrong with a package and its directories.
pub(super) struct Checked {
    /// The texts that were read.
    pub(super) sources: SourceMap,
    /// The findings at their levels, in the order of their places.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether a check fails that finds this.
    pub(super) fails: bool,
}

impl Checked {
    fn new(sources: SourceMap, diagnostics: Vec<Diagnostic>, deny_warnings: bool) -> Self {
        let (errors, warnings) = diagnostics::count(&diagnostics);
        Self { sources, diagnostics, fails: errors > 0 || (warnings > 0 && deny_warnings) }
    }
}

/// Checks the package in a folder, or that of the policies that were named, with the levels that arguments give.
pub(super) fn check(
    runner: &mut TracedRunner,
    folder: Option<&Path>,
    named: &[PathBuf],
    levels: &[(Name, Level)],
) -> (Checked, Vec<Arc<Trace>>) {
    let (Build { sources, diagnostics, state }, mut traces) = runner.build(folder);
    let policy = folder.or_else(|| named.first().map(PathBuf::as_path));
    let (unread, trace) =
        Trace::of(|files| state.as_ref().map_or_else(Vec::new, |state| workspace::unread_directories(files, state)));
    traces.push(trace);
    let (config, trace) = Trace::of(|files| policy.map_or_else(|| Ok(Config::default()), |at| Config::of(files, at)));
    traces.push(trace);
    let checked = match config {
        Ok(config) => {
            let levels = Levels::new(&config, levels);
            let read = diagnostics.into_iter().chain(unread);
            let found = check::findings(read, state.as_ref(), &levels, engine::now());
            let sources = workspace::with_shown(&Disk, &sources, &found);
            Checked::new(sources, found, levels.deny_warnings())
        }
        // By levels that cannot be read nothing can be said of the rest.
        Err(error) => Checked::new(error.sources, error.diagnostics, false),
    };
    (checked, traces)
}
