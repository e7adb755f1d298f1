//! The disk as the workspace sees it.
//!
//! Links are followed. Pipes and devices are refused before they are opened, since opening one may wait forever.

use crate::workspace::{FileError, Files, FolderEntry, PathKind};
use std::fs::{self, File, Metadata};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// How much of a file is read at once that is too large to hold.
const BUFFER: usize = 1 << 18;

/// The file system, relative paths from the current folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> Result<PathKind, FileError> {
        let metadata = fs::metadata(path).map_err(|error| FileError::from(&error))?;
        Ok(if metadata.is_dir() { PathKind::Folder } else { PathKind::File })
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, FileError> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| FileError::from(&error))? {
            let entry = entry.map_err(|error| FileError::from(&error))?;
            // What cannot be looked at is taken for a file, so that reading it reports why.
            let folder = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
            entries.push(FolderEntry { name: entry.file_name().to_string_lossy().into_owned(), folder });
        }
        Ok(entries)
    }

    fn read(&self, file: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
        let (opened, metadata) = open(file, limit)?;
        read(opened, &metadata, limit)
    }

    fn open(&self, file: &Path, limit: u64) -> Result<Box<dyn BufRead + Send + '_>, FileError> {
        let (opened, _) = open(file, limit)?;
        Ok(lines(opened))
    }

    fn at_once(&self, one: &(dyn Fn() + Sync), other: &(dyn Fn() + Sync)) {
        std::thread::scope(|threads| {
            // Where the system has no thread to give, this one does both.
            let started = std::thread::Builder::new().spawn_scoped(threads, other);
            one();
            if started.is_err() {
                other();
            }
        });
    }

    fn identity(&self, path: &Path) -> Result<PathBuf, FileError> {
        fs::canonicalize(path).map_err(|error| FileError::from(&error))
    }
}

/// All bytes of a file that was opened.
pub(super) fn read(opened: File, metadata: &Metadata, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // A file that grows while it is read ends one byte past the limit.
    opened.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| FileError::from(&error))?;
    let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if read > limit { Err(FileError::TooLarge(read)) } else { Ok(bytes) }
}

/// The bytes of a file that was opened, a piece at a time.
pub(super) fn lines(opened: File) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER, opened))
}

/// A regular file within the limit, and what is known of it.
pub(super) fn open(file: &Path, limit: u64) -> Result<(File, Metadata), FileError> {
    readable(&fs::metadata(file).map_err(|error| FileError::from(&error))?, limit)?;
    let opened = File::open(file).map_err(|error| FileError::from(&error))?;
    // Another file may have taken the name since.
    let metadata = opened.metadata().map_err(|error| FileError::from(&error))?;
    readable(&metadata, limit)?;
    Ok((opened, metadata))
}

/// Refuses all but a regular file within the limit.
fn readable(metadata: &Metadata, limit: u64) -> Result<(), FileError> {
    if metadata.is_dir() {
        Err(FileError::IsFolder)
    } else if !metadata.is_file() {
        Err(FileError::NotRegular)
    } else if metadata.len() > limit {
        Err(FileError::TooLarge(metadata.len()))
    } else {
        Ok(())
    }
}
