//! What an engine is made of, and how it is read: for the first time, and again.

use super::steady::Steady;
use super::{LoadError, compiled};
use crate::diagnostics::{Code, Diagnostic};
use crate::index::Bytes;
use crate::workspace::{Build, DirectorySource, Files, Gathered, MemoryFiles, State, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often files are read that change while they are.
const READINGS: u32 = 8;

/// How long after the first reading the second begins; each waits twice as long as the one before.
const PAUSE: Duration = Duration::from_millis(5);

/// Where policies and directories come from.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The policies, each a folder or a file.
    pub(super) policies: Vec<PathBuf>,
    /// Where the policies lie, if not on disk.
    pub(super) texts: Option<MemoryFiles>,
    /// The directories; nothing for those that lie beside the policies.
    pub(super) directories: Option<Vec<DirectorySource>>,
    /// What all of it was compiled to, if it was.
    pub(super) compiled: Option<Compiled>,
}

/// What policy and directory were compiled to.
#[derive(Debug)]
pub(super) enum Compiled {
    /// A file.
    File(PathBuf),
    /// The bytes of one, with the name that findings show.
    Bytes(PathBuf, Arc<Bytes>),
}

/// What the files say, compared with what an engine was made of.
pub(super) enum Found {
    /// The same.
    Same,
    /// The policy is another, and the directory the same.
    Policy(Gathered),
    /// The directory is another, and the policy may be.
    Directory {
        /// Whether the policy is another.
        policy: bool,
        /// What both come to.
        build: Build,
    },
    /// The compiled file is another.
    Compiled(State),
    /// The files did not stand still, or the compiled file is not fit to be opened.
    Unfit(LoadError),
}

impl Inputs {
    /// Reads everything.
    pub(super) fn load(&self) -> Result<State, LoadError> {
        match &self.compiled {
            Some(Compiled::File(file)) => return compiled::open(file),
            Some(Compiled::Bytes(name, bytes)) => return compiled::open_bytes(name, bytes),
            None => {}
        }
        let mut read = None;
        let (still, _) = steadily(|disk| {
            let workspace = Workspace::gather(self.files(disk), &self.policies);
            let directories = workspace.read_directories(disk, &self.directories(&workspace));
            read = Some((workspace, directories));
        });
        still?;
        let Some((workspace, directories)) = read else { return Err(restless()) };
        sound(workspace.build_on(&Steady::default(), directories))
    }

    /// Reads everything again, and says which paths were looked at. Of what is as it was when `base` was made, nothing is
    /// made anew.
    pub(super) fn inspect(&self, base: &State) -> (Found, Vec<PathBuf>) {
        match &self.compiled {
            Some(Compiled::File(file)) => return (inspect_compiled(file, base), vec![file.clone()]),
            Some(Compiled::Bytes(..)) => return (Found::Same, Vec::new()),
            None => {}
        }
        let mut read = None;
        let before = base.workspace().default_directories();
        let mut gone = false;
        let (still, paths) = steadily(|disk| {
            let mut gathered = base.gather(self.files(disk), &self.policies);
            let sources = self.directories(&gathered.workspace);
            gone = self.directories.is_none() && sources.is_empty() && !before.is_empty();
            let directories = (!base.has_read(disk, &sources)).then(|| {
                gathered = gathered.settled();
                gathered.workspace.read_directories(disk, &sources)
            });
            read = Some((gathered, directories));
        });
        let found = match (still, read) {
            (Err(error), _) => Found::Unfit(error),
            (Ok(()), None) => Found::Unfit(restless()),
            // What else is wrong comes first: a folder that is gone has its directories go with it.
            (Ok(()), Some((gathered, _))) if gone && gathered.workspace.is_sound() => Found::Unfit(without(before)),
            (Ok(()), Some((Gathered { workspace, changed, .. }, Some(directories)))) => {
                Found::Directory { policy: changed, build: workspace.build_on(&Steady::default(), directories) }
            }
            (Ok(()), Some((gathered, None))) if gathered.changed => Found::Policy(gathered),
            (Ok(()), Some(_)) => Found::Same,
        };
        (found, paths)
    }

    fn files<'f>(&'f self, disk: &'f Steady) -> &'f dyn Files {
        self.texts.as_ref().map_or(disk, |texts| texts as &dyn Files)
    }

    fn directories(&self, workspace: &Workspace) -> Vec<DirectorySource> {
        self.directories
            .clone()
            .unwrap_or_else(|| workspace.default_directories().iter().cloned().map(DirectorySource::File).collect())
    }
}

/// What a compiled file says, compared with the one that a state was opened from.
fn inspect_compiled(file: &Path, base: &State) -> Found {
    match compiled::open_other(file, base.compiled()) {
        Ok(None) => Found::Same,
        Ok(Some(state)) => Found::Compiled(state),
        Err(error) => Found::Unfit(error),
    }
}

/// The state of a build, or why there is none.
pub(super) fn sound(build: Build) -> Result<State, LoadError> {
    let Build { sources, diagnostics, state } = build;
    state.ok_or(LoadError { sources, diagnostics })
}

/// Reads until all that is read stood there together, and says what was looked at.
pub(super) fn steadily(mut read: impl FnMut(&Steady)) -> (Result<(), LoadError>, Vec<PathBuf>) {
    let mut paths = Vec::new();
    for reading in 0..READINGS {
        if reading > 0 {
            std::thread::sleep(PAUSE.saturating_mul(1 << (reading - 1)));
        }
        let disk = Steady::default();
        read(&disk);
        let still = disk.is_still();
        paths = disk.paths();
        if still {
            return (Ok(()), paths);
        }
    }
    (Err(restless()), paths)
}

/// What was to be said of everybody is gone: more likely on the way from one version to the next than meant.
fn without(directories: &[PathBuf]) -> LoadError {
    let names: Vec<String> = directories.iter().map(|path| format!("`{}`", path.display())).collect();
    let message = format!("{} was there, and no directory is there now", names.join(", "));
    LoadError::placeless(
        Diagnostic::placeless(Code::UnreadableFile, message)
            .help("an empty directory, `rolebook: 1` and `kind: directory`, says that nobody holds anything"),
    )
}

fn restless() -> LoadError {
    let message = format!("the files changed each of {READINGS} times that they were read");
    LoadError::placeless(
        Diagnostic::placeless(Code::UnreadableFile, message).help("write each beside its place and rename it"),
    )
}
