//! Two packages that are compared with each other.
//!
//! A large directory takes most of the time. Where both packages have the same one, it is read once; otherwise both are read
//! at once.

use super::compiled::is_compiled_file;
use super::inputs::{sound, steadily};
use super::steady::Steady;
use super::{Disk, Engine, LoadError, Tree};
use crate::analysis::diff::{Asking, PolicyDiff};
use crate::workspace::{DirectorySource, Files, Pair, State, Workspace, say_the_same};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

/// Where a package stands that is compared with another.
#[derive(Debug)]
pub enum Origin {
    /// On disk: a folder, a policy file, or a compiled file.
    Disk(PathBuf),
    /// In a revision, at a path from the root of the repository.
    Revision(Tree, String),
}

/// What loading a package came to.
pub type Opened = Result<Arc<State>, LoadError>;

impl Origin {
    /// Loads it with these directories from disk, or with those that stand beside it where none are named.
    ///
    /// # Errors
    /// Everything wrong with the files, all at once.
    pub fn open(&self, directories: &[PathBuf]) -> Opened {
        match self {
            Self::Disk(path) => Ok(Engine::open(std::slice::from_ref(path), directories)?.state()),
            Self::Revision(tree, path) => tree.load(path, directories).map(Arc::new),
        }
    }

    /// What its policy is read from.
    fn files<'f>(&'f self, disk: &'f Steady) -> &'f dyn Files {
        match self {
            Self::Disk(_) => disk,
            Self::Revision(tree, _) => tree,
        }
    }

    fn root(&self) -> PathBuf {
        match self {
            Self::Disk(path) => path.clone(),
            Self::Revision(tree, path) => tree.named(path),
        }
    }
}

/// Loads two packages, each with these directories from disk, or with those that stand beside it where none are named.
///
/// What they come to is what each would come to by itself.
pub fn open_both(old: &Origin, new: &Origin, directories: &[PathBuf]) -> [Opened; 2] {
    if let Some(both) = open_on_one(old, new, directories) {
        return both.map(|state| Ok(Arc::new(state)));
    }
    thread::scope(|scope| {
        let after = scope.spawn(|| new.open(directories));
        let before = old.open(directories);
        [before, after.join().unwrap_or_else(|panic| resume_unwind(panic))]
    })
}

/// Compares two states, as [`PolicyDiff::new`] does, by two threads where they are large.
#[must_use]
pub fn compare<'s>(old: &'s State, new: &'s State, asking: &Asking) -> PolicyDiff<'s> {
    PolicyDiff::at_once(old.snapshot(), new.snapshot(), asking, &|one, other| Disk.at_once(one, other))
}

/// Loads two packages of which both have the same directories; nothing where they do not, or anything is wrong.
fn open_on_one(old: &Origin, new: &Origin, directories: &[PathBuf]) -> Option<[State; 2]> {
    let compiled = |origin: &Origin| matches!(origin, Origin::Disk(path) if is_compiled_file(path));
    if compiled(old) || compiled(new) {
        return None;
    }
    let mut read = None;
    let (still, _) = steadily(|disk| {
        let files = [old, new].map(|origin| origin.files(disk));
        let pair = Workspace::gather_two(files, [&[old.root()], &[new.root()]]);
        let beside = pair.packages().each_ref().map(Workspace::default_directories);
        let (files, named) =
            if directories.is_empty() { (files, beside) } else { ([disk as &dyn Files; 2], [directories; 2]) };
        if pair.are_sound() && say_the_same(files, named) {
            let sources = named.map(|paths| paths.iter().cloned().map(DirectorySource::File).collect::<Vec<_>>());
            let directories = pair.read_directories(files[0], sources.each_ref().map(Vec::as_slice));
            read = Some((pair, directories));
        } else {
            read = None;
        }
    });
    still.ok()?;
    let (pair, directories): (Pair, _) = read?;
    // Lines that findings show are not looked up: where anything is found to be wrong, each is loaded by itself.
    let [old, new] = pair.build_on([&Disk; 2], directories);
    Some([sound(old).ok()?, sound(new).ok()?])
}
