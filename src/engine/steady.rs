//! The disk as it was at one moment.
//!
//! Files are read one after the other, and may be changed in between: where a whole folder is exchanged at once, the first
//! half would be read of the old one and the rest of the new. So everything that is looked at is looked at once more in the
//! end. If all is as it was before the first of it was read, then all of it stood there together when the last was.
//!
//! What this does not notice is a link that is set to and fro between the same folders, three times within one reading, and a
//! file that is written to twice within one tick of the file system's clock, to texts of one length: ticks are as short as a
//! clock's are on a recent Linux, and as long as milliseconds on others.

use super::{Disk, disk};
use crate::workspace::{self, FileError, Files, FolderEntry, PathKind};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The disk, and how that of it looked that was looked at.
#[derive(Debug, Default)]
pub(super) struct Steady {
    seen: RefCell<BTreeMap<PathBuf, Seen>>,
    /// Whether something was read that is not what was looked at: a link may lead elsewhere for a moment, and then back.
    moved: Cell<bool>,
}

/// How something looked at first.
#[derive(Debug)]
struct Seen {
    look: Look,
    /// What stood in it, of a folder that was listed.
    entries: Option<Result<Vec<FolderEntry>, FileError>>,
}

impl Seen {
    /// Whether a path still looks so. What else comes and goes in a folder is no matter: other programs may keep files there.
    fn is_as_it_was(&self, path: &Path) -> bool {
        let listed = |then: &Result<Vec<FolderEntry>, FileError>| match (sorted(Disk.list(path)), then) {
            (Ok(now), Ok(then)) => counting(&now).eq(counting(then)),
            (now, then) => now == *then,
        };
        look(path) == self.look && self.entries.as_ref().is_none_or(listed)
    }
}

/// What tells a path's file from another, and from itself once it was written to.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Look {
    Nothing(io::ErrorKind),
    /// What comes and goes in it is told by listing it.
    Folder(PathBuf, Stamp),
    File(PathBuf, Stamp, Stamp),
}

impl Look {
    fn is_there(&self) -> bool {
        *self != Self::Nothing(io::ErrorKind::NotFound)
    }
}

/// Numbers that the system keeps of a file.
type Stamp = (u64, u64, i64, i64);

impl Steady {
    /// Whether all that was looked at is as it was.
    pub(super) fn is_still(&self) -> bool {
        !self.moved.get() && self.seen.borrow().iter().all(|(path, seen)| seen.is_as_it_was(path))
    }

    /// Everything that was looked at, there or not.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.seen.borrow().keys().cloned().collect()
    }

    /// Remembers how a path looks, before anything is read of it.
    fn see(&self, path: &Path) {
        let mut seen = self.seen.borrow_mut();
        if !seen.contains_key(path) {
            seen.insert(path.to_owned(), Seen { look: look(path), entries: None });
        }
    }
}

impl Steady {
    /// Opens a file, and makes sure that it is the one that was looked at.
    fn open_seen(&self, file: &Path, limit: u64) -> Result<(File, Metadata), FileError> {
        self.see(file);
        let opened = disk::open(file, limit);
        self.expect(file, |look| match (look, &opened) {
            (Look::File(_, which, when), Ok((_, metadata))) => (*which, *when) == (node(metadata), written(metadata)),
            (_, Ok(_)) => false,
            (look, Err(error)) => look.is_there() == (*error != FileError::Missing),
        });
        opened
    }

    fn expect(&self, path: &Path, is_so: impl Fn(&Look) -> bool) {
        if !self.seen.borrow().get(path).is_some_and(|seen| is_so(&seen.look)) {
            self.moved.set(true);
        }
    }
}

/// Everything that was looked at on disk to make something of it, to tell whether the same would be made of it by now.
#[derive(Debug)]
pub struct Trace {
    seen: BTreeMap<PathBuf, Seen>,
    moved: bool,
}

impl From<Steady> for Trace {
    fn from(steady: Steady) -> Self {
        Self { seen: steady.seen.into_inner(), moved: steady.moved.get() }
    }
}

impl Trace {
    /// What looking at the disk came to, and what was looked at.
    pub fn of<T>(look: impl FnOnce(&dyn Files) -> T) -> (T, Arc<Self>) {
        let disk = Steady::default();
        let found = look(&disk);
        (found, Arc::new(Self::from(disk)))
    }

    /// Whether all of it is as it was. In folders only names count that policies and directories may have.
    #[must_use]
    pub fn is_as_it_was(&self) -> bool {
        !self.moved && self.seen.iter().all(|(path, seen)| seen.is_as_it_was(path))
    }

    /// What was looked at, there or not.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        self.seen.keys().cloned().collect()
    }
}

/// The names that may be those of a package.
fn counting(entries: &[FolderEntry]) -> impl Iterator<Item = &FolderEntry> {
    entries.iter().filter(|entry| !entry.folder && workspace::is_package_name(&entry.name))
}

impl Files for Steady {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        self.see(path);
        let kind = Disk.kind(path);
        self.expect(path, |look| look.is_there() == (kind != Err(FileError::Missing)));
        kind
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        self.see(folder);
        let entries = sorted(Disk.list(folder));
        if let Some(seen) = self.seen.borrow_mut().get_mut(folder) {
            seen.entries.get_or_insert_with(|| entries.clone());
        }
        entries
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let (opened, metadata) = self.open_seen(file, limit)?;
        disk::read(opened, &metadata, limit)
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        self.open_seen(file, limit).map(|(opened, _)| disk::lines(opened))
    }

    fn at_once(&self, one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
        Disk.at_once(one, other);
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        self.see(path);
        let found = Disk.identity(path);
        self.expect(path, |look| match look {
            Look::Nothing(_) => found.is_err(),
            Look::Folder(identity, _) | Look::File(identity, ..) => found.as_ref() == Ok(identity),
        });
        found
    }
}

fn sorted(entries: Result<Vec<FolderEntry>, FileError>) -> Result<Vec<FolderEntry>, FileError> {
    entries.map(|mut entries| {
        entries.sort_unstable();
        entries
    })
}

fn look(path: &Path) -> Look {
    let found = fs::canonicalize(path).and_then(|identity| Ok((fs::metadata(&identity)?, identity)));
    match found {
        Ok((metadata, identity)) if metadata.is_dir() => Look::Folder(identity, node(&metadata)),
        Ok((metadata, identity)) => Look::File(identity, node(&metadata), written(&metadata)),
        Err(error) => Look::Nothing(error.kind()),
    }
}

/// Which file it is, as far as the system numbers them.
pub(super) fn node(metadata: &Metadata) -> Stamp {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (metadata.dev(), metadata.ino(), 0, 0)
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        (0, 0, 0, 0)
    }
}

/// When it was written to.
fn written(metadata: &Metadata) -> Stamp {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // The moment of any change, which nobody sets at will as they may that of writing.
        (metadata.len(), 0, metadata.ctime(), metadata.ctime_nsec())
    }
    #[cfg(not(unix))]
    {
        let moment = metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let moment = moment.unwrap_or_default();
        (metadata.len(), moment.as_secs(), i64::from(moment.subsec_nanos()), 0)
    }
}
